"""A claim beside the record: which figures and events speak of what it speaks of, and which way it points."""
