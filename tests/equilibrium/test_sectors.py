"""Several sectors: the system against an independent solver, its limits, and its refusals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import root

from detente.equilibrium import CLOSED, Economy, SectorEconomy, Shock, Status, solve
from detente.errors import (
    InvalidFlow,
    InvalidShock,
    MissingInternalTrade,
    SpecificationError,
    UnbalancedAccounts,
)

NAMES, SECTORS = ("COL", "VEN", "ROW"), ("oil", "goods")


def build(seed: int = 0, tariffs: bool = True, n: int = 3, s: int = 2) -> SectorEconomy:
    """A small economy whose final spending is positive by construction."""
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(0, 0.7, (s, n, n)))
    flows += 8 * np.eye(n) * rng.uniform(0.5, 2, (s, 1, 1))
    tariff = rng.uniform(0, 0.3, (s, n, n)) * (1 - np.eye(n)) * tariffs
    inputs = rng.uniform(0.2, 1, (s, s, n))
    return SectorEconomy.from_arrays(
        NAMES[:n],
        SECTORS[:s],
        flows,
        theta=rng.uniform(2, 8, s),
        tariff=tariff,
        value_added=rng.uniform(0.6, 0.9, (s, n)),
        inputs=inputs / inputs.sum(axis=0),
    )


@pytest.mark.parametrize("deficits", ["additive", "multiplicative", "universal"])
def test_no_shock_changes_nothing(deficits):
    eco = build()
    out = solve(eco, {}, deficits=deficits)
    np.testing.assert_allclose(out.welfare_hat, 1, atol=1e-11)
    np.testing.assert_allclose(out.flows, eco.flows, rtol=1e-10)


def test_income_is_final_spending():
    eco = build()
    uses = np.einsum("skn,kn->sn", eco.inputs, (1 - eco.value_added) * eco.output) + eco.final * eco.income
    np.testing.assert_allclose(uses, eco.spending, rtol=1e-12)


@pytest.mark.oracle
def test_against_scipy_root_in_levels():
    """All equations written out in levels with their own unknowns, solved by scipy's hybrid method."""
    eco = build(3)
    rate = np.array(eco.tariff)
    rate[0, 0, 1] = 0.6
    s, n = 2, 3
    theta, beta = eco.theta, eco.value_added
    pi = eco.flows * (1 + eco.tariff) / eco.spending[:, None, :]
    deficit = eco.deficit

    def unpack(z):
        w, p, x = np.split(np.exp(z), [n, n + s * n])
        return w, p.reshape(s, n), x.reshape(s, n)

    def system(z):
        w, p, x = unpack(z)
        cost = np.empty((s, n))
        for k in range(s):
            for i in range(n):
                bundle = np.prod(p[:, i] ** eco.inputs[:, k, i])
                cost[k, i] = w[i] ** beta[k, i] * bundle ** (1 - beta[k, i])
        share = np.empty_like(pi)
        index = np.empty((s, n))
        for k in range(s):
            for j in range(n):
                terms = pi[k, :, j] * (cost[k] * (1 + rate[k, :, j]) / (1 + eco.tariff[k, :, j])) ** -theta[k]
                index[k, j] = terms.sum() ** (-1 / theta[k])
                share[k, :, j] = terms / terms.sum()
        net = share * x[:, None, :] / (1 + rate)
        sales, revenue = net.sum(2), (net * rate).sum((0, 1))
        income = w * eco.wages + revenue + deficit
        uses = np.einsum("skn,kn->sn", eco.inputs, (1 - beta) * sales) + eco.final * income
        labour = (beta * sales).sum(0) / (w * eco.wages) - 1
        labour[0] = (w * eco.wages).sum() / eco.wages.sum() - 1  # one market is redundant: the numeraire
        return np.concatenate([labour, (index / p - 1).ravel(), (uses / x - 1).ravel()])

    start = np.concatenate([np.zeros(n + s * n), np.log(eco.spending).ravel()])
    found = root(system, start, tol=1e-13)
    assert np.abs(system(found.x)).max() < 1e-11
    w, p, x = unpack(found.x)
    out = solve(eco, Shock(tariff={("COL", "VEN", "oil"): 0.6}), deficits="additive")
    np.testing.assert_allclose(out.wage_hat, w, rtol=1e-9)
    np.testing.assert_allclose(out.price_hat, p, rtol=1e-9)
    np.testing.assert_allclose((out.flows * (1 + out.tariff)).sum(axis=1), x, rtol=1e-9)


