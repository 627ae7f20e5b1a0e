"""The tables ``relation_strips`` (the state of the relation by month) and ``recognition`` (who recognised whom, by date)."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.record.states import build_states
from detente.record.states.spells import FOREVER, States
from detente.record.states.strips import strips_by_month
from detente.run.schema import TableSchema, number, text, whole

_STRIP = "0 (nothing in the way) to 1 (shut); empty where the record tells no state of it"

STRIPS = TableSchema(
    "relation_strips",
    "One row a month: four strips of the relation, each a mean over its days, and an index of recorded measures where "
    "three of them are known on every day. It counts measures on record and is not the quality of the relation.",
    (
        text("month", "year and month"),
        number("diplomatic", f"the worse of the level of relations and of recognition: {_STRIP}"),
        number("border", f"crossings of goods and of people: {_STRIP}"),
        number("mobility", f"direct flights: {_STRIP}"),
        number("economic", f"the better of bloc and agreement: {_STRIP}"),
        whole("known", "the fewest strips known on a day of the month"),
        number("index", "100 less the mean of the known strips in percent, equal weights; empty below three strips"),
        number("index_low", "the lowest over weights of a half, one and two on each strip"),
        number("index_high", "the highest"),
    ),
    make=lambda run: relation_strips(run.ledger.events),
)

RECOGNITION = TableSchema(
    "recognition",
    "One row a spell of whom the first economy recognised, and a row a count of states that recognised somebody; counts "
    "that disagree are all kept, each with its source.",
    (
        text("kind", "`spell` of a state of the record, or `count` of states"),
        text("what", "the state (`recognition.*`) or the series"),
        text("date", "first day of a spell; date of a count"),
        text("until", "last day of a spell; empty where it still holds, and of counts"),
        text("value", "who is recognised; empty of counts"),
        number("states", "how many states; empty of spells"),
        number("low", "at least; empty where no bound is told"),
        number("high", "at most; empty where no bound is told"),
        text("status", "`reported`, `derived`, `approximate` or `bound`; empty of spells"),
        text("row_id", "the event that began it, or the figure"),
        text("source_ids", "who says so"),
    ),
    make=lambda run: recognition(run.ledger.events, run.ledger.figures),
)


def relation_strips(events: pl.DataFrame) -> pl.DataFrame:
    """The table :data:`STRIPS`, from the first to the last day on which an event set a state."""
    states = build_states(events)[0] if not events.is_empty() else States({})
    days = [day for spells in states.spells.values() for spell in spells for day in (spell.first, spell.last)]
    known = [day for day in days if day != FOREVER]
    if not known:
        return STRIPS.empty()
    months = strips_by_month(states, min(known), max(_first_days(states)))
    told = pl.any_horizontal(pl.col("diplomatic", "border", "mobility", "economic").is_not_null())
    return STRIPS.fitted(months.filter(told))


def _first_days(states: States) -> list[date]:
    return [spell.first for spells in states.spells.values() for spell in spells]


def recognition(events: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """The table :data:`RECOGNITION`."""
    rows = [*_spells(events), *_counts(figures)]
    return RECOGNITION.of_rows(rows).sort("what", "date", maintain_order=True) if rows else RECOGNITION.empty()


def _spells(events: pl.DataFrame) -> list[dict[str, object]]:
    if events.is_empty():
        return []
    sources = dict(events.select("event_id", "source_ids").iter_rows())
    return [
        {"kind": "spell", "what": name, "date": spell.first.isoformat(),
         "until": None if spell.last == FOREVER else spell.last.isoformat(), "value": spell.value,
         "row_id": spell.event_id, "source_ids": sources.get(spell.event_id)}
        for name, spells in build_states(events)[0].spells.items() if name.startswith("recognition.")
        for spell in spells
    ]  # fmt: skip


def _counts(figures: pl.DataFrame) -> list[dict[str, object]]:
    if figures.is_empty():
        return []
    rows = figures.filter(pl.col("series").str.starts_with("recognition."), pl.col("unit") == "states")
    return [
        {"kind": "count", "what": row["series"], "date": str(row["period"]), "states": row["value"], "low": row["low"],
         "high": row["high"], "status": row["status"], "row_id": row["figure_id"], "source_ids": row["source_id"]}
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
