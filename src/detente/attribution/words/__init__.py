"""The sentences and cautions of an attribution."""
