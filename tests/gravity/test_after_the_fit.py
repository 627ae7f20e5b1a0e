"""Predictions, effects by label, residuals, tests and files: everything a fit is asked afterwards."""

import numpy as np
import polars as pl
import pyfixest as pf
import pytest

import detente as dt
from detente.errors import NotIdentified, SpecificationError, UnreadableFile, UsageError
from detente.gravity import bootstrap, fit_logit, staggered, tariff_equivalents, trade_costs

pytestmark = pytest.mark.filterwarnings("ignore::Warning:pyfixest")
N, YEARS = 9, 5
THREE_WAY = "exporter^year + importer^year + exporter^importer"
EFFECTS = [
    THREE_WAY,
    "exporter^year + importer^year",
    "exporter + importer + year",
    "exporter",
    "exporter^importer[v] + year",
]


def panel(seed: int = 0, zeros: float = 0.1) -> pl.DataFrame:
    r = np.random.default_rng(seed)
    o, d, t = (a.ravel() for a in np.meshgrid(range(N), range(N), range(YEARS), indexing="ij"))
    names = np.array([f"C{k:02d}" for k in range(N)])
    index = r.normal(size=(N, YEARS))[o, t] + r.normal(size=(N, YEARS))[d, t] + r.normal(size=(N, N))[o, d]
    x, v = r.normal(size=(2, len(o)))
    flow = np.exp(index + 0.4 * x) * r.gamma(1, 1, len(o)) * (r.random(len(o)) > zeros)
    data = {"exporter": names[o], "importer": names[d], "year": 2000 + t, "x": x, "v": v, "trade": flow}
    data["log_pop"] = r.normal(size=len(o))
    data["g"] = r.integers(0, 4, len(o))
    return pl.DataFrame(data).filter(pl.col("exporter") != pl.col("importer"))


@pytest.mark.parametrize("effects", EFFECTS)
def test_predictions_on_the_fits_own_rows_are_its_fitted_flows(effects):
    data = panel().sample(fraction=0.9, seed=1)
    for fit in (
        dt.fit_ppml(data, f"trade ~ x + i(g) | {effects}", offset="log_pop"),
        dt.fit_ols(data, f"v ~ x | {effects}"),
    ):
        told = fit.predict()
        rows = fit.fitted()["row"].to_numpy()
        np.testing.assert_allclose(told[rows], fit.raw.mu, rtol=1e-6, atol=1e-9)
        again = fit.predict(data[rows.tolist()].drop("trade"))  # a response is not needed
        np.testing.assert_allclose(again, fit.raw.mu, rtol=1e-6, atol=1e-9)


