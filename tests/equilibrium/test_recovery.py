"""Worlds built in levels from known technologies and trade costs; changes must be recovered from flows alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from detente.equilibrium import CLOSED, Economy, ensemble, solve
from detente.equilibrium.around.priors import Coefficients

pytestmark = pytest.mark.recovery


def levels_world(technology, labour, costs, theta, transfers):
    """Eaton and Kortum (2002) in levels: wages by scipy, then flows, prices and real incomes."""
    n = len(labour)

    def unpack(logs):
        wage = np.exp(np.append(0.0, logs))
        terms = technology[:, None] * (wage[:, None] * costs) ** -theta
        index = terms.sum(axis=0) ** (-1 / theta)
        income = wage * labour + transfers * (wage * labour).sum()
        return wage, index, terms / terms.sum(axis=0) * income, income

    def gap(logs):
        wage, _, flows, _ = unpack(logs)
        return (flows.sum(axis=1) / (wage * labour) - 1)[1:]

    found = root(gap, np.zeros(n - 1), tol=1e-14)
    assert np.abs(gap(found.x)).max() < 1e-11
    wage, index, flows, income = unpack(found.x)
    return flows, wage / index, income / index


@pytest.mark.oracle
@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("imbalance", [0.0, 0.004])
def test_changes_in_a_world_of_known_levels(closed, imbalance):
    """Flows before the shock are all that solve sees; real wages and incomes after it must come out."""
    rng = np.random.default_rng(8)
    n, theta = 5, 4.2
    technology, labour = np.exp(rng.normal(0, 1, n)), np.exp(rng.normal(0, 1, n))
    costs = np.exp(rng.uniform(0.3, 1.0, (n, n)))
    np.fill_diagonal(costs, 1.0)
    transfers = imbalance * np.array([1.0, -1.0, 0.5, -0.5, 0.0])
    after = costs.copy()
    after[0, 1], after[2, 1] = (np.inf if closed else 1.4 * costs[0, 1]), 0.8 * costs[2, 1]
    flows, wage, income = levels_world(technology, labour, costs, theta, transfers)
    new_flows, new_wage, new_income = levels_world(technology, labour, after, theta, transfers)
    names = [f"E{k}" for k in range(n)]
    effects = {
        ("E0", "E1"): CLOSED if closed else -theta * np.log(1.4),
        ("E2", "E1"): -theta * np.log(0.8),
    }
    out = solve(Economy.from_arrays(names, flows), effects, theta=theta, deficits="additive")
    np.testing.assert_allclose(list(out.real_wage_pct.values()), 100 * (new_wage / wage - 1), atol=1e-8)
    np.testing.assert_allclose(out.welfare_hat, new_income / income, rtol=1e-10)
    scale = new_flows.sum() / flows.sum()
    np.testing.assert_allclose(out.flows, new_flows / scale, rtol=1e-9, atol=1e-12)


def test_bands_cover_the_truth_as_often_as_they_say():
    """A coefficient estimated with known error: 90% bands must hold the true effect about nine times in ten."""
    rng = np.random.default_rng(2)
    flows = np.exp(rng.normal(0, 1, (4, 4))) + 20 * np.eye(4)
    eco = Economy.from_arrays(["A", "B", "C", "D"], flows)
    truth, se = -0.9, 0.3
    actual = solve(eco, {("A", "B"): truth}).welfare_pct["B"]
    hits = 0
    for k in range(60):
        estimate = {"closed": truth + se * rng.standard_normal()}
        drawn = Coefficients({"closed": {("A", "B"): 1.0}}, estimate, [[se**2]])
        band = ensemble(eco, coefficients=drawn, draws=100, seed=k)
        hits += band.quantile(0.05)["B"] <= actual <= band.quantile(0.95)["B"]
    assert 48 <= hits <= 59  # binomial(60, 0.9): outside with probability below 1.5%
