"""What the computed paths say by instrument: typical paths, mixture priors, half-lives, recovery.

Null cases count as much as spectacular ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.library.catalogue import LibraryCase, cases
from detente.attribution.library.paths import Point, shipped_points

Floats = NDArray[np.float64]

CAP = -7.0  #: log points; beyond a loss of 99.9% the record cannot tell more from less
HORIZONS = (1, 2, 3, 4, 5)
UNUSUAL = 0.05
SMALL = -0.5  #: log points; losses above this are small, gaps below it can close


@dataclass(frozen=True, slots=True)
class ObservedOutcome:
    """One computed value to learn from or to be predicted.

    Attributes
    ----------
    case_id, kind, instrument, region : str
        ``kind`` is ``rupture`` or ``reopening``.
    horizon : int
        Full years since the rupture (while it lasts), or since the reopening.
    value : float
        Residual, log points, not below ``CAP``.
    before : float
        Residual in the last year before the rupture, or before the reopening.
    zero : bool
        The record is zero; ``value`` is then what it is below.
    scope : str
        What the rupture stops, where its instrument leaves that open.
    flow : float
        Million US$ in the year before the rupture; nan where that is not known or nothing.
    """

    case_id: str
    kind: str
    instrument: str
    region: str
    horizon: int
    value: float
    before: float
    zero: bool = False
    scope: str = ""
    flow: float = float("nan")


@dataclass(frozen=True, slots=True)
class Typical:
    """Distribution of the residual by instrument and horizon, over cases."""

    kind: str
    instrument: str
    horizon: int
    n_cases: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class PathPrior:
    """Two-part prior of the residual in the second full year of a rupture.

    Attributes
    ----------
    instrument : str
    n_cases : int
    null_share : float
        Share of null cases, with one half case added to each side.
    mean, sd : float
        Of the residual in the other cases, log points; nan with fewer than two.
    """

    instrument: str
    n_cases: int
    null_share: float
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of one flow after its reopening.

    Attributes
    ----------
    case_id, instrument : str
    before : float
        Residual in the last year before the reopening.
    after : float
        Residual in the last computed year, at most five years on.
    years : int
    level_share : float
        exp(after): the flow as a share of its counterfactual.
    recovered_share : float or None
        Share of the gap (in logs) that closed; None where the gap was smaller than 0.5.
    half_life : int or None
        First year in which at most half of the gap was left.
    """

    case_id: str
    instrument: str
    before: float
    after: float
    years: int
    level_share: float
    recovered_share: float | None
    half_life: int | None


def outcomes(
    points: Iterable[Point] | None = None, among: Iterable[LibraryCase] | None = None
) -> tuple[ObservedOutcome, ...]:
    """Computed values at one to five years, by rupture and by reopening.

    Parameters
    ----------
    points : iterable of Point, optional
        The shipped ones by default.
    among : iterable of LibraryCase, optional

    Examples
    --------
    >>> {o.kind for o in outcomes()} == {"rupture", "reopening"}
    True
    """
    by_case: dict[str, dict[int, float]] = {}
    zeros: set[tuple[str, int]] = set()
    flows: dict[str, float] = {}
    for p in shipped_points() if points is None else points:
        if p.since == -1 and p.actual:
            flows[p.case_id] = p.actual
        if p.value is not None:
            by_case.setdefault(p.case_id, {})[p.year] = max(p.value, CAP)
            if p.status == "zero":
                zeros.add((p.case_id, p.year))
    found: list[ObservedOutcome] = []
    for case in cases() if among is None else among:
        path = by_case.get(case.case_id, {})
        back = case.reopened_year
        for year, value in sorted(path.items()):
            if back is None or year < back:
                before, kind, since = path.get(case.start_year - 1), "rupture", year - case.start_year
            elif year > back:
                before, kind, since = path.get(back - 1), "reopening", year - back
            else:
                continue
            if since in HORIZONS:
                found.append(ObservedOutcome(
                    case.case_id, kind, case.instrument, case.region, since, value, 0.0 if before is None else before,
                    (case.case_id, year) in zeros, case.scope, flows.get(case.case_id, float("nan")),
                ))  # fmt: skip
    return tuple(found)


