"""Every table of a run, in order; ``docs/results.md`` is made from their schemas.

A further table is a module with its :class:`~detente.run.schema.TableSchema` and how it is made, a line here, and
its section in the docs.
"""

from __future__ import annotations

from detente.run.attributed import ATTRIBUTION, RESIDUALS
from detente.run.checked_record import ARTICLES, CLAIMS, CONFLICTS, EVENTS, FIGURES, FORECASTS, SOURCES
from detente.run.explanations import BREAKS, METHODS, PARTS, SPECIFICATIONS
from detente.run.further.bounds import BOUNDS
from detente.run.further.energy import LINES
from detente.run.further.incidents import INCIDENTS
from detente.run.further.people import COUNTS, MIGRATION, PEOPLE_IF, PEOPLE_NEXT, PEOPLE_NOW
from detente.run.further.relation import RECOGNITION, STRIPS
from detente.run.further.section_gaps import SECTION_GAPS
from detente.run.further.visas import VISAS
from detente.run.schema import TableSchema, register, registered
from detente.run.trade import COMPOSITION, PARTNERS, TIMELINE
from detente.run.what_if.further_effects import CAPITAL, PEOPLE, SECTORS
from detente.run.what_if.scenario_bands import BANDS
from detente.run.what_if.scenarios import SCENARIOS, WINNERS
from detente.run.what_next import OUTLOOK

for _schema in (
    CLAIMS, ATTRIBUTION, RESIDUALS, PARTS, METHODS, BREAKS, SPECIFICATIONS, SCENARIOS, BANDS, WINNERS, SECTORS, CAPITAL,
    PEOPLE, COUNTS, MIGRATION, PEOPLE_NEXT, PEOPLE_NOW, PEOPLE_IF, VISAS, STRIPS, RECOGNITION, LINES, BOUNDS, INCIDENTS,
    PARTNERS, COMPOSITION, SECTION_GAPS, TIMELINE, OUTLOOK,
    CONFLICTS, ARTICLES, EVENTS, FIGURES, FORECASTS, SOURCES,
):  # fmt: skip
    register(_schema)


def tables() -> tuple[TableSchema, ...]:
    """Every kind of table that a run has, those registered elsewhere included."""
    return tuple(registered())


def as_markdown() -> str:
    """The tables' sections of ``docs/results.md``: what a row is, and each column's type, unit and meaning."""
    return "\n".join(_section(schema) for schema in tables())


def _section(schema: TableSchema) -> str:
    rows = [f"| {c.name} | {c.type} | {c.unit} | {c.meaning} |" for c in schema.columns]
    head = ["| column | type | unit | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {schema.name}", schema.meaning, "", *head, *rows, ""])
