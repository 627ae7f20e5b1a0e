"""Drafting: an article in, rows of a claims table out, for a person to accept one by one."""
