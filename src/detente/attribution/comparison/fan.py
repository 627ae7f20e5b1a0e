"""One direction's path among its placebos year by year, and its change under other base years and comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import FEWEST, choose, picked, usable
from detente.attribution.comparison.similar import SIMILAR, PlaceboTest
from detente.attribution.fits import DyadFits
from detente.attribution.words.cautions import traded
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Base = tuple[int, int]

PICKED = "picked"  #: dyads picked one by one, in place of a class
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_PATHS = 40  #: placebo paths kept one by one; the rest is in the quantiles
MOST_WINDOWS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """A direction's residual path and those of the dyads it is compared with.

    Attributes
    ----------
    origin, destination : str
    years : tuple of int
    path : (T,) array, log points
        The direction's own residual; minus infinity for a recorded zero, nan where nothing is known.
    bands : (T, 5) array, log points
        :data:`QUANTILES` of the placebos by year; minus infinity where so many of them fell to zero, nan without any.
    placebos : (T, k) array, log points
        Some of the placebos' paths, from the lowest at the end to the highest; those known throughout.
    n : int
        How many dyads it is compared with.
    """

    origin: str
    destination: str
    years: tuple[int, ...]
    path: Floats
    bands: Floats
    placebos: Floats
    n: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The change of one direction under one choice of base years and comparison.

    Attributes
    ----------
    base : first and last base year.
    placebos : class of placebos, ``similar``, or ``picked``.
    value : pair-specific component, log points.
    test : where it stands.
    """

    base: Base
    placebos: str
    value: float
    test: PlaceboTest


def compared_with(
    fits: DyadFits, base: Base, kind: str, i: int, j: int, dyads: Iterable[tuple[str, str]] = ()
) -> Bools:
    """The dyads that i -> j is compared with year by year, as an (N, N) bool array.

    Parameters
    ----------
    kind : a class of placebos; ``similar`` compares by year with those of like size, ``picked`` with ``dyads``.

    Raises
    ------
    TooFewDonors
        Fewer than ten of the dyads picked traded in the base years.
    """
    sample, mean = fits.sample, fits.on(base).base_mean
    if kind == PICKED:
        return usable(picked(sample, dyads, i, j), mean, sample)
    return choose(mean, i, j, kind="size" if kind == SIMILAR else kind, barred=sample.barred).chosen


def fan(
    fits: DyadFits, origin: str, destination: str, base: Base, kind: str = SIMILAR,
    dyads: Iterable[tuple[str, str]] = (),
) -> Fan:  # fmt: skip
    """The fan of one direction on one base window.

    Parameters
    ----------
    fits : of the pair.
    kind, dyads : as in :func:`compared_with`.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> flows = rng.lognormal(sigma=0.1, size=(6, 12, 12)) * 100
    >>> codes = tuple(f"E{k:02d}" for k in range(12))
    >>> fits = DyadFits.of((flows, codes, range(2000, 2006)), "E00", "E01")
    >>> found = fan(fits, "E00", "E01", (2000, 2003))
    >>> found.path.shape, found.bands.shape, found.placebos.shape[1] <= MOST_PATHS
    ((6,), (6, 5), True)
    """
    sample, log_ratio = fits.sample, fits.on(base).log_ratio
    i, j = sample.economy(origin), sample.economy(destination)
    chosen = compared_with(fits, base, kind, i, j, dyads)
    paths = log_ratio[:, chosen]
    alive = paths[:, np.isfinite(paths).all(axis=0)]
    order = np.argsort(alive[-1], kind="stable")
    if order.size:
        order = order[np.unique(np.linspace(0, order.size - 1, MOST_PATHS).astype(int))]
    bands = np.stack([_quantiles(row) for row in paths])
    return Fan(origin, destination, sample.years, log_ratio[:, i, j].copy(), bands, alive[:, order], int(chosen.sum()))


def _quantiles(row: Floats) -> Floats:
    """:data:`QUANTILES` of one year's placebos (n,); nan where there is none."""
    row = row[~np.isnan(row)]
    return np.quantile(row, QUANTILES, method="inverted_cdf") if row.size else np.full(len(QUANTILES), np.nan)


def other_windows(years: Sequence[int], base: Base, start: int) -> tuple[Base, ...]:
    """Base windows to try: the one asked for, and others that end before an episode's start does.

    >>> other_windows(range(2000, 2022), (2000, 2004), 2008)
    ((2000, 2004), (2000, 2002), (2000, 2008), (2004, 2008))
    """
    first, last = years[0], years[-1]
    wanted = [(first, base[1] - 2), (first, start), (start - 4, start), (first, start - 1)]
    fitting = [(max(a, first), b) for a, b in wanted if max(a, first) + 1 < b <= min(max(start, base[1]), last)]
    return tuple(dict.fromkeys([base, *fitting]))[:MOST_WINDOWS]


def curve(
    fits: DyadFits, origin: str, destination: str, change: tuple[int, int], windows: Sequence[Base],
    kinds: Sequence[str], dyads: Iterable[tuple[str, str]] = (),
) -> tuple[CurvePoint, ...]:  # fmt: skip
    """One direction's change under every base window and comparison, smallest first.

    Windows without trade of the direction, and comparisons with fewer than ten dyads, are left out.

    Parameters
    ----------
    change : first and last year of the change.
    kinds, dyads : as in :func:`compared_with`.
    """
    sample = fits.sample
    i, j = sample.economy(origin), sample.economy(destination)
    start, end = (sample.year(year) for year in change)
    dyads = tuple(dyads)
    points = []
    for base in windows:
        if not traded(sample, i, j, sample.window(base)):
            continue
        with np.errstate(invalid="ignore"):
            value = float(fits.on(base).log_ratio[end, i, j] - fits.on(base).log_ratio[start, i, j])
        if not np.isfinite(value):
            continue
        for kind in kinds:
            try:
                chosen = None if kind == SIMILAR else compared_with(fits, base, kind, i, j, dyads)
                test = fits.test(base, start, end, i, j, chosen)
            except TooFewDonors:
                continue
            if test.n >= FEWEST:
                points.append(CurvePoint(base, kind, value, test))
    return tuple(sorted(points, key=lambda point: (point.value, point.base, point.placebos)))
