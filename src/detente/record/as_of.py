"""What was known when: a record cut back to a day, and what came in between two days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

import polars as pl

from detente.record.frames import Frames, spans
from detente.record.period import Period
from detente.record.schema import TABLES

F = TypeVar("F", bound=Frames)


def as_of(ledger: F, day: str | date, known_by: str | date | None = None) -> F:
    """The rows that had happened by ``day``, told by sources published by ``known_by``.

    A source counts from its ``first_published``, else from its ``date``: dated to a month
    or a year, from the last day of that. One without either is left out, since nobody can
    say when it was known; of one whose copy is of a later day, what there was by then is dated to it. An event is there once it took
    effect or was announced; a figure once its period had ended.
    """
    day = _day(day)
    known_by = day if known_by is None else _day(known_by)
    published = ledger.sources.select(pl.coalesce("first_published", pl.col("date").replace("n.d.", None)))
    dated = spans(published.to_series())
    copied = spans(ledger.sources["date"].replace("n.d.", None))["last"]
    later = pl.when(copied > known_by).then(pl.lit(known_by.isoformat())).otherwise("date").alias("date")
    sources = ledger.sources.with_columns(later).filter(dated["last"] <= known_by)
    known = sources["source_id"]

    events = ledger.events
    when = pl.DataFrame([spans(events[c])["first"].rename(c) for c in ("date", "announced")])
    happened = when.select(pl.min_horizontal("date", "announced").alias("when"))["when"] <= day
    reported = _any_known(events["source_ids"], known)
    figures = ledger.figures
    ended = spans(figures["period"])["last"] <= day
    forecasts = ledger.forecasts
    made = spans(forecasts["date"])["last"] <= day
    return replace(
        ledger,
        sources=sources,
        events=events.filter(happened & reported),
        figures=figures.filter(ended & figures["source_id"].is_in(known.to_list())),
        claims=ledger.claims.filter(ledger.claims["source_id"].is_in(known.to_list())),
        forecasts=forecasts.filter(made & forecasts["source_id"].is_in(known.to_list())),
    )


def diff(ledger: Frames, a: str | date, b: str | date) -> pl.DataFrame:
    """Rows known on ``b`` and not on ``a``, and states that differ: columns table, id, what."""
    before, after = as_of(ledger, a), as_of(ledger, b)
    words = {
        "sources": "title",
        "events": "title",
        "figures": "series",
        "claims": "claim",
        "forecasts": "target",
    }
    rows = []
    for name, column in words.items():
        old = getattr(before, name)[TABLES[name].key]
        new = getattr(after, name)
        for row in new.filter(~new[TABLES[name].key].is_in(old.to_list())).iter_rows(named=True):
            what = (
                row[column] if name != "figures" else f"{row[column]} {row['period']}: {row['value']:,g} {row['unit']}"
            )
            rows.append((name, row[TABLES[name].key], what))
    old_states, new_states = before.states(), after.states()
    for name in new_states.spells:
        was, is_now = old_states.at(name, _day(a)), new_states.at(name, _day(b))
        if (was and was.value) != (is_now and is_now.value):
            what = f"{was.value if was else 'unknown'} to {is_now.value if is_now else 'unknown'}"
            rows.append(("states", name, what))
    return pl.DataFrame(rows, schema={"table": pl.String, "id": pl.String, "what": pl.String}, orient="row")


def _any_known(cells: pl.Series, known: pl.Series) -> pl.Series:
    """Whether any id of each ``;``-separated cell is known."""
    frame = cells.rename("ids").to_frame().with_row_index("row")
    parts = frame.with_columns(pl.col("ids").str.split(";")).explode("ids")
    parts = parts.with_columns(pl.col("ids").str.strip_chars())
    rows = parts.join(known.rename("ids").to_frame(), on="ids", how="semi")["row"].unique()
    return frame["row"].is_in(rows.to_list())


def _day(day: str | date) -> date:
    """A day, or the last day of a month or year."""
    return day if isinstance(day, date) else Period.parse(day).last
