"""Evidence from official files: one layout a source, what it would change shown before anything is written."""
