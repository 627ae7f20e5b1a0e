"""Formulas in fixest's syntax: read, written out, and made columns."""
