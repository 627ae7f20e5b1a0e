"""The one-sector solve against solvers and packages nobody here wrote."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from detente.equilibrium import CLOSED, Economy, Shock, solve

pytestmark = [pytest.mark.oracle, pytest.mark.oracle]


def random_economy(n: int, seed: int) -> Economy:
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 1.2, (n, n)))
    flows[np.diag_indices(n)] = 6 * flows.sum(axis=1) * rng.uniform(0.3, 1.5, n)
    return Economy.from_arrays([f"E{k}" for k in range(n)], flows)


@pytest.mark.parametrize("deficits", ["multiplicative", "additive"])
@pytest.mark.parametrize("psi", [0.0, 1.24])
def test_against_scipy_root_on_the_levels_system(deficits, psi):
    """Written apart from the package: levels, all unknowns at once, scipy's hybrid method."""
    eco, theta = random_economy(6, 1), 4.3
    b = np.zeros((6, 6))
    b[0, 1], b[2, 3] = -np.inf, 0.8
    x0, y0, e0 = eco.flows, eco.output, eco.expenditure

    def system(z):
        p, scale = np.exp(z[:6]), z[6]
        index = (((x0 / e0) * np.exp(b) * p[:, None] ** -theta).sum(0)) ** (-1 / theta)
        y = y0 * p * (p / index) ** psi
        e = scale * y * e0 / y0 if deficits == "multiplicative" else y + e0 - y0
        flows = (x0 / e0) * np.exp(b) * (p[:, None] / index) ** -theta * e
        gap = (flows.sum(1) - y) / y0
        closing = e.sum() / y.sum() - 1 if deficits == "multiplicative" else scale - 1
        return np.concatenate([gap[:-1], [closing, y.sum() / y0.sum() - 1]])

    found = root(system, np.concatenate([np.zeros(6), [1.0]]), tol=1e-13)
    assert np.abs(system(found.x)).max() < 1e-11
    shock = {("E0", "E1"): CLOSED, ("E2", "E3"): 0.8}
    out = solve(eco, shock, theta=theta, supply_elasticity=psi, deficits=deficits)
    np.testing.assert_allclose(np.log(out.price_hat), found.x[:6], atol=1e-9)


@pytest.mark.shared
def test_deficit_rules_on_the_example_of_ge_gravity2(shared_data):
    """NAFTA at 0.5 log points in 1990, theta 5.03: Venezuela's large surplus makes the rule matter."""
    pd = pytest.importorskip("pandas")
    table = pd.read_stata(shared_data / "ge_gravity2" / "square_panel_1950_2000.dta")
    eco = Economy.from_flows(table[["iso_o", "iso_d", "year", "flow"]], year=1990, unit="gbp")
    nafta = Shock.between(("CAN", "MEX", "USA"), effect=0.5)
    found = {
        rule: solve(eco, nafta, theta=5.03, deficits=rule).welfare_pct["VEN"]
        for rule in ("additive", "multiplicative", "universal")
    }
    assert found["additive"] == pytest.approx(-0.063, abs=5e-4)
    assert found["multiplicative"] == pytest.approx(-0.024, abs=5e-4)
    assert found["universal"] == pytest.approx(-0.024, abs=5e-4)
