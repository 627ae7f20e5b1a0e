"""What if the origin's economy recovers: how many fewer leave, how many return, and what nobody can say.

Elasticities of migration to the origin's GDP per head by Poisson pseudo-maximum likelihood with destination-year and
pair effects, standard errors by origin, on what ships (METHODS B3; findings/flows.md 2.6). The range over specifications
is the answer, not one number; that GDP improves no forecast (see the displaced) is said beside it. For permits and
reopened borders there are too few cases for any number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

from detente.attribution.library import cases
from detente.economies import lookup, name_of
from detente.errors import SpecificationError
from detente.outlook.people.elasticities import ENOUGH, MigrationElasticity, are_neighbours, shipped_elasticities
from detente.panel import people

LARGEST_PCT = 100.0
"""Growth above which elasticities of decades of ordinary years say nothing."""


@dataclass(frozen=True, slots=True)
class OriginRecovery:
    """What a richer origin does to the people who leave it for one destination.

    Attributes
    ----------
    origin, destination : codes.
    growth_pct : assumed rise of the origin's GDP per head, percent.
    neighbours : whether the two share a land border, for which the elasticity is larger.
    elasticities : every specification.
    low, middle, high : change of the outflow, percent: lowest and highest middle over the specifications of moves and
        arrivals, and the main one (that of neighbours where they are).
    interval : 90% of the main specification alone, percent.
    returns : change of departures from the destination, percent, 90%: low, middle, high.
    n_closures, n_reopenings : closed and reopened land borders of the library with 500 and more protected people of
        the pair at the start. So few that no effect of permits or of a reopened border is given.
    """

    origin: str
    destination: str
    growth_pct: float
    neighbours: bool
    elasticities: tuple[MigrationElasticity, ...]
    low: float
    middle: float
    high: float
    interval: tuple[float, float]
    returns: tuple[float, float, float]
    n_closures: int
    n_reopenings: int

    @property
    def returns_detectable(self) -> bool:
        """Whether the interval of returns leaves zero out."""
        return not self.returns[0] < 0 < self.returns[2]

    def to_frame(self) -> pl.DataFrame:
        """One row a specification: outcome, variant, elasticity, se, n, and the effect in percent with its 90%."""
        rows = [{**asdict(e), **dict(zip(("low_pct", "middle_pct", "high_pct"), e.effect_pct(self.growth_pct)))}
                for e in self.elasticities]  # fmt: skip
        return pl.DataFrame(rows)

    def summary(self) -> str:
        """Three sentences: who leaves, who returns, what is not known."""
        low, middle, high = (f"{v:+.0f}" for v in (self.low, self.middle, self.high))
        ends = [f"{v:+.0f}" for v in self.returns]
        own = [f"{v:+.0f}" for v in self.interval]
        found = "changes" if self.returns_detectable else "no detectable change of"
        return (
            f"{name_of(self.origin)}'s income per head {self.growth_pct:+.0f}%: moves to {name_of(self.destination)} "
            f"{middle}% [{own[0]}, {own[1]}]; {low}% to {high}% over all specifications.\n"
            f"Returns: {found} departures, {ends[1]}% [{ends[0]}, {ends[2]}].\n"
            f"Permits and a reopened border: no estimate exists ({self.n_closures} closures and {self.n_reopenings} "
            f"reopenings with enough people)."
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain values."""
        return asdict(self)

    def __repr__(self) -> str:
        return f"OriginRecovery({self.origin}→{self.destination}: {self.low:.0f}% to {self.high:.0f}%)"


def origin_recovers(origin: str, destination: str, *, growth_pct: float = 20.0) -> OriginRecovery:
    """What if the origin's GDP per head rises: moves to the destination, and returns from it.

    Parameters
    ----------
    origin, destination : codes or names.
    growth_pct : rise of the origin's GDP per head, percent, between -50 and 100.

    Raises
    ------
    SpecificationError : a change outside these ends, or one country twice.
    UnknownEconomy

    Examples
    --------
    >>> found = origin_recovers("VEN", "PER")
    >>> -20 < found.low < found.high < -5, found.returns_detectable
    (True, False)
    """
    a, b = lookup(origin), lookup(destination)
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    if not -50 <= growth_pct <= LARGEST_PCT or growth_pct == 0:
        raise SpecificationError(
            f"A change of {growth_pct:g}% was not seen often enough to be learnt from.",
            fix=f"Ask for one between -50 and {LARGEST_PCT:.0f} percent that is not zero.",
        )
    near = are_neighbours(a, b)
    found = shipped_elasticities(a)
    outflow = [e for e in found if e.outcome != "departures"]
    main = next(e for e in outflow if e.variant == ("neighbours" if near else "all"))
    middles = [e.effect_pct(growth_pct)[1] for e in outflow if near or e.variant != "neighbours"]
    low, middle, high = main.effect_pct(growth_pct)
    returns = next(e for e in found if e.outcome == "departures").effect_pct(growth_pct)
    closures, reopenings = counted_cases()
    return OriginRecovery(
        a, b, growth_pct, near, found, min(middles), middle, max(middles), (low, high), returns, closures, reopenings
    )


@lru_cache(maxsize=1)
def counted_cases() -> tuple[int, int]:
    """Closures, and reopenings, of land borders in the library with 500 and more protected people of the pair then.

    Examples
    --------
    >>> closures, reopenings = counted_cases()
    >>> closures < 10, reopenings < 10    # too few for an estimate
    (True, True)
    """
    closed, opened = set(), set()
    for case, pair in _closures():
        if _protected(pair, case.start_year) >= ENOUGH:
            closed.add((pair, case.start_year))
        if case.reopened_year is not None and _protected(pair, case.reopened_year) >= ENOUGH:
            opened.add((pair, case.reopened_year))
    return len(closed), len(opened)


def _closures() -> Iterator[tuple[Any, tuple[str, str]]]:
    for case in cases():
        first, second = sorted((case.origin, case.destination))
        if "closure" in case.instrument and are_neighbours(first, second):
            yield case, (first, second)


def _protected(pair: tuple[str, str], year: int) -> float:
    """Protected people of either in the other at the end of the year."""
    panel = people("protected")
    if year not in panel.years or not set(pair) <= set(panel.economies):
        return 0.0
    t = panel.year_index(year)
    a, b = pair
    return float(np.nan_to_num(panel.flow(a, b)[t]) + np.nan_to_num(panel.flow(b, a)[t]))
