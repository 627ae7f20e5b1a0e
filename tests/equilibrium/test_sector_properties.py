"""What must hold with several sectors, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.equilibrium import CLOSED, SectorEconomy, Shock, solve

pytestmark = pytest.mark.property

common = settings(max_examples=15, deadline=None)
TIGHT = {"rtol": 1e-8, "atol": 1e-8}  # solves stop at 1e-12 of value added; welfare amplifies that


@st.composite
def parts(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, s = draw(st.integers(3, 5)), draw(st.integers(1, 4))
    flows = np.exp(rng.normal(0, 1, (s, n, n)))
    flows[:, range(n), range(n)] += 3 * flows.sum(axis=1)
    inputs = rng.uniform(0.1, 1, (s, s, n)) + np.eye(s)[:, :, None]
    tariff = rng.uniform(0, 0.4, flows.shape) * (1 - np.eye(n))
    value_added = rng.uniform(0.5, 0.9, (s, n))
    spending, bought = (flows * (1 + tariff)).sum((0, 1)), ((1 - value_added) * flows.sum(2)).sum(0)
    assume((spending > bought).all())  # an economy that sells far more than it buys has no final spending: an error
    return {
        "flows": flows,
        "theta": rng.uniform(1, 9, s),
        "tariff": tariff,
        "value_added": value_added,
        "inputs": inputs / inputs.sum(axis=0),
    }


def economy(given, order=None, sectors=None, money=1.0):
    s, n, _ = given["flows"].shape
    i = list(range(n)) if order is None else list(order)
    k = list(range(s)) if sectors is None else list(sectors)
    return SectorEconomy.from_arrays(
        [f"E{x}" for x in i],
        [f"S{x}" for x in k],
        money * given["flows"][np.ix_(k, i, i)],
        theta=given["theta"][k],
        tariff=given["tariff"][np.ix_(k, i, i)],
        value_added=given["value_added"][np.ix_(k, i)],
        inputs=given["inputs"][np.ix_(k, k, i)],
        truncate=True,
    )


SHOCK = Shock({("E1", "E2", "S0"): CLOSED}, tariff={("E0", "E1"): 0.5})


@common
@given(parts(), st.floats(1e-6, 1e6))
def test_currency_and_order_do_not_matter(given, money):
    out = solve(economy(given), SHOCK, deficits="balanced")
    s, n, _ = given["flows"].shape
    order, sectors = np.random.default_rng(1).permutation(n), np.random.default_rng(2).permutation(s)
    other = solve(economy(given, order, sectors, money), SHOCK, deficits="balanced")
    np.testing.assert_allclose(other.welfare_hat, out.welfare_hat[order], **TIGHT)


@common
@given(parts(), st.sampled_from(["balanced", "additive", "multiplicative"]))
def test_accounts_close_after_the_shock(given, rule):
    base = solve(economy(given), Shock(), deficits="balanced").baseline
    out = solve(base, SHOCK, deficits=rule)
    after = out.economy
    uses = np.einsum("skn,kn->sn", after.inputs, (1 - after.value_added) * after.output)
    np.testing.assert_allclose(uses + after.final * after.income, after.spending, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(after.wages, base.wages * out.wage_hat, rtol=1e-9)
    assert np.isclose(after.wages.sum(), base.wages.sum(), rtol=1e-10)
    assert out.flows[0, 1, 2] == 0.0


@common
@given(parts())
def test_a_shock_undone_leaves_no_trace(given):
    base = solve(economy(given), Shock(), deficits="balanced").baseline
    there = solve(base, Shock({("E0", "E1"): -0.8}, tariff={("E1", "E0"): 0.7}), deficits="balanced")
    rates = {("E1", "E0", name): base.tariff[k, 1, 0] for k, name in enumerate(base.sectors)}
    back = solve(there.economy, Shock({("E0", "E1"): 0.8}, tariff=rates), deficits="balanced")
    np.testing.assert_allclose(there.welfare_hat * back.welfare_hat, 1.0, **TIGHT)
    np.testing.assert_allclose(back.flows, base.flows, rtol=1e-7)
