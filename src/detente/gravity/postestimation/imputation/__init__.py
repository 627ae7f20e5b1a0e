"""Dyads left out of the three-way fit and predicted by it, among placebos."""
