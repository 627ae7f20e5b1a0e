"""Changes of a record: editing, uploads, merging, undo, export."""
