"""The record editor: rows of a record, and a form for each with validation, conflicts, deletion and undo."""
