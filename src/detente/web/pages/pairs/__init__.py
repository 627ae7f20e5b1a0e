"""Pages of any two economies: search, a pair, its files, its partners year by year, and pairs side by side."""
