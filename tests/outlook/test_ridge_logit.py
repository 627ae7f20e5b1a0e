"""The ridge logit against an independent optimiser, and where plain Newton runs away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from detente.outlook.ridge_logit import fit_ridge_logit

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("penalty", [0.5, 10.0, 100.0])
def test_it_is_the_minimum_that_an_independent_optimiser_finds(seed, penalty):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 4))
    rows = rng.integers(1, 40, 300).astype(float)
    events = rng.binomial(rows.astype(int), 1 / (1 + np.exp(3 - x @ [0.5, -0.3, 0.0, 0.8]))).astype(float)

    def loss(beta):
        z = beta[0] + x @ beta[1:]
        return rows @ np.logaddexp(0, z) - events @ z + penalty / 2 * beta[1:] @ beta[1:]

    peer = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-9})
    np.testing.assert_allclose(fit_ridge_logit(x, events, rows, penalty), peer.x, atol=1e-5)


def test_rare_events_with_a_far_outlier_do_not_run_away():
    """Newton from the base rate without halving ends at expected over observed of eight here."""
    x = np.concatenate([np.zeros(5000), np.full(3, 40.0)])[:, None]
    events = np.concatenate([np.zeros(5000), np.ones(3)])
    beta = fit_ridge_logit(x, events, np.ones(len(x)), 1e-3)
    expected = (1 / (1 + np.exp(-(beta[0] + x @ beta[1:])))).sum()
    assert expected == pytest.approx(3.0, rel=1e-3)
