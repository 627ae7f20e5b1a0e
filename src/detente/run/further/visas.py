"""The table ``visas``: what the passports of the two need at each other's border, reading by reading."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from detente.data import VisaRule, visa_facts, visa_rules
from detente.economies import is_current
from detente.run.schema import Computed, TableSchema, text

VISAS = TableSchema(
    "visas",
    "One row a direction and stretch of readings that say the same: what a passport needs for a short visit. The day of a "
    "change lies between the reading before and `first_read`.",
    (
        text("origin", "whose passport"),
        text("destination", "where to"),
        text(
            "rule",
            "`free` (no visa), `on_arrival` (a visa on arrival or online), `needed` (a visa before travel) or `shut` (no entry "
            "for most)",
        ),
        text("first_read", "day of the first reading that says so"),
        text("last_read", "day of the last one"),
        text("source", "publisher and licence"),
    ),
    make=lambda run: visas_frame(_between(run)),
)


def visas_frame(rules: Iterable[VisaRule]) -> pl.DataFrame:
    """The table of these rules, oldest first."""
    source = "{cite}, {licence}".format_map(visa_facts())
    return VISAS.of_rows((one.origin, one.destination, one.rule, one.first, one.last, source) for one in rules)


def _between(run: Computed) -> tuple[VisaRule, ...]:
    a, b = run.study.spec.dyad
    return (*visa_rules(a, b), *visa_rules(b, a)) if is_current(a) and is_current(b) else ()
