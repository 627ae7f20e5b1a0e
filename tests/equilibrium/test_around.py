"""Batches, draws with sectors, and the conditional equilibrium."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from detente.equilibrium import (
    CLOSED,
    Coefficients,
    Economy,
    LogNormal,
    SectorEconomy,
    Shock,
    conditional,
    ensemble,
    solve,
    solve_each,
)
from detente.errors import InvalidShock, SpecificationError

FLOWS = np.array([[90.0, 4.0, 8.0], [1.0, 50.0, 6.0], [14.0, 3.0, 900.0]])
ECO = Economy.from_arrays(["COL", "VEN", "ROW"], FLOWS)
MANY = SectorEconomy.from_arrays(
    ECO.economies, ["oil", "rest"], np.stack([0.3 * FLOWS, 0.7 * FLOWS]), theta=[8.0, 4.0], value_added=0.6
)


def test_a_batch_is_its_single_solves_with_their_names():
    shocks = {"freer": {("COL", "VEN"): 0.5}, "shut": {("COL", "VEN"): CLOSED}}
    batch = solve_each(ECO, shocks, theta=[2.0, 5.0], deficits="all")
    assert len(batch.results) == 16
    frame = batch.to_frame()
    row = frame.filter(scenario="shut", theta=2.0, deficits="additive", economy="VEN")
    one = solve(ECO, shocks["shut"], theta=2.0, deficits="additive")
    assert row["welfare_pct"].item() == one.welfare_pct["VEN"]
    assert batch.to_frame("flows").height == 16 * 9
    spread = batch.winners().filter(scenario="shut", economy="VEN").row(0, named=True)
    assert spread["n_specifications"] == 8
    assert spread["welfare_pct_low"] <= spread["welfare_pct_mid"] <= spread["welfare_pct_high"]


def test_a_batch_keeps_what_has_no_solution_and_says_why():
    alone = {"alone": Shock.between("VEN", "*", effect=CLOSED), "still": Shock()}
    uneven = Economy.from_arrays(ECO.economies, [[90.0, 4.0, 8.0], [1.0, 50.0, 9.0], [14.0, 3.0, 900.0]])
    batch = solve_each(uneven, alone, deficits=["additive", "balanced"])
    assert len(batch.refused) == 1
    assert "cuts off VEN" in batch.summary()
    assert set(batch.to_frame()["scenario"]) == {"alone", "still"}
    with pytest.raises(SpecificationError, match="by name"):
        solve_each(ECO, {})


def test_a_batch_with_sectors_has_their_tables():
    batch = solve_each(MANY, {"tariff": Shock.tariffs("COL", rate=0.1)}, deficits=["additive", "balanced"])
    cells = batch.to_frame("sectors")
    assert set(cells["sector"]) == {"oil", "rest"}
    assert cells.filter(pl.col("deficits") == "additive").height == 6


def test_each_draw_with_sectors_is_the_single_solve_with_its_parameters():
    estimate = Coefficients({"closed": {("COL", "VEN"): 1.0}}, {"closed": -1.2}, [[0.09]])
    shock = Shock.tariffs("COL", on="VEN", rate=0.2)
    bands = ensemble(
        MANY, shock, draws=6, coefficients=estimate, theta=LogNormal(1, 0.2), supply_elasticity=[0.0, 0.5],
        deficits=("additive", "multiplicative"), seed=3, tolerance=1e-12,
    )  # fmt: skip
    again = ensemble(
        MANY, shock, draws=3, coefficients=estimate, theta=LogNormal(1, 0.2), supply_elasticity=[0.0, 0.5],
        deficits=("additive", "multiplicative"), seed=3, tolerance=1e-12,
    )  # fmt: skip
    np.testing.assert_array_equal(bands.draws_pct[:3], again.draws_pct)
    for k in range(6):
        p = {name: values[k] for name, values in bands.parameters.items()}
        eco = SectorEconomy.from_arrays(
            MANY.economies, MANY.sectors, MANY.flows, theta=p["theta_factor"] * MANY.theta, value_added=0.6
        )
        one = solve(
            eco, shock + Shock({("COL", "VEN"): p["closed"]}), deficits=str(p["deficits"]),
            supply_elasticity=p["supply_elasticity"],
        )  # fmt: skip
        np.testing.assert_allclose(bands.draws_pct[k], list(one.welfare_pct.values()), atol=1e-7)
    shared = ensemble(MANY, shock, draws=2, deficits="additive", pass_through=0.5)
    half = solve(MANY, shock, deficits="additive", pass_through=0.5)
    np.testing.assert_allclose(shared.draws_pct[0], list(half.welfare_pct.values()), atol=1e-7)
    with pytest.raises(SpecificationError, match="carries tariffs"):
        ensemble(ECO, {}, draws=2, pass_through=0.5)
    noisy = ensemble(MANY, shock, draws=8, flow_error=0.2, deficits="balanced")
    assert noisy.draws_pct.std(axis=0).min() > 0
    with pytest.raises(SpecificationError, match="one by one"):
        ensemble(MANY, shock, draws=2, decompose=4)


@pytest.mark.oracle
def test_the_conditional_equilibrium_solves_the_system_of_anderson_and_van_wincoop():
    """Multilateral resistances with outputs and expenditures held, from their equations by scipy."""
    from scipy.optimize import root

    theta, shock = 4.0, {("COL", "VEN"): 0.5, ("ROW", "COL"): CLOSED}
    out = conditional(ECO, shock, theta=theta, reference="ROW")
    sales, spent, world = FLOWS.sum(axis=1), FLOWS.sum(axis=0), FLOWS.sum()
    cost = FLOWS * world / np.outer(sales, spent)  # trade costs to the power -theta with unit resistances

    def resistances(costs):
        def gaps(x):
            outward, inward = np.exp(x[:3]), np.exp(x[3:])
            rows = (costs / inward * spent / world).sum(axis=1) / outward - 1
            columns = (costs / outward[:, None] * (sales / world)[:, None]).sum(axis=0) / inward - 1
            return np.append(np.append(rows, columns)[:-1], x[5])

        found = root(gaps, np.zeros(6), tol=1e-13)
        assert np.abs(found.fun).max() < 1e-10
        return np.exp(found.x[:3]), np.exp(found.x[3:])

    factor = np.ones((3, 3))
    factor[0, 1], factor[2, 0] = np.exp(0.5), 0.0
    outward, inward = resistances(cost * factor)
    flows = np.outer(sales, spent) / world * cost * factor / np.outer(outward, inward)
    np.testing.assert_allclose(out.flows, flows, rtol=1e-9)
    np.testing.assert_allclose(out.inward_hat, (inward / inward[2]) ** (-1 / theta), rtol=1e-9)
    np.testing.assert_allclose(out.flows.sum(axis=1), sales, rtol=1e-11)
    assert out.to_frame()["exports_pct"].abs().min() > 0


def test_the_conditional_equilibrium_takes_trade_costs_only():
    with pytest.raises(InvalidShock, match="only partial effects"):
        conditional(ECO, Shock(productivity_hat={"COL": 1.1}))
    with pytest.raises(InvalidShock, match="isolates VEN"):
        conditional(ECO, Shock.between("VEN", "*", effect=CLOSED))
