"""Whether what is counted are people: *1,200 migrants*, *7 million Ukrainians*."""

from __future__ import annotations

import re
from functools import lru_cache

from detente.record.draft.language.entities import people_named
from detente.record.draft.language.units import CLOSED
from detente.record.verdicts.independence.organisations import country_in

PEOPLE = {
    "people",
    "persons",
    "personas",
    "migrants",
    "migrantes",
    "refugees",
    "refugiados",
    "seekers",
    "solicitantes",
    "inhabitants",
    "habitantes",
}
SHORTEST = 5
"""Letters of a noun in small letters above which it may be a people's name."""


@lru_cache(maxsize=4096)
def is_of_people(unit: str) -> bool:
    """Whether a counted noun is people.

    >>> [is_of_people(unit) for unit in ("Syrian refugees", "Ukrainians", "Danes", "sirios", "trucks", "poles")]
    [True, True, True, True, False, False]
    """
    noun = unit.split()[-1]
    if noun.casefold() in PEOPLE:
        return True
    named = noun not in CLOSED and (len(noun) > SHORTEST or noun[:1].isupper())
    return named and bool(country_in(noun) or people_named(noun))


_OF_PEOPLE = re.compile(r"\s(?:\w+[ai]dos\b|viv|resid|fueron\b|y\sbolivianas\b)")


def bolivians_follow(text: str, end: int) -> bool:
    """Whether *bolivianos* that end at ``end`` are people, not money: *400 bolivianos atrapados*."""
    return _OF_PEOPLE.match(text, end) is not None
