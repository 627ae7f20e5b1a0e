"""Any two economies at once: what was sold, what their other trade leads one to expect, and what similar pairs did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.answer.facts import Facts, Fall, Flow
from detente.answer.pairs.found_pair import Pair, Partner, Similar
from detente.attribution.comparison.features import SMALLEST, features
from detente.attribution.comparison.similar import FEWEST, MOST
from detente.attribution.fits import CommonFits
from detente.attribution.residuals import Effects, Residuals, between, on_base
from detente.attribution.sample import Sample
from detente.economies import ROW, lookup_side
from detente.errors import SpecificationError
from detente.panel import Panel, with_sides, world

BASE = 5  # years that say how close two economies usually are
STEP = 2  # years over which a fall is looked for
SMALL = 1.0  # million US$: a flow below says nothing about a fall
NEAREST = 6  # similar pairs and partners that are listed


@dataclass(frozen=True, slots=True, repr=False)
class PairFit:
    """Two economies on a panel, with the fit that says what was to be expected of them.

    Attributes
    ----------
    origin, destination, base, flows_of : as of a :class:`Pair`.
    sample : the panel's economies and years.
    effects : of all dyads, both directions of this one left out of the fit after the base years.
    """

    origin: str
    destination: str
    base: tuple[int, int]
    flows_of: Panel
    sample: Sample
    effects: Effects

    def residuals(self) -> Residuals:
        """Of all dyads."""
        return on_base(self.sample.flows, self.effects, self.sample.window(self.base))

    def between(self) -> Residuals:
        """Of the two economies alone, the first at position 0: the same numbers at a small part of the work."""
        return between(self.sample.flows, self.effects, self.sample.window(self.base), *self.ends)

    @property
    def ends(self) -> tuple[int, int]:
        """Positions of the two in the sample."""
        return self.sample.economy(self.origin), self.sample.economy(self.destination)

    def to_frame(self) -> pl.DataFrame:
        """The columns of :meth:`Pair.to_frame`; a year without a figure is null."""
        between, codes = self.between(), (self.origin, self.destination)
        rows = [
            (codes[one], codes[other], year, sold, told)
            for one, other in ((0, 1), (1, 0))
            for year, sold, told in zip(
                self.sample.years,
                self.sample.flows[:, self.ends[one], self.ends[other]].tolist(),
                between.expected(one, other).tolist(),
            )
        ]
        names = {"origin": pl.String, "destination": pl.String, "year": pl.Int64, "sold_usd_mn": pl.Float64,
                 "expected_usd_mn": pl.Float64}  # fmt: skip
        return pl.DataFrame(rows, schema=names, orient="row").fill_nan(None)


def pair(
    origin: str, destination: str, *, panel: Panel | None = None, base: tuple[int, int] | None = None,
    as_of: date | None = None,
) -> Pair:  # fmt: skip
    """What happened between two economies, blocs or regions, from a panel alone.

    Expected is what both economies' trade with everybody else and the pair's base years lead one to expect (three-way
    PPML with the pair left out after its base years; METHODS A1b). The worst fall is the two years in which most was
    lost against that, and is set beside the worst two years of each pair of like size, so that looking for the worst
    is not mistaken for finding something unusual.

    Parameters
    ----------
    origin, destination : codes or names.
    panel : a :class:`detente.panel.Panel`; the shipped one unless given.
    base : first and last base year; the first five years in which the two trade unless given.
    as_of : whose members a bloc or region has, in every year; those of the panel's last day unless given.

    Raises
    ------
    UnknownEconomy
        A name that is none, an economy that the panel does not have, or the world, with whom nobody can be compared.
    SpecificationError
        Twice the same economy, an economy and its own bloc, or no trade between the two.

    Examples
    --------
    >>> found = pair("India", "PAK")
    >>> found.base, found.facts.flows[0].falls[0].start
    ((2000, 2004), 2018)
    """
    fitted = fit_pair(origin, destination, panel=panel, base=base, as_of=as_of)
    a, b, flows_of, window = fitted.origin, fitted.destination, fitted.flows_of, fitted.base
    sample, fit, (i, j) = fitted.sample, fitted.residuals(), fitted.ends
    flows, similar = [], []
    for one, other in ((i, j), (j, i)):
        sold, expected = sample.flows[:, one, other], fit.expected(one, other)
        fall, near = _worst(sample, fit, one, other)
        flows.append(
            Flow(sample.economies[one], sample.economies[other], _series(sample, sold), _series(sample, expected),
                 falls=() if fall is None else (fall,))
        )  # fmt: skip
        similar.append(near)
    totals = {y: flows[0].sold[y] + flows[1].sold[y] for y in sorted(flows[0].sold) if y in flows[1].sold}
    facts = Facts((flows[0], flows[1]), totals, base=window, source=flows_of.source)
    partners = _partners(flows_of, i), _partners(flows_of, j)
    return Pair(a, b, window, facts, (similar[0], similar[1]), partners, flows_of)


def fit_pair(
    origin: str, destination: str, *, panel: Panel | None = None, base: tuple[int, int] | None = None,
    as_of: date | None = None,
) -> PairFit:  # fmt: skip
    """What two economies sold each other and what was to be expected, without looking for what is alike.

    Parameters and errors are those of :func:`pair`.
    """
    a, b = lookup_side(origin), lookup_side(destination)
    if a == b:
        raise SpecificationError(f"{a} was named twice.", fix="Name two different economies.")
    flows_of = with_sides(panel if panel is not None else shipped_panel(), (a, b), as_of)
    for code in (a, b):
        flows_of.index(code)
    common = CommonFits.of(flows_of)
    sample = common.sample
    i, j = sample.economy(a), sample.economy(b)
    window = base or _base(sample, i, j)
    effects = common.without([(i, j), (j, i)], sample.window(window))
    return PairFit(a, b, window, flows_of, sample, effects)


@lru_cache(maxsize=1)
def shipped_panel() -> Panel:
    """The panel of the world that ships with the package, read once."""
    return world()


def _base(sample: Sample, i: int, j: int) -> tuple[int, int]:
    """The first years in which both directions are on record and at least one carries trade."""
    flows = np.stack([sample.flows[:, i, j], sample.flows[:, j, i]])
    known = np.isfinite(flows).all(axis=0) & (np.nan_to_num(flows) > 0).any(axis=0)
    years = [sample.years[t] for t in np.flatnonzero(known)]
    if not years:
        a, b = sample.economies[i], sample.economies[j]
        raise SpecificationError(
            f"The panel '{sample.name}' has no trade between {a} and {b}.",
            why="Without recorded trade there is nothing that could fall or be expected.",
            fix="Name another pair, or give a panel that has their trade (--data).",
        )
    first = years[0]
    inside = [year for year in sample.years if first <= year < first + BASE]
    return first, inside[-1]


def _series(sample: Sample, values: NDArray[np.float64]) -> dict[int, float]:
    return {year: float(value) for year, value in zip(sample.years, values) if np.isfinite(value)}


def _steps(sample: Sample, fit: Residuals) -> tuple[NDArray[np.float64], list[tuple[int, int]]]:
    """Change of every dyad's residual over each two years after the base begins, ``[s, i, j]``, and their positions."""
    places = [
        (t, sample.years.index(year + STEP))
        for t, year in enumerate(sample.years)
        if year >= sample.years[fit.base][0] and year + STEP in sample.years
    ]
    with np.errstate(invalid="ignore"):
        return np.stack([fit.log_ratio[end] - fit.log_ratio[start] for start, end in places]), places


