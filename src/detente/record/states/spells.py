"""States of the dyad by day: what events set, until the next event sets it otherwise."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from detente.errors import Problem
from detente.record.period import Period
from detente.record.reading import FIRST_ROW
from detente.record.states.vocabulary import parse_sets

FOREVER = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Spell:
    """One value of one state from a first to a last day.

    Attributes
    ----------
    name, value : str
        State with its place, and the value that held.
    first, last : date
        Days held, both included; ``last`` is ``FOREVER`` where nothing ended it.
    event_id : str
        The event that began it.
    """

    name: str
    value: str
    first: date
    last: date
    event_id: str


@dataclass(frozen=True, slots=True)
class States:
    """Every spell of a record, by state and day.

    A state has no value before the first event that sets it: nothing is invented. An
    event with an end date sets its states for those days only; then the value before
    it returns.
    """

    spells: dict[str, tuple[Spell, ...]]

    def at(self, name: str, day: date) -> Spell | None:
        """The spell of ``name`` on ``day``, or None where no event tells."""
        spells = self.spells.get(name, ())
        place = bisect_right([s.first for s in spells], day) - 1
        return spells[place] if place >= 0 and spells[place].last >= day else None

    def over(self, name: str, period: Period) -> tuple[Spell, ...]:
        """The spells of ``name`` that share a day with ``period``."""
        return tuple(s for s in self.spells.get(name, ()) if s.first <= period.last and s.last >= period.first)

    def share(self, name: str, values: Iterable[str], period: Period) -> float | None:
        """Share of the days of ``period`` on which ``name`` has one of ``values``.

        None where the record does not cover the whole period.
        """
        values = set(values)
        held = known = 0
        for spell in self.over(name, period):
            days = (min(spell.last, period.last) - max(spell.first, period.first)).days + 1
            known += days
            held += days if spell.value in values else 0
        return held / period.days if known == period.days else None

    def to_frame(self) -> pl.DataFrame:
        """Columns state, place, value, first, last (empty when it still holds), event_id."""
        rows = [
            (*_split_name(s.name), s.value, s.first, None if s.last == FOREVER else s.last, s.event_id)
            for spells in self.spells.values()
            for s in spells
        ]
        schema = {
            "state": pl.String,
            "place": pl.String,
            "value": pl.String,
            "first": pl.Date,
            "last": pl.Date,
            "event_id": pl.String,
        }
        return pl.DataFrame(rows, schema=schema, orient="row").sort("state", "place", "first")

    def shares(self, periods: Iterable[Period]) -> pl.DataFrame:
        """Share of days by period, state and value: columns for ``fit_ppml`` once joined by year.

        Columns period, state (with its place), value, share; rows only where the record
        covers the whole period.
        """
        rows = []
        for period in periods:
            for name in self.spells:
                values = {s.value for s in self.over(name, period)}
                for value in sorted(values):
                    share = self.share(name, [value], period)
                    if share is not None:
                        rows.append((str(period), name, value, share))
        schema = {"period": pl.String, "state": pl.String, "value": pl.String, "share": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")


def measures(states: States, years: Iterable[int], first: str, second: str) -> pl.DataFrame:
    """Shares of days by year as columns for ``fit_ppml``, the same for both directions of the dyad.

    Parameters
    ----------
    years : iterable of int
    first, second : str
        The two economies, ISO alpha-3.

    Returns
    -------
    polars.DataFrame
        Columns exporter, importer, year, and one per state and value, named like
        ``border_goods_brenner_closed``; null where the record does not cover the year.
        Join it to a panel and fill the other dyads with zero: the measures are this dyad's.
    """
    years = list(years)
    columns: dict[str, list[float | None]] = {}
    for name, spells in states.spells.items():
        for value in sorted({s.value for s in spells}):
            column = re.sub(r"\W+", "_", f"{name}_{value}")
            columns[column] = [states.share(name, [value], Period.parse(str(year))) for year in years]
    both = [
        pl.DataFrame({"exporter": a, "importer": b, "year": years, **columns}, strict=False)
        for a, b in ((first, second), (second, first))
    ]
    return pl.concat(both)


@dataclass(frozen=True, slots=True)
class _Change:
    name: str
    value: str
    first: date
    last: date | None
    event_id: str
    row: int


def build_states(events: pl.DataFrame) -> tuple[States, list[Problem]]:
    """States from the ``sets`` column of events, and every contradiction between two rows."""
    by_name: dict[str, list[_Change]] = {}
    rows = events.with_row_index("row").filter(events["sets"].is_not_null())
    for row in rows.iter_rows(named=True):
        start = Period.parse(row["date"]).first
        last = Period.parse(row["end_date"]).last if row["end_date"] else None
        for change in parse_sets(row["sets"]):
            entry = _Change(change.name, change.value, start, last, row["event_id"], row["row"] + FIRST_ROW)
            by_name.setdefault(change.name, []).append(entry)
    spells, problems = {}, []
    for name, changes in by_name.items():
        changes.sort(key=lambda c: (c.first, c.row))
        problems += _contradictions(changes)
        spells[name] = _spells(changes)
    return States(spells), problems


def _contradictions(changes: list[_Change]) -> list[Problem]:
    found = []
    for i, a in enumerate(changes):
        for b in changes[i + 1 :]:
            if b.first > (a.last or a.first):
                break
            if a.value != b.value:
                when = "on the same day" if a.first == b.first else f"while the event {a.event_id} still holds"
                what = (
                    f"{b.event_id} sets {b.name}={b.value} {when}; "
                    f"{a.event_id} (row {a.row}) sets it to {a.value} from {a.first}."
                )
                found.append(Problem("events.csv", b.row, "sets", what, "Fix a date or drop one of the two."))
    return found


def _spells(changes: list[_Change]) -> tuple[Spell, ...]:
    """Walk the changes in order; an event with an end date gives way to the value before it."""
    marks: list[tuple[date, str, str]] = []
    standing: tuple[str, str] | None = None  # value and event that hold when nothing temporary does
    for change in changes:
        marks.append((change.first, change.value, change.event_id))
        if change.last is None:
            standing = (change.value, change.event_id)
        elif standing is not None:
            marks.append((change.last + timedelta(days=1), *standing))
        else:
            marks.append((change.last + timedelta(days=1), "", change.event_id))
    marks.sort(key=lambda m: m[0])
    spells: list[Spell] = []
    for place, (first, value, event_id) in enumerate(marks):
        last = marks[place + 1][0] - timedelta(days=1) if place + 1 < len(marks) else FOREVER
        if last < first or not value:
            continue
        if spells and spells[-1].value == value and spells[-1].last == first - timedelta(days=1):
            spells[-1] = Spell(spells[-1].name, value, spells[-1].first, last, spells[-1].event_id)
        else:
            spells.append(Spell(changes[0].name, value, first, last, event_id))
    return tuple(spells)


def _split_name(name: str) -> tuple[str, str]:
    state, _, place = name.partition("@")
    return state, place
