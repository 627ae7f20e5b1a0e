"""How many protected people next year, in two, three and five: a damped trend with the errors of pairs as restless.

The count of the day plus a part of its last yearly growth; around it the errors that the same rule made on earlier
years, among pairs whose counts moved about as much in the last three years (METHODS B3; findings/flows.md 2.4: a linear
drift, GDP, conflict and the destination's growth all score worse). Learnt only on outcomes known by the day asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.economies import lookup, name_of
from detente.errors import NotIdentified, SpecificationError
from detente.outlook.people.definitions import changed_between, changed_steps
from detente.outlook.people.people_forecast import PeopleForecast
from detente.outlook.people.score_cards import people_card
from detente.panel import Panel, people
from detente.panel.persons import require_existed

Array = NDArray[np.float64]
HORIZONS = (1, 2, 3, 5)
LEAST = 1000.0
"""Persons below which a count's error is mostly rounding; such pairs were not scored."""
OFFSET = 50.0
STRATA = 5
MEMORY = 3
LARGEST_STEP = 1.0
"""Growth in log points above which a step says no more (it is often a change of category)."""
PARTS = np.arange(0.0, 0.85, 0.1)
TAU = np.arange(1, 100) / 100
FEWEST = 500
"""Outcomes known below which nothing is learnt."""


@dataclass(frozen=True, slots=True)
class DisplacedModel:
    """What was learnt for one horizon.

    Attributes
    ----------
    horizon : years.
    part : share of the last yearly growth that is added, the best in learning by CRPS.
    cuts : (STRATA - 1,) volatilities that part the strata.
    errors : (STRATA, 99) log errors at the percentiles 1 to 99.
    n : outcomes learnt from.
    """

    horizon: int
    part: float
    cuts: Array
    errors: Array
    n: int

    def quantiles(self, level: Array, growth: Array, volatility: Array) -> Array:
        """Log of persons plus :data:`OFFSET` at the percentiles 1 to 99, (n, 99)."""
        middle = level + self.part * np.clip(growth, -LARGEST_STEP, LARGEST_STEP)
        return middle[:, None] + self.errors[np.searchsorted(self.cuts, volatility)]


