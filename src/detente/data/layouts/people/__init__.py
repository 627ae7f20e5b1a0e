"""People: refugees, migrants."""
