"""The charts of what a record tells beside trade: the state of the relation, and what lines between the two carried."""

from detente.report.figures.relation.line_use import lines_chart
from detente.report.figures.relation.strips import strips_chart

__all__ = ["lines_chart", "strips_chart"]