def _worst(sample: Sample, fit: Residuals, i: int, j: int) -> tuple[Fall | None, tuple[Similar, ...]]:
    """The two years in which most was lost against what was to be expected, among the worst of similar pairs."""
    changes, places = _steps(sample, fit)
    if not places:
        return None, ()
    own = np.where(np.isfinite(changes[:, i, j]), changes[:, i, j], np.inf)
    flow = sample.flows[:, i, j]
    for s, (start, _) in enumerate(places):
        if not flow[start] >= SMALL:
            own[s] = np.inf
    if not np.isfinite(own).any():
        return None, ()
    s = int(np.argmin(own))
    start, end = places[s]
    with np.errstate(divide="ignore"):
        change = float(np.log(flow[end]) - np.log(flow[start]))
    finite = np.where(np.isfinite(changes), changes, np.inf)
    worst, at = finite.min(axis=0), finite.argmin(axis=0)
    chosen = _similar(sample, fit, i, j, start) & np.isfinite(worst)
    as_bad, n = int((worst[chosen] <= own[s]).sum()), int(chosen.sum())
    fall = Fall(
        sample.years[start], sample.years[end], change, change - float(own[s]), float(own[s]), as_bad if n else None,
        n or None,
    )  # fmt: skip
    return fall, _nearest(sample, fit, chosen, worst, at, places, i, j)


