"""The capital path: where it starts, where it leads, how fast."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, accumulate, solve
from detente.errors import SpecificationError

NAMES = ("COL", "VEN", "ECU", "ROW")
FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
ECO = Economy.from_arrays(NAMES, FLOWS)
SHOCK = {("COL", "VEN"): CLOSED}
RULES = ("multiplicative", "additive", "universal", "balanced")


@pytest.mark.parametrize("deficits", RULES)
def test_starts_at_the_static_solve_and_ends_in_the_steady_state(deficits):
    path = accumulate(ECO, SHOCK, years=400, deficits=deficits, capital_share=0.4)
    static = solve(ECO, SHOCK, deficits=deficits)
    np.testing.assert_allclose(path.welfare_hat[0], static.welfare_hat, rtol=1e-10)
    # the slowest mode decays at about 1 - d(1 - a) a year: below 1e-6 of itself after 400 years
    np.testing.assert_allclose(path.welfare_hat[-1], path.steady_state.welfare_hat, rtol=1e-8)
    assert path.residual.max() < 1e-9


def test_long_run_loss_under_balance_is_the_static_one_multiplied():
    """With balanced trade capital adds the power 1/(1-a) to the real price of output."""
    end = accumulate(ECO, SHOCK, deficits="balanced", capital_share=0.4).steady_state
    np.testing.assert_allclose(end.welfare_hat, (end.price_hat / end.index_hat) ** (1 / 0.6), rtol=1e-11)


def test_speed_of_adjustment_of_a_closed_economy_is_known():
    """Nearly in autarky a productivity shock follows ln k' = (1 - d(1-a)) ln k + d ln A."""
    from detente.equilibrium import Shock

    flows = np.diag([100.0, 1e6]) + np.array([[0, 1e-4], [1e-4, 0]])
    eco = Economy.from_arrays(["A", "B"], flows)
    path = accumulate(eco, Shock(productivity_hat={"A": 1.1}), capital_share=0.3, depreciation=0.1, years=20, theta=8.0)
    t = np.arange(20)
    expected = np.log(1.1) / 0.7 * (1 - (1 - 0.1 * 0.7) ** t)
    np.testing.assert_allclose(np.log(path.capital_hat[:, 0]), expected, atol=1e-5)


def test_discounted_value_lies_between_impact_and_long_run():
    path = accumulate(ECO, SHOCK, years=50)
    value = path.discounted_pct(0.95)["VEN"]
    assert path.steady_state.welfare_pct["VEN"] < value < path.welfare_pct["VEN"][0] < 0
    longer = accumulate(ECO, SHOCK, years=400).discounted_pct(0.95)["VEN"]
    assert value == pytest.approx(longer, rel=0.02)  # the steady state stands in for years 50 on


def test_no_shock_no_growth_and_frames():
    path = accumulate(ECO, {}, years=5)
    np.testing.assert_allclose(path.welfare_hat, 1.0, atol=1e-11)
    assert path.to_frame().height == 20
    assert "5 years" in repr(path)


@pytest.mark.parametrize(
    "options",
    [{"capital_share": 1.0}, {"capital_share": 0.0}, {"depreciation": 1.5}, {"years": 0}, {"theta": -1.0}],
)
def test_options_out_of_their_domain(options):
    with pytest.raises(SpecificationError):
        accumulate(ECO, SHOCK, **options)
