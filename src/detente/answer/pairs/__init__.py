"""Any two economies at once: their trade, the state of their relation, and three what-ifs."""
