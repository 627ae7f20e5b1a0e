"""What coefficients are worth: marginal and trade effects, and an elasticity with its uncertainty in the model."""

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

import detente as dt
from detente.errors import SpecificationError, UsageError
from detente.gravity import fit_gamma, fit_logit, marginal_effects, trade_effects, trade_elasticity


def rows(n: int = 500) -> pl.DataFrame:
    r = np.random.default_rng(0)
    x, v = r.normal(size=(2, n))
    d = (r.random(n) > 0.5) * 1.0
    flow = r.poisson(np.exp(0.3 * x - 0.2 * v + 0.5 * d)) * 1.0
    some = (r.random(n) < 1 / (1 + np.exp(-x))) * 1.0
    return pl.DataFrame(
        {"x": x, "v": v, "d": d, "y": flow, "some": some, "g": r.integers(0, 9, n), "w": r.uniform(1, 2, n)}
    )


@pytest.mark.oracle
@pytest.mark.parametrize(("fit", "peer", "y"), [(dt.fit_ppml, sm.Poisson, "y"), (fit_logit, sm.Logit, "some")])
def test_average_marginal_effects_are_statsmodels(fit, peer, y):
    data = rows()
    X = sm.add_constant(data.select("x", "v", "d").to_numpy())
    wanted = peer(data[y].to_numpy(), X).fit(disp=0, tol=1e-12).get_margeff()
    found = marginal_effects(fit(data, f"{y} ~ x + v + d").vcov("iid"), ["x", "v", "d"])
    np.testing.assert_allclose(found["effect"], wanted.margeff, rtol=1e-6)
    np.testing.assert_allclose(found["std_error"], wanted.margeff_se, rtol=1e-6)


def test_with_effects_the_mean_flow_is_given_and_of_ols_it_is_the_coefficient():
    data = rows()
    fit = dt.fit_ppml(data, "y ~ x + d | g", weights="w")
    found, mean = marginal_effects(fit, ["d"]), np.average(data["y"], weights=data["w"])
    assert found["effect"][0] == pytest.approx(fit.coef["d"] * mean)
    assert found["std_error"][0] == pytest.approx(fit.se["d"] * mean)
    ols = dt.fit_ols(data, "x ~ v + d | g")
    assert marginal_effects(ols)["effect"].to_list() == pytest.approx(list(ols.coef.values()))
    assert marginal_effects(ols)["std_error"].to_list() == pytest.approx(list(ols.se.values()))


@pytest.mark.parametrize("fit", [dt.fit_ppml, fit_gamma])
def test_trade_effects_are_fitted_flows_with_and_without(fit):
    data = rows().with_columns(y=pl.col("y") + 0.1)
    done = fit(data, "y ~ x + d | g")
    found = trade_effects(done, ["d"]).row(0, named=True)
    without = done.predict() / np.where(data["d"] == 1, np.exp(done.coef["d"]), 1.0)
    volume = float((done.predict() - without).sum())
    assert found["volume"] == pytest.approx(volume)
    assert found["share_pct"] == pytest.approx(100 * volume / done.predict().sum())
    assert found["n_rows"] == data["d"].sum()
    step = 1e-6

    def at(b: float) -> float:
        return float((done.predict() * (1 - np.exp(-b * data["d"].to_numpy()))).sum())

    slope = (at(done.coef["d"] + step) - at(done.coef["d"] - step)) / (2 * step)
    assert found["volume_se"] == pytest.approx(slope * done.se["d"], rel=1e-6)
    assert found["pct"] == pytest.approx(100 * np.expm1(done.coef["d"]))
    low, high = done.interval()["d"]
    assert (found["pct_low"], found["pct_high"]) == pytest.approx((100 * np.expm1(low), 100 * np.expm1(high)))


def test_what_is_no_flow_and_no_term_is_named():
    with pytest.raises(SpecificationError, match="Fit the flows with fit_ppml"):
        trade_effects(fit_logit(rows(), "some ~ x | g"))
    with pytest.raises(UsageError, match="'z' is not a term"):
        marginal_effects(dt.fit_ppml(rows(), "y ~ x | g"), ["z"])


def test_an_elasticity_from_a_tariff_goes_to_the_model_with_its_uncertainty():
    """Simulated with sigma 6: the welfare band of the model is that of solving at draws of the elasticity."""
    r = np.random.default_rng(3)
    o, d, t = (a.ravel() for a in np.meshgrid(range(9), range(9), range(4), indexing="ij"))
    tariff = np.where(o == d, 0.0, r.uniform(0, 0.3, len(o)))
    flow = np.exp(r.normal(size=(9, 9))[o, d] + 4 * (o == d)) * (1 + tariff) ** -6.0 * r.gamma(20, 0.05, len(o))
    names = np.array([f"C{k}" for k in range(9)])
    data = pl.DataFrame({"exporter": names[o], "importer": names[d], "year": t, "tariff": tariff, "trade": flow})
    fit = dt.fit_ppml(
        data, "trade ~ log1p(tariff) | exporter^year + importer^year + exporter^importer", cluster="exporter^importer"
    )
    found = trade_elasticity(fit, "log1p(tariff)")
    assert abs(found.theta - 5) < 3 * found.std_error
    last = data.filter(pl.col("year") == 3).drop("year")
    economy = dt.Economy.from_flows(last, origin="exporter", destination="importer", value="trade", unit="usd_mn")
    shock = {("C0", "C1"): -0.5, ("C1", "C0"): -0.5}
    band = dt.ensemble(economy, shock, theta=found, draws=400)
    ends = [dt.solve(economy, shock, theta=float(found.quantile(u))).welfare_pct["C0"] for u in (0.05, 0.95)]
    for u, end in zip((0.05, 0.95), ends):  # welfare falls less where trade is more elastic: one to one
        assert band.quantile(u)["C0"] == pytest.approx(end, rel=0.25 * found.std_error / found.theta + 0.02)
