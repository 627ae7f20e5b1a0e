"""Closed forms of the literature for capital and for people who move: what prices and stocks must satisfy whatever the numbers.

Redding (2016, Journal of International Economics 101): with a common utility among places, its change can be read from any
one of them, from the domestic share and the population there. Anderson, Larch and Yotov (2020, Economic Journal 130): in
the steady state the gains of trade are the static ones to the power 1 / (1 - a).
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, Shock, accumulate, migrate

pytestmark = pytest.mark.oracle

FLOWS = np.array([[90.0, 4.0, 8.0, 2.0], [1.0, 50.0, 6.0, 3.0], [14.0, 3.0, 300.0, 20.0], [2.0, 1.0, 30.0, 70.0]])
NAMES = ("A", "B", "C", "D")
SHOCKS = [{("A", "B"): -1.5, ("C", "A"): 0.7}, {("A", "B"): CLOSED, ("B", "A"): CLOSED}]


@pytest.mark.parametrize("shock", SHOCKS)
@pytest.mark.parametrize(("nu", "delta"), [(2.0, 0.0), (3.3, 0.4)])
@pytest.mark.parametrize("theta", [2.0, 5.0])
def test_utility_can_be_read_from_every_place_as_in_redding(shock, nu, delta, theta):
    """U'/U = (pi'_nn / pi_nn)^(-1/theta) (L'_n / L_n)^(-(1/nu + delta)) for every n, where all draw from one pool."""
    economy = Economy.from_arrays(NAMES, FLOWS)
    pool = np.array([30.0, 20.0, 90.0, 25.0])
    people = np.outer([1.0, 2.0, 3.0, 0.5], pool)  # every origin has spread over places alike
    out = migrate(economy, people, shock, nu=nu, delta=delta, theta=theta)
    own = np.diag(out.trade.flows) / out.trade.flows.sum(axis=0) / np.diag(economy.import_shares)
    read = own ** (-1 / theta) * out.labour_hat ** -(1 / nu + delta)
    np.testing.assert_allclose(read, out.origin_welfare_hat[0], rtol=1e-9)
    np.testing.assert_allclose(out.origin_welfare_hat, out.origin_welfare_hat[0], rtol=1e-12)
    assert np.abs(np.log(out.labour_hat)).max() > 1e-3


@pytest.mark.parametrize("shock", SHOCKS)
@pytest.mark.parametrize("share", [0.3, 0.55])
@pytest.mark.parametrize("theta", [2.0, 5.0])
def test_steady_gains_are_the_static_ones_magnified_as_in_anderson_larch_and_yotov(shock, share, theta):
    """W'/W = (pi'_nn / pi_nn)^(-1 / (theta (1 - a))): capital multiplies what trade is worth by 1 / (1 - a)."""
    end = accumulate(Economy.from_arrays(NAMES, FLOWS), shock, theta=theta, capital_share=share, years=1).steady_state
    np.testing.assert_allclose(
        np.log(end.welfare_hat), np.log(end.internal_share_hat) / (-theta * (1 - share)), atol=1e-10
    )


@pytest.mark.parametrize("depreciation", [0.06, 0.2])
def test_capital_closes_the_gap_at_the_speed_of_the_published_law(depreciation):
    """ln k' = (1 - d) ln k + d ln(Y / P), from each year's own figures."""
    path = accumulate(
        Economy.from_arrays(NAMES, FLOWS), Shock.between("A", "C", effect=-1.0), depreciation=depreciation, years=8
    )
    log_capital, log_output = np.log(path.capital_hat), np.log(path.welfare_hat)
    law = (1 - depreciation) * log_capital[:-1] + depreciation * log_output[:-1]
    np.testing.assert_allclose(log_capital[1:], law, atol=1e-12)
