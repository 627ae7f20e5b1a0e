"""Computed paths: each case's residual by year since its rupture, with placebo shares.

One masked three-way fit a panel: every case of the library is left out from its first year
on, also when only some are asked for. The pair effect comes from the (up to) five years before. Placebos are dyads within a
factor of three that are in no case. Panels are never spliced: a case has one panel.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import choose, stand
from detente.attribution.comparison.similar import Window, compare_window
from detente.attribution.library.catalogue import LibraryCase, cases
from detente.attribution.library.ruptures import ruptured
from detente.attribution.residuals import Effects, Residuals, fit_effects, on_base
from detente.attribution.result import known
from detente.attribution.sample import Sample
from detente.errors import DetenteError, EmptySample, SpecificationError, TooFewDonors

BASE_YEARS = 5  #: years before the rupture that fix the pair effect
FEWEST_BASE = 2  #: with fewer years of trade before, there is no path
JUDGED = 2  #: full years after the rupture up to which a case is tested
LAST = 15  #: years after the rupture that are kept


@dataclass(frozen=True, slots=True)
class Point:
    """One year of one path.

    Attributes
    ----------
    case_id : str
    panel : str
        What it was computed from.
    year, since : int
        Calendar year, and years since the rupture (0 is the year of the rupture itself, -1 the one before).
    since_reopening : int or None
    actual, counterfactual : float or None
        Million US$.
    log_ratio : float or None
        None for a recorded zero.
    floor : float or None
        For a recorded zero: log ratio of half the smallest amount the panel records.
    placebo_share : float or None
        p of the change since the year before the rupture among similar pairs; up to the second full year only.
    n_placebos : int or None
    low, high : float or None
        5% and 95% points of the similar pairs' changes.
    status : str
        ``computed``, or ``zero`` (computed, but the record is zero or below its smallest unit).
    """

    case_id: str
    panel: str
    year: int
    since: int
    since_reopening: int | None
    actual: float | None
    counterfactual: float | None
    log_ratio: float | None
    floor: float | None
    placebo_share: float | None
    n_placebos: int | None
    low: float | None
    high: float | None
    status: str

    @property
    def value(self) -> float | None:
        """Log ratio, or its floor for a recorded zero."""
        return self.log_ratio if self.log_ratio is not None else self.floor


@dataclass(frozen=True, slots=True)
class ComputedPaths:
    """Paths of one panel, and why some cases have none."""

    points: tuple[Point, ...]
    missing: dict[str, str]

    def to_frame(self) -> pl.DataFrame:
        """One row a point (polars)."""
        return frame_of(self.points)


def compute_paths(
    panel: Any, among: Iterable[LibraryCase] | None = None, *, smallest_usd_mn: float = 0.001, placebos: bool = True
) -> ComputedPaths:
    """Paths of all cases that the panel can speak about.

    Parameters
    ----------
    panel : Panel or (flows, economies, years)
    among : iterable of LibraryCase, optional
        All cases of the library by default.
    smallest_usd_mn : float
        Smallest amount the panel records (0.001 for BACI, 1 for COW): half of it stands in for a
        recorded zero.
    placebos : bool
        Test the first years among similar pairs; a second or two a window on a large panel.

    Returns
    -------
    Computed

    Raises
    ------
    SpecificationError
        ``smallest_usd_mn`` is not a positive amount.
    EmptySample
        No case can be computed on this panel.
    """
    if not 0 < smallest_usd_mn < np.inf:
        raise SpecificationError(
            f"The smallest amount recorded cannot be {smallest_usd_mn:g} million US$.",
            why="Half of it stands in for a recorded zero, which has no logarithm.",
            fix="Give a positive amount: 0.001 for BACI, 1 for COW trade.",
        )
    sample = Sample.of(panel)
    asked = tuple(cases() if among is None else among)
    inside = [c for c in asked if c.origin in sample.economies and c.destination in sample.economies]
    missing = {c.case_id: "one of the economies is not in the panel" for c in asked if c not in inside}
    out, ours = _ruptured(sample, (*cases(), *inside))
    effects = fit_effects(sample.flows, ~out)
    windows = _Windows(sample, effects)
    fits = {year: _fit_before(sample, effects, year) for year in {c.start_year for c in inside}}
    points: list[Point] = []
    for case in inside:
        try:
            path = _path(sample, fits[case.start_year], ours, case, smallest_usd_mn)
            points += [_tested(p, case, windows if placebos else None) for p in path]
        except DetenteError as error:
            missing[case.case_id] = str(error)
    if not points:
        raise EmptySample(
            "None of the cases can be computed on this panel.",
            why="; ".join(f"{k}: {v}" for k, v in list(missing.items())[:3]),
            fix="Use a panel with these economies and the years before their ruptures.",
        )
    return ComputedPaths(tuple(points), missing)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The windows compared, made when first asked for: many cases begin in one year."""

    sample: Sample
    effects: Effects
    made: dict[tuple[int, int], Window | None] = field(default_factory=dict)

    def of(self, first: int, last: int) -> Window | None:
        """Every dyad's change between two years; None where too few can be compared."""
        if (first, last) not in self.made:
            sample = self.sample
            known = ruptured(sample.economies, first, last)
            start, end = sample.year(first), sample.year(last)
            self.made[first, last] = None
            with suppress(TooFewDonors):
                self.made[first, last] = compare_window(
                    sample.flows, self.effects, sample.years, start, end, known, sample.barred
                )
        return self.made[first, last]


