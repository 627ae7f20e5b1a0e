"""Forecasts checked on many simulated ruptures: a drawn effect on a real, undisturbed dyad.

An ordinary dyad gets a fake rupture: an effect drawn from the library's mixture is added
to its real residual some years later. The forecast knows the instrument, the horizon and
the residuals of comparable pairs into other importers. What is tested is whether the
noise of ordinary dyads, which no library of ruptures can show, is of the right width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.attribution.comparison.placebos import FACTOR
from detente.attribution.library.catalogue import INSTRUMENTS
from detente.attribution.library.expected_paths import CAP, HORIZONS
from detente.attribution.library.prediction import predict
from detente.attribution.library.scores import clopper_pearson
from detente.attribution.residuals import fit_effects, on_base
from detente.attribution.sample import Sample

FEWEST = 19
BASE_YEARS = 5


@dataclass(frozen=True, slots=True)
class PseudoCoverage:
    """Coverage of the central ``level`` of forecasts over ``n`` simulated ruptures."""

    level: float
    n: int
    covered: float
    low: float
    high: float


def pseudo_coverage(
    sample: Sample,
    *,
    events: Sequence[int] = tuple(range(2006, 2015)),
    per_event: int = 160,
    smallest: float = 10.0,
    level: float = 0.8,
    seed: int = 0,
) -> PseudoCoverage:
    """Simulate ruptures on ordinary dyads and count how often the forecast covers them.

    Parameters
    ----------
    sample : Sample
    events : sequence of int
        Fake event years.
    per_event : int
        Simulated ruptures for each.
    smallest : float
        Mean base trade from which on a dyad is used, million US$.
    level : float
    seed : int

    Returns
    -------
    PseudoCoverage
        With its 95% Clopper-Pearson interval.
    """
    rng = np.random.default_rng(seed)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    forecasts = {(name, h): predict(name, "rupture", h, noise=np.zeros(1)) for name in INSTRUMENTS for h in HORIZONS}
    hits = []
    for event in events:
        before = sample.year(event - 1)
        fit = on_base(sample.flows, effects, slice(max(before - BASE_YEARS + 1, 0), before + 1))
        half = rng.permutation(len(sample.economies)) < len(sample.economies) // 2
        usable = fit.base_mean >= smallest
        tested = np.argwhere(usable & ~half[None, :])
        for i, j in tested[rng.choice(len(tested), min(per_event, len(tested)), replace=False)]:
            instrument, h = INSTRUMENTS[rng.integers(len(INSTRUMENTS))], int(rng.choice(HORIZONS))
            own = fit.log_ratio[before + h, i, j]
            size = fit.base_mean[i, j]
            near = usable & half[None, :] & (fit.base_mean >= size / FACTOR) & (fit.base_mean <= size * FACTOR)
            noise = fit.log_ratio[before + h][near]
            noise = noise[np.isfinite(noise)]
            if not np.isfinite(own) or len(noise) < FEWEST:
                continue
            bare = forecasts[instrument, h]
            value = max(float(rng.choice(bare.values, p=bare.weights)) + float(own), CAP)
            low, high = predict(instrument, "rupture", h, noise=noise).quantile(((1 - level) / 2, (1 + level) / 2))
            hits.append(low <= value <= high)
    return PseudoCoverage(level, len(hits), float(np.mean(hits)), *clopper_pearson(sum(hits), len(hits)))
