"""What changes: shocks, the arrays they are, and which values can be meant."""
