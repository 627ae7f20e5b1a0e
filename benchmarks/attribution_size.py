"""Measure the size of every test of one dyad on BACI and write calibration.csv.

    python benchmarks/attribution_size.py DATA_FOLDER [OUT.csv]

DATA_FOLDER holds ``baci/bilateral_2000_2020.parquet`` and ``geodist/dist_cepii.parquet``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import polars as pl
from attribution_library import baci
from numpy.typing import NDArray

from detente.attribution.attributing import contiguity_matrix
from detente.attribution.comparison.conformal import conformal_interval
from detente.attribution.comparison.matrix_completion import complete_path
from detente.attribution.comparison.measured_sizes import Size
from detente.attribution.comparison.methods import MOST_ALIKE, donors_of, mean_windows, nearest
from detente.attribution.comparison.placebos import FACTOR, choose, mean_change, stand
from detente.attribution.comparison.synthetic import synthetic_control
from detente.attribution.residuals import Effects, Residuals, fit_effects, on_base
from detente.attribution.sample import Sample
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SIZES = (1.0, 10.0, 50.0, 200.0, 1000.0)  #: lower ends of the five size classes, million US$
HORIZONS = (1, 3, 5)
BASE_YEARS = 5
FEWEST = 19  #: with fewer placebos no share of 5% exists
LEVELS = {
    "placebo share": 0.05,
    "placebo share of means": 0.05,
    "synthetic control": 0.05,
    "matrix completion": 0.05,
    "conformal": 0.1,
}

#: Codes of the distance table that are not today's.
RENAMED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}


def size_of_placebo_test(
    sample: Sample,
    *,
    events: Sequence[int] = tuple(range(2006, 2015)),
    contiguity: Bools | None = None,
    per_event: int = 2000,
    seed: int = 0,
) -> tuple[Size, ...]:
    """Size of the default test by size class, for neighbours, and within one importer.

    Parameters
    ----------
    sample : Sample
    events : sequence of int
        Fake event years.
    contiguity : (N, N) bool, optional
    per_event : int
        Dyads tested for each event and horizon, drawn at random; all neighbours are added.
    seed : int

    Returns
    -------
    tuple of Size
    """
    rng = np.random.default_rng(seed)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    count: dict[tuple[str, int], list[int]] = {}
    for event in events:
        half = rng.permutation(len(sample.economies)) < len(sample.economies) // 2
        for horizon, mean, change in _changes(sample, effects, event):
            for group, rejected in _tests(mean, change, half, contiguity, per_event, rng):
                tally = count.setdefault((group, horizon), [0, 0])
                tally[0] += rejected
                tally[1] += 1
    return tuple(
        Size("placebo share", group, horizon, n, hits / n) for (group, horizon), (hits, n) in sorted(count.items())
    )


def _changes(sample: Sample, effects: Effects, event: int) -> Iterator[tuple[int, Floats, Floats]]:
    """(horizon, base mean, change of every residual from the year before the event)."""
    before = sample.year(event - 1)
    fit = on_base(sample.flows, effects, slice(max(before - BASE_YEARS + 1, 0), before + 1))
    for horizon in HORIZONS:
        if event - 1 + horizon in sample.years:
            with np.errstate(invalid="ignore"):
                yield horizon, fit.base_mean, fit.log_ratio[before + horizon] - fit.log_ratio[before]


def _tests(
    mean: Floats, change: Floats, half: Bools, contiguity: Bools | None, most: int, rng: np.random.Generator
) -> Iterator[tuple[str, bool]]:
    """(group, rejected) of each dyad tested."""
    usable = ~np.isnan(change) & (mean >= SIZES[0])
    donors = np.flatnonzero((usable & half[None, :]).ravel())
    order = np.argsort(mean.ravel()[donors])
    size, value = mean.ravel()[donors][order], change.ravel()[donors][order]
    tested = np.flatnonzero((usable & ~half[None, :]).ravel())
    drawn = rng.choice(tested, min(most, len(tested)), replace=False)
    if contiguity is not None:
        drawn = np.union1d(drawn, tested[contiguity.ravel()[tested]])
    for k in drawn:
        i, j = divmod(int(k), mean.shape[1])
        low, high = np.searchsorted(size, (mean[i, j] / FACTOR, mean[i, j] * FACTOR))
        if high - low >= FEWEST:
            rejected = _rejects(change[i, j], value[low:high])
            yield f"size {_size_class(mean[i, j])}", rejected
            if contiguity is not None and contiguity[i, j]:
                yield "neighbours", rejected
        near = usable[:, j] & (mean[:, j] >= mean[i, j] / FACTOR) & (mean[:, j] <= mean[i, j] * FACTOR)
        near[[i, j]] = False
        if near.sum() >= FEWEST:
            yield "same importer", _rejects(change[i, j], change[near, j])


def size_by_economy(
    sample: Sample, *, events: Sequence[int] = tuple(range(2006, 2015)), per_event: int = 4000, seed: int = 0
) -> tuple[Size, ...]:
    """Size of the default test exporter by exporter and importer by importer (300 tests or more).

    Parameters
    ----------
    sample : Sample
    events : sequence of int
        Fake event years.
    per_event : int
        Dyads tested for each event and horizon.
    seed : int
    """
    rng = np.random.default_rng(seed)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    hits, tests = np.zeros((2, len(sample.economies))), np.zeros((2, len(sample.economies)))
    for event in events:
        for _, mean, change in _changes(sample, effects, event):
            tested = np.argwhere(~np.isnan(change) & (mean >= SIZES[0]))
            order = tested[np.argsort(mean[tuple(tested.T)])]
            size, value = mean[tuple(order.T)], change[tuple(order.T)]
            for i, j in tested[rng.choice(len(tested), min(per_event, len(tested)), replace=False)]:
                low, high = np.searchsorted(size, (mean[i, j] / FACTOR, mean[i, j] * FACTOR))
                rejected = _rejects(change[i, j], value[low:high])
                for side, economy in enumerate((i, j)):
                    hits[side, economy] += rejected
                    tests[side, economy] += 1
    return tuple(
        Size("placebo share", f"{name} {code}", 0, int(n), float(hit / n))
        for name, side in (("exporter", 0), ("importer", 1))
        for code, hit, n in zip(sample.economies, hits[side], tests[side])
        if n >= 300
    )


def _rejects(value: float, placebos: Floats) -> bool:
    return bool((1 + np.count_nonzero(placebos <= value)) / (1 + len(placebos)) <= 0.05)


def _size_class(mean: float) -> str:
    k = int(np.searchsorted(SIZES, mean, "right")) - 1
    upper = f"-{SIZES[k + 1]:,.0f}" if k + 1 < len(SIZES) else " and more"
    return f"{k + 1}: {SIZES[k]:,.0f}{upper} US$ million"


def size_of_methods(
    sample: Sample, *, event: int = 2012, last: int = 2016, dyads: int = 200, loss_pct: float = 0.0,
    group: str = "50 US$ million and more", methods: Sequence[str] = tuple(LEVELS), seed: int = 0,
) -> tuple[Size, ...]:  # fmt: skip
    """Size (or power) of every method on the same dyads, with a fake event.

    Parameters
    ----------
    sample : Sample
    event, last : int
        Fake event and last year.
    dyads : int
        Drawn at random among those of at least US$ 50 million a year with whole paths.
    loss_pct : float
        Put on the dyad from the event on.
    group : str
        What to call the dyads.
    methods : sequence of str
        Which ones; names of ``LEVELS``.
    seed : int
    """
    rng = np.random.default_rng(seed)
    first, end = sample.year(event), sample.year(last)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    fit = on_base(sample.flows, effects, slice(max(first - BASE_YEARS, 0), first))
    paths = fit.log_ratio[: end + 1]
    paths = np.where(np.isneginf(paths), np.nan, paths)  # a recorded zero has no whole path
    candidates = np.argwhere(np.isfinite(paths).all(axis=0) & (fit.base_mean >= 50))
    hits: dict[str, list[bool]] = {name: [] for name in methods}
    for i, j in candidates[rng.choice(len(candidates), min(dyads, len(candidates)), replace=False)]:
        own = paths[:, i, j].copy()
        own[first:] += np.log1p(-loss_pct / 100)
        try:
            shares = [_share_of(name, sample, fit, paths, own, (int(i), int(j)), first) for name in methods]
        except TooFewDonors:
            continue
        for name, share in zip(methods, shares):
            hits[name].append(share <= LEVELS[name])
    years = last - event + 1
    return tuple(
        Size(name, group, years, len(h), float(np.mean(h)), LEVELS[name], loss_pct) for name, h in hits.items()
    )


def _share_of(
    method: str, sample: Sample, fit: Residuals, paths: Floats, own: Floats, dyad: tuple[int, int], first: int
) -> float:
    """Share or p-value of one dyad by one method."""
    similar = choose(fit.base_mean, *dyad, barred=sample.barred).chosen
    if method == "placebo share":
        return stand(float(own[-1] - own[first - 1]), paths[-1][similar] - paths[first - 1][similar]).share
    if method == "placebo share of means":
        windows = mean_windows(first - 1, len(own) - 1)
        return stand(float(mean_change(own, *windows)), mean_change(paths[:, similar], *windows)).share
    if method == "matrix completion":
        alike = paths[:, nearest(similar, fit.base_mean, *dyad, MOST_ALIKE)].T
        return complete_path(own, alike, first).standing.share
    near = paths[:, donors_of(fit.base_mean, *dyad, sample.barred)].T
    if method == "synthetic control":
        return synthetic_control(own, near, first).share
    return conformal_interval(own, near, first, reach=0.0).p_zero


def neighbours(folder: Path) -> list[tuple[str, str]]:
    """Pairs of economies with a common land border."""
    frame = pl.read_parquet(folder / "geodist/dist_cepii.parquet").filter(pl.col("contig") == 1)
    return [(RENAMED.get(a, a), RENAMED.get(b, b)) for a, b in frame.select("iso_o", "iso_d").iter_rows()]


def simulated(seed: int = 0, rho: float = 0.8, noise: float = 0.25) -> Sample:
    """A panel of 60 economies, 2000-2020, whose residuals wander as first-order autoregressions."""
    rng = np.random.default_rng(seed)
    t, n = 21, 60
    walks = [rng.normal(scale=0.1, size=(t, n)).cumsum(0) for _ in range(2)]
    residual = np.zeros((t, n, n))
    residual[0] = rng.normal(scale=noise, size=(n, n))
    for k in range(1, t):
        residual[k] = rho * residual[k - 1] + rng.normal(scale=noise * np.sqrt(1 - rho**2), size=(n, n))
    flows = np.exp(4 + walks[0][:, :, None] + walks[1][:, None, :] + 1.5 * rng.normal(size=(n, n)) + residual)
    flows[:, range(n), range(n)] = np.nan
    return Sample.of((flows, tuple(f"E{k:02d}" for k in range(n)), tuple(range(2000, 2000 + t))))


#: Methods that take no time, and those that do; dyads tested on BACI and on each simulated panel.
QUICK, SLOW = ("placebo share", "placebo share of means"), ("synthetic control", "matrix completion", "conformal")
DYADS = {QUICK: (600, 200), SLOW: (150, 40)}


def over_worlds(loss: float, methods: tuple[str, ...], dyads: int, worlds: int = 5) -> list[Size]:
    """Size or power over several simulated panels, pooled."""
    options = {"loss_pct": loss, "group": "simulated", "methods": methods}
    runs = [size_of_methods(simulated(k), dyads=dyads, seed=k, **options) for k in range(worlds)]
    pooled = []
    for same in zip(*runs):
        n = sum(s.n for s in same)
        pooled.append(replace(same[0], n=n, rejected=sum(s.rejected * s.n for s in same) / n))
    return pooled


def of_methods(sample: Sample, methods: tuple[str, ...]) -> list[Size]:
    """Size, and power against a loss of half, on BACI and on simulated panels."""
    real, made = DYADS[methods]
    rows: list[Size] = []
    for loss in (0.0, 50.0):
        rows += size_of_methods(sample, dyads=real, loss_pct=loss, methods=methods)
        rows += over_worlds(loss, methods, made)
    return rows


def measure(folder: Path) -> pl.DataFrame:
    """One row a test, group, horizon and loss."""
    sample = Sample.of(baci(folder))
    borders = contiguity_matrix(neighbours(folder), sample)
    rows = [*size_of_placebo_test(sample, contiguity=borders), *of_methods(sample, QUICK), *of_methods(sample, SLOW)]
    frame = pl.DataFrame([astuple(r) for r in rows], schema=list(Size.__dataclass_fields__), orient="row")
    return frame.with_columns(pl.col("rejected").round(4))


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[1] / "src/detente/attribution/comparison/calibration.csv"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else shipped
    measure(Path(sys.argv[1])).write_csv(out)
    sys.stdout.write(f"wrote {out}\n")
