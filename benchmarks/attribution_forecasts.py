"""Other ways to weigh the library's cases, scored like the one that is shipped.

    python benchmarks/attribution_forecasts.py

Each region is forecast from the others' cases alone. "chosen" picks the two constants by their
CRPS, region by region, within those cases alone; "beta" bends the mixture's distribution by a
symmetric beta distribution fitted there to the PIT. docs/library.md quotes the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import product

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta

from detente.attribution.library import outcomes
from detente.attribution.library.expected_paths import CAP, ObservedOutcome
from detente.attribution.library.prediction import CARRY, KERNEL, SPREAD, Forecast, _spread
from detente.attribution.library.shrinkage import credibility_constant, own_weight

LEVELS = np.arange(0.10, 0.96, 0.05)
CONSTANTS = tuple(product((1, 2, 4, 8, 16, 32), (0.05, 0.1, 0.2, 0.3, 0.4, 0.6)))
Learner = Callable[[ObservedOutcome, list[ObservedOutcome]], Forecast]


def forecast(o: ObservedOutcome, known: list[ObservedOutcome], pool: float | None, spread: float = SPREAD) -> Forecast:
    """Weight n / (n + pool) against all other instruments; against the whole library with k estimated where None."""
    near = [x for x in known if abs(x.horizon - o.horizon) <= 1]
    same = [x for x in near if x.instrument == o.instrument]
    rest = near if pool is None else [x for x in near if x.instrument != o.instrument]
    n = len({x.case_id for x in same})
    weight = own_weight(n, constant(o, near) if pool is None else pool) if rest else 1.0
    parts = [_spread(group, share, o.kind, o.before)[:2] for group, share in ((same, weight), (rest, 1 - weight))]
    centres, weights = (np.concatenate(p) for p in zip(*parts))
    values = np.maximum(np.add.outer(centres, spread * KERNEL).ravel(), CAP)
    order, shares = np.argsort(values), np.repeat(weights / len(KERNEL), len(KERNEL))
    return Forecast(o.kind, o.instrument, o.horizon, values[order], shares[order] / shares.sum(), n, 0)


def constant(o: ObservedOutcome, near: list[ObservedOutcome]) -> float:
    """k; after a reopening from outcomes carried over to the gap at hand."""
    cases: dict[tuple[str, str], list[float]] = {}
    for x in near:
        shift = CARRY * (o.before - x.before) if o.kind == "reopening" else 0.0
        cases.setdefault((x.instrument, x.case_id), []).append(x.value + shift)
    groups: dict[str, list[float]] = {}
    for (instrument, _), values in cases.items():
        groups.setdefault(instrument, []).append(float(np.mean(values)))
    return credibility_constant(groups.values())


def held_out(rows: list[ObservedOutcome], learn: Learner) -> Iterable[tuple[ObservedOutcome, Forecast]]:
    for o in rows:
        yield o, learn(o, [x for x in rows if x.region != o.region])


def chosen(rows: list[ObservedOutcome]) -> Learner:
    """The constants that forecast the regions at hand best from each other, once for each set of regions."""
    found: dict[frozenset[str], tuple[float, float]] = {}

    def learn(o: ObservedOutcome, known: list[ObservedOutcome]) -> Forecast:
        regions = frozenset(x.region for x in known)
        if regions not in found:
            loss = {
                c: np.mean([f.crps(x.value) for x, f in held_out(known, lambda a, b, c=c: forecast(a, b, *c))])
                for c in CONSTANTS
            }
            found[regions] = min(loss, key=loss.__getitem__)
        return forecast(o, known, *found[regions])

    return learn


def bent(rows: list[ObservedOutcome], pool: float) -> Learner:
    """The mixture with its distribution function bent by a symmetric beta distribution."""
    found: dict[frozenset[str], float] = {}

    def learn(o: ObservedOutcome, known: list[ObservedOutcome]) -> Forecast:
        regions = frozenset(x.region for x in known)
        if regions not in found:
            pit = np.clip(
                [middle(f, x.value) for x, f in held_out(known, lambda a, b: forecast(a, b, pool))], 0.005, 0.995
            )
            found[regions] = float(np.exp(minimize_scalar(lambda s: -beta.logpdf(pit, np.exp(s), np.exp(s)).sum()).x))
        f, a = forecast(o, known, pool), found[regions]
        weights = np.diff(np.concatenate([[0.0], beta.cdf(np.minimum(np.cumsum(f.weights), 1), a, a)]))
        return Forecast(f.kind, f.instrument, f.horizon, f.values, weights / weights.sum(), f.n_same, 0)

    return learn


def middle(f: Forecast, value: float) -> float:
    return float(f.weights[f.values < value].sum() + f.weights[f.values <= value].sum()) / 2


def row(rows: list[ObservedOutcome], learn: Learner) -> str:
    done = list(held_out(rows, learn))
    inside = {
        level: np.mean([f.quantile((1 - level) / 2) <= o.value <= f.quantile((1 + level) / 2) for o, f in done])
        for level in (*LEVELS, 0.5, 0.8, 0.95)
    }
    off = np.mean([abs(inside[level] - level) for level in LEVELS])
    crps = np.mean([f.crps(o.value) for o, f in done])
    return f"| {crps:.3f} | {inside[0.5]:.1%} | {inside[0.8]:.1%} | {inside[0.95]:.1%} | {off:.3f} |"


if __name__ == "__main__":
    write = sys.stdout.write
    write("| forecast of | weights | CRPS | 50% | 80% | 95% | mean distance |\n|---|---|---|---|---|---|---|\n")
    for kind in ("rupture", "reopening"):
        rows = [o for o in outcomes() if o.kind == kind]
        for name, learn in (
            ("n / (n + 8)", lambda o, known: forecast(o, known, 8.0)),
            ("k estimated", lambda o, known: forecast(o, known, None)),
            ("constants chosen", chosen(rows)),
            ("n / (n + 8), beta", bent(rows, 8.0)),
        ):
            write(f"| {kind} | {name} {row(rows, learn)}\n")
