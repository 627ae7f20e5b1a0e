"""Which pairs of states are asked about, what is known of each on a day, and which broke afterwards."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from math import asin, cos, log, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.catalogue import LibraryCase, cases
from detente.attribution.library.ruptures import diplomatic_breaks
from detente.language import Day, Joined, Text, Word
from detente.outlook.spells import BreakSpell, spells

FIRST = 1990
"""The first year of the list of breaks."""
LISTED_UNTIL = date(2026, 3, 31)
"""The list was read up to here."""
PERMANENT = frozenset({"CHN", "FRA", "GBR", "RUS", "USA"})
MEMORY = 5
"""Years for which another break of either state counts as recent."""
FEATURES = (
    "land", "same_subregion", "same_region", "rival", "permanent_member", "rival_on_land",
    "log_breaks_of_either_max", "log_breaks_of_either_min", "log_breaks_max_in_subregion", "log_past_breaks_of_pair",
    "log_distance",
)  # fmt: skip
"""Columns of :attr:`Snapshot.features`; logs are of one plus the count."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The relevant pairs: land neighbours, same subregion, strategic rivals since 1990, or one a permanent member.

    Attributes
    ----------
    codes : tuple of (str, str)
        P pairs, each in alphabetical order.
    since : (P,) int
        The year from which both are states.
    first, second : (P,) int
        Places of the two in ``states``.
    states : tuple of str
    land, same_subregion, same_region, permanent : (P,) bool
    log_distance : (P,) float
        Of the great circle between the middles of the two, kilometres.
    rivalry : tuple of (int, int, int)
        Place of the pair, first and last year of a spell of rivalry.
    """

    codes: tuple[tuple[str, str], ...]
    since: NDArray[np.int_]
    first: NDArray[np.int_]
    second: NDArray[np.int_]
    states: tuple[str, ...]
    land: NDArray[np.bool_]
    same_subregion: NDArray[np.bool_]
    same_region: NDArray[np.bool_]
    permanent: NDArray[np.bool_]
    log_distance: NDArray[np.float64]
    rivalry: tuple[tuple[int, int, int], ...]

    def place(self, a: str, b: str) -> int | None:
        """Where a pair stands, in whatever order it is given; None if it is not relevant."""
        return _places().get((min(a, b), max(a, b)))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known on a day.

    Attributes
    ----------
    features : (P, K) float
        Columns as in :data:`FEATURES`.
    stratum : (P,) int
        Land border, same subregion, rivalry as a number 0-7.
    at_risk : (P,) bool
        Both are states with relations to lose: none of them is broken already.
    """

    features: NDArray[np.float64]
    stratum: NDArray[np.int_]
    at_risk: NDArray[np.bool_]


@cache
def known_spells() -> tuple[BreakSpell, ...]:
    """All spells of the shipped list."""
    return spells(diplomatic_breaks())


@cache
def relevant_pairs() -> Pairs:
    """The relevant pairs of the shipped tables (states.csv, ties.csv).

    Examples
    --------
    >>> pairs = relevant_pairs()
    >>> pairs.place("VEN", "COL") is not None, pairs.place("PRY", "MNG")
    (True, None)
    """
    states = {row["code"]: row for row in _rows("states.csv")}
    land, rivals = set(), []
    for row in _rows("ties.csv"):
        pair = row["a"], row["b"]
        if row["tie"] == "land":
            land.add(pair)
        else:
            rivals.append((pair, int(row["from"]), int(row["to"] or 9999)))
    rivaled = {pair for pair, *_ in rivals}
    chosen = [
        pair
        for pair in combinations(sorted(states), 2)
        if pair in land or pair in rivaled or PERMANENT & set(pair) or _same(states, pair, "subregion")
    ]
    order = {code: k for k, code in enumerate(sorted(states))}
    place = {pair: k for k, pair in enumerate(chosen)}
    return Pairs(
        tuple(chosen),
        np.array([max(int(states[a]["since"]), int(states[b]["since"])) for a, b in chosen]),
        np.array([order[a] for a, _ in chosen]),
        np.array([order[b] for _, b in chosen]),
        tuple(order),
        np.array([pair in land for pair in chosen]),
        np.array([_same(states, pair, "subregion") for pair in chosen]),
        np.array([_same(states, pair, "region") for pair in chosen]),
        np.array([bool(PERMANENT & set(pair)) for pair in chosen]),
        np.array([_log_distance(states[a], states[b]) for a, b in chosen]),
        tuple((place[pair], first, last) for pair, first, last in rivals),
    )


@cache
def _places() -> dict[tuple[str, str], int]:
    return {pair: k for k, pair in enumerate(relevant_pairs().codes)}


def regions() -> dict[str, str]:
    """Region of each state, as the United Nations group them."""
    return {row["code"]: row["region"] for row in _rows("states.csv")}


