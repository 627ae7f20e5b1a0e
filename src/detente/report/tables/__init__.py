"""The rows of the page's tables, as plain text in the reader's language."""

from detente.report.tables.attribution import attribution_rows, break_rows, method_rows
from detente.report.tables.cells import Row, rows
from detente.report.tables.forecasts import forecast_rows, forecaster_rows
from detente.report.tables.provenance import inputs, versions
from detente.report.tables.record import article_rows, claim_rows, conflict_rows, event_rows, safe_link, source_rows
from detente.report.tables.scenarios import further_tables, scenario_rows

__all__ = [
    "Row",
    "article_rows",
    "attribution_rows",
    "break_rows",
    "claim_rows",
    "conflict_rows",
    "event_rows",
    "forecast_rows",
    "forecaster_rows",
    "further_tables",
    "inputs",
    "method_rows",
    "rows",
    "safe_link",
    "scenario_rows",
    "source_rows",
    "versions",
]
