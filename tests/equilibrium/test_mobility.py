"""Migration joined to trade: against an independent solver, limits, accounts of people."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import root

from detente.equilibrium import CLOSED, Economy, Shock, migrate, solve
from detente.errors import InvalidFlow, NotConverged, SpecificationError

NAMES = ("COL", "VEN", "ROW")
FLOWS = np.array([[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
PEOPLE = np.array([[48.0, 0.9, 2.0], [0.1, 29.0, 0.5], [0.1, 1.0, 7000.0]])
ECO = Economy.from_arrays(NAMES, FLOWS)
SHOCK = Shock({("COL", "VEN"): -1.0}, productivity_hat={"VEN": 0.6})


@pytest.mark.oracle
def test_against_scipy_root_on_prices_and_people():
    nu, delta, theta = 1.7, 0.2, 4.0
    x, y, e = FLOWS, FLOWS.sum(1), FLOWS.sum(0)
    b = np.zeros((3, 3))
    b[0, 1], able = -1.0, np.array([1.0, 0.6, 1.0])

    def system(z):
        p, labour, scale = np.exp(z[:3]), np.exp(z[3:6]), z[6]
        index = (((x / e) * np.exp(b) * p[:, None] ** -theta).sum(0)) ** (-1 / theta)
        new = y * able * labour * p
        spend = scale * new * e / y
        gap = ((x / e) * np.exp(b) * (p[:, None] / index) ** -theta * spend).sum(1) / y - new / y
        wage = able * p / index * labour**-delta
        weight = PEOPLE * wage**nu
        live = (weight / weight.sum(1, keepdims=True) * PEOPLE.sum(1)[:, None]).sum(0)
        closing = [spend.sum() / new.sum() - 1, new.sum() / y.sum() - 1]
        return np.concatenate([gap[:-1], live / PEOPLE.sum(0) / labour - 1, closing])

    found = root(system, np.append(np.zeros(6), 1.0), tol=1e-13)
    assert np.abs(system(found.x)).max() < 1e-11
    out = migrate(ECO, PEOPLE, SHOCK, nu=nu, delta=delta, theta=theta)
    np.testing.assert_allclose(np.log(out.trade.price_hat), found.x[:3], atol=1e-8)
    np.testing.assert_allclose(np.log(out.labour_hat), found.x[3:6], atol=1e-8)


def test_people_are_conserved_and_leave_the_place_that_lost():
    out = migrate(ECO, PEOPLE, SHOCK)
    np.testing.assert_allclose(out.migrants.sum(axis=1), 0.0, atol=1e-9)
    assert out.migrants[1, 0] > 0 > out.migrants[1, 1]
    assert out.labour_gap < 1e-11
    assert out.trade.report.residual < 1e-7
    assert out.to_frame().height == 3
    assert "live elsewhere" in repr(out)


def test_without_response_it_is_the_trade_model():
    out = migrate(ECO, PEOPLE, SHOCK, nu=0.0)
    np.testing.assert_allclose(out.migrants, 0.0, atol=1e-9)
    np.testing.assert_allclose(out.trade.welfare_hat, solve(ECO, SHOCK).welfare_hat, rtol=1e-9)


def test_no_shock_no_migration():
    np.testing.assert_allclose(migrate(ECO, PEOPLE).migrants, 0.0, atol=1e-7)


def test_moving_cushions_the_real_wage_of_those_who_stay():
    fall = solve(ECO, SHOCK).real_wage_pct["VEN"]
    assert fall < migrate(ECO, PEOPLE, SHOCK, nu=3.0).real_wage_pct["VEN"] < 0


def test_welfare_of_origins_is_the_stayers_gain_and_their_share():
    """Expected utility equals the value of staying over the change of the staying share to 1/nu."""
    nu = 2.0
    out = migrate(ECO, PEOPLE, SHOCK, nu=nu)
    stay = (np.diag(out.people) / out.people.sum(1)) / (np.diag(PEOPLE) / PEOPLE.sum(1))
    value = 1 + np.array(list(out.real_wage_pct.values())) / 100
    np.testing.assert_allclose(out.origin_welfare_hat, value * stay ** (-1 / nu), rtol=1e-10)


def test_a_closed_migration_border_sends_people_back():
    out = migrate(ECO, PEOPLE, ease={("VEN", "COL"): CLOSED})
    assert out.people[1, 0] == 0.0
    assert out.people[1].sum() == pytest.approx(PEOPLE[1].sum())


@pytest.mark.parametrize(
    ("people", "options", "error"),
    [
        (PEOPLE[:2], {}, InvalidFlow),
        (-PEOPLE, {}, InvalidFlow),
        (PEOPLE * (1 - np.eye(3)), {}, InvalidFlow),
        (PEOPLE, {"nu": -1.0}, SpecificationError),
        (PEOPLE, {"delta": float("nan")}, SpecificationError),
        (PEOPLE, {"max_steps": 2}, NotConverged),
    ],
)
def test_refusals(people, options, error):
    with pytest.raises(error):
        migrate(ECO, people, SHOCK, **options)


@pytest.mark.property
def test_people_who_never_move_are_fixed_and_people_who_always_move_equalise_wages():
    """The two exact limits of the elasticity: nu = 0, and nu without bound, where the gap shrinks as 1 / nu."""
    fixed = migrate(ECO, PEOPLE, SHOCK, nu=0.0)
    np.testing.assert_allclose(fixed.trade.welfare_hat, solve(ECO, SHOCK).welfare_hat, rtol=1e-9)
    mixed = 1e6 * np.array([[40.0, 30, 30], [10, 20, 10], [30, 30, 40]])
    spread = []
    for nu in (40.0, 80.0, 160.0):
        out = migrate(ECO, mixed, SHOCK, nu=nu, max_steps=5000)
        wages = np.log(1 + np.array(list(out.real_wage_pct.values())) / 100)
        spread.append(np.ptp(wages))
    assert spread[1] / spread[0] == pytest.approx(0.5, abs=0.06)
    assert spread[2] / spread[1] == pytest.approx(0.5, abs=0.03)
