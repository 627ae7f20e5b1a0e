"""Goods between economies."""
