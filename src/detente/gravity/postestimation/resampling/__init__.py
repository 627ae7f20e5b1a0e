"""Errors and tests by resampling, and by the likelihood itself."""