def _similar(sample: Sample, fit: Residuals, i: int, j: int, start: int) -> NDArray[np.bool_]:
    """The pairs nearest in the placebo test's four traits (size, volatility, starting position, share), (N, N) bool.

    As there a pair needs trade of US$ 1 million a year and a flow in the starting year.
    """
    flows = np.where(np.eye(sample.flows.shape[1], dtype=bool), np.nan, sample.flows)
    traits = features(flows, fit.log_ratio, sample.years, start)
    with np.errstate(invalid="ignore"):
        pool = (traits.size >= SMALLEST) & (flows[start] > 0) & np.isfinite(traits.coordinates).all(axis=-1)
    for k in sample.barred:
        pool[k, :] = pool[:, k] = False
    pool[i, j] = pool[j, i] = False
    chosen = np.zeros(pool.shape, dtype=bool)
    own = traits.coordinates[i, j]
    if np.isfinite(own).all() and pool.sum() >= FEWEST:
        ones, others = np.nonzero(pool)
        apart = ((traits.coordinates[ones, others] - own) ** 2).sum(axis=1)
        near = np.argsort(apart, kind="stable")[:MOST]
        chosen[ones[near], others[near]] = True
    return chosen


def _nearest(
    sample: Sample, fit: Residuals, chosen: NDArray[np.bool_], worst: NDArray[np.float64], at: NDArray[np.intp],
    places: Sequence[tuple[int, int]], i: int, j: int,
) -> tuple[Similar, ...]:  # fmt: skip
    """The similar pairs nearest in size."""
    ones, others = np.nonzero(chosen)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(np.log(fit.base_mean[ones, others]) - np.log(fit.base_mean[i, j]))
    out = []
    for k in np.argsort(apart, kind="stable")[:NEAREST]:
        one, other = int(ones[k]), int(others[k])
        start, end = places[int(at[one, other])]
        out.append(
            Similar(sample.economies[one], sample.economies[other], sample.years[start], sample.years[end],
                    float(worst[one, other]))
        )  # fmt: skip
    return tuple(out)


def _partners(panel: Panel, i: int) -> tuple[Partner, ...]:
    """Whom an economy sold to in the last year, largest first."""
    sold = np.where(np.isfinite(panel.flows[-1, i]), panel.flows[-1, i], 0.0).copy()
    sold[i] = 0.0
    for k, code in enumerate(panel.economies):
        if code == ROW:
            sold[k] = 0.0
    total = sold.sum()
    order = np.argsort(-sold, kind="stable")[:NEAREST]
    return tuple(Partner(panel.economies[k], float(sold[k]), float(sold[k] / total)) for k in order if sold[k] > 0)
