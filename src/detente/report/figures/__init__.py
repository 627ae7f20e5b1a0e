"""The charts of the report: each module draws findings from a :class:`~detente.report.story.Story` and enters them."""

from importlib import import_module
from pkgutil import walk_packages

from detente.charts.chart import Chart
from detente.report.figures.register import CHARTS, SECTIONS, ChartKind, chart_kind, in_order

for _module in walk_packages(__path__, f"{__name__}."):  # a module laid here is all that a new chart needs
    import_module(_module.name)

__all__ = ["CHARTS", "SECTIONS", "Chart", "ChartKind", "chart_kind", "in_order"]
