"""The charts of the report: each module draws one finding from a :class:`~detente.report.story.Story`."""

from detente.report.charts.attributions import attribution_chart
from detente.report.charts.chart import Chart
from detente.report.charts.forecasts import forecast_chart
from detente.report.charts.library import library_chart
from detente.report.charts.maps import partner_map, winner_map
from detente.report.charts.parts import parts_chart
from detente.report.charts.residuals import residual_chart
from detente.report.charts.scenarios import scenario_chart
from detente.report.charts.specifications import specification_chart
from detente.report.charts.trade import trade_chart
from detente.report.charts.verdicts import verdict_chart

DRAW = {
    "trade": trade_chart,
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