@cache
def subregions() -> dict[str, str]:
    """Subregion of each state, as the United Nations group them."""
    return {row["code"]: row["subregion"] for row in _rows("states.csv")}


@cache
def snapshot(day: date) -> Snapshot:
    """Features, stratum and risk of every relevant pair, from what had begun before ``day``."""
    pairs, place = relevant_pairs(), _places()
    recent = dict.fromkeys(pairs.states, 0)
    past = np.zeros(len(pairs.codes))
    broken = np.zeros(len(pairs.codes), bool)
    horizon = day.replace(year=day.year - MEMORY, day=min(day.day, 28))
    for spell in known_spells():
        if spell.began >= day:
            break
        for code in (spell.a, spell.b):
            if spell.began >= horizon and code in recent:
                recent[code] += 1
        k = place.get((spell.a, spell.b))
        if k is not None:
            past[k] += 1
            broken[k] |= spell.is_open(day)
    rival = np.zeros(len(pairs.codes), bool)
    for k, first, last in pairs.rivalry:
        rival[k] |= first < day.year <= last + 1
    counts = np.log1p(np.array(list(recent.values()), float))
    most = np.maximum(counts[pairs.first], counts[pairs.second])
    least = np.minimum(counts[pairs.first], counts[pairs.second])
    features = np.column_stack([
        pairs.land, pairs.same_subregion, pairs.same_region, rival, pairs.permanent, rival & pairs.land,
        most, least, most * pairs.same_subregion, np.log1p(past), pairs.log_distance,
    ]).astype(float)  # fmt: skip
    stratum = pairs.land * 4 + pairs.same_subregion * 2 + rival
    without = _without_relations()
    strangers = np.array([pair in without for pair in pairs.codes])
    return Snapshot(features, stratum, (pairs.since < day.year) & ~broken & ~strangers)


@cache
def broke_within(day: date, months: int) -> dict[int, BreakSpell]:
    """Pairs, by place, that broke in the ``months`` from ``day``."""
    place, end = _places(), months_later(day, months)
    found: dict[int, BreakSpell] = {}
    for spell in known_spells():
        k = place.get((spell.a, spell.b))
        if k is not None and spell.broke is not None and day <= spell.broke < end:
            found.setdefault(k, spell)
    return found


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later, or the 28th where the month is short."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, min(day.day, 28) if day.day > 28 else day.day)


def beyond_the_list(a: str, b: str, day: date) -> str:
    """What the list of breaks cannot say of a pair on a day: it has a first year and a last day; empty for nothing.

    Examples
    --------
    >>> beyond_the_list("USA", "CUB", date(2008, 1, 1)).partition(",")[0]
    'The list of breaks begins in 1990'
    >>> beyond_the_list("COL", "VEN", date(2019, 1, 1))
    ''
    """
    told = [Text("outlook.listed_until", day=Day(str(LISTED_UNTIL)))] if day > LISTED_UNTIL else []
    if not any((s.a, s.b) == (min(a, b), max(a, b)) and s.broke for s in known_spells()):
        facts = {"year": str(FIRST), "day": Day(str(day))}
        act = _apart_before(a, b)
        told.append(
            Text("outlook.apart_before", **facts, title=Word(act.title, group="rupture"), since=Day(act.start))
            if act
            else Text("outlook.listed_from", **facts)
        )
    return Joined(" ", parts=told) if told else ""


def _apart_before(a: str, b: str) -> LibraryCase | None:
    """The last stop of all trade between two from before the list begins whose end was not read; None for none."""
    found = [
        case
        for case in cases()
        if {case.origin, case.destination} == {a, b} and case.scope == "all trade" and case.start_year < FIRST
    ]
    return max((case for case in found if not case.reopened), key=lambda case: case.start, default=None)


def without_relations() -> dict[tuple[str, str], dict[str, str]]:
    """Pairs that had no relations to break, with the source that says so."""
    return {(row["a"], row["b"]): row for row in _rows("without_relations.csv")}


@cache
def _without_relations() -> frozenset[tuple[str, str]]:
    return frozenset(without_relations())


def _log_distance(a: dict[str, str], b: dict[str, str]) -> float:
    """By the haversine formula on a sphere of 6,371 km."""
    (x, u), (y, v) = ((radians(float(s["longitude"])), radians(float(s["latitude"]))) for s in (a, b))
    half = sin((v - u) / 2) ** 2 + cos(u) * cos(v) * sin((y - x) / 2) ** 2
    return log(2 * 6371 * asin(sqrt(half)))


def _same(states: dict[str, dict[str, str]], pair: Sequence[str], column: str) -> bool:
    return states[pair[0]][column] == states[pair[1]][column]


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = (files("detente.outlook") / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
