"""How a flow grew after a labelled reopening, learnt on the library: growth as a line in the gap that was left.

``log X(h) - log X0 = a_h + b_h gap``, least absolute deviations over the library's reopenings. X0 is the last full
year's flow, the gap its log ratio to what the two economies' other trade led one to expect. The errors are those of
cases that a line without their region did not know, so that the band holds out of sample.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.catalogue import cases
from detente.attribution.library.paths import Point, shipped_points
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]

SMALLEST = {"baci": 0.001, "cow": 1.0}  #: million US$; a flow of one smallest unit is rounding, no basis for growth
ORIGINS = (-1, 0)  #: years since the reopening from which the gap says something; later it closes as slowly as any
HORIZONS = (1, 2, 3)  #: full years after the reopening
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Reopened:
    """One flow of the library from before its reopening to some years after.

    Attributes
    ----------
    case_id, pair, region : str
    since, horizon : int
        Years since the reopening in which it is looked at, and in which it is looked at again.
    year : int
        Of the outcome.
    log_flow, gap, log_outcome : float
        Log of million US$ and log points.
    """

    case_id: str
    pair: str
    region: str
    since: int
    horizon: int
    year: int
    log_flow: float
    gap: float
    log_outcome: float

    @property
    def growth(self) -> float:
        """Log points."""
        return self.log_outcome - self.log_flow


@dataclass(frozen=True, slots=True)
class Growth:
    """What a gap led to.

    Attributes
    ----------
    intercept, slope : float
        Log points of growth without a gap, and for each log point of it.
    errors : (m,) array
        Errors of the learnt cases when their region was not known, centred, log points.
    n_cases : int
    """

    intercept: float
    slope: float
    errors: Floats
    n_cases: int

    def sample(self, gap: float) -> Floats:
        """Growth (m,) of equal likelihood after a gap, log points, in order."""
        return np.sort(self.intercept + self.slope * gap + self.errors)


@cache
def reopenings() -> tuple[Reopened, ...]:
    """Every flow of the library that was above one smallest unit before its reopening, by year and horizon."""
    paths: dict[str, dict[int, Point]] = {}
    for point in shipped_points():
        paths.setdefault(point.case_id, {})[point.year] = point
    found = []
    for case in cases():
        path, back = paths.get(case.case_id), case.reopened_year
        if path is None or back is None:
            continue
        for since in ORIGINS:
            start = path.get(back + since)
            if start is None or start.log_ratio is None or not _above(start, case.panel):
                continue
            for horizon in HORIZONS:
                end = path.get(back + horizon)
                if end is not None and end.actual:
                    pair = "-".join(sorted((case.origin, case.destination)))
                    found.append(
                        Reopened(case.case_id, pair, case.region, since, horizon, back + horizon,
                                 float(np.log(start.actual or 0.0)), start.log_ratio, float(np.log(end.actual)))
                    )  # fmt: skip
    return tuple(found)


def _above(point: Point, panel: str) -> bool:
    return point.actual is not None and point.actual > SMALLEST[panel]


def learn_growth(since: int, horizon: int, *, keep: Callable[[Reopened], bool] = lambda _: True) -> Growth:
    """The line of one origin and horizon, from the library's cases that ``keep`` lets through.

    Parameters
    ----------
    since : {-1, 0}
        Whether the flow is known up to the year before the reopening, or up to the year of it.
    horizon : {1, 2, 3}
        Full years after the reopening.
    keep : which cases may be learnt from: those of other pairs, of other regions, known by a day.

    Raises
    ------
    TooFewDonors
        Fewer than ten cases, or of one region.

    Examples
    --------
    >>> found = learn_growth(-1, 1)
    >>> found.slope < 0 < found.intercept
    True
    """
    rows = [r for r in reopenings() if (r.since, r.horizon) == (since, horizon) and keep(r)]
    gap, growth = np.array([r.gap for r in rows]), np.array([r.growth for r in rows])
    region = np.array([r.region for r in rows])
    if len(rows) < FEWEST or len(set(region.tolist())) < 3:
        raise TooFewDonors(
            f"{len(rows)} reopenings are known whose flow {horizon} full years on is on record.",
            why=f"A range from fewer than {FEWEST}, or from fewer than three regions, would be invented.",
            fix="Ask for a shorter horizon or a later day.",
        )
    errors = []
    for name in sorted(set(region.tolist())):
        apart = region == name
        a, b = least_absolute(gap[~apart], growth[~apart])
        errors.append(growth[apart] - a - b * gap[apart])
    pooled = np.concatenate(errors)
    a, b = least_absolute(gap, growth)
    return Growth(a, b, pooled - np.median(pooled), len(rows))


def least_absolute(x: Floats, y: Floats) -> tuple[float, float]:
    """Intercept and slope of the line with the least sum of absolute deviations.

    Such a line passes through two of the points (a vertex of the linear program; Koenker & Bassett 1978), so for
    some dozens of them every pair is tried.

    Parameters
    ----------
    x, y : (n,) arrays

    Examples
    --------
    >>> least_absolute(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 5.0, 99.0]))
    (1.0, 2.0)
    """
    i, j = np.triu_indices(len(x), 1)
    apart = x[i] != x[j]
    i, j = i[apart], j[apart]
    slope = (y[i] - y[j]) / (x[i] - x[j])
    intercept = y[i] - slope * x[i]
    best = int(np.abs(y - intercept[:, None] - slope[:, None] * x).sum(1).argmin())
    return float(intercept[best]), float(slope[best])
