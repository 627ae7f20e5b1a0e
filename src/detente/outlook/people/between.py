"""All that is known of the people between two economies: counts, why they moved, how many next, what if, visas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from typing import Any, TypeVar

import numpy as np

from detente.attribution.flows.migration import MigrationChange, shipped_migration
from detente.data import VisaRule, definition_breaks, people_facts, visa_rules
from detente.economies import lookup
from detente.errors import DataError, NotIdentified
from detente.outlook.people.alarm import SurgeOdds, surge
from detente.outlook.people.displaced import StockForecast, forecast_displaced
from detente.outlook.people.missing_cells import Nowcast, nowcast
from detente.outlook.people.moves import MoveForecast, forecast_moves
from detente.outlook.people.recovery import OriginRecovery, origin_recovers
from detente.panel import people

Found = TypeVar("Found")
GROWTH_PCT = 20.0
SAME = 0.01
"""Two counts closer than this are taken to be one that was passed on."""
LARGE = 50_000.0
"""Persons from which an equal count is no accident."""


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """One count of people.

    Attributes
    ----------
    origin, destination : where they come from, where they live or went.
    population : ``movers``, ``foreign_born``, ``protected``, or ``register`` (of the country where they live).
    stock : persons living there on a day, rather than persons who moved in a period.
    date : ISO day or month of a stock; first and last year of a flow's period (``2015/2019``).
    persons : how many.
    source : publisher and licence, or the id of a source of the record.
    recategorised : most of them changed category since the count before: in part at least no movement.
    taken_from : the date of UNHCR's count that this one of DESA's repeats; empty where it repeats none.
    everywhere : persons of the origin in all destinations by the same count; None of a register.
    """

    origin: str
    destination: str
    population: str
    stock: bool
    date: str
    persons: float
    source: str
    recategorised: bool = False
    taken_from: str = ""
    everywhere: float | None = None

    @property
    def year(self) -> int:
        """The year of the count, the first of a period."""
        return int(self.date[:4])


@dataclass(frozen=True, slots=True, repr=False)
class PeopleBetween:
    """What is known of the people between two economies; a part that nothing is known of is None or empty.

    Attributes
    ----------
    origin, destination : codes.
    counts : every count that ships, in both directions.
    moved : why people moved, in both directions.
    displaced, moves : forecasts of the protected and of moves.
    surges : odds of a surge.
    recoveries : what if either origin recovers.
    nowcasts : the newest count of each population as if it were missing.
    visas : what the passports of either need at the other's border, reading by reading.
    """

    origin: str
    destination: str
    counts: tuple[PeopleCount, ...]
    moved: tuple[MigrationChange, ...]
    displaced: tuple[StockForecast, ...]
    moves: tuple[MoveForecast, ...]
    surges: tuple[SurgeOdds, ...]
    recoveries: tuple[OriginRecovery, ...]
    nowcasts: tuple[Nowcast, ...] = ()
    visas: tuple[VisaRule, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values, as ``detente pair --json`` prints it."""
        return asdict(self) | {"moved": [one.to_dict() for one in self.moved]}

    def __repr__(self) -> str:
        return f"PeopleBetween({self.origin}, {self.destination}: {len(self.counts)} counts)"


@lru_cache(maxsize=64)
def people_between(origin: str, destination: str) -> PeopleBetween:
    """Everything that ships about the people between two economies.

    Parameters
    ----------
    origin, destination : codes or names.

    Raises
    ------
    UnknownEconomy : a name that is none.

    Examples
    --------
    >>> found = people_between("VEN", "COL")
    >>> {count.population for count in found.counts} == {"movers", "foreign_born", "protected"}
    True
    """
    a, b = lookup(origin), lookup(destination)
    ways = ((a, b), (b, a)) if a != b else ()
    return PeopleBetween(
        a, b,
        tuple(count for way in ways for count in counts_of(*way)),
        tuple(one for one in (shipped_migration(*way) for way in ways) if one is not None),
        tuple(one for way in ways for one in _or_none(forecast_displaced, *way) or ()),
        tuple(one for one in (_or_none(forecast_moves, *way) for way in ways) if one is not None),
        tuple(one for one in (_or_none(surge, *way) for way in ways) if one is not None),
        tuple(origin_recovers(*way, growth_pct=GROWTH_PCT) for way in ways if _moves_at_all(*way)),
        tuple(one for way in ways for one in _nowcasts(*way)),
        tuple(one for way in ways for one in visa_rules(*way)),
    )  # fmt: skip


def counts_of(origin: str, destination: str) -> Iterator[PeopleCount]:
    """Every count that ships of people from one economy in, or to, another."""
    steps = {b.year for b in definition_breaks() if (b.origin, b.destination) == (origin, destination)}
    protected = dict(_series("protected", origin, destination))
    for population in ("movers", "foreign_born", "protected"):
        facts = people_facts()[population]
        source = f"{facts['cite']}, {facts['licence']}"
        for year, persons in _series(population, origin, destination):
            date = {"movers": f"{year}/{year + 4}", "foreign_born": f"{year}-07", "protected": f"{year}-12-31"}[
                population
            ]
            count = PeopleCount(
                origin, destination, population, bool(facts["stock"]), date, persons, source,
                everywhere=_everywhere(population, origin, year),
            )  # fmt: skip
            if population == "protected":
                count = replace(count, recategorised=year in steps)
            if population == "foreign_born":
                count = replace(count, taken_from=_taken_from(persons, year, protected))
            yield count


def _series(population: str, origin: str, destination: str) -> Iterator[tuple[int, float]]:
    panel = people(population)
    if {origin, destination} <= set(panel.economies):
        for year, value in zip(panel.years, panel.flow(origin, destination)):
            if np.isfinite(value) and (value > 0 or population == "movers"):
                yield year, float(value)


def _everywhere(population: str, origin: str, year: int) -> float:
    panel = people(population)
    return float(np.nansum(panel.flows[panel.year_index(year), panel.index(origin)]))


def _taken_from(persons: float, year: int, protected: dict[int, float]) -> str:
    """The date of UNHCR's count that DESA's repeats: its own year's, or that of the year before."""
    if persons < LARGE:
        return ""
    near = {y: abs(persons / protected[y] - 1) for y in (year, year - 1) if y in protected}
    best = min(near, key=lambda y: near[y], default=None)
    return f"{best}-12-31" if best is not None and near[best] < SAME else ""


def _nowcasts(origin: str, destination: str) -> Iterator[Nowcast]:
    for population in ("movers", "foreign_born", "protected"):
        found = _or_none(partial(nowcast, population=population), origin, destination)
        if found is not None:
            yield found


def _moves_at_all(origin: str, destination: str) -> bool:
    return any(value > 0 for _, value in _series("movers", origin, destination))


def _or_none(ask: Callable[[str, str], Found], origin: str, destination: str) -> Found | None:
    """The answer, or None where there is none to give."""
    try:
        return ask(origin, destination)
    except (NotIdentified, DataError):
        return None
