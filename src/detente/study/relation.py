"""The state of the relation at the record's end, in one sentence."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from detente.record.date import Period
from detente.study.words import listed

if TYPE_CHECKING:
    from detente.record import Ledger

# state -> how to say it; a state of the record that is not here is left to the tables
PHRASES = {
    "relations": {
        "ambassador": "relations at ambassador level",
        "charge": "relations at the level of chargé d'affaires",
        "consular": "consular relations only",
        "frozen": "relations frozen",
        "broken": "relations broken",
    },
    "border.goods": {
        "open": "the border open to goods{place}",
        "limited": "the border open to goods in part{place}",
        "closed": "the border closed to goods{place}",
    },
    "air.direct": {
        "service": "direct flights in service",
        "suspended": "direct flights suspended",
        "none": "no direct flights",
    },
    "gas.flow": {"none": "no gas through the pipeline", "interrupted": "gas flow interrupted"},
    "bloc.andean_community": {
        "member": "Venezuela in the Andean Community",
        "leaving": "Venezuela leaving the Andean Community",
        "out": "Venezuela outside the Andean Community",
    },
}


def last_day(ledger: Ledger) -> date | None:
    """The last day on which something of the record began that is not merely scheduled."""
    happened = ledger.events.filter(ledger.events["kind"] != "scheduled")
    days = [Period.parse(cell).first for cell in happened["date"]]
    return max(days, default=None)


def relation_today(ledger: Ledger) -> tuple[str, ...]:
    """One sentence on the states that hold at the record's end; none where the record sets no state."""
    day = last_day(ledger)
    if day is None:
        return ()
    states = ledger.states()
    parts = []
    for name in sorted(states.spells, key=_rank):
        state, _, place = name.partition("@")
        spell = states.at(name, day)
        phrase = PHRASES.get(state, {}).get(spell.value) if spell else None
        if phrase is None or spell is None:
            continue
        where = f" at {place.replace('_', ' ').title()}" if place else ""
        parts.append(f"{phrase.format(place=where)} (since {spell.first.isoformat()})")
    if not parts:
        return ()
    return (f"At the record's end, {day.isoformat()}: {listed(parts)}.",)


def _rank(name: str) -> tuple[int, str]:
    order = list(PHRASES)
    state = name.partition("@")[0]
    return (order.index(state) if state in order else len(order), name)