@pytest.mark.oracle
@pytest.mark.parametrize("effects", EFFECTS[:4])
def test_predictions_and_effects_add_up_as_in_pyfixest(effects):
    data = panel(zeros=0)
    fit = dt.fit_ppml(data, f"trade ~ x | {effects}")
    peer = pf.fepois(f"trade ~ x | {effects}", data.to_pandas(), fixef_tol=1e-12)
    new = data.with_columns(x=pl.col("x") + 0.5)
    np.testing.assert_allclose(
        fit.predict(new), peer.predict(type="response") * np.exp(0.5 * peer.coef()["x"]), rtol=1e-5
    )
    effects_by_label = fit.fixed_effects()
    total = np.zeros(data.height)
    for name in effects.split(" + "):
        joined = data.join(effects_by_label[name], on=name.split("^"), how="left", maintain_order="left")
        total += joined["effect"].to_numpy()
    np.testing.assert_allclose(
        total + fit.coef["x"] * data["x"].to_numpy(), np.log(peer.predict(type="response")), rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize("effects", EFFECTS[:3])
def test_effects_do_not_depend_on_the_engine(effects):
    data = panel()
    one, other = (dt.fit_ppml(data, f"trade ~ x | {effects}", engine=e).fixed_effects() for e in ("auto", "irls"))
    assert list(one) == list(other)
    a, b = one.to_frame(), other.to_frame()
    assert a["level"].equals(b["level"])
    np.testing.assert_allclose(a["effect"], b["effect"], atol=1e-6)


@pytest.mark.property
@pytest.mark.parametrize("seed", range(8))
def test_rows_are_predicted_where_the_rows_of_the_fit_tell_and_nowhere_else(seed):
    data = panel(seed, zeros=0).sample(fraction=1.0, shuffle=True, seed=seed)
    known, new = data.head(190), data.tail(data.height - 190)
    fit = dt.fit_ols(known, f"v ~ x | {THREE_WAY}", singletons="keep")
    dummies = []
    for name in THREE_WAY.split(" + "):
        key = pl.concat([known, new]).select(pl.concat_str(name.split("^"), separator="|"))
        dummies.append(key.to_series().to_dummies().to_numpy().astype(float))
    whole = np.hstack(dummies)
    left = whole[190:] - whole[190:] @ np.linalg.pinv(whole[:190], rcond=1e-10) @ whole[:190]
    told = np.isfinite(fit.predict(new))
    np.testing.assert_array_equal(told, np.abs(left).max(1) < 1e-8)
    frame = fit.prediction(new)
    assert frame["predicted"].is_null().sum() == frame["reason"].is_not_null().sum() == (~told).sum()


def test_a_regressor_left_out_as_collinear_must_move_as_before():
    data = panel().with_columns(size=pl.col("exporter").str.slice(1).cast(pl.Float64))
    fit = dt.fit_ppml(data, f"trade ~ x + size | {THREE_WAY}")
    assert "size" in fit.dropped
    moved = data.with_columns(size=pl.when(pl.col("year") == 2001).then(pl.col("size") + 1).otherwise("size"))
    frame = fit.prediction(moved)
    assert frame.filter(pl.Series(data["year"] == 2001))["reason"].str.contains("collinear").all()
    assert frame.filter(pl.Series(data["year"] != 2001))["predicted"].is_not_null().mean() > 0.9


def test_new_rows_are_coded_as_those_of_the_fit():
    data = panel()
    fit = dt.fit_ppml(data, f"trade ~ i(g, x, ref=0) + poly(v, degree=2) | {THREE_WAY}")
    part = data.filter((pl.col("g") > 1) & (pl.col("v") > 0))
    whole = fit.predict(data)[((data["g"] > 1) & (data["v"] > 0)).to_numpy()]
    np.testing.assert_allclose(fit.predict(part), whole, rtol=1e-9)
    with pytest.raises(dt.DetenteError, match="does not know: 9"):
        fit.predict(part.with_columns(g=pl.lit(9)))


@pytest.mark.parametrize("kind", ["response", "pearson", "deviance", "working", "log"])
def test_residuals_by_their_definitions(kind):
    data = panel()
    fit = dt.fit_ppml(data, f"trade ~ x | {THREE_WAY}")
    y, mu = fit.design.y, fit.raw.mu
    with np.errstate(divide="ignore"):
        wanted = {
            "response": y - mu, "pearson": (y - mu) / np.sqrt(mu), "working": y / mu - 1, "log": np.log(y / mu),
            "deviance": np.sign(y - mu) * np.sqrt(2 * (np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mu), 0) - y + mu)),
        }[kind]  # fmt: skip
    found = fit.residuals(kind)
    assert len(found) == data.height
    np.testing.assert_allclose(found[fit.fitted()["row"].to_numpy()], wanted, rtol=1e-6, atol=1e-12)
    with pytest.raises(UsageError, match="Residuals are"):
        fit.residuals("raw")


@pytest.mark.oracle
def test_wald_is_pyfixests():
    data = panel(zeros=0)
    fit = dt.fit_ppml(data, f"trade ~ x + v | {THREE_WAY}", cluster="exporter", ssc="fixest")
    peer = pf.fepois(f"trade ~ x + v | {THREE_WAY}", data.to_pandas(), vcov={"CRV1": "exporter"})
    theirs = peer.wald_test(R=np.eye(2), distribution="chi2")
    ours = fit.wald(["x", "v"])
    assert ours.statistic == pytest.approx(float(theirs["statistic"]), rel=1e-5)
    assert ours.p_value == pytest.approx(float(theirs["pvalue"]), rel=1e-4)
    assert fit.wald("x").statistic == pytest.approx((fit.coef["x"] / fit.se["x"]) ** 2)
    assert fit.wald({"x": fit.coef["x"]}).p_value == pytest.approx(1)
    with pytest.raises(UsageError, match="Did you mean 'x'"):
        fit.wald(["xx"])
    few = dt.fit_ppml(data.with_columns(h=pl.col("year") > 2001), "trade ~ x + v + i(g) | exporter", cluster="h")
    with pytest.raises(NotIdentified, match="singular"):
        few.wald(["x", "v", "g::1"])


