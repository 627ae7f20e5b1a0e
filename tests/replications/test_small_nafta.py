"""The Advanced Guide's NAFTA recipe on a small aggregate, done over with statsmodels and scipy only."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import root

import detente
from detente.replications.published import replicate

sm = pytest.importorskip("statsmodels.api")
pytestmark = [pytest.mark.oracle, pytest.mark.oracle]

SMALL = Path(__file__).resolve().parents[1] / "fixtures" / "replications"
SIGMA = 7
NAFTA = ("CAN", "MEX", "USA")
REPORTED = ("CAN", "MEX", "USA", "COL")
PERCENT = 1e-6
"""Percentage points: two maximum-likelihood codes in a row, each to about 1e-10."""


def ppml(y, X, offset=None):
    """Poisson regression by statsmodels, to full precision."""
    model = sm.GLM(y, X, family=sm.families.Poisson(), offset=offset)
    return model.fit(tol=1e-12, tol_criterion="params", maxiter=500)


def dummies(*keys, leave_out=0):
    """A column for each combination of the keys but the first ``leave_out`` of each value of the first key."""
    labels = np.array(["|".join(map(str, k)) for k in zip(*keys)])
    first = np.array([str(k) for k in keys[0]])
    kept = np.concatenate([sorted(set(labels[first == f]))[leave_out:] for f in sorted(set(first))])
    return (labels[:, None] == kept[None, :]).astype(float), list(kept)


@pytest.fixture(scope="module")
def panel():
    return pl.read_csv(SMALL / "advanced_guide.csv").sort("year", "exporter", "importer")


@pytest.fixture(scope="module")
def trade_costs(panel):
    """Steps 1 to 4: the effect of agreements, and the logs of trade costs in 1994, (n, n)."""
    pairs = pl.concat_str(pl.min_horizontal("exporter", "importer"), pl.max_horizontal("exporter", "importer"))
    table = panel.with_columns(pair=pl.when(pl.col("exporter") == pl.col("importer")).then(pl.lit("")).otherwise(pairs))
    table = table.filter(pl.col("trade").sum().over("pair") > 0)
    years = table["year"].to_numpy()
    sales, _ = dummies(years, table["exporter"])
    purchases, _ = dummies(years, table["importer"], leave_out=1)
    level, names = dummies(table["pair"])
    level, names = level[:, 1:], names[1:]  # internal trade is the reference
    fit = ppml(table["trade"].to_numpy(), np.column_stack([table["rta"].to_numpy(), sales, purchases, level]))
    effect, g = fit.params[0], dict(zip(names, fit.params[-len(names) :]))

    now = panel.filter(pl.col("year") == 1994).with_columns(pair=pairs)
    abroad = (now["exporter"] != now["importer"]).to_numpy()
    known = np.array([name in g for name in now["pair"]]) & abroad
    ties = np.column_stack([now["dist"].log(), now["cntg"], now["lang"], now["clny"]])
    sales, _ = dummies(now["exporter"])
    purchases, _ = dummies(np.zeros(len(now)), now["importer"], leave_out=1)
    X = np.column_stack([ties, sales, purchases])
    log_g = np.array([g.get(name, 0.0) for name in now["pair"]])
    shape = ppml(np.exp(log_g[known]), X[known])
    log_g = np.where(abroad & ~known, X @ shape.params, log_g)
    assert (abroad & ~known).sum() == 2  # CMR and NPL never trade
    n = now["exporter"].n_unique()
    return effect, (log_g + effect * now["rta"].to_numpy()).reshape(n, n)


@pytest.fixture(scope="module")
def setting(panel, trade_costs):
    """Trade of 1994, logs of trade costs with NAFTA and without, names."""
    effect, costs = trade_costs
    codes = sorted(panel["exporter"].unique())
    trade = panel.filter(pl.col("year") == 1994)["trade"].to_numpy().reshape(costs.shape)
    without = costs.copy()
    members = [codes.index(code) for code in NAFTA]
    for i in members:
        for j in members:
            without[i, j] -= effect * (i != j)
    return codes, trade, costs, without


def gravity(trade, costs, reference):
    """One constrained PPML of the Guide: flows and the exponents of exporter and importer effects."""
    n = len(trade)
    i, j = (k.ravel() for k in np.indices((n, n)))
    X = np.column_stack([i[:, None] == np.arange(n), j[:, None] == [k for k in range(n) if k != reference]])
    fit = ppml(trade.ravel(), X.astype(float), offset=costs.ravel())
    purchases = np.insert(fit.params[n:], reference, 0.0)
    return fit.fittedvalues.reshape(n, n), np.exp(fit.params[:n]), np.exp(purchases)


def guide_loop(trade, baseline, counterfactual, reference):
    """Chapter 2's program line by line: general equilibrium by repeated PPML, stopped at 0.01; real GDP, new over old.

    The names are the program's: prices p, outward and inward resistances OMR and IMR to the power 1 - sigma, phi
    the ratio of expenditure to output, R the reference.
    """
    power = 1 / (1 - SIGMA)
    phi = trade.sum(0) / trade.sum(1)

    def terms(flows, pi, chi):
        Y = flows.sum(1)
        E = phi * Y
        return Y * E[reference] / pi, E / (chi * E[reference]), E[reference]

    fit_BLN, pi_BLN, chi_BLN = gravity(trade, baseline, reference)
    _, IMR_BLN, ER_BLN = terms(fit_BLN, pi_BLN, chi_BLN)
    fit, pi, chi = gravity(trade, counterfactual, reference)
    OMR, IMR, ER = terms(fit, pi, chi)
    change_p, change_p_before = (pi / pi_BLN) ** power, np.zeros(len(trade))
    change_OMR = change_IMR = np.ones(len(trade))
    while True:
        pushed = fit * np.outer(change_p, change_p) / np.outer(change_OMR, change_IMR)
        fit, pi_now, chi = gravity(pushed, counterfactual, reference)
        OMR_now, IMR_now, ER_now = terms(fit, pi_now, chi)
        difference = change_p - change_p_before
        change_p_before = change_p
        change_p = ((pi_now / ER_now) / (pi / ER)) ** power
        change_OMR, change_IMR = OMR_now / OMR, IMR_now / IMR
        pi, OMR, IMR, ER = pi_now, OMR_now, IMR_now, ER_now
        if difference.std(ddof=1) <= 0.01 and abs(difference.max()) <= 0.01:
            break
    p_full = ((pi / ER) / (pi_BLN / ER_BLN)) ** power
    return p_full / (IMR / IMR_BLN) ** power


def exact_changes(flows, effects):
    """The equilibrium in levels, all unknowns at once, by scipy's hybrid method: prices over price indices."""
    n, theta = len(flows), SIGMA - 1
    Y, E = flows.sum(1), flows.sum(0)

    def index(p):
        return ((flows / E) * np.exp(effects) * p[:, None] ** -theta).sum(0) ** (-1 / theta)

    def system(z):
        p, scale = np.exp(z[:n]), z[n]
        spent = scale * E * p
        sold = ((flows / E) * np.exp(effects) * (p[:, None] / index(p)) ** -theta * spent).sum(1)
        return np.concatenate(
            [(sold / (p * Y) - 1)[1:], [spent.sum() / (p * Y).sum() - 1, (p * Y).sum() / Y.sum() - 1]]
        )

    found = root(system, np.append(np.zeros(n), 1.0), tol=1e-13)
    assert np.abs(system(found.x)).max() < 1e-10
    p = np.exp(found.x[:n])
    return p / index(p)


