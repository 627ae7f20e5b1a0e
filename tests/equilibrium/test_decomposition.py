"""Contributions that add up to the exact change, for small and for outright shocks."""

from __future__ import annotations

import numpy as np
import pytest

from detente.equilibrium import CLOSED, Economy, SectorEconomy, Shock, decompose, solve
from detente.errors import SpecificationError

NAMES = ("COL", "VEN", "ECU", "ROW")
FLOWS = np.array([[90.0, 2.0, 1.5, 8.0], [1.0, 50.0, 0.3, 6.0], [0.7, 0.2, 30.0, 4.0], [9.0, 3.0, 4.0, 900.0]])
ECO = Economy.from_arrays(NAMES, FLOWS)


@pytest.mark.parametrize("deficits", ["multiplicative", "additive", "universal", "balanced"])
@pytest.mark.parametrize("psi", [0.0, 1.24])
@pytest.mark.parametrize("shock", [{("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}, {("ROW", "VEN"): 1.0}])
def test_parts_add_up_to_the_exact_change(deficits, psi, shock):
    shock = Shock(shock) + Shock(productivity_hat={"ECU": 1.1}, labour_hat={"VEN": 0.8})
    parts = decompose(solve(ECO, shock, deficits=deficits, supply_elasticity=psi))
    assert parts.gap < 1e-8  # percent; Gauss-Legendre converges geometrically
    assert ("supply_response" in parts.parts) == (psi > 0)


@pytest.mark.property
@pytest.mark.parametrize("seed", [10, 11, 34, 37, 42])
def test_parts_add_up_where_a_closure_leaves_next_to_nothing(seed):
    """Worlds of very unequal size in which the path passes close to autarky; one piece of it misses by up to 75%."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    flows = np.exp(rng.normal(0, 2, (n, n))) * np.exp(rng.normal(0, 2, n))[:, None] + np.diag(
        np.exp(rng.normal(3, 2, n))
    )
    theta = float(rng.choice([0.76, 2, 5, 10]))
    rule = str(rng.choice(["multiplicative", "additive", "balanced"]))
    eco = Economy.from_arrays([f"E{k}" for k in range(n)], flows)
    out = solve(eco, {("E0", "E1"): CLOSED, ("E1", "E0"): CLOSED}, theta=theta, deficits=rule)
    assert decompose(out).gap < 1e-7


def test_a_transfer_shows_as_one():
    base = dict(zip(NAMES, ECO.deficit))
    shock = Shock(deficit={"VEN": base["VEN"] + 3, "ROW": base["ROW"] - 3})
    parts = decompose(solve(ECO, shock, deficits="additive"))
    assert parts.gap < 1e-8
    assert parts.parts["transfers"][1] > abs(parts.parts["terms_of_trade"][1])
    assert "trade_costs" not in parts.parts


def test_closing_a_border_costs_both_through_trade_costs():
    out = solve(ECO, {("COL", "VEN"): CLOSED, ("VEN", "COL"): CLOSED}, deficits="balanced")
    costs = decompose(out).parts["trade_costs"]
    assert costs[0] < 0 > costs[1]
    assert costs[2] == costs[3] == 0.0


def sector_economy(seed=0):
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 0.7, (2, 4, 4))) + 8 * np.eye(4)
    tariff = rng.uniform(0, 0.4, (2, 4, 4)) * (1 - np.eye(4))
    inputs = rng.uniform(0.2, 1, (2, 2, 4))
    parts = {
        "tariff": tariff,
        "value_added": rng.uniform(0.6, 0.9, (2, 4)),
        "inputs": inputs / inputs.sum(axis=0),
    }
    return SectorEconomy.from_arrays(NAMES, ("a", "b"), flows, theta=(3.0, 6.0), **parts)


KINDS = {
    "tariffs": Shock(tariff={("COL", "VEN"): 0.0, ("ROW", "COL"): 0.5}),
    "all at once": Shock({("COL", "VEN"): CLOSED}, labour_hat={"ECU": 1.1}, productivity_hat={"VEN": 0.9}),
    "export tax": Shock(tariff={("COL", "VEN"): 0.3}, export_tax={("VEN", "*"): 0.2}),
}
WORKINGS = [
    {},
    {"supply_elasticity": 0.6},
    {"supply_elasticity": 0.6, "scale": 0.2, "revenue": "income-tax"},
    {"pass_through": 0.4},
]


@pytest.mark.parametrize("deficits", ["balanced", "additive", "multiplicative", "universal"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("workings", WORKINGS, ids=lambda w: " ".join(w) or "plain")
def test_sector_parts_add_up(deficits, kind, workings):
    """Whatever the rule, what labour does, what revenue pays for and who bears the tariff."""
    parts = decompose(solve(sector_economy(), KINDS[kind], deficits=deficits, **workings), steps=12)
    assert parts.gap < 1e-5  # percent; an extrapolated trapezoid over 12 and 24 steps leaves about 1e-7
    assert "volume_of_trade" in parts.parts
    assert ("supply_response" in parts.parts) == ("supply_elasticity" in workings)
    assert ("economies_of_scale" in parts.parts) == ("scale" in workings)


def test_sector_parts_converge_with_the_steps():
    out = solve(sector_economy(), Shock(tariff={("COL", "VEN"): 0.0}), deficits="balanced")
    gaps = [decompose(out, steps=n).gap for n in (2, 4)]
    assert gaps[1] < gaps[0] / 6  # fourth order would give sixteen


def test_only_what_adds_up_is_offered():
    with pytest.raises(SpecificationError, match="exact"):
        decompose(solve(ECO, {("COL", "VEN"): -0.1}, mode="published"))
    with pytest.raises(SpecificationError, match="exact"):
        decompose(solve(sector_economy(), Shock.tariffs("COL", rate=0.1), deficits="balanced", mode="published"))


@pytest.mark.oracle
@pytest.mark.shared
def test_nafta_for_mexico_where_first_order_misleads(shared_data):
    from detente.replications.nafta_by_sector import caliendo_parro_setup

    economy, shock = caliendo_parro_setup(shared_data)
    out = solve(economy, shock, deficits="balanced")
    parts = decompose(out)
    mexico = out.economies.index("MEX")
    assert sum(parts.parts.values())[mexico] == pytest.approx(100 * np.log(out.welfare_hat[mexico]), abs=2e-3)
    assert parts.parts["volume_of_trade"][mexico] < 0.9  # the first-order formula prints 1.72
