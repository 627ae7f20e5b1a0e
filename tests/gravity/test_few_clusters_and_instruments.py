"""The wild cluster bootstrap by its definition; a control function by its two regressions and by simulation."""

from itertools import product

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import detente as dt
from detente.errors import UsageError
from detente.gravity import control_function, profile_interval, wild_test

pytestmark = pytest.mark.oracle


def few(seed: int = 0) -> pl.DataFrame:
    r = np.random.default_rng(seed)
    g = np.repeat(np.arange(8), 15)
    x, v = r.normal(size=(2, len(g))) + 0.5 * r.normal(size=8)[g]
    y = 1 + 0.15 * x + 0.3 * v + r.normal(size=len(g)) + 0.6 * r.normal(size=8)[g]
    return pl.DataFrame({"g": g, "x": x, "v": v, "y": y, "n": r.poisson(np.exp(0.2 * x + 0.4 * r.normal(size=8)[g]))})


@pytest.mark.parametrize("value", [0.0, 0.2])
def test_wild_bootstrap_of_ols_by_its_definition(value):
    """Restricted residuals, signs by cluster, the regression and its clustered t done again for all 256 signs."""
    data = few()
    fit = dt.fit_ols(data, "y ~ x + v", cluster="g")
    found = wild_test(fit, "x", value=value)
    X = np.column_stack([np.ones(120), data["x"], data["v"]])
    y, g = data["y"].to_numpy(), data["g"].to_numpy()
    bread = np.linalg.inv(X.T @ X)

    def t(y: np.ndarray) -> float:
        b = bread @ X.T @ y
        sums = np.array([X[g == k].T @ (y - X @ b)[g == k] for k in range(8)])
        return (b[1] - value) / np.sqrt((bread @ sums.T @ sums @ bread)[1, 1])

    Z = X[:, [0, 2]]
    rest = y - value * X[:, 1]
    base = value * X[:, 1] + Z @ np.linalg.lstsq(Z, rest, rcond=None)[0]
    drawn = np.array([t(base + np.array(signs)[g] * (y - base)) for signs in product((1, -1), repeat=8)])
    assert found.exact
    assert found.t == pytest.approx(t(y), rel=1e-8)
    assert found.p_value == pytest.approx((np.abs(drawn) >= abs(t(y)) - 1e-9).mean())


@pytest.mark.recovery
def test_wild_bootstrap_of_ppml_rejects_as_often_as_it_should():
    """Eight clusters, no effect: of 120 samples about a twentieth is rejected at five percent."""
    rejected = 0
    for seed in range(120):
        data = few(seed).with_columns(x=pl.Series(np.random.default_rng(seed + 999).normal(size=120)))
        rejected += wild_test(dt.fit_ppml(data, "n ~ x + v", cluster="g"), "x").p_value <= 0.05
    assert 0 <= rejected <= 13  # 6 expected, standard deviation 2.4
    with pytest.raises(UsageError, match="clustered in one way"):
        wild_test(dt.fit_ppml(few(), "n ~ x"), "x")


def endogenous(seed: int = 0, n: int = 14, years: int = 3) -> pl.DataFrame:
    r = np.random.default_rng(seed)
    o, d, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    z, u, w = r.normal(size=(3, len(o)))
    x = 0.8 * z + u + 0.3 * w
    index = r.normal(size=(n, years))[o, t] + r.normal(size=(n, years))[d, t]
    y = np.exp(0.4 * x + 0.5 * u + 0.2 * w + index) * r.gamma(4, 0.25, len(o))
    return pl.DataFrame({"exporter": o, "importer": d, "year": t, "x": x, "z": z, "w": w, "trade": y})


EFFECTS = "exporter^year + importer^year"


def test_a_control_function_is_its_two_regressions():
    data = endogenous()
    found = control_function(
        data, f"trade ~ x + w | {EFFECTS}", endogenous="x", instruments="z", cluster="exporter^importer", n=3
    )
    D = np.hstack([
        data.select(pl.concat_str(["exporter", "year"], separator="|")).to_series().to_dummies().to_numpy(),
        data.select(pl.concat_str(["importer", "year"], separator="|")).to_series().to_dummies().to_numpy(),
    ]).astype(float)  # fmt: skip
    first = np.column_stack([data["z"], data["w"], D])
    left = data["x"].to_numpy() - first @ np.linalg.lstsq(first, data["x"].to_numpy(), rcond=None)[0]
    basis = np.linalg.qr(D)[0][:, : np.linalg.matrix_rank(D)]
    basis = np.linalg.svd(D, full_matrices=False)[0][:, : np.linalg.matrix_rank(D)]
    second = np.column_stack([data["x"], data["w"], left, basis])
    peer = sm.GLM(data["trade"].to_numpy(), second, family=sm.families.Poisson()).fit(tol=1e-12)
    np.testing.assert_allclose(list(found.second.coef.values()), peer.params[:3], rtol=1e-6)
    assert found.names == ("x", "w")
    assert found.endogeneity().p_value < 0.01
    assert found.relevance.f > 50


@pytest.mark.recovery
def test_a_control_function_recovers_what_ppml_misses():
    data = endogenous(3)
    naive = dt.fit_ppml(data, f"trade ~ x + w | {EFFECTS}", cluster="exporter^importer")
    found = control_function(
        data, f"trade ~ x + w | {EFFECTS}", endogenous="x", instruments="z", cluster="exporter^importer", n=49
    )
    assert abs(naive.coef["x"] - 0.4) > 5 * naive.se["x"]
    assert abs(found.coef["x"] - 0.4) < 3 * found.se["x"]
    assert found.se["x"] > 0.8 * found.second.se["x"]
    with pytest.raises(UsageError, match="not a term"):
        control_function(data, f"trade ~ w | {EFFECTS}", endogenous="x", instruments="z", cluster="exporter^importer")


def test_a_profile_interval_is_where_the_likelihood_ratio_is_its_quantile():
    data = few()
    fit = dt.fit_ppml(data, "n ~ x + v", cluster="iid")
    X, y = np.column_stack([np.ones(120), data["v"]]), data["n"].to_numpy()
    full = sm.GLM(y, np.column_stack([X, data["x"]]), family=sm.families.Poisson()).fit(tol=1e-12).llf
    ends = profile_interval(fit, "x")
    assert ends[0] < fit.coef["x"] < ends[1]
    for end in ends:
        held = sm.GLM(y, X, family=sm.families.Poisson(), offset=end * data["x"].to_numpy()).fit(tol=1e-12).llf
        assert 2 * (full - held) == pytest.approx(3.841459, rel=1e-4)
    low, high = profile_interval(fit.vcov(None), "x")  # robust errors stretch it
    ratio = fit.vcov(None).se["x"] / fit.se["x"]
    assert (high - low) / (ends[1] - ends[0]) == pytest.approx(ratio, rel=0.1)
    ols = dt.fit_ols(data, "y ~ x + v", cluster="iid")
    low, high = profile_interval(ols, "x")
    assert (low + high) / 2 == pytest.approx(ols.coef["x"], rel=1e-4)
