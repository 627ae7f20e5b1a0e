"""What would happen if: the tables of scenarios, their bands, and tariffs, sectors, capital and people."""
