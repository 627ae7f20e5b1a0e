"""What every dyad was like up to one year: the four traits by which similar pairs are found.

A change is only unusual against dyads that could have moved as much. Size alone is the wrong yardstick: the same loss
is ordinary for a flow that has always wandered and remarkable for a quiet one, and a flow that starts from its own
peak will mostly fall. So dyads are compared that are alike in size, recent volatility, starting position and weight
in the trade of either economy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

YEARS_OF_SIZE = 5  #: the starting year and the four before it
STEPS_OF_VOLATILITY = 10  #: changes from year to year that end with the starting year
CAP = 3.0  #: log points; a larger change in one year counts as this, and so does the birth of a flow
FEWEST_STEPS = 3  #: with fewer, a dyad says nothing about how volatility goes with size
FEWEST_DYADS = 20  #: with fewer, or all of one size, what is usual is their median
USUAL = 0.3  #: log points a year, where no dyad says what is usual
SHARE_FLOOR = 0.002
SMALLEST = 1.0  #: million US$ a year; smaller flows are not compared with
A_HAIR = 1e-9  #: relative; a mean flow this close to the smallest is not below it, however the sum was rounded


@dataclass(frozen=True, slots=True)
class Features:
    """Traits of all dyads in one starting year; nan where a dyad has none.

    Attributes
    ----------
    size : (N, N) array, million US$
        Mean flow over the starting year and the four before it.
    volatility : (N, N) array, log points
        Mean absolute change from one year to the next, shrunk to what is usual at this size.
    position : (N, N) array
        Residual in the starting year less its mean over the five years, in volatilities, between -3 and 3.
    share : (N, N) array
        The larger of the flow's shares in the origin's exports and in the destination's imports.
    """

    size: Floats
    volatility: Floats
    position: Floats
    share: Floats

    @property
    def coordinates(self) -> Floats:
        """(N, N, 4): the traits on scales on which one unit is as far in each of them."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.stack(
                [
                    np.log(self.size) / np.log(3.0),
                    np.log(self.volatility) / np.log(1.5),
                    self.position / 0.5,
                    np.log2(self.share),
                ],
                axis=-1,
            )


def features(flows: Floats, ratio: Floats, years: Sequence[int], start: int, season: int = 1) -> Features:
    """Traits of every dyad in the year at position ``start``, from that year and those before it alone.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
        nan where missing, and on the diagonal.
    ratio : (T, N, N) array
        Log flow less the log effects of origin and destination; minus infinity for a recorded zero.
    years : sequence of int
        Labels of the T positions.
    start : int
    season : int
        Periods in a year: 1, 4 quarters or 12 months. Changes are then those from the same season a year before.
    """
    first = max(start + 1 - YEARS_OF_SIZE * season, 0)
    if season == 1:
        first = next(t for t in range(start + 1) if years[t] > years[start] - YEARS_OF_SIZE)
    recent = flows[first : start + 1]
    known = np.isfinite(recent)
    total = np.where(known, recent, 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = total / known.sum(axis=0)
        share = np.maximum(total / total.sum(axis=1, keepdims=True), total / total.sum(axis=0, keepdims=True))
    volatility = _volatility(ratio[: start + 1], _steps(years[: start + 1], season), season, size, flows[start])
    path = ratio[first : start + 1]
    finite = np.isfinite(path)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(finite, path, 0.0).sum(axis=0) / finite.sum(axis=0)
        position = np.clip((ratio[start] - mean) / volatility, -3.0, 3.0)
    return Features(size, volatility, position, np.maximum(share, SHARE_FLOOR))


def large_enough(size: Floats) -> Bools:
    """Where a mean flow, million US$, is large enough to be compared with."""
    return size >= SMALLEST * (1 - A_HAIR)


def _steps(years: Sequence[int], season: int) -> list[int]:
    """Positions whose change from a year before counts: the last ten years of them, over the panel's usual step."""
    if season > 1:
        return list(range(season, len(years)))[-STEPS_OF_VOLATILITY * season :]
    steps = np.diff(years)
    return [t for t in range(1, len(years)) if steps[t - 1] == steps.min()][-STEPS_OF_VOLATILITY:]


def _volatility(ratio: Floats, taken: Sequence[int], season: int, size: Floats, last: Floats) -> Floats:
    """(sum of capped absolute changes + 3 f(size)) / (n + 3), f a cubic in log size of the log of the plain mean."""
    total, n = np.zeros_like(size), np.zeros_like(size)
    for t in taken:
        before, after = ratio[t - season], ratio[t]
        told = ~np.isnan(before) & ~np.isnan(after) & ~(np.isneginf(before) & np.isneginf(after))
        with np.errstate(invalid="ignore"):
            moved = np.minimum(np.abs(after - before), CAP)
        total += np.where(told, moved, 0.0)
        n += told
    with np.errstate(divide="ignore", invalid="ignore"):
        learnt = (n >= FEWEST_STEPS) & large_enough(size) & (last > 0)
        plain = np.log(np.maximum(total / n, 1e-3))
        log_size = np.log(size)
    return (total + 3 * np.exp(_cubic(log_size, plain, learnt))) / (n + 3)


def _cubic(x: Floats, y: Floats, learnt: Bools) -> Floats:
    """``y`` as a cubic in ``x``, learnt where ``learnt``, held flat beyond the range seen."""
    middle, spread = (x[learnt].mean(), x[learnt].std()) if learnt.any() else (0.0, 0.0)
    if learnt.sum() < FEWEST_DYADS or spread < 1e-6:
        return np.full(x.shape, np.median(y[learnt]) if learnt.any() else np.log(USUAL))
    low, high = x[learnt].min(), x[learnt].max()
    coefficients = np.polyfit((x[learnt] - middle) / spread, y[learnt], 3)
    return np.asarray(np.polyval(coefficients, (np.clip(x, low, high) - middle) / spread), dtype=float)
