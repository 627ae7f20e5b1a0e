"""Simulate from known parameters, estimate, and ask whether the truth comes back as often as it should."""

import numpy as np
import polars as pl
import pytest

from detente.gravity import bias_correct, fit_ppml, staggered

pytestmark = pytest.mark.recovery

EFFECTS = "exporter^year + importer^year + exporter^importer"


def within(hits: int, n: int, probability: float = 0.95) -> bool:
    """Whether ``hits`` of ``n`` lie within 3.3 binomial standard errors of ``probability``."""
    return abs(hits / n - probability) <= 3.3 * np.sqrt(probability * (1 - probability) / n)


def simulated(seed: int, n: int = 20, years: int = 5) -> pl.DataFrame:
    """Weidner & Zylkin's kind of design: a binary regressor tied to all effects, true coefficient 1."""
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    keep = i != j
    i, j, t = i[keep], j[keep], t[keep]
    index = sum(r.normal(0, 0.25, shape)[at] for shape, at in (((n, years), (i, t)), ((n, years), (j, t))))
    pair = r.normal(0, 0.25, (n, n))[i, j]
    x = (index + pair + r.normal(size=len(i)) > 0) * 1.0
    flow = np.exp(x + index + pair) * r.lognormal(-0.5 * np.log(2), np.sqrt(np.log(2)), len(i))
    return pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "trade": flow})


def test_the_coefficient_is_recovered_and_corrected_intervals_cover():
    n = 120
    plain, corrected, estimates = 0, 0, []
    for seed in range(n):
        fit = fit_ppml(simulated(seed), f"trade ~ x | {EFFECTS}", cluster="exporter^importer")
        better = bias_correct(fit)
        estimates.append(better.coef["x"])
        plain += abs(fit.coef["x"] - 1) < 1.96 * fit.se["x"]
        corrected += abs(better.coef["x"] - 1) < 1.96 * better.se["x"]
    assert abs(np.mean(estimates) - 1) < 3.3 * np.std(estimates) / np.sqrt(n)
    assert within(corrected, n)
    assert corrected >= plain  # clustered errors are too small with few economies


def adopted(seed: int, n: int = 16, years: int = 8) -> pl.DataFrame:
    """Dyads that adopt at different times, with an effect of 0.2 that grows by 0.1 a year."""
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    start = r.integers(3, 2 * years, (n, n))[i, j]
    on = (t >= start) * 1.0
    index = r.normal(0, 0.5, (n, years))[i, t] + r.normal(0, 0.5, (n, years))[j, t] + r.normal(size=(n, n))[i, j]
    flow = np.exp(index + (0.2 + 0.1 * (t - start)) * on) * r.gamma(4, 0.25, len(i))
    data = pl.DataFrame({"exporter": i, "importer": j, "year": t, "on": on, "trade": flow})
    return data.filter(pl.col("exporter") != pl.col("importer"))


def test_imputed_effects_cover_the_truth():
    n, hits = 60, 0
    for seed in range(n):
        fit = staggered(adopted(seed), f"trade ~ 1 | {EFFECTS}", "on", cluster="exporter^importer")
        row = fit.effects("event_time").row(1, named=True)
        hits += row["ci_low"] < 0.3 < row["ci_high"]
    assert within(hits, n)
