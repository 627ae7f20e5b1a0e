"""What a draft proposes beside its claims: the flows they speak of, their tests, and evidence."""