def test_functions_of_coefficients_by_the_delta_method():
    fit = dt.fit_ppml(panel(), f"trade ~ x + v + log1p(g) | {THREE_WAY}")
    b, s = fit.coef["x"], fit.se["x"]
    percent = fit.nonlinear("100 * (exp(x) - 1)")
    assert (percent.estimate, percent.std_error) == pytest.approx((100 * np.expm1(b), 100 * np.exp(b) * s), rel=1e-7)
    ratio = fit.nonlinear(lambda c: c["x"] / c["v"])
    gradient = np.array([1 / fit.coef["v"], -b / fit.coef["v"] ** 2, 0])
    assert ratio.std_error == pytest.approx(np.sqrt(gradient @ fit.cov @ gradient), rel=1e-6)
    assert fit.nonlinear("-`log1p(g)` / 2").estimate == pytest.approx(-fit.coef["log1p(g)"] / 2)
    assert fit.combine({"x": 2, "v": -1}).estimate == pytest.approx(fit.nonlinear("2 * x - v").estimate)
    for wrong in ("x +", "x.y", "__import__('os')", "open(x)"):
        with pytest.raises(UsageError):
            fit.nonlinear(wrong)


def test_a_saved_fit_tells_and_predicts_as_before(tmp_path):
    data = panel()
    fit = dt.fit_ppml(data, f"trade ~ x + i(g) | {THREE_WAY}", cluster="exporter^importer", offset="log_pop")
    again = dt.load_fit(fit.save(tmp_path / "fit.zip"))
    assert again.summary() == fit.summary()
    np.testing.assert_array_equal(again.predict(data), fit.predict(data))
    assert again.wald(["x"]) == fit.wald(["x"])
    assert again.to_frame().equals(fit.to_frame())
    assert (tmp_path / "fit.zip").stat().st_size < 100_000
    (tmp_path / "no.zip").write_bytes(b"PK nothing")
    for name in ("no.zip", "absent.zip"):
        with pytest.raises(UnreadableFile, match="no saved fit"):
            dt.load_fit(tmp_path / name)
    remembered = dt.fit_ppml(data, "trade ~ poly(x, degree=2) | exporter")
    with pytest.raises(SpecificationError, match="cannot be saved"):
        remembered.save(tmp_path / "poly.zip")


def test_notebooks_show_a_table_and_small_numbers_are_not_zero():
    data = panel().with_columns(gdp=pl.col("x") * 1e9)
    fit = dt.fit_ppml(data, f"trade ~ gdp + v | {THREE_WAY}")
    assert "0.0000 " not in fit.summary().splitlines()[4]
    assert "<table>" in fit._repr_html_()
    assert f"{fit.coef['gdp']:.3g}" in fit._repr_html_()


@pytest.mark.oracle
def test_information_criteria_and_fit():
    data = panel()
    fit = dt.fit_ppml(data, "trade ~ x | exporter + importer")
    y = fit.design.y
    null = float((y * np.log(y.mean()) - y.mean()).sum())
    mine = float((y * np.log(fit.raw.mu) - fit.raw.mu).sum())
    from scipy.special import gammaln

    constant = float(gammaln(y + 1).sum())
    assert fit.loglik == pytest.approx(mine - constant)
    assert fit.pseudo_r2 == pytest.approx(1 - (mine - constant) / (null - constant))
    assert fit.n_parameters == 1 + N + N - 1
    assert fit.aic == pytest.approx(2 * 2 * N - 2 * fit.loglik)
    assert fit.bic == pytest.approx(2 * N * np.log(fit.n_used) - 2 * fit.loglik)


def test_what_is_for_ppml_says_so():
    fit = dt.fit_ols(panel(zeros=0), f"log(trade) ~ x | {THREE_WAY}", cluster="exporter^importer")
    for after in (dt.bias_correct, bootstrap):
        with pytest.raises(SpecificationError, match="by OLS"):
            after(fit)
    with pytest.raises(SpecificationError, match="by Logit"):
        dt.bias_correct(fit_logit(panel().with_columns(any=(pl.col("trade") > 0).cast(float)), "any ~ x | exporter"))


