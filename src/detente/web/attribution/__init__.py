"""The attribution view: a question about a dyad, its charts and donors."""
