"""The charts of what a record tells beside trade: the state of the relation, and what lines between the two carried."""

from detente.report.figures.relation import line_use, strips

__all__ = ["line_use", "strips"]
