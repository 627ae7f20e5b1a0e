"""Every attribution of one change side by side, each adding up to the same."""