@pytest.mark.parametrize("deficits", ["additive", "multiplicative", "universal", "balanced"])
def test_one_sector_without_inputs_is_the_one_sector_model(deficits):
    flows = build(5, s=1).flows
    shock = {("COL", "VEN"): CLOSED, ("ROW", "COL"): 0.4}
    many = solve(SectorEconomy.from_arrays(NAMES, ["all"], flows, theta=4.0), shock, deficits=deficits)
    one = solve(Economy.from_arrays(NAMES, flows[0]), shock, theta=4.0, deficits=deficits)
    np.testing.assert_allclose(many.welfare_hat, one.welfare_hat, rtol=1e-10)
    np.testing.assert_allclose(many.flows[0], one.flows, rtol=1e-9, atol=1e-12)


def test_inputs_without_tariffs_are_the_supply_elasticity():
    """One sector using itself as input is isomorphic to psi = (1 - beta)/beta in real terms."""
    flows, beta = build(5, s=1, tariffs=False).flows, 0.6
    shock = {("COL", "VEN"): -1.0}
    many = SectorEconomy.from_arrays(NAMES, ["all"], flows, theta=4.0, value_added=beta)
    out = solve(many, shock, deficits="balanced")
    balanced = Economy.from_arrays(NAMES, out.baseline.flows[0])
    one = solve(balanced, shock, theta=4.0, supply_elasticity=(1 - beta) / beta, deficits="balanced")
    np.testing.assert_allclose(np.log(out.welfare_hat), np.log(one.welfare_hat), rtol=1e-8)


def test_revenue_and_accounts_after_a_tariff():
    out = solve(build(), Shock(tariff={("COL", "VEN"): 0.5}), deficits="additive")
    assert out.report.status is Status.CONVERGED
    assert out.report.residual < 1e-9
    after = out.economy
    np.testing.assert_allclose(after.income, out.baseline.income * out.income_hat, rtol=1e-10)
    np.testing.assert_allclose(after.deficit, out.baseline.deficit, atol=1e-9)
    assert out.flow("COL", "VEN") < out.baseline.flows[:, 0, 1].sum()
    assert out.to_frame().height == 3
    assert "real income" in out.summary()


def test_one_shock_after_another_equals_both_at_once():
    eco = build(2)
    a, b = Shock(tariff={("COL", "VEN"): 0.5}), Shock({("ROW", "COL", "oil"): -0.7})
    first = solve(eco, a, deficits="additive")
    then = solve(first.economy, b, deficits="additive")
    both = solve(eco, a + b, deficits="additive")
    np.testing.assert_allclose(first.welfare_hat * then.welfare_hat, both.welfare_hat, rtol=1e-9)


def test_closing_one_sector_or_all():
    out = solve(build(), {("COL", "VEN", "oil"): CLOSED}, deficits="additive")
    assert out.flows[0, 0, 1] == 0.0 < out.flows[1, 0, 1]
    assert solve(build(), {("COL", "VEN"): CLOSED}, deficits="additive").flow("COL", "VEN") == 0.0


