"""How good are the library's forecasts? Each region is predicted from the others' cases.

Scored on computed points only: the continuous ranked probability score (CRPS; Gneiting &
Raftery 2007) against the library pooled without instrument and gap (the best probabilistic
baseline), and against the forecasts "no change", "zero" and "-1 log point", as points and with
ordinary noise around them; coverage of the central 50, 80 and 95%; the PIT. Regions are
resampled as blocks for the interval of the gain, pairs of economies for that of the coverage.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.attribution.library.expected_paths import ObservedOutcome, outcomes
from detente.attribution.library.prediction import KERNEL, Forecast, predict_case
from detente.attribution.library.regions import pair_of
from detente.attribution.library.weighing import SPREAD
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]

BASELINES = ("no change", "zero", "minus one")
LEVELS = (0.5, 0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Score:
    """Scores of one kind of forecast.

    Attributes
    ----------
    kind : str
        ``rupture`` or ``reopening``.
    n, n_cases, n_regions : int
        Points, cases and regions predicted.
    crps : float
        Mean CRPS of the library, log points.
    baselines : mapping of name to mean CRPS
        Point baselines, and the same with ordinary noise (named "..., with noise").
    pooled : float
        Mean CRPS of the library pooled without instrument and gap.
    gain : float
        1 - crps / pooled.
    gain_low, gain_high : float
        90% block-bootstrap interval over regions.
    gain_with_noise : float
        1 - crps / best of all baselines.
    coverage : mapping of level to share
    coverage_interval : mapping of level to (low, high)
        95% interval of the share, pairs of economies resampled with all their points.
    pit : (10,) array
        Share of outcomes in each tenth of the forecast.
    """

    kind: str
    n: int
    n_cases: int
    n_regions: int
    crps: float
    baselines: dict[str, float]
    pooled: float
    gain: float
    gain_low: float
    gain_high: float
    gain_with_noise: float
    coverage: dict[float, float]
    coverage_interval: dict[float, tuple[float, float]]
    pit: Floats


def score(kind: str, found: Iterable[ObservedOutcome] | None = None, *, draws: int = 2000, seed: int = 0) -> Score:
    """Predict each region from the others and score.

    Parameters
    ----------
    kind : {"rupture", "reopening"}
    found : iterable of Outcome, optional
        The shipped library by default.
    draws, seed : int
        Of the block bootstrap.

    Raises
    ------
    TooFewDonors
        Fewer than two regions.
    """
    rows = [o for o in (outcomes() if found is None else found) if o.kind == kind]
    regions = np.array([o.region for o in rows])
    if len(set(regions)) < 2:
        raise TooFewDonors("Scoring needs cases of at least two regions.")
    forecasts = [_without_region(o, rows) for o in rows]
    own = np.array([f.crps(o.value) for f, o in zip(forecasts, rows)])
    points = {name: np.array([abs(o.value - _centre(name, o)) for o in rows]) for name in BASELINES}
    noisy = {f"{name}, with noise": np.array([_noisy(name, o).crps(o.value) for o in rows]) for name in BASELINES}
    means = {name: float(v.mean()) for name, v in (points | noisy).items()}
    pool = np.array([_without_region(o, rows, pooled=True).crps(o.value) for o in rows])
    low, high = _bootstrap(own, pool, regions, draws, seed)
    pairs = np.array([pair_of(o) for o in rows])
    inside = {level: np.array([_inside(f, o.value, level) for f, o in zip(forecasts, rows)]) for level in LEVELS}
    pit = np.array([f.below(o.value) for f, o in zip(forecasts, rows)])
    return Score(
        kind=kind,
        n=len(rows),
        n_cases=len({o.case_id for o in rows}),
        n_regions=len(set(regions)),
        crps=float(own.mean()),
        baselines=means,
        pooled=float(pool.mean()),
        gain=1 - float(own.mean() / pool.mean()),
        gain_low=low,
        gain_high=high,
        gain_with_noise=1 - float(own.mean()) / min(means.values()),
        coverage={level: float(v.mean()) for level, v in inside.items()},
        coverage_interval={level: _by_pair(v, pairs, draws, seed) for level, v in inside.items()},
        pit=np.histogram(np.clip(pit, 0, 1), bins=np.linspace(0, 1, 11))[0] / len(pit),
    )


def coverage_by_region(kind: str = "rupture", found: Iterable[ObservedOutcome] | None = None) -> pl.DataFrame:
    """How often the central 80% hold in each region, each pair of economies predicted from all other pairs.

    Parameters
    ----------
    kind : {"rupture", "reopening"}
    found : iterable of Outcome, optional
        The shipped library by default.

    Returns
    -------
    polars.DataFrame
        A row a region: ``region``, ``points``, ``pairs``; ``plain`` and ``with_region``, shares of its points inside the
        central 80% without and with the region told; ``crps_plain``, ``crps_with_region`` and ``crps_pooled``, log points.
    """
    rows = [o for o in (outcomes() if found is None else found) if o.kind == kind]
    told = []
    for o in rows:
        others = [r for r in rows if pair_of(r) != pair_of(o)]
        known = {r.region for r in others}
        ask = partial(predict_case, o, others)
        plain, with_region = ask(), ask(region=o.region if o.region in known else None)
        told.append({
            "region": o.region, "pair": pair_of(o), "plain": _inside(plain, o.value, 0.8),
            "with_region": _inside(with_region, o.value, 0.8), "crps_plain": plain.crps(o.value),
            "crps_with_region": with_region.crps(o.value), "crps_pooled": ask(pooled=True).crps(o.value),
        })  # fmt: skip
    means = [pl.col(c).cast(pl.Float64).mean() for c in told[0] if c not in ("region", "pair")] if told else []
    frame = pl.DataFrame(told)
    return (
        frame.group_by("region")
        .agg(pl.len().alias("points"), pl.col("pair").n_unique().alias("pairs"), *means)
        .sort("region")
    )


def _without_region(o: ObservedOutcome, rows: list[ObservedOutcome], *, pooled: bool = False) -> Forecast:
    others = [r for r in rows if r.region != o.region]
    return predict_case(o, others, pooled=pooled)


def _centre(name: str, o: ObservedOutcome) -> float:
    return {"no change": o.before, "zero": 0.0, "minus one": -1.0}[name]


def _noisy(name: str, o: ObservedOutcome) -> Forecast:
    values = _centre(name, o) + SPREAD * KERNEL
    return Forecast(o.kind, o.instrument, o.horizon, values, np.full(len(KERNEL), 1 / len(KERNEL)), 0, 0)


def _inside(forecast: Forecast, value: float, level: float) -> bool:
    low, high = forecast.quantile(((1 - level) / 2, (1 + level) / 2))
    return bool(low <= value <= high)


def _by_pair(inside: NDArray[np.bool_], pairs: NDArray[np.str_], draws: int, seed: int) -> tuple[float, float]:
    """95% interval of a coverage, pairs of economies drawn with replacement."""
    _, at = np.unique(pairs, return_inverse=True)
    n, hits = np.bincount(at), np.bincount(at, inside)
    drawn = np.random.default_rng(seed).integers(len(n), size=(draws, len(n)))
    low, high = np.quantile(hits[drawn].sum(axis=1) / n[drawn].sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


def _bootstrap(
    own: Floats, pool: Floats, regions: NDArray[np.str_], draws: int, seed: int
) -> tuple[float, float]:  # fmt: skip
    """90% interval of the gain over the pooled library, regions drawn with replacement."""
    names = sorted(set(regions))
    members = {name: np.flatnonzero(regions == name) for name in names}
    rng = np.random.default_rng(seed)
    gains = []
    for _ in range(draws):
        rows = np.concatenate([members[name] for name in rng.choice(names, len(names))])
        gains.append(1 - own[rows].mean() / pool[rows].mean())
    low, high = np.quantile(gains, (0.05, 0.95))
    return float(low), float(high)


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Exact binomial interval.

    Examples
    --------
    >>> [round(v, 3) for v in clopper_pearson(8, 10)]
    [0.444, 0.975]
    """
    from scipy.stats import beta  # here: it takes a second to load, and only these limits need it

    tail = (1 - level) / 2
    low = beta.ppf(tail, hits, n - hits + 1) if hits else 0.0
    high = beta.ppf(1 - tail, hits + 1, n - hits) if hits < n else 1.0
    return float(low), float(high)


