"""Treatments that dyads enter, and may leave, at different times."""
