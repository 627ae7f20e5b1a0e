"""The state of the relation at the record's end, in one sentence."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.answer.speaker import Speaker
from detente.record.period import Period
from detente.record.states import States, build_states

# The states worth a place on the first screen, in this order; the others are left to the tables.
FIRST = ("relations", "border.goods", "air.direct", "gas.flow", "bloc.andean_community")


def last_day(events: pl.DataFrame) -> date | None:
    """The last day on which something of the record began that is not merely scheduled."""
    happened = events.filter(events["kind"] != "scheduled")
    days = [Period.parse(cell).first for cell in happened["date"]]
    return max(days, default=None)


def relation_today(events: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """One sentence on the states that hold at the record's end; none where the record sets no state.

    Where the record has no event yet, that is said, with what to do.
    """
    day = last_day(events)
    if day is None:
        return (say("no_events"),) if events.is_empty() else ()
    states, _ = build_states(events)
    parts = [p for state in FIRST if (p := _phrase(states, state, day, say))]
    return (say("today", day=say.words.date(day.isoformat()), states=say.listed(parts)),) if parts else ()


def _phrase(states: States, state: str, day: date, say: Speaker) -> str | None:
    """One state on ``day``; places with the same value share a phrase, each with its first day."""
    held = [s for name in states.spells if name.partition("@")[0] == state and (s := states.at(name, day))]
    by_value: dict[str, list] = {}
    for spell in held:
        by_value.setdefault(spell.value, []).append(spell)
    parts = []
    for value, spells in by_value.items():
        key = f"relation.{state.replace('.', '_')}_{value}"
        if key not in say.words.strings():
            continue
        since = [
            say("place_since", place=say.words.known("place", place), day=say.words.date(s.first.isoformat()))
            if (place := s.name.partition("@")[2])
            else say("since", day=say.words.date(s.first.isoformat()))
            for s in spells
        ]
        parts.append(f"{say.words(key)} ({'; '.join(since)})")
    return "; ".join(parts) or None
