"""What drafting knows of a language: dates, numerals, units, speech."""
