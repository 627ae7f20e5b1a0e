"""The state of the relation at the record's end, in one sentence."""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.answer.speaker import Speaker
from detente.record.period import Period
from detente.study.words import states_in_words


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
    parts = states_in_words(events, say.spec, day, say.words)
    return (say("today", day=say.words.date(day.isoformat()), states=say.listed(parts)),) if parts else ()