def test_results_of_every_kind_stand_side_by_side(tmp_path):
    data = panel().with_columns(on=(pl.col("year") > 2002).cast(float) * (pl.col("g") > 1))
    cluster = "exporter^importer"
    fits = [
        dt.fit_ols(data, f"log(trade) ~ x + v | {THREE_WAY}", cluster=cluster),
        dt.fit_ppml(data, f"trade ~ x + v | {THREE_WAY}", cluster=cluster),
        dt.bias_correct(dt.fit_ppml(data, f"trade ~ x | {THREE_WAY}", cluster=cluster)),
        staggered(data, f"trade ~ x | {THREE_WAY}", "on", cluster=cluster),
    ]
    table = dt.compare(*fits, labels={"x": "Log distance", THREE_WAY.split(" + ")[2]: "Pair"}, stars=False)
    lines = {row[0]: row[1:] for row in table.rows if row[0]}
    assert lines["Estimator"] == ("OLS", "PPML", "PPML, bias-corrected", "Imputation")
    assert lines["Log distance"][2] == f"{fits[2].coef['x']:.3f}"
    assert lines["Pair"] == ("yes",) * 4
    assert lines["average effect"][3] == f"{fits[3].effects()['effect'][0]:.3f}"
    assert lines["R²"][0] == f"{fits[0].r2:.3f}"
    assert "***" not in table.summary()
    assert [row[0] for row in dt.compare(*fits[:2], keep=["v", "x"], drop=["x"]).rows[1:3]] == ["v", ""]
    with pytest.raises(UsageError, match="a term of none"):
        dt.compare(*fits, keep=["xx"])
    for name in ("t.md", "t.txt", "t.html", "t.tex", "t.docx"):
        assert table.write(tmp_path / name).stat().st_size > 200
    with pytest.raises(UsageError, match=r"not 't\.pdf'"):
        table.write(tmp_path / "t.pdf")
    assert table._repr_html_().count("<tr>") == 1 + len(table.rows)
    small = dt.compare(dt.fit_ppml(data.with_columns(x=pl.col("x") * 1e7), f"trade ~ x | {THREE_WAY}"))
    assert "0.000" not in small.rows[0][1]


def test_charts_say_what_they_find_and_can_be_drawn():
    from detente.charts.svg import draw
    from detente.gravity import coefficient_chart, event_chart

    data = panel().with_columns(on=(pl.col("year") > 2002).cast(float) * (pl.col("g") > 1))
    fits = [dt.fit_ppml(data, f"trade ~ x + v | {e}") for e in EFFECTS[:2]]
    chart = coefficient_chart(*fits, names=["pairs", "no pairs"], labels={"x": "Distance"})
    away = sum(abs(fit.coef[t]) > 1.959964 * fit.se[t] for fit in fits for t in fit.names)
    assert chart.title == f"{away} of 4 estimates lie away from zero"
    assert chart.data["term"].unique().sort().to_list() == ["Distance", "v"]
    events = event_chart(staggered(data, f"trade ~ x | {THREE_WAY}", "on"))
    assert events.data["event_time"].to_list() == sorted(events.data["event_time"].to_list())
    for one in (chart, events):
        assert draw(one.spec, ident="a").startswith("<svg")
        assert draw(one.compact, ident="b", narrow=True).startswith("<svg")
    with pytest.raises(UsageError, match="not a term"):
        coefficient_chart(fits[0], terms=["xx"])


def test_a_tariff_coefficient_is_a_trade_elasticity():
    from detente.gravity import trade_elasticity

    r = np.random.default_rng(1)
    data = panel(zeros=0).with_columns(tariff=pl.Series(r.uniform(0, 0.4, N * (N - 1) * YEARS)))
    data = data.with_columns(trade=pl.col("trade") * (1 + pl.col("tariff")) ** -6.0)
    fit = dt.fit_ppml(data, f"trade ~ log1p(tariff) | {THREE_WAY}", cluster="exporter^importer")
    found = trade_elasticity(fit, "log1p(tariff)")
    assert found.theta == pytest.approx(-fit.coef["log1p(tariff)"] - 1)
    assert abs(found.theta - 5) < 3 * found.std_error  # sigma 6, duties not in the flows
    draws = found.draws(20_000)
    assert np.median(draws) == pytest.approx(found.theta, rel=0.02)
    assert np.log(draws).std() * found.theta == pytest.approx(found.std_error, rel=0.03)
    assert trade_elasticity(fit, "log1p(tariff)", duties="included").theta == pytest.approx(found.theta + 1)
    with pytest.raises(SpecificationError, match="implies a trade elasticity"):
        trade_elasticity(dt.fit_ppml(panel(), f"trade ~ x | {THREE_WAY}"), "x")


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.wald({"x": "a"}),
        lambda fit: fit.combine({"x": None}),
        lambda fit: fit.combine({"x": float("nan")}),
        lambda fit: fit.nonlinear("log(0 * x)"),
        lambda fit: fit.nonlinear("1 / (x - x)"),
        lambda fit: fit.nonlinear("exp(1000 / (x * x))"),
        lambda fit: fit.nonlinear(lambda b: None),
        lambda fit: dt.compare(fit, digits=-1),
        lambda fit: dt.compare(fit, digits=2.5),
        lambda fit: tariff_equivalents(fit, theta="4"),
        lambda fit: tariff_equivalents(fit, theta=float("nan")),
        lambda fit: trade_costs(fit, sigma=float("inf")),
    ],
)
def test_what_is_no_number_is_named(ask):
    with pytest.raises(UsageError):
        ask(dt.fit_ppml(panel(), f"trade ~ x | {THREE_WAY}"))
