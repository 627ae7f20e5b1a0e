"""OLS, gamma, negative binomial and logit against pyfixest and statsmodels; errors of every kind."""

import numpy as np
import polars as pl
import pyfixest as pf
import pytest
import statsmodels.api as sm

import detente as dt
from detente.errors import InvalidFlow, UsageError
from detente.gravity import fit_gamma, fit_logit, fit_negbin

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]
N, YEARS = 10, 5
EFFECTS = {
    "three-way": "exporter^year + importer^year + exporter^importer",
    "two-way": "exporter^year + importer^year",
    "rows": "exporter + importer + year",
    "one": "exporter",
}


def panel(seed: int = 0) -> pl.DataFrame:
    r = np.random.default_rng(seed)
    o, d, t = (a.ravel() for a in np.meshgrid(range(N), range(N), range(YEARS), indexing="ij"))
    index = r.normal(size=(N, YEARS))[o, t] + r.normal(size=(N, YEARS))[d, t] + r.normal(size=(N, N))[o, d]
    x, v = r.normal(size=(2, len(o)))
    flow = np.exp(index + 0.4 * x) * r.gamma(1, 1, len(o)) * (r.random(len(o)) > 0.15)
    data = {
        "exporter": o,
        "importer": d,
        "year": 2000 + t,
        "x": x,
        "v": v,
        "trade": flow,
        "w": r.uniform(0.5, 2, len(o)),
    }
    frame = pl.DataFrame(data).with_columns(n=pl.Series(r.poisson(flow)), any=(pl.col("trade") > 0).cast(pl.Float64))
    return frame.filter(pl.col("exporter") != pl.col("importer"))


@pytest.mark.parametrize("errors", [None, "exporter^importer", "exporter + importer", "iid"])
@pytest.mark.parametrize("effects", EFFECTS.values(), ids=EFFECTS)
def test_ols_is_pyfixest(effects, errors):
    data = panel()
    fit = dt.fit_ols(data, f"log(trade) ~ x + v | {effects}", cluster=errors)
    positive = data.filter(pl.col("trade") > 0).with_columns(
        y=pl.col("trade").log(), pair=pl.col("exporter") * 100 + pl.col("importer")
    )
    vcov = {
        None: "hetero",
        "iid": "iid",
        "exporter^importer": {"CRV1": "pair"},
        "exporter + importer": {"CRV1": "exporter + importer"},
    }
    peer = pf.feols(f"y ~ x + v | {effects}", positive.to_pandas(), vcov=vcov[errors])
    assert fit.n_missing == data.height - positive.height
    np.testing.assert_allclose(list(fit.coef.values()), peer.coef().to_numpy(), rtol=1e-8)
    np.testing.assert_allclose(list(fit.se.values()), peer.se().to_numpy(), rtol=1e-6)
    assert fit.r2 == pytest.approx(peer._r2, rel=1e-8)


@pytest.mark.parametrize("engine", ["tensor", "rows"])
def test_weighted_ols_is_pyfixest_on_either_engine(engine):
    data = panel().filter(pl.col("trade") > 0).with_columns(y=pl.col("trade").log())
    fit = dt.fit_ols(data, f"y ~ x + v | {EFFECTS['three-way']}", weights="w", engine=engine, cluster="exporter^year")
    peer = pf.feols(
        f"y ~ x + v | {EFFECTS['three-way']}", data.with_columns(c=pl.col("exporter") * 10_000 + pl.col("year")).to_pandas(),
        weights="w", vcov={"CRV1": "c"},
    )  # fmt: skip
    assert fit.engine == engine
    np.testing.assert_allclose(list(fit.coef.values()), peer.coef().to_numpy(), rtol=1e-8)
    np.testing.assert_allclose(list(fit.se.values()), peer.se().to_numpy(), rtol=1e-6)


def dense(data: pl.DataFrame, *names: str) -> np.ndarray:
    columns = [data.select("x", "v").to_numpy()]
    for k, name in enumerate(names):
        columns.append(data[name].cast(pl.String).to_dummies(drop_first=k > 0).to_numpy())
    return np.hstack(columns).astype(float)


