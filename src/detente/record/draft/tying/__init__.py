"""What belongs to a figure of an article: its period, direction and bound, how sure that is, and its drafted row."""
