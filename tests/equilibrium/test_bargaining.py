"""Payoffs equal single solves; known optima; bargains on surfaces with known answers; bounds are bounds."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, bargain, solve
from detente.equilibrium.extensions.agreements import Bargain
from detente.errors import InvalidShock, SpecificationError, UnknownEconomy

NAMES = ("COL", "VEN", "ROW")
FLOWS = np.array([[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
ECO = Economy.from_arrays(NAMES, FLOWS)
SHUT = (CLOSED, CLOSED)


def test_each_payoff_is_a_single_solve():
    game = bargain(ECO, "COL", "VEN", levels=(0.0, -1.0, CLOSED), deficits="additive")
    for a, mine in enumerate(game.levels):
        for b, theirs in enumerate(game.levels):
            out = solve(ECO, {("VEN", "COL"): mine, ("COL", "VEN"): theirs}, deficits="additive")
            assert game.payoffs[0, a, b] == pytest.approx(out.welfare_pct["COL"], abs=1e-7)
            assert game.payoffs[1, a, b] == pytest.approx(out.welfare_pct["VEN"], abs=1e-7)
    assert game.to_frame().height == 9


def test_wasteful_borders_are_opened_and_closure_has_a_price():
    game = bargain(ECO, "COL", "VEN")
    assert game.equilibria() == [(0.0, 0.0)]
    deal = game.nash(SHUT)
    assert deal.levels == (0.0, 0.0) == game.kalai_smorodinsky(SHUT).levels
    assert min(deal.gain_pct) > 0
    one, other = game.implied_cost(SHUT)
    assert (one.economy, other.economy) == ("COL", "VEN")
    assert one.usd_mn == pytest.approx(one.pct * ECO.expenditure[0] / 100)
    assert min(one.pct, other.pct) > 0
    assert [b.pct for b in game.implied_cost((0.0, 0.0))] == [0.0, 0.0]


@pytest.mark.oracle
@pytest.mark.parametrize("theta", [3.0, 5.0])
def test_small_economy_sets_the_tariff_of_the_textbook(theta):
    """Export demand of elasticity sigma: a small economy's best tariff is 1/(sigma - 1) = 1/theta (Gros 1987)."""
    flows = np.array([[8.0, 2.0], [2.0, 1e6]])
    eco = Economy.from_arrays(["SML", "ROW"], flows)
    step = 0.01
    levels = np.array([1 / theta + k * step for k in (-10, -2, -1, 0, 1, 2, 10)])
    game = bargain(eco, "SML", "ROW", lever="tariff", levels=np.append(levels, 0.0), theta=theta)
    best = game.best_responses()[0][-1]
    assert best == pytest.approx(1 / theta, abs=1e-12)  # of the levels offered


def surface(one, other, spending=(100.0, 300.0)):
    levels = np.arange(float(len(one)))
    return Bargain(("A", "B"), "border", levels, np.array([one, other], dtype=float), spending, 0.0)


def test_nash_and_kalai_smorodinsky_on_a_surface_with_known_answers():
    """Feasible gains over (0, 0): (6, 1), (4, 4), (0, 0) and one that the second side refuses."""
    game = surface([[0, 6], [4, 9]], [[0, 1], [4, -1]])
    assert game.nash((0.0, 0.0)).gain_pct == (4.0, 4.0)
    assert game.nash((0.0, 0.0), weight=0.95).gain_pct == (6.0, 1.0)
    assert game.kalai_smorodinsky((0.0, 0.0)).gain_pct == (4.0, 4.0)  # min(4/6, 4/4) beats min(1, 1/4)
    paid = game.nash((0.0, 0.0), side_payments=True)
    assert paid.levels == (1.0, 0.0)  # worth 4 + 12 in money, against 6 + 3 and 9 - 3
    assert paid.transfer_usd_mn == pytest.approx(4 - 8)
    assert paid.gain_usd_mn == pytest.approx((8.0, 8.0))


def test_prisoners_dilemma():
    game = surface([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    assert game.equilibria() == [(1.0, 1.0)]
    assert game.nash((1.0, 1.0)).levels == (0.0, 0.0)
    assert game.best_responses()[0].tolist() == [1.0, 1.0]
    assert game.implied_cost((0.0, 0.0))[0].better == 1.0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"other": "XXX"}, UnknownEconomy),
        ({"other": "COL"}, InvalidShock),
        ({"lever": "visa"}, SpecificationError),
        ({"levels": [0.0]}, SpecificationError),
        ({"levels": [0.0, float("nan")]}, InvalidShock),
        ({"lever": "tariff", "supply_elasticity": 1.0}, SpecificationError),
    ],
)
def test_refusals(options, error):
    with pytest.raises(error):
        bargain(ECO, "COL", **{"other": "VEN", **options})


def test_threats_outside_the_grid_are_refused():
    game = bargain(ECO, "COL", "VEN", levels=(0.0, -1.0))
    with pytest.raises(SpecificationError, match="levels solved"):
        game.nash(SHUT)
    with pytest.raises(SpecificationError, match="weight"):
        game.nash((-1.0, -1.0), weight=1.0)


UNEVEN = np.array([[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [14.0, 3.0, 900.0]])


@pytest.mark.parametrize("deficits", ["multiplicative", "additive", "universal", "balanced"])
def test_the_tariff_lever_obeys_the_deficit_rule(deficits):
    """Each payoff is the plain tariff solve under the same rule on the same table."""
    from detente.equilibrium import SectorEconomy, Shock

    game = bargain(
        Economy.from_arrays(NAMES, UNEVEN), "COL", "VEN", lever="tariff", levels=(0.0, 0.1), deficits=deficits
    )
    plain = SectorEconomy.from_arrays(NAMES, ["all"], UNEVEN[None], theta=5.0)
    out = solve(plain, Shock(tariff={("VEN", "COL"): 0.1}), deficits=deficits)
    assert game.payoffs[0, 1, 0] == pytest.approx(out.welfare_pct["COL"], abs=1e-9)
    assert game.payoffs[1, 1, 0] == pytest.approx(out.welfare_pct["VEN"], abs=1e-9)


def test_the_rule_changes_the_gain_of_a_tariff():
    gains = [
        bargain(
            Economy.from_arrays(NAMES, UNEVEN), "COL", "VEN", lever="tariff", levels=(0.0, 0.1), deficits=rule
        ).payoffs[0, 1, 0]
        for rule in ("multiplicative", "additive", "universal", "balanced")
    ]
    assert len({round(g, 6) for g in gains}) == 4


def test_two_economies_alone_can_close_their_border():
    """Nothing pays for trade that one side refuses: each is then as in autarky, W = share^(1/theta) - 1 (ACR 2012)."""
    flows = np.array([[90.0, 10.0], [10.0, 40.0]])
    game = bargain(Economy.from_arrays(["A", "B"], flows), "A", "B", levels=(0.0, CLOSED), theta=4.0)
    assert game.payoffs[0, 1, 1] == pytest.approx(100 * (0.9**0.25 - 1), abs=1e-9)
    assert game.payoffs[1, 0, 1] == game.payoffs[1, 1, 1] == pytest.approx(100 * (0.8**0.25 - 1), abs=1e-9)
