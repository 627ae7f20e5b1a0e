"""Fits that keep no rows, and fits whose rows are never in memory at once."""
