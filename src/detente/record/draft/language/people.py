"""Whether what is counted are people: *1,200 migrants*, *7 million Ukrainians*."""

from __future__ import annotations

from functools import lru_cache

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
"""Letters of a noun above which it may be a people's name."""


@lru_cache(maxsize=4096)
def is_of_people(unit: str) -> bool:
    """Whether a counted noun is people.

    >>> [is_of_people(unit) for unit in ("Syrian refugees", "Ukrainians", "trucks")]
    [True, True, False]
    """
    noun = unit.split()[-1]
    return noun.casefold() in PEOPLE or (noun not in CLOSED and len(noun) > SHORTEST and bool(country_in(noun)))
