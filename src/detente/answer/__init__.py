"""The answer of a run: what happened, why, what if, which claims hold."""
