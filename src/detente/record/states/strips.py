"""The state of a relation as four strips over time, and an index of recorded measures where three of them are known.

Each strip is a plain mean of what the record's states say, from 0 (nothing in the way) to 1 (shut)::

    diplomatic   the worse of the level of relations and of recognition
    border       mean over crossings of goods, and of people, the two together
    mobility     direct flights
    economic     the better of bloc and agreement (membership in one is enough), or a ban on trade where that is worse

The index is 100 (1 - weighted mean of the strips that are known), blank below three. It counts measures on record; it is
not the quality of a relation, and no covariate: against GDELT's tone it has the wrong sign for India and Pakistan
(docs/people.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import product

import polars as pl

from detente.record.period import Period
from detente.record.states.spells import States

DOMAINS: tuple[str, ...] = ("diplomatic", "border", "mobility", "economic")
FEWEST = 3
"""Strips that have to be known for an index."""
EQUAL: Mapping[str, float] = dict.fromkeys(DOMAINS, 1.0)
WEIGHTS = (0.5, 1.0, 2.0)
"""Weights tried on each strip for the range of the index."""

RELATIONS = {"ambassador": 0.0, "charge": 0.33, "consular": 0.5, "frozen": 0.67, "broken": 1.0, "none": 1.0}
RECOGNITION = {"incumbent": 0.0, "none": 0.67}  # another by name: 1
OPENNESS = {"open": 0.0, "limited": 0.5, "closed": 1.0}
AIR = {"service": 0.0, "suspended": 1.0, "none": 1.0}
BLOC = {"member": 0.0, "leaving": 0.5, "out": 1.0}
TRADE = {"allowed": 0.0, "limited": 0.5, "banned": 1.0}
AGREEMENT = {"in_force": 0.0, "signed": 0.5, "none": 1.0}


@dataclass(frozen=True, slots=True)
class StripDay:
    """The four strips on one day; None where no state of the domain is on record.

    Attributes
    ----------
    diplomatic, border, mobility, economic : 0 (nothing in the way) to 1 (shut).
    """

    diplomatic: float | None
    border: float | None
    mobility: float | None
    economic: float | None

    @property
    def known(self) -> int:
        """How many of the four are known."""
        return sum(value is not None for value in self.values())

    def values(self) -> tuple[float | None, ...]:
        """The four in order."""
        return tuple(getattr(self, name) for name in DOMAINS)

    def index(self, weights: Mapping[str, float] = EQUAL) -> float | None:
        """100 where nothing is in the way, 0 where all is shut; None below three known strips."""
        known = [(weights[name], value) for name, value in zip(DOMAINS, self.values()) if value is not None]
        if len(known) < FEWEST:
            return None
        return 100 * (1 - sum(w * v for w, v in known) / sum(w for w, _ in known))


def strips_on(states: States, day: date) -> StripDay:
    """The four strips of a record's states on a day."""
    held = {name: spell.value for name in states.spells if (spell := states.at(name, day)) is not None}

    def read(prefix: str, scale: Mapping[str, float], other: float | None = None) -> list[float]:
        found = (scale.get(value, other) for name, value in held.items()
                 if name == prefix or name.startswith((f"{prefix}@", f"{prefix}.")))  # fmt: skip
        return [value for value in found if value is not None]

    diplomatic = [*read("relations", RELATIONS), *read("recognition.government", RECOGNITION, 1.0)]
    border = [_mean(read(f"border.{what}", OPENNESS)) for what in ("goods", "people")]
    economic = [*read("bloc", BLOC), *read("agreement", AGREEMENT)]
    bans = read("trade.goods", TRADE)
    return StripDay(
        max(diplomatic, default=None), _mean(v for v in border if v is not None),
        _mean(read("air.direct", AIR)), max([*bans, min(economic, default=0.0)]) if bans or economic else None,
    )  # fmt: skip


def strips_by_month(states: States, first: date, last: date) -> pl.DataFrame:
    """The strips and the index by month, means over its days.

    Returns
    -------
    polars.DataFrame
        Columns month (``2019-03``), the four strips (0 to 1, null where unknown on every day of the month), known (the
        fewest strips known on a day of the month), index, index_low, index_high (over weights of a half to two on each
        strip; null where fewer than three strips are known on every day).
    """
    rows = [_month(states, month) for month in _months(first, last)]
    numbers = ("index", "index_low", "index_high")
    names = {
        "month": pl.String,
        **dict.fromkeys(DOMAINS, pl.Float64),
        "known": pl.Int64,
        **dict.fromkeys(numbers, pl.Float64),
    }
    return pl.DataFrame(rows, schema=names, orient="row")


def _month(states: States, month: Period) -> tuple[object, ...]:
    """A row of :func:`strips_by_month`; a day is looked at only where something changes."""
    days = tuple((strips_on(states, first), n) for first, n in _constant(states, month))
    return (str(month)[:7], *_in_short(days))


@lru_cache(maxsize=1024)
def _in_short(days: tuple[tuple[StripDay, int], ...]) -> tuple[object, ...]:
    """What a month's row says of its days, each with how long it lasted: most months are like the one before."""
    means = [_weighted((getattr(day, name), n) for day, n in days) for name in DOMAINS]
    middle = _weighted(((day.index(), n) for day, n in days), all_known=True)
    ends = []
    if middle is not None:
        for weights in product(WEIGHTS, repeat=len(DOMAINS)):
            tried: dict[str, float] = dict(zip(DOMAINS, weights))
            value = _weighted(((day.index(tried), n) for day, n in days), all_known=True)
            ends += [] if value is None else [value]
    known = min(day.known for day, _ in days)
    return (*means, known, middle, min(ends, default=None), max(ends, default=None))


def _constant(states: States, month: Period) -> list[tuple[date, int]]:
    """First day and length of each stretch of the month in which no state changes."""
    cuts = {month.first}
    for name in states.spells:
        for spell in states.over(name, month):
            cuts |= {
                day for day in (spell.first, _after(spell.last)) if day is not None and month.first < day <= month.last
            }
    starts = sorted(cuts)
    ends = [*starts[1:], month.last + timedelta(days=1)]
    return [(a, (b - a).days) for a, b in zip(starts, ends)]


def _after(day: date) -> date | None:
    return None if day.year >= 2999 else day + timedelta(days=1)


def _months(first: date, last: date) -> Iterable[Period]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield Period.parse(f"{year}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) / len(found) if found else None


def _weighted(values: Iterable[tuple[float | None, int]], *, all_known: bool = False) -> float | None:
    """Mean over days of what is known; None where nothing is, or where a day is not and all have to be."""
    found = list(values)
    known = [(v, n) for v, n in found if v is not None]
    if not known or (all_known and len(known) < len(found)):
        return None
    return sum(v * n for v, n in known) / sum(n for _, n in known)