def test_gamma_is_statsmodels():
    data = panel().filter(pl.col("trade") > 0)
    fit = fit_gamma(data, "trade ~ x + v | exporter + importer")
    family = sm.families.Gamma(link=sm.families.links.Log())
    model = sm.GLM(data["trade"].to_numpy(), dense(data, "exporter", "importer"), family=family)
    peer = model.fit(tol=1e-13, maxiter=300)
    np.testing.assert_allclose(list(fit.coef.values()), peer.params[:2], rtol=1e-6)
    scores, bread = model.score_obs(peer.params), np.linalg.inv(model.hessian(peer.params, observed=False))
    sandwich = bread @ scores.T @ scores @ bread
    np.testing.assert_allclose(list(fit.vcov(ssc="none").se.values()), np.sqrt(np.diag(sandwich))[:2], rtol=1e-5)
    assert fit.deviance == pytest.approx(peer.deviance, rel=1e-8)


def test_logit_is_statsmodels():
    data = panel()
    fit = fit_logit(data, "any ~ x + v | exporter + importer")
    peer = sm.Logit(data["any"].to_numpy(), dense(data, "exporter", "importer")).fit(disp=0, tol=1e-12, maxiter=100)
    np.testing.assert_allclose(list(fit.coef.values()), peer.params[:2], rtol=1e-7)
    np.testing.assert_allclose(list(fit.vcov("iid").se.values()), peer.bse[:2], rtol=1e-6)
    assert fit.loglik == pytest.approx(peer.llf, rel=1e-10)
    with pytest.raises(InvalidFlow, match="neither 0 nor 1"):
        fit_logit(data, "trade ~ x | exporter")


def test_negative_binomial_is_statsmodels():
    data = panel()
    fit = fit_negbin(data, "n ~ x + v | exporter + importer")
    X = dense(data, "exporter", "importer")
    start = sm.GLM(data["n"].to_numpy(), X, family=sm.families.NegativeBinomial(alpha=1.0)).fit().params
    peer = sm.NegativeBinomial(data["n"].to_numpy(), X).fit(disp=0, start_params=[*start, 1.0], maxiter=500)
    np.testing.assert_allclose(list(fit.coef.values()), peer.params[:2], rtol=5e-4)  # where BFGS stops
    assert fit.family.alpha == pytest.approx(peer.params[-1], rel=5e-4)
    assert fit.loglik >= peer.llf - 1e-6


@pytest.mark.parametrize("errors", [None, "exporter^importer", "exporter + importer"])
def test_errors_after_the_fit_are_those_of_the_fit(errors):
    data = panel()
    formula = f"trade ~ x + v | {EFFECTS['three-way']}"
    late, at_once = dt.fit_ppml(data, formula).vcov(errors), dt.fit_ppml(data, formula, cluster=errors)
    assert late.se == at_once.se
    assert late.n_clusters == at_once.n_clusters
    np.testing.assert_array_equal(np.asarray(late), at_once.cov)


def test_driscoll_kraay_and_conley_by_their_definitions():
    r = np.random.default_rng(3)
    data = panel()
    lat, lon = r.uniform(-60, 60, N), r.uniform(-180, 180, N)
    data = data.with_columns(
        lat=pl.Series(lat[data["exporter"].to_numpy()]), lon=pl.Series(lon[data["exporter"].to_numpy()])
    )
    fit = dt.fit_ppml(data, f"trade ~ x + v | {EFFECTS['two-way']}", ssc="none")
    rows = fit.design.rows if fit.design.rows is not None else np.arange(data.height)
    scores = (fit.raw.tilde * (fit.design.y - fit.raw.mu)).T
    bread = np.linalg.inv(fit.raw.hessian)
    year = data["year"].to_numpy()[rows]
    meat = np.zeros((2, 2))
    for a in range(len(scores)):
        near = np.maximum(0, 1 - np.abs(year - year[a]) / 3)
        meat += np.outer(scores[a], near @ scores)
    np.testing.assert_allclose(np.asarray(fit.vcov("driscoll-kraay(year, 2)")), bread @ meat @ bread, rtol=1e-8)
    phi, lam = (np.radians(data[c].to_numpy()[rows]) for c in ("lat", "lon"))
    meat = np.zeros((2, 2))
    for a in range(len(scores)):
        cosine = np.sin(phi[a]) * np.sin(phi) + np.cos(phi[a]) * np.cos(phi) * np.cos(lam - lam[a])
        near = 6371.0 * np.arccos(np.clip(cosine, -1, 1)) <= 5000
        meat += np.outer(scores[a], near @ scores)
    np.testing.assert_allclose(np.asarray(fit.vcov("conley(lat, lon, 5000)")), bread @ meat @ bread, rtol=1e-8)
    for wrong in ("driscoll-kraay(year)", "conley(lat, 3)"):
        with pytest.raises(UsageError, match="Write 'driscoll"):
            fit.vcov(wrong)
