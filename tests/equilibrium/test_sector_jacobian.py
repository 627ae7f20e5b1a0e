"""The linearised sector system against finite differences and against solving again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.equilibrium import SectorEconomy, Shock, sensitivity, solve
from detente.equilibrium.sectors import model as sector_system
from detente.equilibrium.sectors.assembly import new_tariffs, sector_model
from detente.equilibrium.sectors.jacobian import Linear, jacobian, pinned_sectors
from detente.equilibrium.solver import krylov, newton

NAMES, SECTORS = ("COL", "VEN", "ROW"), ("oil", "goods")
SHOCK = Shock({("ROW", "COL", "oil"): -0.7}, tariff={("COL", "VEN", "oil"): 0.6})
RULES = ("additive", "multiplicative", "universal")


def build(seed=0):
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 0.7, (2, 3, 3))) + 8 * np.eye(3)
    inputs = rng.uniform(0.2, 1, (2, 2, 3))
    return SectorEconomy.from_arrays(
        NAMES,
        SECTORS,
        flows,
        theta=rng.uniform(2, 8, 2),
        tariff=rng.uniform(0, 0.3, (2, 3, 3)) * (1 - np.eye(3)),
        value_added=rng.uniform(0.6, 0.9, (2, 3)),
        inputs=inputs / inputs.sum(axis=0),
    )


ECO = build(3)


def system(model, u):
    wage, prices, spending = model.split(u)
    now = model.evaluate(wage, prices, spending)
    rest = model.residual(u)
    return np.concatenate([rest[-1], (-np.log(now.sourcing) / model.theta - prices).ravel(), rest[:-1].ravel()])


@pytest.mark.parametrize("deficits", RULES)
def test_jacobian_against_finite_differences(deficits):
    model = sector_model(ECO, SHOCK, new_tariffs(ECO, SHOCK), deficits)
    u = model.start(ECO.spending)
    u = u + np.random.default_rng(0).normal(0, 0.05, u.shape)
    step, found = 1e-6, np.empty((u.size, u.size))
    for k, e in enumerate(np.eye(u.size)):
        found[:, k] = (system(model, u + step * e) - system(model, u - step * e)) / (2 * step)
    found[:, 9:] /= np.tile(model.wages, 2)  # the state holds spending in units of value added
    # central differences of values near 1e2 US$ million: about 1e-8
    np.testing.assert_allclose(jacobian(model, u), found, atol=1e-7)


@pytest.mark.parametrize("deficits", RULES)
@pytest.mark.parametrize(
    "behaviour", [{}, {"supply_elasticity": 0.6}, {"supply_elasticity": 0.6, "revenue": "income-tax"}]
)
def test_a_large_system_is_solved_without_its_matrix_to_the_same_answer(deficits, behaviour, monkeypatch):
    """The linearisation applied to a change is the matrix times it, and Krylov's steps end where dense ones do."""
    shock = SHOCK + Shock(export_tax={("VEN", "COL", "goods"): 0.2})
    dense = solve(ECO, shock, deficits=deficits, **behaviour)
    model, u = dense.system()
    change = np.random.default_rng(1).normal(size=u.size)
    relative = np.concatenate([change[:9], change[9:] * np.tile(model.wages, 2)])  # spending in units of value added
    expected = jacobian(model, u) @ relative / np.concatenate([model.wages, np.ones(6), np.tile(model.wages, 2)])
    np.testing.assert_allclose(Linear.at(model, u).gaps(change), expected, atol=1e-11)
    monkeypatch.setattr(sector_system, "DENSE", 0)
    loose = solve(ECO, shock, deficits=deficits, **behaviour)
    assert loose.report.ok
    np.testing.assert_allclose(loose.flows, dense.flows, rtol=1e-9)


@pytest.mark.parametrize("n", [1, 5, 40])
def test_krylov_is_the_exact_solver(n):
    rng = np.random.default_rng(n)
    matrix, target = np.eye(n) + 0.3 * rng.normal(size=(n, n)) / np.sqrt(n), rng.normal(size=n)
    found = krylov(lambda x: matrix @ x, target, tolerance=1e-13)
    np.testing.assert_allclose(found, np.linalg.solve(matrix, target), atol=1e-10)
    assert (krylov(lambda x: matrix @ x, np.zeros(n)) == 0).all()
    assert (krylov(lambda x: matrix @ x, np.full(n, np.nan)) == 0).all()


def test_price_level_is_free_at_the_solution_and_walras_law_holds_everywhere():
    model, u = solve(ECO, SHOCK, deficits="additive").system()
    level = np.concatenate([np.ones(9), model.split(u)[2].ravel()])
    np.testing.assert_allclose(jacobian(model, u) @ level, 0.0, atol=1e-9)
    walras = np.concatenate([np.ones(3), np.zeros(6), np.ones(6)])
    np.testing.assert_allclose(walras @ jacobian(model, model.start(ECO.spending)), 0.0, atol=1e-10)
    assert np.linalg.cond(pinned_sectors(model, u)) < 1e6


def test_newton_finds_the_same_equilibrium():
    model = sector_model(ECO, SHOCK, new_tariffs(ECO, SHOCK), "additive")
    found = newton(model, model.start(ECO.spending))
    out = solve(ECO, SHOCK, deficits="additive")
    assert found.gap[0] < 1e-12
    assert found.iterations[0] < 12
    np.testing.assert_allclose(np.exp(found.u[0, :3]), out.wage_hat, rtol=1e-10)
    assert 1 < out.condition() < 1e8


@pytest.mark.parametrize("deficits", RULES)
def test_every_derivative_against_solving_again(deficits):
    base = solve(ECO, SHOCK, deficits=deficits, tolerance=1e-13)
    found = sensitivity(base, "VEN")
    step = 1e-4

    def slope(shock_of):
        ends = [solve(ECO, shock_of(h), deficits=deficits, tolerance=1e-13).welfare_hat[1] for h in (step, -step)]
        return (np.log(ends[0]) - np.log(ends[1])) / (2 * step)

    for s, sector in enumerate(SECTORS):
        for i, a in enumerate(NAMES):
            for j, b in enumerate(NAMES):
                effect = slope(lambda h, k=(a, b, sector): SHOCK + Shock({k: h}))
                assert found.partial_effect[s, i, j] == pytest.approx(effect, abs=2e-8)
                if a == b:
                    continue
                rate = base.tariff[s, i, j]

                def moved(h, key=(a, b, sector), rate=rate):
                    tariff = {**SHOCK.tariff, key: (1 + rate) * np.exp(h) - 1}
                    return Shock(SHOCK.partial, tariff=tariff)

                assert found.tariff[s, i, j] == pytest.approx(slope(moved), abs=2e-8)
    for i, a in enumerate(NAMES):
        able = slope(lambda h, a=a: SHOCK + Shock(productivity_hat={a: float(np.exp(h))}))
        assert found.productivity[i] == pytest.approx(able, abs=2e-8)
    for s in range(2):
        h = np.zeros(2)
        h[s] = step
        ends = [
            np.log(solve(replace(ECO, theta=ECO.theta + k * h), SHOCK, deficits=deficits).welfare_hat[1])
            for k in (1, -1)
        ]
        assert found.theta[s] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=2e-8)
    assert found.to_frame().height == 12
    assert "matter most" in repr(found)
