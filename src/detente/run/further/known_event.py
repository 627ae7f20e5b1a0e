"""What a record says happened last between the two: a rupture that holds, or a reopening, from the states that its events set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from detente.record.states import build_states
from detente.record.states.spells import FOREVER, Spell

SHUT = {"relations": ("broken",), "border.goods": ("closed",)}
"""States, without their places, and the values that shut a relation or a border to goods."""
INSTRUMENTS = {"relations": "diplomatic quarrel", "border.goods": "closure"}
LASTING = timedelta(days=90)
TOGETHER = timedelta(days=730)
"""Spells that begin within two years of the end of the one before are one rupture."""


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """The last rupture or reopening on record.

    Attributes
    ----------
    kind : ``reopening`` or ``rupture``.
    year : of its day.
    instrument : of the rupture: ``closure`` where goods were shut out, else ``diplomatic quarrel``.
    began : the year in which the rupture began.
    """

    kind: str
    year: int
    instrument: str
    began: int


def known_event(events: pl.DataFrame) -> KnownEvent | None:
    """From a record's events; None where none of them sets such a state for 90 days.

    One of several crossings that is shut while another is open counts: the gap in trade says how much.
    """
    spells = _shut_spells(events)
    if not spells:
        return None
    chain = [spells[-1]]
    for spell in reversed(spells[:-1]):
        if chain[-1].first - min(spell.last, chain[-1].first) > TOGETHER:
            break
        chain.append(spell)
    goods = any(_state(s.name) == "border.goods" for s in chain)
    instrument = INSTRUMENTS["border.goods" if goods else "relations"]
    began, end = chain[-1].first.year, max(s.last for s in chain)
    if end == FOREVER:
        return KnownEvent("rupture", began, instrument, began)
    return KnownEvent("reopening", _after(end).year, instrument, began)


def breaks_on_record(events: pl.DataFrame) -> tuple[date, ...]:
    """The days on which a record's events broke relations or shut the border to goods, for 90 days or still."""
    return tuple(spell.first for spell in _shut_spells(events))


def _shut_spells(events: pl.DataFrame) -> list[Spell]:
    """In order of their first day."""
    if events.is_empty():
        return []
    held = (s for name, spells in build_states(events)[0].spells.items() for s in spells if _shuts(name, s))
    return sorted(held, key=lambda s: s.first)


def _shuts(name: str, spell: Spell) -> bool:
    values = SHUT.get(_state(name), ())
    return spell.value in values and (spell.last == FOREVER or spell.last - spell.first >= LASTING)


def _state(name: str) -> str:
    return name.partition("@")[0]


def _after(day: date) -> date:
    return day + timedelta(days=1)
