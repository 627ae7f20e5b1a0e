"""The table ``incidents``: how many next, from the study's own counts, with the score of such forecasts on these counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from detente.errors import DetenteError, SpecificationError
from detente.outlook.incidents import IncidentCounts, IncidentForecast, forecast_incidents
from detente.record.period import Period
from detente.run.schema import TableSchema, gain, gained, number, text, whole

SERIES = "security.incidents"
IMPORTED = r"^(ACLED|UCDP)-"
"""Ids of events that an official export brought."""

INCIDENTS = TableSchema(
    "incidents",
    "What next for incidents between the two, from the study's own counts: the series `security.incidents` (a count by "
    "month, quarter or year), or else the events imported from ACLED or UCDP. A row a total ahead, or why nothing is said.",
    (
        text("counted", "`security.incidents`, or `events` where imported events are counted"),
        text("every", "`month`, `quarter` or `year`"),
        text("last", "the last period known"),
        text("until", "the last period of the total"),
        whole("n_periods", "how many periods the total has"),
        number("low", "10th percentile", "incidents"),
        number("middle", "median", "incidents"),
        number("high", "90th percentile", "incidents"),
        number("chance_any", "of at least one", "share"),
        text("method", "`two memories`, or `the mean so far` where these did not beat it on the same counts"),
        whole("n_cases", "totals scored, each from what was known before it"),
        *gain("gain of the CRPS over the mean so far"),
        number("coverage_80", "share of totals inside their 80% interval", "share"),
        text("refused", "why nothing is said"),
    ),
    make=lambda run: incidents(run.ledger.figures, run.ledger.events),
)


def incidents(figures: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The table :data:`INCIDENTS` of a record; empty where it counts no incidents."""
    return INCIDENTS.of_rows(_rows(figures, events))


def _rows(figures: pl.DataFrame, events: pl.DataFrame) -> Iterator[dict[str, Any]]:
    counted, counts = "", None
    try:
        counted, counts = counts_of_record(figures, events)
        if counts is not None:
            yield from (_row(counted, one) for one in forecast_incidents(counts))
    except DetenteError as error:
        yield {"counted": counted or SERIES, "every": counts.every if counts else None, "refused": str(error)}


def counts_of_record(figures: pl.DataFrame, events: pl.DataFrame) -> tuple[str, IncidentCounts | None]:
    """What is counted, and the counts; None where the record has neither.

    Raises
    ------
    SpecificationError
        Periods of several kinds, or one told of twice.
    """
    rows = figures.filter(pl.col("series") == SERIES) if not figures.is_empty() else figures
    if not rows.is_empty():
        return SERIES, _of_series(rows)
    if events.is_empty():
        return "", None
    imported = events.filter(pl.col("event_id").str.contains(IMPORTED))["date"].to_list()
    days = [day for day in imported if Period.parse(day).precision in ("day", "month")]
    return ("events", IncidentCounts.of_dates(days)) if days else ("", None)


def _of_series(rows: pl.DataFrame) -> IncidentCounts:
    spans = {Period.parse(str(p)): float(v) for p, v in rows.select("period", "value").iter_rows() if v is not None}
    lengths = {round(span.days / 30.4) for span in spans}
    every = {1: "month", 3: "quarter", 12: "year"}.get(next(iter(lengths))) if len(lengths) == 1 else None
    if every is None or len(spans) < rows.height:
        raise SpecificationError(
            f"The series {SERIES} has periods of several lengths, or one twice.",
            why="Counts over unlike periods cannot be laid in a row.",
            fix="Give one figure a month (or a quarter, or a year), 0 where there was no incident.",
        )
    dates = [span.first.isoformat() for span, n in spans.items() for _ in range(_whole(span, n))]
    first, last = min(spans).first.isoformat(), max(spans).last.isoformat()
    counts = IncidentCounts.of_dates(dates, every, first, last, SERIES)
    if len(counts.periods) != len(spans):
        raise SpecificationError(
            f"The series {SERIES} has {len(spans)} of the {len(counts.periods)} {every}s from {first} to {last}.",
            why="A period that is not told of is not one without incidents.",
            fix="Add the missing ones, with 0 where there was none.",
        )
    return counts


def _whole(span: Period, value: float) -> int:
    if value < 0 or value != int(value):
        raise SpecificationError(f"{SERIES} is {value:g} in {span}.", fix="Incidents are whole numbers, 0 for none.")
    return int(value)


def _row(counted: str, one: IncidentForecast) -> dict[str, Any]:
    return {
        "counted": counted, "every": one.every, "last": one.last, "until": one.until, "n_periods": one.n_periods,
        "low": one.low, "middle": one.middle, "high": one.high, "chance_any": one.chance_any, "method": one.method,
        "n_cases": one.card.n_cases, **gained(one.card), "coverage_80": one.card.coverage_80,
    }  # fmt: skip
