"""Weidner & Zylkin's corrections of estimates and errors, for two- and three-way fits."""