def typical_paths(found: Iterable[ObservedOutcome] | None = None) -> tuple[Typical, ...]:
    """Median and 10%-90% range of the residual by instrument and horizon."""
    groups: dict[tuple[str, str, int], list[float]] = {}
    for o in outcomes() if found is None else found:
        groups.setdefault((o.kind, o.instrument, o.horizon), []).append(o.value)
    return tuple(
        Typical(*key, len(values), *map(float, np.quantile(values, (0.1, 0.5, 0.9))))
        for key, values in sorted(groups.items())
    )


def deciding_points(points: Iterable[Point] | None = None) -> dict[str, Point]:
    """The one point by which each case is judged: the second full year after the rupture.

    Earlier where the panel ends before or the case reopened (then the last full year, or the year of
    the reopening where there is none). One year set beforehand, because the
    smallest of several yearly shares is small too often.
    """
    found: dict[str, Point] = {}
    for p in shipped_points() if points is None else points:
        known = p.value is not None and p.placebo_share is not None
        if known and 0 <= p.since <= 2 and p.since_reopening in (None, 0):
            found[p.case_id] = max(found.get(p.case_id, p), p, key=_full_years)
    return found


def _full_years(p: Point) -> tuple[int, int]:
    """Full years of rupture before the year of a reopening, before the year of the rupture itself."""
    if p.since == 0:
        return 0, 0
    return (2 if p.since_reopening is None else 1), p.since


def finding(point: Point | None) -> str:
    """``unusual loss``, ``no loss``, ``unclear`` or ``not computed``.

    A loss is unusual when at most 5% of placebos did as badly. There is no loss to speak of when it
    is not unusual and the residual is above -0.5; a larger loss that placebos cannot call unusual
    (few or noisy ones) is unclear.
    """
    if point is None or point.value is None or point.placebo_share is None:
        return "not computed"
    if point.placebo_share <= UNUSUAL and point.value < 0:
        return "unusual loss"
    return "no loss" if point.value > SMALL else "unclear"


def null_cases(points: Iterable[Point] | None = None) -> tuple[str, ...]:
    """Cases judged to show no loss."""
    return tuple(case_id for case_id, p in deciding_points(points).items() if finding(p) == "no loss")


def mixture_priors(points: Iterable[Point] | None = None) -> tuple[PathPrior, ...]:
    """A prior for each instrument: how often nothing, and how much otherwise."""
    by_instrument: dict[str, list[Point]] = {}
    instrument = {c.case_id: c.instrument for c in cases()}
    for case_id, point in deciding_points(points).items():
        by_instrument.setdefault(instrument[case_id], []).append(point)
    priors = []
    for name, found in sorted(by_instrument.items()):
        hit = np.array([max(p.value or 0.0, CAP) for p in found if finding(p) != "no loss"])
        share = (len(found) - len(hit) + 0.5) / (len(found) + 1)
        mean, sd = (hit.mean(), hit.std(ddof=1)) if len(hit) >= 2 else (np.nan, np.nan)
        priors.append(PathPrior(name, len(found), share, float(mean), float(sd)))
    return tuple(priors)


def recoveries(found: Iterable[ObservedOutcome] | None = None) -> tuple[Recovery, ...]:
    """One for each reopened case with at least one computed full year after."""
    paths: dict[str, list[ObservedOutcome]] = {}
    for o in outcomes() if found is None else found:
        if o.kind == "reopening":
            paths.setdefault(o.case_id, []).append(o)
    rows = []
    for case_id, path in paths.items():
        before, last = path[0].before, path[-1]
        gap = before < SMALL
        half = next((o.horizon for o in path if o.value >= before / 2), None) if gap else None
        rows.append(
            Recovery(case_id, last.instrument, before, last.value, last.horizon, float(np.exp(last.value)),
                     float(1 - last.value / before) if gap else None, half)
        )  # fmt: skip
    return tuple(rows)


def as_frame(rows: Iterable[Typical | PathPrior | Recovery | ObservedOutcome]) -> pl.DataFrame:
    """Any of this module's rows as a data frame (polars); nan becomes empty."""
    rows = tuple(rows)
    if not rows:
        return pl.DataFrame()
    frame = pl.DataFrame(
        [astuple(r) for r in rows], schema=list(type(rows[0]).__dataclass_fields__), orient="row",
        infer_schema_length=None,
    )  # fmt: skip
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
