"""Ways in and out of a record: spreadsheets, merging, citations, ClaimReview, provenance."""
