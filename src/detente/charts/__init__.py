"""The chart grammar: a title that is the finding, axes with units, alternative text, data."""
