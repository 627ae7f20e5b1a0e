"""What the computed paths say by instrument: typical paths, mixture priors, half-lives, recovery.

Null cases count as much as spectacular ones. Cited points count for nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.cases import Case, cases
from detente.attribution.library.paths import Point, shipped_points

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]

CAP = -7.0  #: log points; beyond a loss of 99.9% the record cannot tell more from less
HORIZONS = (1, 2, 3, 4, 5)
UNUSUAL = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
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
    """

    case_id: str
    kind: str
    instrument: str
    region: str
    horizon: int
    value: float
    before: float


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
class Prior:
    """Two-part prior of the worst residual within three years of a rupture.

    Attributes
    ----------
    instrument : str
    n_cases : int
    null_share : float
        Share of cases in which no year was unusual among placebos, with one half case added to each side.
    mean, sd : float
        Of the worst residual in the other cases, log points; nan with fewer than two.
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
        Share of the gap (in logs) that closed; None where the gap was smaller than 0.2.
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
    points: Iterable[Point] | None = None, among: Iterable[Case] | None = None
) -> tuple[Outcome, ...]:
    """Computed values at one to five years, by rupture and by reopening.

    Parameters
    ----------
    points : iterable of Point, optional
        The shipped ones by default. Cited points are left out.
    among : iterable of Case, optional

    Examples
    --------
    >>> {o.kind for o in outcomes()} == {"rupture", "reopening"}
    True
    """
    by_case: dict[str, dict[int, float]] = {}
    for p in shipped_points() if points is None else points:
        if p.status != "cited" and p.value is not None:
            by_case.setdefault(p.case_id, {})[p.year] = max(p.value, CAP)
    found: list[Outcome] = []
    for case in cases() if among is None else among:
        path = by_case.get(case.case_id, {})
        back = case.reopened_year
        for year, value in sorted(path.items()):
            if back is None or year < back:
                found += _outcome(case, "rupture", year - case.start_year, value, path.get(case.start_year - 1))
            elif year > back:
                found += _outcome(case, "reopening", year - back, value, path.get(back - 1))
    return tuple(found)


def _outcome(case: Case, kind: str, horizon: int, value: float, before: float | None) -> list[Outcome]:
    if horizon not in HORIZONS:
        return []
    before = 0.0 if before is None else before
    return [Outcome(case.case_id, kind, case.instrument, case.region, horizon, value, before)]


def typical_paths(found: Iterable[Outcome] | None = None) -> tuple[Typical, ...]:
    """Median and 10%-90% range of the residual by instrument and horizon."""
    groups: dict[tuple[str, str, int], list[float]] = {}
    for o in outcomes() if found is None else found:
        groups.setdefault((o.kind, o.instrument, o.horizon), []).append(o.value)
    return tuple(
        Typical(*key, len(values), *map(float, np.quantile(values, (0.1, 0.5, 0.9), method="inverted_cdf")))
        for key, values in sorted(groups.items())
    )


def null_cases(points: Iterable[Point] | None = None) -> tuple[str, ...]:
    """Cases without an unusual loss in any of the first three full years after the rupture."""
    shares: dict[str, list[float]] = {}
    for p in shipped_points() if points is None else points:
        if p.status != "cited" and 1 <= p.since <= 3 and p.placebo_share is not None:
            shares.setdefault(p.case_id, []).append(p.placebo_share)
    return tuple(case_id for case_id, s in shares.items() if min(s) > UNUSUAL)


def mixture_priors(points: Iterable[Point] | None = None) -> tuple[Prior, ...]:
    """A prior for each instrument: how often nothing, and how much otherwise."""
    points = tuple(shipped_points() if points is None else points)
    null = set(null_cases(points))
    worst: dict[str, dict[str, float]] = {}
    instrument = {c.case_id: c.instrument for c in cases()}
    for p in points:
        if p.status != "cited" and 1 <= p.since <= 3 and p.value is not None:
            of = worst.setdefault(instrument[p.case_id], {})
            of[p.case_id] = min(of.get(p.case_id, 0.0), max(p.value, CAP))
    priors = []
    for name, values in sorted(worst.items()):
        hit = np.array([v for case_id, v in values.items() if case_id not in null])
        share = (len(values) - len(hit) + 0.5) / (len(values) + 1)
        enough = len(hit) >= 2
        priors.append(
            Prior(name, len(values), share, float(hit.mean()) if enough else float("nan"),
                  float(hit.std(ddof=1)) if enough else float("nan"))
        )  # fmt: skip
    return tuple(priors)


def recoveries(found: Iterable[Outcome] | None = None) -> tuple[Recovery, ...]:
    """One for each reopened case with at least one computed full year after."""
    paths: dict[str, list[Outcome]] = {}
    for o in outcomes() if found is None else found:
        if o.kind == "reopening":
            paths.setdefault(o.case_id, []).append(o)
    rows = []
    for case_id, path in paths.items():
        before, last = path[0].before, path[-1]
        gap = before < -0.2
        half = next((o.horizon for o in path if o.value >= before / 2), None) if gap else None
        rows.append(
            Recovery(case_id, last.instrument, before, last.value, last.horizon, float(np.exp(last.value)),
                     float(1 - last.value / before) if gap else None, half)
        )  # fmt: skip
    return tuple(rows)


def as_frame(rows: Iterable[Typical | Prior | Recovery | Outcome]) -> pl.DataFrame:
    """Any of this module's rows as a data frame (polars); nan becomes empty."""
    import polars as pl

    rows = tuple(rows)
    frame = pl.DataFrame(
        [astuple(r) for r in rows], schema=list(type(rows[0]).__dataclass_fields__), orient="row",
        infer_schema_length=None,
    )  # fmt: skip
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
