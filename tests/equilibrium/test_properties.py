"""What must hold for every economy and shock, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detente.equilibrium import CLOSED, Economy, solve
from detente.errors import NoEquilibrium

pytestmark = pytest.mark.property

TIGHT = {"rtol": 1e-9, "atol": 1e-9}  # solves stop at 1e-12 relative; welfare amplifies that mildly
common = settings(max_examples=25, deadline=None)


@st.composite
def economies(draw):
    n = draw(st.integers(3, 6))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 1.5, (n, n))) * np.outer(np.exp(rng.normal(0, 1, n)), np.ones(n))
    flows[np.diag_indices(n)] += 4 * flows.sum(axis=1)
    return Economy.from_arrays([f"E{k}" for k in range(n)], flows)


effects = st.floats(-3, 1.5)
thetas = st.floats(1.0, 9.0)
psis = st.sampled_from([0.0, 0.5, 1.24])
RULES = ("multiplicative", "universal", "balanced")
rules = st.sampled_from(RULES)


@common
@given(economies(), effects, effects, thetas, psis, st.sampled_from([*RULES, "additive"]))
def test_one_shock_after_another_equals_both_at_once(eco, a, b, theta, psi, rule):
    options = {"theta": theta, "supply_elasticity": psi, "deficits": rule}
    try:
        first = solve(eco, {("E0", "E1"): a}, **options)
        then = solve(first.economy, {("E1", "E2"): b}, **options)
        both = solve(eco, {("E0", "E1"): a, ("E1", "E2"): b}, **options)
    except NoEquilibrium:  # a surplus larger than output: no additive equilibrium
        assume(False)
    np.testing.assert_allclose(first.welfare_hat * then.welfare_hat, both.welfare_hat, **TIGHT)


@common
@given(economies(), effects, st.floats(1e-6, 1e6), thetas, st.sampled_from(["multiplicative", "universal"]))
def test_currency_and_labels_do_not_matter(eco, b, money, theta, rule):
    out = solve(eco, {("E0", "E1"): b}, theta=theta, deficits=rule)
    order = np.random.default_rng(0).permutation(len(eco))
    names = [eco.economies[k] for k in order]
    again = Economy.from_arrays(names, eco.flows[np.ix_(order, order)] * money)
    other = solve(again, {("E0", "E1"): b}, theta=theta, deficits=rule)
    np.testing.assert_allclose(other.welfare_hat, out.welfare_hat[order], **TIGHT)


@common
@given(economies(), effects, thetas, psis, rules)
def test_markets_clear_and_welfare_is_the_sufficient_statistic(eco, b, theta, psi, rule):
    out = solve(eco, {("E0", "E1"): b, ("E2", "E0"): CLOSED}, theta=theta, supply_elasticity=psi, deficits=rule)
    world = out.baseline.output.sum()
    np.testing.assert_allclose(out.flows.sum(axis=1), out.baseline.output * out.output_hat, rtol=1e-11)
    assert abs(out.report.walras) < 1e-11 * world
    assert np.isclose(out.flows.sum(), world, rtol=1e-11)
    assert out.acr_gap() < 1e-11


@common
@given(economies(), thetas)
def test_autarky_limit(eco, theta):
    others = eco.economies[1:]
    shock = {("E0", others): -60.0, (others, "E0"): -60.0}
    out = solve(eco, shock, theta=theta, deficits="balanced")
    own = out.baseline.import_shares[0, 0]
    np.testing.assert_allclose(out.welfare_hat[0], own ** (1 / theta), rtol=1e-8)


@common
@given(economies(), effects, thetas, rules)
def test_small_supply_elasticity_is_close_to_none(eco, b, theta, rule):
    out = [
        solve(eco, {("E0", "E1"): b}, theta=theta, supply_elasticity=psi, deficits=rule).welfare_hat
        for psi in (0.0, 1e-7)
    ]
    np.testing.assert_allclose(*out, rtol=1e-5)


@common
@given(economies(), st.floats(0.01, 1.5), thetas)
def test_cheaper_trade_in_one_dyad_helps_both_sides_of_a_balanced_world(eco, b, theta):
    out = solve(eco, {("E0", "E1"): b, ("E1", "E0"): b}, theta=theta, deficits="balanced")
    assert out.flow("E0", "E1") > out.baseline.flow("E0", "E1")
    assert out.welfare_hat[0] + out.welfare_hat[1] > 2.0