@dataclass(frozen=True, slots=True, repr=False)
class StockForecast(PeopleForecast):
    """A protected population at the end of a later year; see :class:`~detente.outlook.people.people_forecast.PeopleForecast`."""

    def summary(self) -> str:
        """One sentence with the score beside it."""
        who = f"{name_of(self.origin)} in {name_of(self.destination)}, end of {self.year}"
        return self.said(who, f"at the end of {self.as_of}")

    def __repr__(self) -> str:
        return f"StockForecast({self.origin}→{self.destination} {self.year}: {self.middle:,.0f})"


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of all pairs that ever had one.

    Attributes
    ----------
    persons, log : (T, P) persons, absent ones zero, and log of persons plus :data:`OFFSET`.
    changed : (T, P) whether the step to a year is a change of definition.
    years : T years.
    place : P pairs of positions in the panel.
    """

    persons: Array
    log: Array
    changed: NDArray[np.bool_]
    years: tuple[int, ...]
    place: NDArray[np.intp]

    @classmethod
    def of(cls, panel: Panel) -> Counts:
        """From a panel of stocks by year."""
        flows = np.nan_to_num(panel.flows)
        place = np.argwhere((flows > 0).any(axis=0))
        persons = flows[:, place[:, 0], place[:, 1]]
        changed = changed_steps(panel)[:, place[:, 0], place[:, 1]]
        return cls(persons, np.log(persons + OFFSET), changed, panel.years, place)

    def growth(self, t: int) -> Array:
        """Log growth over the last year, (P,); none across a change of definition."""
        return np.where(self.changed[t], 0.0, self.log[t] - self.log[t - 1])

    def volatility(self, t: int) -> Array:
        """Mean absolute yearly log growth over the last three years, (P,), changes of definition apart."""
        steps = np.abs(np.diff(self.log[t - MEMORY : t + 1], axis=0))
        known = ~self.changed[t - MEMORY + 1 : t + 1]
        return (steps * known).sum(axis=0) / np.maximum(known.sum(axis=0), 1)

    def comparable(self, t: int, horizon: int) -> NDArray[np.bool_]:
        """Whether a count of at least 1,000 and that of ``horizon`` years later are of one definition, (P,)."""
        return (self.persons[t] >= LEAST) & ~self.changed[t + 1 : t + horizon + 1].any(axis=0)


def fit_displaced(counts: Counts, horizon: int, known: int) -> DisplacedModel:
    """The model learnt from outcomes up to position ``known`` of the years.

    Raises
    ------
    NotIdentified : fewer than 500 outcomes were known.
    """
    parts = []
    for s in range(MEMORY, known - horizon + 1):
        there = counts.comparable(s, horizon)
        parts.append(
            np.stack([counts.log[s], counts.growth(s), counts.volatility(s), counts.log[s + horizon]])[:, there]
        )
    n = sum(part.shape[1] for part in parts)
    if n < FEWEST:
        raise NotIdentified(
            f"Only {n} outcomes after {horizon} years were known by {counts.years[known]}.",
            why=f"An interval from fewer than {FEWEST} past errors is none.",
            fix=f"Ask for {counts.years[min(MEMORY + horizon + 6, len(counts.years) - 1)]} or later.",
        )
    level, growth, volatility, later = np.concatenate(parts, axis=1)
    step = np.clip(growth, -LARGEST_STEP, LARGEST_STEP)
    cuts = np.quantile(volatility, np.arange(1, STRATA) / STRATA)
    stratum = np.searchsorted(cuts, volatility)
    tried = [_errors(later - level - part * step, stratum) for part in PARTS]
    best = int(np.argmin([score for _, score in tried]))
    return DisplacedModel(horizon, float(PARTS[best]), cuts, tried[best][0], n)


def _errors(errors: Array, stratum: NDArray[np.intp]) -> tuple[Array, float]:
    """Percentiles (STRATA, 99) of the errors (n,) by stratum, and their CRPS within these."""
    table, score = np.empty((STRATA, len(TAU))), 0.0
    for k in range(STRATA):
        here = errors[stratum == k]
        table[k] = np.quantile(here, TAU)
        score += float(percentile_crps(table[k][None], here).sum())
    return table, score / len(errors)


def percentile_crps(quantiles: Array, outcome: Array) -> Array:
    """Continuous ranked probability score (n,) of percentiles (n, 99) or (1, 99), from the quantile losses."""
    gap = outcome[:, None] - quantiles
    return 2 * np.maximum(TAU * gap, (TAU - 1) * gap).mean(axis=1)


@lru_cache(maxsize=64)
def _shipped_model(horizon: int, as_of: int) -> DisplacedModel:
    counts = _shipped_counts()
    return fit_displaced(counts, horizon, counts.years.index(as_of))


@lru_cache(maxsize=1)
def _shipped_counts() -> Counts:
    return Counts.of(people("protected"))


def forecast_displaced(
    origin: str, destination: str, *, as_of: int | None = None, horizons: tuple[int, ...] = HORIZONS
) -> tuple[StockForecast, ...]:
    """Protected people of one country in another, one to five years ahead, one forecast a horizon.

    Parameters
    ----------
    origin, destination : codes or names.
    as_of : the year-end from which it is made; nothing later is used. The newest unless given.
    horizons : years ahead, among 1, 2, 3 and 5.

    Raises
    ------
    SpecificationError : a horizon that nobody scored, or a year without counts.
    UnknownEconomy : a country without counts, or that did not exist.
    NotIdentified : fewer than 1,000 persons then, or too little known by then to learn from.

    Examples
    --------
    >>> found = forecast_displaced("VEN", "COL", as_of=2022, horizons=(1,))[0]
    >>> found.low < 2_876_000 < found.high    # the count of 2023
    True
    """
    a, b = lookup(origin), lookup(destination)
    panel = people("protected")
    day = panel.years[-1] if as_of is None else as_of
    wrong = [h for h in horizons if h not in HORIZONS]
    if wrong:
        raise SpecificationError(
            f"Nobody scored a forecast {wrong[0]} years ahead.", fix=f"Ask for {', '.join(map(str, HORIZONS))} years."
        )
    t = panel.year_index(day)
    for code in (a, b):
        require_existed(code, day)
    last = float(np.nan_to_num(panel.flow(a, b)[t]))
    if last < LEAST:
        raise NotIdentified(
            f"{last:,.0f} protected persons of {name_of(a)} in {name_of(b)} at the end of {day}.",
            why=f"Counts below {LEAST:,.0f} were not scored: their errors are mostly rounding and registration.",
            fix="See the odds of a surge instead.",
        )
    if t < MEMORY:
        raise NotIdentified(f"The counts begin in {panel.years[0]}.", fix=f"Ask for {panel.years[MEMORY]} or later.")
    counts = _shipped_counts()
    k = int(np.flatnonzero((counts.place == [panel.index(a), panel.index(b)]).all(axis=1))[0])
    return tuple(_forecast(counts, a, b, k, t, horizon, last) for horizon in horizons)


def _forecast(counts: Counts, a: str, b: str, k: int, t: int, horizon: int, last: float) -> StockForecast:
    day = counts.years[t]
    model = _shipped_model(horizon, day)
    logs = model.quantiles(counts.log[t][[k]], counts.growth(t)[[k]], counts.volatility(t)[[k]])[0]
    low, middle, high = (max(float(np.exp(logs[place])) - OFFSET, 0.0) for place in (9, 49, 89))
    steps = changed_between(a, b, day - MEMORY, day)
    caution = f"The count changed its definition in {steps[-1]}: that step is not taken for growth." if steps else ""
    return StockForecast(a, b, day, day + horizon, last, low, middle, high, people_card("displaced", horizon), caution)
