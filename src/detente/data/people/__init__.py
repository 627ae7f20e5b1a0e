"""The panels of people that ship: their files, and how they are packed."""
