"""Against other implementations and exact formulas."""

from __future__ import annotations

import numpy as np
import pytest

from detente.attribution.comparison.matrix_completion import soft_impute
from detente.attribution.comparison.synthetic import simplex_weights
from detente.attribution.library.prediction import Forecast
from detente.attribution.library.scores import clopper_pearson

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]


def test_weights_against_a_general_solver() -> None:
    """scipy's SLSQP on the same quadratic programme; its own tolerance is about 1e-6 in the objective."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(0)
    for _ in range(5):
        donors, target = rng.normal(size=(8, 9)), rng.normal(size=9)

        def loss(w: np.ndarray, donors: np.ndarray = donors, target: np.ndarray = target) -> float:
            return float(((target - w @ donors) ** 2).sum())

        sum_to_one = {"type": "eq", "fun": lambda w: w.sum() - 1}
        options = {"ftol": 1e-12, "maxiter": 500}
        other = minimize(loss, np.full(8, 1 / 8), bounds=[(0, 1)] * 8, constraints=sum_to_one, options=options)
        assert loss(simplex_weights(target, donors)) == pytest.approx(other.fun, rel=1e-4)


def test_soft_impute_meets_the_optimality_conditions() -> None:
    """At the minimum the residual of the known cells is a subgradient of the nuclear norm (Mazumder et al.)."""
    rng = np.random.default_rng(1)
    y = rng.normal(size=(12, 2)) @ rng.normal(size=(2, 10))
    known = np.ones(y.shape, dtype=bool)
    ways = y.mean(1, keepdims=True) + y.mean(0, keepdims=True) - y.mean()
    fitted = soft_impute(y, known, 0.3, sweeps=5000, tol=1e-12)
    u, s, v = np.linalg.svd(y - ways, full_matrices=False)
    exact = ways + (u * np.maximum(s - 0.3 * s[0], 0)) @ v  # with all cells known the answer is closed-form
    assert np.abs(fitted - exact).max() < 1e-9


def test_crps_against_the_normal_formula() -> None:
    """CRPS of N(0, 1) at y: y (2 Phi(y) - 1) + 2 phi(y) - 1/sqrt(pi) (Gneiting & Raftery 2007)."""
    from scipy.stats import norm

    n = 4000
    values = norm.ppf((np.arange(n) + 0.5) / n)
    forecast = Forecast("rupture", "closure", 1, values, np.full(n, 1 / n), 0, 0)
    for y in (-2.0, 0.3, 1.5):
        exact = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert forecast.crps(y) == pytest.approx(exact, abs=2e-3)  # 4,000 points stand in for the curve
        assert forecast.below(y) == pytest.approx(norm.cdf(y), abs=1e-3)


def test_binomial_interval_against_statsmodels() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for hits, n in ((0, 20), (7, 31), (160, 200), (50, 50)):
        other = proportion.proportion_confint(hits, n, alpha=0.05, method="beta")
        assert clopper_pearson(hits, n) == pytest.approx(other, abs=1e-9)
