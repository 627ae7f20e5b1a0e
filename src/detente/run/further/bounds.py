"""The table ``bounds``: what a line between the two can carry by date, which term binds, and what is on record beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl

from detente.outlook.capacity import EVER, NEVER, LineBound, LineTerms, line_bounds
from detente.record.period import Period
from detente.run.further.energy import SLACK
from detente.run.schema import DIRECTION, TableSchema, flag, number, text
from detente.study.spec import Capacity

BOUNDS = TableSchema(
    "bounds",
    "One row a line, direction and stretch of days with the same terms (`[[capacity]]` of the study): between nothing and "
    "the least of what it can carry, what is contracted, what the one side has left and what the other needs. Bounds are "
    "no forecast.",
    (
        text("family", "what flows: `gas`, `electricity`, ..."),
        *DIRECTION,
        text("line", "the line's name"),
        text("assumed", "of a what-if: what is assumed; empty where the terms are on record"),
        text("from", "first day; empty where there is no limit"),
        text("until", "last day; empty where there is no limit"),
        text("unit", "of all numbers of the row"),
        number("low", "at least: nothing, since no term obliges a line to carry"),
        number("high", "at most, by the reading of the sources that allows most"),
        number("high_least", "at most, by the reading that allows least"),
        text("binds", "what may be the limit: `line` (not standing), `capacity`, `contract`, `surplus` or `demand`; `;` between"),
        number("carried", "the largest flow on record of these days; empty for none, and of a what-if"),
        flag("held", "whether the flows on record lie within; empty where there is none"),
        text("above", "figures of flows on record that exceed the bound, `;` between them: a term or a figure is wrong"),
        number("planned", "the largest flow announced for these days; empty for none"),
        flag("possible", "whether the line could carry what was announced; empty where nothing was"),
        text("source_ids", "who says what the terms are, `;` between"),
    ),
    make=lambda run: bounds(run.study.spec.capacity, run.ledger.figures),
)  # fmt: skip

Row = dict[str, Any]


def bounds(capacities: Iterable[Capacity], figures: pl.DataFrame) -> pl.DataFrame:
    """The table :data:`BOUNDS` of a study's lines beside a record's figures."""
    found = line_bounds(_terms(row) for row in capacities)
    rows = [] if figures.is_empty() else list(figures.iter_rows(named=True))
    flows = {(f"{a}", f"{b}", f): _flows(rows, f"{f}.{a}_to_{b}".lower()) for f, a, b in _ways(found)}
    plans = {(f"{a}", f"{b}", f): _flows(rows, f"{f}.{a}_to_{b}.planned".lower()) for f, a, b in _ways(found)}
    return BOUNDS.of_rows(
        _row(b, found, flows[b.origin, b.destination, b.family], plans[b.origin, b.destination, b.family])
        for b in found
    )


def _ways(found: tuple[LineBound, ...]) -> set[tuple[str, str, str]]:
    return {(b.family, b.origin, b.destination) for b in found}


def _terms(row: Capacity) -> LineTerms:
    return LineTerms(
        row.line, row.family, row.origin, row.destination, row.unit, row.terms,
        _days(row.valid_from, row.valid_until), _days(row.intact_from, row.intact_until), tuple(row.sources), row.if_,
    )  # fmt: skip


def _days(first: str | None, last: str | None) -> tuple[date, date]:
    return (EVER if first is None else Period.parse(first).first, NEVER if last is None else Period.parse(last).last)


def _flows(rows: list[Row], series: str) -> list[Row]:
    return [{**row, "period": Period.parse(str(row["period"]))} for row in rows
            if row["series"] == series and row["value"] is not None]  # fmt: skip


def _row(bound: LineBound, every: tuple[LineBound, ...], flows: list[Row], plans: list[Row]) -> Row:
    mine = [] if bound.if_ else list(_of_days(bound, flows))
    due = list(_of_days(bound, plans))
    above = [row["figure_id"] for row in mine if _least(row) > (1 + SLACK) * _most(row["period"], bound, every)]
    planned = max((float(row["value"]) for row in due), default=None)
    return {
        "family": bound.family, "origin": bound.origin, "destination": bound.destination, "line": bound.line,
        "assumed": bound.if_ or None, "from": None if bound.first == EVER else bound.first.isoformat(),
        "until": None if bound.last == NEVER else bound.last.isoformat(), "unit": bound.unit, "low": bound.low,
        "high": bound.high, "high_least": bound.high_least, "binds": ";".join(bound.binds),
        "carried": max((float(row["value"]) for row in mine), default=None), "held": not above if mine else None,
        "above": ";".join(above) or None, "planned": planned,
        "possible": None if planned is None else planned <= (1 + SLACK) * bound.high,
        "source_ids": ";".join(bound.sources) or None,
    }  # fmt: skip


def _of_days(bound: LineBound, rows: list[Row]) -> Iterator[Row]:
    """Figures in the bound's unit that lie within it for half of their days, or for half of its own."""
    for row in rows:
        when: Period = row["period"]
        days = (min(when.last, bound.last) - max(when.first, bound.first)).days + 1
        if row["unit"] == bound.unit and 2 * days >= min(when.days, (bound.last - bound.first).days + 1):
            yield row


def _least(row: Row) -> float:
    """The low end of an approximate figure."""
    return float(row["value"] if row["low"] is None else row["low"])


def _most(when: Period, bound: LineBound, every: tuple[LineBound, ...]) -> float:
    """What all lines of the direction together can carry on some day of a figure's period; anything on days without terms."""
    same = [b for b in every if (b.family, b.origin, b.destination, b.unit, b.if_)
            == (bound.family, bound.origin, bound.destination, bound.unit, "")]  # fmt: skip
    most: dict[str, float] = {}
    told: dict[str, int] = {}
    for b in same:
        if b.first <= when.last and b.last >= when.first:
            most[b.line] = max(most.get(b.line, 0.0), b.high)
            days = (min(b.last, when.last) - max(b.first, when.first)).days + 1
            told[b.line] = told.get(b.line, 0) + days
    return sum(most.values()) if all(days == when.days for days in told.values()) else float("inf")
