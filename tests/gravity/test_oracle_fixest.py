"""fixest 0.12.2 on a panel that is a formula: estimators, errors, lags; figures by scripts/build_fixest_figures.R."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.gravity import fit_gamma, fit_logit, fit_negbin

pytestmark = pytest.mark.oracle

FIGURES = json.loads((Path(__file__).resolve().parents[1] / "fixtures/gravity/fixest_figures.json").read_text())
COEF, ERROR = 2e-7, 2e-5
"""fixest stops at 1e-12 of the deviance, which leaves 1e-7 of a coefficient; its errors take that through a Hessian."""
THREE_WAY = "o^t + d^t + o^d"
ERRORS = {
    "hetero": None, "one": "o^d", "two": "o + d", "three": "o + d + t",
    "driscoll-kraay": "driscoll-kraay(t, 2)", "conley": "conley(lat, lon, 5000)",
}  # fmt: skip


@pytest.fixture(scope="module")
def data() -> pl.DataFrame:
    o, d, t = (a.ravel() for a in np.meshgrid(range(9), range(9), range(6), indexing="ij"))
    o, d, t = (a[o != d] for a in (o, d, t))
    x, v = np.sin(1 + 3 * o + 5 * d + 7 * t), np.cos(2 * o * d + t**2)
    n = np.exp(0.4 * x - 0.3 * v + np.sin(o) + np.cos(d) + 0.2 * np.sin(t + o)) * (
        1.2 + np.sin(17 * o + 31 * d + 13 * t)
    )
    y = np.where((o * 7 + d * 3 + t * 5) % 11 == 0, 0, n)
    return pl.DataFrame(
        {
            "o": o, "d": d, "t": t, "x": x, "v": v, "n": n, "y": y, "g": (o + 2 * d + t) % 4, "s": (5 * o + 3 * d + 2 * t) % 40,
            "w": 1.5 + np.sin(o + d * t), "lp": np.cos(o * t + d), "lat": 60 * np.sin(o), "lon": 170 * np.cos(3 * o),
            "count": np.round(3 * y), "any": (np.sin(o + 2 * d + 3 * t) + 0.5 * x > 0) * 1.0,
        }
    )  # fmt: skip


def agree(fit, name: str, coef: float = COEF, error: float = ERROR) -> None:
    wanted = FIGURES[name]
    assert fit.n_used == wanted["n"]
    np.testing.assert_allclose(list(fit.coef.values()), list(wanted["coef"].values()), rtol=coef, atol=coef / 10)
    np.testing.assert_allclose(list(fit.se.values()), list(wanted["se"].values()), rtol=error)


@pytest.mark.parametrize("errors", ERRORS)
@pytest.mark.parametrize("estimator", ["ppml", "ols"])
def test_every_kind_of_errors(data, errors, estimator):
    fit, response = (dt.fit_ppml, "y") if estimator == "ppml" else (dt.fit_ols, "log(y)")
    rows = data if estimator == "ppml" else data.filter(pl.col("y") > 0)
    found = fit(rows, f"{response} ~ x + v | {THREE_WAY}", cluster=ERRORS[errors], ssc="fixest", singletons="keep")
    agree(found, f"{estimator} {errors}")


@pytest.mark.parametrize(
    ("name", "formula", "options"),
    [
        ("two-way effects", "y ~ x + v | o^t + d^t", {"cluster": "o^d"}),
        ("weights", f"y ~ x + v | {THREE_WAY}", {"cluster": "o^d", "weights": "w"}),
        ("offset", f"y ~ x + v | {THREE_WAY}", {"cluster": "o^d", "offset": "lp"}),
        ("dummies", "y ~ i(g) + i(t, x, ref = 2) | o + d", {}),
        ("slopes", "y ~ x + v | o[t] + d", {}),
        ("lags", "y ~ x + l(x, 1:2) + f(v) + d(v) | o^t + d^t", {"cluster": "o^d"}),
    ],
)
def test_the_same_formula(data, name, formula, options):
    agree(dt.fit_ppml(data, formula, ssc="fixest", singletons="keep", **options), name)


@pytest.mark.parametrize(
    ("name", "fit", "formula"),
    [("gamma", fit_gamma, "n ~ x + v | o + d"), ("logit", fit_logit, "any ~ x + v | o + d")],
)
def test_other_estimators(data, name, fit, formula):
    agree(fit(data, formula, ssc="fixest"), name, coef=1e-5, error=1e-4)


def test_negative_binomial(data):
    fit, wanted = fit_negbin(data, "count ~ x + v | o + d"), FIGURES["negbin"]
    np.testing.assert_allclose(list(fit.coef.values()), list(wanted["coef"].values()), rtol=1e-5)
    assert 1 / fit.family.alpha == pytest.approx(wanted["theta"], rel=1e-4)  # theta is one over alpha


@pytest.mark.parametrize("cluster", ["o + d + t + s", "o^d + o^t + d^t + s", "o + d + t", "o + d"])
def test_several_clusters_by_their_definition(data, cluster):
    """Scores of two rows are multiplied where the rows share a cluster in any way (Cameron, Gelbach & Miller 2011).

    fixest 0.12.2 gives other figures in four ways (the same in three): its sum of intersections is not this.
    """
    fit = dt.fit_ppml(data, f"y ~ x + v | {THREE_WAY}", cluster=cluster, ssc="none", singletons="keep")
    scores = (fit.raw.tilde * (fit.design.y - fit.raw.mu)).T
    together = np.zeros((data.height, data.height), bool)
    for way in cluster.split(" + "):
        codes = data.select(pl.struct(way.split("^")).rank("dense")).to_series().to_numpy()
        together |= codes[:, None] == codes
    bread = np.linalg.inv(fit.raw.hessian)
    wanted = bread @ scores.T @ together @ scores @ bread
    values, vectors = np.linalg.eigh(wanted)
    np.testing.assert_allclose(fit.cov, (vectors * np.maximum(values, 0)) @ vectors.T, rtol=1e-8)
