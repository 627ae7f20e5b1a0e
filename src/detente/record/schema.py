"""What each table of a record holds: columns, which are needed, and the words they may use."""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = (
    "confirmed",
    "confirmed within rounding",
    "imprecise",
    "contradicted",
    "unresolved conflict",
    "outcome pending",
    "not checkable",
)
DECIDED = VERDICTS[:4]

TESTS = (
    "quantity",
    "change",
    "extreme",
    "event",
    "state",
    "duration",
    "count",
    "prediction",
    "agreement",
    "cause",
)


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of a record.

    Attributes
    ----------
    file : str
        Its name.
    key : str
        Column of the stable id.
    needed, allowed : tuple of str
        Columns every row fills, and all columns.
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
        Columns whose Spanish, in a column with ``_es`` at its end, must not stand alone.
    """

    file: str
    key: str
    needed: tuple[str, ...]
    allowed: tuple[str, ...]
    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    words: dict[str, tuple[str, ...]] | None = None
    lists: tuple[str, ...] = ()
    optional: bool = False
    undated: dict[str, str] | None = None
    translated: tuple[str, ...] = ()


SOURCES = Table(
    "sources.csv",
    "source_id",
    needed=("source_id", "title", "publisher", "date", "kind"),
    allowed=("source_id", "title", "publisher", "date", "kind", "cites", "url", "note", "title_es"),
    translated=("title",),
    dates=("date",),
    undated={"date": "n.d."},
    words={"kind": ("article", "press", "official", "dataset", "academic", "chamber", "legal", "other")},
    lists=("cites",),
)
EVENTS = Table(
    "events.csv",
    "event_id",
    needed=("event_id", "date", "title", "kind", "direction", "source_ids"),
    allowed=(
        *("event_id", "date", "end_date", "announced", "title", "kind", "subsystems", "actors"),
        *("direction", "severity", "sets", "source_ids", "confidence", "note", "title_es"),
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
FIGURES = Table(
    "series.csv",
    "figure_id",
    needed=("figure_id", "series", "period", "value", "unit", "basis", "kind", "status", "source_id"),
    allowed=(
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
CLAIMS = Table(
    "claims.csv",
    "claim_id",
    needed=("claim_id", "source_id", "claim", "type"),
    allowed=(
        *("claim_id", "source_id", "paragraph", "claim", "type", "actors", "subsystem", "attributed_to"),
        *("date", "value", "unit", "state", "test", "target", "options", "why_not", "note"),
        *("claim_es", "why_not_es", "note_es"),
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
    translated=("claim", "note"),
)
FORECASTS = Table(
    "forecasts.csv",
    "forecast_id",
    needed=("forecast_id", "date", "forecaster", "target", "kind", "source_id"),
    allowed=(
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