@pytest.fixture(scope="module")
def computed(small_data):
    return replicate("agtpa-nafta", data=small_data)


def gains(replication, mode):
    return [t.computed for t in replication.targets if t.mode == mode]


def test_effect_of_agreements(computed, trade_costs):
    assert gains(computed, "gravity")[0] == pytest.approx(trade_costs[0], abs=1e-8)
    assert trade_costs[0] > 0.5


def test_published_mode(computed, setting):
    codes, trade, costs, without = setting
    welfare = guide_loop(trade, costs, without, codes.index("DEU"))
    expected = [100 * (1 / welfare[codes.index(code)] - 1) for code in REPORTED]
    np.testing.assert_allclose(gains(computed, "published"), expected, rtol=0, atol=PERCENT)


def test_exact_mode(computed, setting):
    codes, trade, costs, without = setting
    flows, _, _ = gravity(trade, costs, codes.index("DEU"))
    welfare = exact_changes(flows, without - costs)
    expected = [100 * (1 / welfare[codes.index(code)] - 1) for code in REPORTED]
    np.testing.assert_allclose(gains(computed, "exact"), expected, rtol=0, atol=PERCENT)


def test_the_modes_differ_and_no_printed_figure_is_set_beside_other_economies(computed):
    assert abs(gains(computed, "published")[0] - gains(computed, "exact")[0]) > 0.01
    assert computed.to_frame()["published"].null_count() == len(computed.targets)
    assert "12 economies, not the 69 published" in computed.summary()


def test_it_works_twice_in_a_process_and_again_once_its_module_is_imported(small_data, computed):
    assert detente.replicate("agtpa-nafta", data=small_data).targets == computed.targets
    importlib.import_module("detente.replications.published")
    assert detente.replicate("agtpa-nafta", data=small_data).targets == computed.targets
