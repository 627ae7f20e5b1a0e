"""The charts of the report: each module draws one finding from a :class:`~detente.report.story.Story`."""

from detente.charts.chart import Chart
from detente.report.figures.attributions import attribution_chart
from detente.report.figures.forecasts import forecast_chart
from detente.report.figures.library import library_chart
from detente.report.figures.maps import partner_map, winner_map
from detente.report.figures.parts import parts_chart
from detente.report.figures.residuals import residual_chart
from detente.report.figures.scenarios import scenario_chart
from detente.report.figures.specifications import specification_chart
from detente.report.figures.strips import strips_chart
from detente.report.figures.trade import trade_chart
from detente.report.figures.verdicts import verdict_chart

DRAW = {
    "trade": trade_chart,
    "strips": strips_chart,
    "verdicts": verdict_chart,
    "residuals": residual_chart,
    "parts": parts_chart,
    "scenarios": scenario_chart,
    "forecasts": forecast_chart,
    "partners": partner_map,
    "winners": winner_map,
    "library": library_chart,
    "attributions": attribution_chart,
    "specifications": specification_chart,
}

__all__ = ["DRAW", "Chart"]