def scores_of(found: Iterable[ObservedOutcome] | None = None) -> tuple[Score, ...]:
    """Scores of ruptures, and of reopenings where two regions have any.

    Raises
    ------
    TooFewDonors
        Ruptures of fewer than two regions.
    """
    rows = tuple(outcomes() if found is None else found)
    back = len({o.region for o in rows if o.kind == "reopening"}) > 1
    return tuple(score(kind, rows) for kind in ("rupture", "reopening")[: 1 + back])


def score_frame(scores: Iterable[Score] | None = None) -> pl.DataFrame:
    """Scores of ruptures and reopenings, one row each (polars)."""
    rows = []
    for s in scores_of() if scores is None else scores:
        row = {
            "kind": s.kind, "n": s.n, "n_cases": s.n_cases, "n_regions": s.n_regions, "crps": s.crps,
            "crps pooled": s.pooled, **{f"crps {name}": v for name, v in s.baselines.items()},
            "gain": s.gain, "gain_low": s.gain_low, "gain_high": s.gain_high,
            "gain_with_noise": s.gain_with_noise,
        }  # fmt: skip
        for level in LEVELS:
            low, high = s.coverage_interval[level]
            name = f"coverage_{level:.0%}"
            row |= {name: s.coverage[level], f"{name}_low": low, f"{name}_high": high}
        rows.append(row)
    return pl.DataFrame(rows)
