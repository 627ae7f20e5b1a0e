"""The capital path: where it starts, where it leads, how fast."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, Shock, accumulate, solve
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


KINDS = {
    "trade costs": Shock({("COL", "VEN"): -1.0, ("VEN", "COL"): 0.4}),
    "closure": Shock(SHOCK),
    "productivity": Shock(productivity_hat={"VEN": 0.9}),
    "labour": Shock(labour_hat={"VEN": 1.2}),
    "all at once": Shock({("COL", "VEN"): -1.0}, productivity_hat={"VEN": 0.9, "ECU": 1.1}, labour_hat={"VEN": 1.2}),
}


@pytest.mark.parametrize("deficits", RULES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_shock_ends_in_its_steady_state(kind, deficits):
    path = accumulate(ECO, KINDS[kind], years=600, deficits=deficits)
    # 600 years at a rate of d(1 - a) = 3.3% a year leave exp(-19) of the way
    np.testing.assert_allclose(path.welfare_hat[-1], path.steady_state.welfare_hat, rtol=1e-7)


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_shock_follows_a_path_written_out_in_levels(kind):
    """Y = p A L^(1-a) K^a in levels, each year cleared by scipy; K' = K^(1-d) (Y/P)^d in units of the start."""
    from scipy.optimize import root

    share, rate, theta, years = 0.45, 0.06, 5.0, 40
    shock = KINDS[kind]
    path = accumulate(ECO, shock, theta=theta, capital_share=share, depreciation=rate, years=years)
    costs = np.array([[np.exp(-shock.partial.get((a, b), 0.0) / theta) for b in NAMES] for a in NAMES])
    able = np.array([shock.productivity_hat.get(c, 1.0) for c in NAMES])
    people = np.array([shock.labour_hat.get(c, 1.0) for c in NAMES])
    ratio = FLOWS.sum(axis=0) / FLOWS.sum(axis=1)
    taste = FLOWS / FLOWS.sum(axis=0)  # CES weights at unit prices
    quantity = FLOWS.sum(axis=1)
    stock, log_p = np.ones(4), np.zeros(4)
    for year in range(years):
        made = quantity * able * people ** (1 - share) * stock**share

        def markets(log_p, made=made):
            p = np.exp(np.append(log_p, 0.0))
            with np.errstate(over="ignore"):
                weight = taste * (p[:, None] * costs) ** -theta
            sales = p * made
            spending = ratio * sales
            spending = spending * sales.sum() / spending.sum()
            return (np.log((weight / weight.sum(axis=0) * spending).sum(axis=1) / sales))[:3]

        found = root(markets, log_p[:3], tol=1e-13)
        assert np.abs(found.fun).max() < 1e-10
        log_p = np.append(found.x, 0.0)
        p = np.exp(log_p)
        with np.errstate(over="ignore"):
            index = (taste * (p[:, None] * costs) ** -theta).sum(axis=0) ** (-1 / theta)
        real = p * made / index / quantity
        np.testing.assert_allclose(path.capital_hat[year], stock, rtol=1e-8)
        np.testing.assert_allclose(path.welfare_hat[year], real / people, rtol=1e-8)
        stock = stock ** (1 - rate) * real**rate


@pytest.mark.oracle
def test_the_losses_that_were_wrong_once():
    """VEN at 90% productivity loses 17.174% in the long run, with 20% more people 7.955% at once and 0.275% later."""
    eco = Economy.from_arrays(["COL", "VEN", "ROW"], [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    less = accumulate(eco, Shock(productivity_hat={"VEN": 0.9}), capital_share=0.45, depreciation=0.06, years=600)
    assert less.steady_state.welfare_pct["VEN"] == pytest.approx(-17.174, abs=6e-4)
    assert less.welfare_pct["VEN"][-1] == pytest.approx(-17.174, abs=6e-4)
    more = accumulate(eco, Shock(labour_hat={"VEN": 1.2}), capital_share=0.45, depreciation=0.06, years=600)
    assert more.welfare_pct["VEN"][0] == pytest.approx(-7.955, abs=6e-4)
    assert more.welfare_pct["VEN"][-1] == pytest.approx(-0.275, abs=6e-4)
    assert more.steady_state.welfare_pct["VEN"] == pytest.approx(-0.275, abs=6e-4)
