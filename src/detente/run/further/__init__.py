"""Further tables of a run: sectors, capital and people of the scenarios; people between the two, and what is next."""
