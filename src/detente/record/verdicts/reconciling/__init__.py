"""Figures that differ for one thing: which do, why they may, and what bounds them."""