def test_from_flows_reads_sectors_and_tariffs():
    eco = build()
    rows = [
        {"sector": s, "exporter": a, "importer": b, "trade": eco.flows[k, i, j], "duty": eco.tariff[k, i, j]}
        for k, s in enumerate(SECTORS)
        for i, a in enumerate(NAMES)
        for j, b in enumerate(NAMES)
    ]
    again = SectorEconomy.from_flows(pl.DataFrame(rows), tariff="duty", theta=4.0)
    assert again.sectors == ("goods", "oil")
    assert again.economies == ("COL", "ROW", "VEN")
    order = [0, 2, 1]
    np.testing.assert_array_equal(again.flows, eco.flows[::-1][:, order][:, :, order])
    np.testing.assert_array_equal(again.tariff, eco.tariff[::-1][:, order][:, :, order])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"flows": lambda f: -f}, InvalidFlow, "oil COL COL"),
        ({"flows": lambda f: f[:1]}, SpecificationError, "flows has shape"),
        ({"flows": lambda f: f * (1 - np.eye(3))}, MissingInternalTrade, "COL"),
        ({"flows": lambda f: f * np.eye(3)}, UnbalancedAccounts, "no imports"),
        ({"tariff": lambda _: -1.5}, InvalidFlow, "Tariffs"),
        ({"value_added": lambda _: 0.0}, UnbalancedAccounts, "Value-added"),
        ({"theta": lambda _: -2.0}, SpecificationError, "theta"),
        ({"inputs": lambda x: 2 * x}, UnbalancedAccounts, "sum to one"),
    ],
)
def test_tables_that_cannot_stand(change, error, message):
    eco = build()
    parts = {k: getattr(eco, k) for k in ("flows", "tariff", "value_added", "inputs", "theta")}
    parts |= {k: f(parts[k]) for k, f in change.items()}
    flows = parts.pop("flows")
    with pytest.raises(error, match=message):
        SectorEconomy.from_arrays(NAMES, SECTORS, flows, **parts)


def test_negative_final_spending_is_refused_or_truncated():
    eco = build()
    inputs = np.zeros((2, 2, 3))
    inputs[0] = 1.0  # everything is made from oil
    flows = np.array(eco.flows)
    flows[0] /= 20
    parts = {"theta": 4.0, "value_added": 0.3, "inputs": inputs}
    with pytest.raises(UnbalancedAccounts, match="oil in COL"):
        SectorEconomy.from_arrays(NAMES, SECTORS, flows, **parts)
    cut = SectorEconomy.from_arrays(NAMES, SECTORS, flows, truncate=True, **parts)
    assert cut.n_truncated == 3
    for rule in ("balanced", "additive", "multiplicative", "universal"):
        out = solve(cut, {("COL", "VEN"): -0.1}, deficits=rule)
        assert out.report.ok
        assert out.report.residual < 1e-8
        assert solve(out.baseline, {}, deficits="additive").welfare_hat == pytest.approx(
            1.0, abs=1e-10
        )  # accounts close


@pytest.mark.parametrize(
    ("shock", "options", "error", "message"),
    [
        ({("COL", "VEN", "gas"): -1.0}, {}, InvalidShock, "no sector 'gas'"),
        (Shock(tariff={("COL", "COL"): 0.1}), {}, InvalidShock, "internal"),
        (Shock(tariff={("COL", "VEN"): -2.0}), {}, InvalidShock, "above -1"),
        (Shock(tariff={("COL", "VEN"): 0.2, ("COL", "VEN", "oil"): 0.3}), {}, InvalidShock, "contradicts"),
        ({}, {"theta": 4.0}, SpecificationError, "its own trade"),
        ({}, {"supply_elasticity": -1.0}, SpecificationError, "zero or more"),
        ({}, {"mode": "published"}, SpecificationError, "balanced trade"),
        (Shock(deficit={"COL": 1.0}), {}, InvalidShock, "additive"),
    ],
)
def test_requests_that_make_no_sense(shock, options, error, message):
    with pytest.raises(error, match=message):
        solve(build(), shock, **options)


def test_a_sector_left_without_any_source_is_named():
    flows = np.array(build().flows)
    flows[0, 1, 1] = 0.0  # no own oil in VEN
    eco = SectorEconomy.from_arrays(NAMES, SECTORS, flows, theta=4.0)
    with pytest.raises(InvalidShock, match="oil in VEN"):
        solve(eco, {(("COL", "ROW"), "VEN", "oil"): CLOSED}, deficits="additive")
