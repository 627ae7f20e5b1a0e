"""What Newton's method and the path take from the one-sector model, against finite differences and closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import Economy, Shock
from detente.equilibrium.assembly import SolveSetting, baseline_system, system
from detente.equilibrium.shocks.arrays import partial_array

FLOWS = np.array([[90.0, 4.0, 8.0, 2.0], [1.0, 50.0, 6.0, 3.0], [14.0, 3.0, 900.0, 20.0], [2.0, 1.0, 30.0, 70.0]])
ECO = Economy.from_arrays([*"ABCD"], FLOWS)
SHOCK = Shock({("A", "B"): -1.0, ("C", "D"): 0.5}, productivity_hat={"B": 0.8}, labour_hat={"D": 1.2})
RULES = ("multiplicative", "additive", "universal", "balanced")


def model(rule: str, psi: float, shock: Shock = SHOCK):
    return system(SolveSetting(ECO, shock, 4.0, psi, rule), partial_array(shock, ECO))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("psi", [0.0, 1.24])
def test_the_step_solves_the_linearised_markets_and_holds_world_output(rule, psi):
    """Log demand over output plus its slope times the step is zero, up to the price level, which the step leaves alone."""
    one, step = model(rule, psi), 1e-6
    u = np.random.default_rng(3).normal(0, 0.3, (1, 4))

    def excess(at):
        now = one.state(at)
        return np.log(now.demand / now.output)[0]

    slope = np.array([(excess(u + step * e) - excess(u - step * e)) / (2 * step) for e in np.eye(4)[:, None]]).T
    gap, step_from = one.look(u)
    move = step_from()[0]
    now = one.state(u)
    assert gap == pytest.approx(np.abs(now.demand / now.output - 1).max(), rel=1e-12)
    left = excess(u) + slope @ move
    level = (now.output[0] / now.output.sum()) @ move
    np.testing.assert_allclose(left, level, atol=1e-7)  # finite differences leave about 1e-9


def test_the_tatonnement_raises_prices_where_demand_exceeds_output_and_says_by_how_much_at_worst():
    """Large worlds go this way first; small ones to Newton's method, which decides what it leaves open."""
    one = model("additive", 0.5)
    u = np.random.default_rng(5).normal(0, 0.3, (3, 4))
    batch = type(one)(**{name: np.repeat(getattr(one, name), 3, axis=0) for name in one.__slots__})
    step, gap = batch.move(u)
    for row in range(3):
        now = one.state(u[row : row + 1])
        excess = now.demand[0] / now.output[0]
        np.testing.assert_allclose(step[row], np.log(excess) / (1 + 4.0 + 0.5), rtol=1e-12)
        assert gap[row] == pytest.approx(np.abs(excess - 1).max(), rel=1e-12)
        assert gap[row] == pytest.approx(one.look(u[row : row + 1])[0], rel=1e-12)
    assert one.newton


@pytest.mark.parametrize("rule", RULES)
def test_spending_answers_outputs_row_by_row_of_a_batch(rule):
    one = model(rule, 0.5)
    u = np.random.default_rng(6).normal(0, 0.3, (3, 4))
    batch = type(one)(**{name: np.repeat(getattr(one, name), 3, axis=0) for name in one.__slots__})
    found = batch.spending_by_output(batch.state(u))
    for row in range(3):
        alone = one.spending_by_output(one.state(u[row : row + 1]))
        np.testing.assert_allclose(found[row], alone[0], rtol=1e-12)


def test_the_way_from_the_baseline_is_geometric_and_deficits_are_arithmetic():
    shock = SHOCK + Shock(deficit={"A": 30.0, "C": -30.0 + float(ECO.deficit[0] + ECO.deficit[2])})
    end = model("additive", 0.5, shock)
    start = baseline_system(end, ECO.flows, "additive")
    half = end.towards(start, 0.5)
    np.testing.assert_allclose(half.kernel, np.sqrt(start.kernel * end.kernel))
    np.testing.assert_allclose(half.supply_hat, np.sqrt(start.supply_hat * end.supply_hat))
    np.testing.assert_allclose(half.deficit, (start.deficit + end.deficit) / 2)
    assert np.abs(start.deficit - end.deficit).max() > 20
    for share, whole in ((0.0, start), (1 - 1e-12, end)):  # the end itself is never asked for on the way
        at = end.towards(start, share)
        np.testing.assert_allclose(at.kernel, whole.kernel, rtol=1e-9)
        np.testing.assert_allclose(at.deficit, whole.deficit)
        np.testing.assert_allclose(at.supply_hat, whole.supply_hat)
    np.testing.assert_allclose(start.residual(np.zeros((1, 4))), 0.0, atol=1e-10)


@pytest.mark.parametrize("rule", ["multiplicative", "universal"])
def test_the_way_keeps_ratios_of_spending(rule):
    end = model(rule, 0.0)
    start = baseline_system(end, ECO.flows, rule)
    np.testing.assert_allclose(end.towards(start, 0.3).ratio, ECO.expenditure[None] / ECO.output)
    assert not start.deficit.any()
