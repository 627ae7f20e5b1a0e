"""Numbers in a text: how they are written, what they count, and what a bare one is of."""
