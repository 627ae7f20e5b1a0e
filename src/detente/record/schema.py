"""What each table of a record holds: columns, which are needed, and the words they may use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente._registry import Registry
from detente.language import LANGUAGES

TESTS: Registry[Any] = Registry("kind of claim test")
"""The kinds of claim test by name; each module of ``record/verdicts/kinds`` adds its own."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordTable:
    """One CSV file of a record.

    Attributes
    ----------
    file : str
        Its name.
    key : str
        Column of the stable id.
    needed, columns : tuple of str
        Columns every row fills, and all columns but the translated ones.
    dates, numbers : tuple of str
        Columns read as periods and as numbers.
    words : dict of str to tuple of str
        Columns with a fixed list of words.
    lists : tuple of str
        Columns holding ``;``-separated lists.
    optional : bool
        Whether the file may be absent.
    undated : dict of str to str
        For date columns, the word that stands for "no date".
    translated : tuple of str
        Columns that may stand in other languages too, in ``title_es``, ``title_fr`` and so on; never there alone.
    """

    file: str
    key: str
    needed: tuple[str, ...]
    columns: tuple[str, ...]
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: dict[str, Collection[str]] | None = None
    lists: tuple[str, ...] = ()
    optional: bool = False
    undated: dict[str, str] | None = None
    translated: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """All columns, those of every registered language included."""
        return (*self.columns, *(other for _, other in self.translations))

    @property
    def translations(self) -> tuple[tuple[str, str], ...]:
        """Pairs of a column and the one that holds it in another registered language."""
        return tuple((name, f"{name}_{language}") for language in LANGUAGES.others for name in self.translated)


SOURCES = RecordTable(
    "sources.csv",
    "source_id",
    needed=("source_id", "title", "publisher", "date", "kind"),
    columns=(
        *("source_id", "title", "publisher", "date", "first_published", "kind", "cites", "url", "accessed"),
        *("archived_url", "quotation", "note"),
    ),
    translated=("title",),
    dates=("date", "first_published", "accessed"),
    undated={"date": "n.d."},
    words={"kind": ("article", "press", "official", "dataset", "academic", "chamber", "legal", "other")},
    lists=("cites",),
)
FRICTION = {"+": "raises", "0": "mixed", "-": "lowers"}
"""What an event's direction says that it does to friction."""
EVENTS = RecordTable(
    "events.csv",
    "event_id",
    needed=("event_id", "date", "title", "kind", "direction", "source_ids"),
    columns=(
        *("event_id", "date", "end_date", "announced", "title", "kind", "subsystems", "actors"),
        *("direction", "severity", "sets", "source_ids", "confidence", "note"),
    ),
    dates=("date", "end_date", "announced"),
    numbers=("severity",),
    words={
        "direction": ("+", "-", "0"),
        "confidence": ("high", "medium", "low"),
    },
    lists=("subsystems", "actors", "source_ids", "sets"),
    translated=("title",),
)
FIGURES = RecordTable(
    "series.csv",
    "figure_id",
    needed=("figure_id", "series", "period", "value", "unit", "basis", "kind", "status", "source_id"),
    columns=(
        *("figure_id", "series", "period", "value", "low", "high", "unit", "basis", "kind", "status"),
        *("preferred", "source_id", "derivation", "note"),
    ),
    dates=("period",),
    numbers=("value", "low", "high", "preferred"),
    words={
        "kind": ("flow", "stock", "rate", "count", "index"),
        "status": ("reported", "derived", "approximate", "forecast", "bound"),
    },
)
PREFERRED = pl.col("preferred").cast(pl.Float64, strict=False).eq(1).fill_null(False)
"""Which figures are those to use of their period: 1, as text (``1.0`` from a spreadsheet) or as a number."""
CLAIMS = RecordTable(
    "claims.csv",
    "claim_id",
    needed=("claim_id", "source_id", "claim", "type"),
    columns=(
        *("claim_id", "source_id", "paragraph", "claim", "type", "actors", "subsystem", "attributed_to"),
        *("date", "value", "unit", "state", "test", "target", "options", "why_not", "note"),
    ),
    dates=("date",),
    numbers=("value",),
    words={
        "type": (
            *("quantity", "event", "state", "prediction", "cause", "attribution"),
            *("assessment", "stance", "form"),
        ),
        "test": TESTS,
    },
    lists=("actors",),
    optional=True,
    translated=("claim", "why_not", "note"),
)
FORECASTS = RecordTable(
    "forecasts.csv",
    "forecast_id",
    needed=("forecast_id", "date", "forecaster", "target", "kind", "source_id"),
    columns=(
        *("forecast_id", "date", "forecaster", "target", "low", "high", "unit", "kind", "horizon"),
        *("outcome_figure_ids", "outcome_op", "source_id", "note"),
    ),
    dates=("date", "horizon"),
    undated={"horizon": "open"},
    numbers=("low", "high"),
    words={
        "kind": ("point", "range", "floor", "ceiling"),
        "outcome_op": ("value", "sum", "max", "min", "difference", "pct_change"),
    },
    lists=("outcome_figure_ids",),
    optional=True,
)
TABLES = {
    "sources": SOURCES,
    "events": EVENTS,
    "figures": FIGURES,
    "claims": CLAIMS,
    "forecasts": FORECASTS,
}