def _tested(point: Point, case: LibraryCase, windows: _Windows | None) -> Point:
    """The point with the test among similar pairs, of the change since the year before the rupture, where it is early."""
    first = case.start_year - 1
    years = () if windows is None else windows.sample.years
    early = 0 <= point.since <= JUDGED and first in years and years.index(first) >= 1
    window = windows.of(first, point.year) if windows is not None and early else None
    if windows is None or window is None:
        return replace(point, placebo_share=None, n_placebos=None, low=None, high=None)
    found = window.headline(windows.sample.economy(case.origin), windows.sample.economy(case.destination))
    p, low, high = map(known, found)
    return replace(point, placebo_share=p, n_placebos=window.k, low=low, high=high)


def _ruptured(sample: Sample, known: Iterable[LibraryCase]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells after a rupture [t, i, j], and dyads [i, j] with one in either direction, that the panel can tell of.

    A rupture before the panel's first years is left alone: all that the panel knows of the dyad comes after it.
    """
    years = np.asarray(sample.years)
    out = np.zeros(sample.flows.shape, dtype=bool)
    ours = np.zeros(sample.flows.shape[1:], dtype=bool)
    for case in known:
        seen = years[0] + FEWEST_BASE <= case.start_year <= years[-1]
        if not seen or case.origin not in sample.economies or case.destination not in sample.economies:
            continue
        i, j = sample.economy(case.origin), sample.economy(case.destination)
        out[:, i, j] |= years >= case.start_year
        ours[i, j] = ours[j, i] = True
    return out, ours


@dataclass(frozen=True, slots=True)
class _Fit:
    """What one first year's cases are told by: their years, flows and residuals, from the base on."""

    years: NDArray[np.intp]
    flows: NDArray[np.float64]
    residuals: Residuals


def _fit_before(sample: Sample, effects: Effects, start: int) -> _Fit | None:
    """Residuals on the base before ``start``, of the years that a path may have; None without a base."""
    years = np.asarray(sample.years)
    told = np.flatnonzero((years >= start - BASE_YEARS) & (years <= start + LAST))
    base = slice(0, int((years[told] < start).sum()))
    if base.stop == 0:
        return None
    own = Effects(effects.origin[told], effects.destination[told], effects.pair, effects.used[told])
    return _Fit(years[told], sample.flows[told], on_base(sample.flows[told], own, base))


def _path(
    sample: Sample, fitted: _Fit | None, ours: NDArray[np.bool_], case: LibraryCase, smallest: float
) -> list[Point]:
    i, j = sample.economy(case.origin), sample.economy(case.destination)
    if case.start_year > sample.years[-1]:
        raise EmptySample(f"the rupture of {case.start_year} lies outside the panel, which ends in {sample.years[-1]}")
    if fitted is None or (np.nan_to_num(fitted.flows[fitted.residuals.base, i, j]) > 0).sum() < FEWEST_BASE:
        raise EmptySample(f"fewer than {FEWEST_BASE} years of trade before {case.start_year}")
    years, fit = fitted.years, fitted.residuals
    chosen = choose(fit.base_mean, i, j, barred=sample.barred, excluded=ours).chosen
    end = min(case.until or 10**6, case.start_year + LAST)
    points = []
    for t in np.flatnonzero((years >= case.start_year - 1) & (years <= end)):
        value, expected = float(fit.log_ratio[t, i, j]), float(fit.expected(i, j)[t])
        if np.isnan(value) or not expected > 0:
            continue
        standing = stand(value, fit.log_ratio[t][chosen])
        zero = np.isneginf(value)
        floor = min(float(np.log(smallest / 2 / expected)), 0.0) if zero else None
        back = None if case.reopened_year is None else int(years[t]) - case.reopened_year
        points.append(
            Point(
                case.case_id, sample.name, int(years[t]), int(years[t]) - case.start_year,
                back if back is not None and back >= 0 else None,
                float(fitted.flows[t, i, j]), expected, None if zero else value, floor,
                standing.share, standing.n, standing.low, standing.high, "zero" if zero else "computed",
            )
        )  # fmt: skip
    if not points:
        raise EmptySample(f"no year from {case.start_year - 1} on has a counterfactual")
    return points


def frame_of(points: Iterable[Point]) -> pl.DataFrame:
    """Points as a data frame, one column a field."""
    names = list(Point.__dataclass_fields__)
    rows = []
    for p in points:
        row = [getattr(p, n) for n in names]
        rows.append([known(v) if isinstance(v, float) else v for v in row])
    text, whole = ("case_id", "panel", "status"), ("year", "since", "since_reopening", "n_placebos")
    schema = {n: pl.String if n in text else pl.Int64 if n in whole else pl.Float64 for n in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


@cache
def shipped_points() -> tuple[Point, ...]:
    """The paths that come with the package, computed from BACI (2000-2021 and 2023) and COW trade (1948-2014)."""
    text = (files("detente.attribution.library") / "paths.csv").read_text(encoding="utf-8")
    return tuple(_point(row) for row in csv.DictReader(text.splitlines()))


def _point(row: dict[str, str]) -> Point:
    kinds: dict[str, Any] = {"case_id": str, "panel": str, "status": str}
    kinds |= dict.fromkeys(("year", "since", "since_reopening", "n_placebos"), int)
    cells: dict[str, Any] = {k: kinds.get(k, float)(v) if v else None for k, v in row.items()}
    return Point(**cells)
