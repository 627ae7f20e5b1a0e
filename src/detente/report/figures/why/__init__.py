"""The charts of why trade changed: expected against recorded, the split, other methods, other ruptures."""
