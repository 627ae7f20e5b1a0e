"""The tables that ship: their files, and how they are packed."""
