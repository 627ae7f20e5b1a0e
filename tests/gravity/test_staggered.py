"""Staggered treatments: event time, imputation by hand, errors, bad input."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from detente.errors import DataError, EmptySample, UsageError
from detente.gravity import extended, fit_ppml, staggered
from detente.gravity.postestimation.adoption.spells import spells_of

EFFECTS = "exporter^year + importer^year + exporter^importer"
DYAD = "exporter^importer"


def panel(seed, n=12, years=8, effect=lambda e: 0.2 + 0.1 * e, noise=0.25):
    r = np.random.default_rng(seed)
    i, j, t = np.array([(i, j, t) for i, j, t in product(range(n), range(n), range(years)) if i != j]).T
    start = r.integers(3, 2 * years, (n, n))[i, j]
    on = (t >= start) * 1.0
    index = r.normal(0, 0.5, (n, years))[i, t] + r.normal(0, 0.5, (n, years))[j, t] + r.normal(size=(n, n))[i, j]
    flow = np.exp(index + effect(t - start) * on) * (r.gamma(1 / noise, noise, len(i)) if noise else 1.0)
    return pl.DataFrame({"exporter": i, "importer": j, "year": 2000 + t, "on": on, "trade": flow})


def test_effects_that_grow_are_recovered_without_noise():
    fit = staggered(panel(1, noise=0), f"trade ~ 1 | {EFFECTS}", "on")
    by_time = fit.effects("event_time")
    np.testing.assert_allclose(by_time["effect"], 0.2 + 0.1 * by_time["group"].cast(pl.Int64), atol=1e-6)
    by_cohort = fit.effects("cohort")
    assert by_cohort["n_rows"].sum() == fit.effects()["n_rows"][0] == fit.effects("year")["n_rows"].sum()


def test_imputation_equals_its_definition_done_with_dummies():
    import statsmodels.api as sm

    data = panel(2, n=6, years=5).to_pandas()
    data["x"] = np.random.default_rng(0).normal(size=len(data))
    fit = staggered(data, "trade ~ x | exporter^year + importer^year", "on")
    dummies = [np.eye(30)[data[c] * 5 + data.year - 2000] for c in ("exporter", "importer")]
    X = np.column_stack([data.x, *dummies])
    off = (data.on == 0).to_numpy()
    keep = X[off].any(0)
    keep[1 + 30 : 1 + 35] = False  # the first importer of every year: dummies of either side add up to the year
    assert np.linalg.matrix_rank(X[off][:, keep]) == np.linalg.matrix_rank(X) == keep.sum()  # no cell is out of reach
    peer = sm.GLM(data.trade[off], X[off][:, keep], family=sm.families.Poisson()).fit(tol=1e-14, tol_criterion="params")
    expected = np.log(data.trade[~off].sum() / np.exp(X[~off][:, keep] @ peer.params).sum())
    assert fit.effects()["effect"][0] == pytest.approx(expected, abs=1e-8)


def test_on_off_on_again_counts_from_each_start():
    period = np.arange(2000, 2008)
    spells = spells_of(np.zeros(8, int), period, np.array([0, 0, 1, 1, 0, 0, 1, 1]))
    assert spells.start.tolist() == [-1, -1, 2002, 2002, -1, -1, 2006, 2006]
    assert spells.since.tolist() == [-1, -1, 0, 1, -1, -1, 0, 1]
    assert spells.until.tolist() == [2, 1, 0, 0, 2, 1, 0, 0]
    assert spells.since_off.tolist() == [0, 0, 0, 0, 1, 2, 0, 0]
    always = spells_of(np.zeros(3, int), period[:3], np.array([1, 1, 0]))
    assert always.unknown_start.tolist() == [True, True, False]


def test_washout_and_anticipation_leave_the_controls_and_are_shown():
    data = panel(3, noise=0)
    late = (pl.col("year") >= 2006) & (pl.col("on") == 1)
    early = data.filter((pl.col("year") < 2006) & (pl.col("on") == 1)).select("exporter", "importer").unique()
    late_only = data.filter(late).join(early, on=["exporter", "importer"], how="anti")
    data = data.join(late_only, on=["exporter", "importer", "year"], how="anti")
    data = data.with_columns(on=pl.when(pl.col("year") >= 2006).then(0.0).otherwise("on"))  # all end in 2006
    fit = staggered(data, f"trade ~ 1 | {EFFECTS}", "on", anticipation=1, washout=2)
    groups = fit.effects("event_time")["group"].to_list()
    assert groups[0] == "-1"
    assert groups[-2:] == ["off+1", "off+2"]
    assert fit.effects("event_time")["effect"][0] == pytest.approx(0, abs=1e-6)


def test_rows_without_counterfactual_are_counted():
    data = panel(4)
    data = data.with_columns(on=pl.when(pl.col("year") == 2007).then(1.0).otherwise("on"))  # nobody untreated
    fit = staggered(data, f"trade ~ 1 | {EFFECTS}", "on")
    assert fit.n_without == data.filter(pl.col("year") == 2007).height
    assert fit.effects("year")["group"].to_list()[-1] == "2006"


def test_the_pretrend_test_is_that_of_lead_dummies_among_untreated_rows():
    data = panel(6)
    starts = data.filter(pl.col("on") == 1).group_by("exporter", "importer").agg(start=pl.col("year").min())
    untreated = data.join(starts, on=["exporter", "importer"], how="left").filter(pl.col("on") == 0)
    to_go = pl.col("start") - pl.col("year")
    leads = {f"lead{k}": (to_go == k).fill_null(False).cast(float) for k in (1, 2)}
    direct = fit_ppml(untreated.with_columns(**leads), f"trade ~ lead1 + lead2 | {EFFECTS}", cluster=DYAD)
    found = staggered(data, f"trade ~ 1 | {EFFECTS}", "on", cluster=DYAD).pretrend(leads=2)
    b = np.array(list(direct.coef.values()))
    np.testing.assert_allclose(list(found.coef.values()), b, atol=1e-8)
    np.testing.assert_allclose(list(found.se.values()), list(direct.se.values()), rtol=1e-6)
    assert found.wald == pytest.approx(b @ np.linalg.inv(direct.cov) @ b, rel=1e-6)
    assert found.p_value == pytest.approx(np.exp(-found.wald / 2), rel=1e-9)  # chi-squared with two degrees


@pytest.mark.parametrize(
    ("year", "first"),
    [
        (pl.col("year").cast(pl.Float64), "2003"),
        (pl.col("year").cast(pl.String), "2003"),
        (pl.date("year", 1, 1), "2003-01-01"),
        (pl.col("year").cast(pl.String) + "Q1", "2003Q1"),
    ],
    ids=["float", "text", "date", "quarter"],
)
@pytest.mark.parametrize("estimator", [staggered, extended])
def test_periods_of_any_type(estimator, year, first):
    formula = f"trade ~ 1 | {EFFECTS}"
    plain = estimator(panel(7), formula, "on").effects("cohort")
    other = estimator(panel(7).with_columns(year.alias("year")), formula, "on").effects("cohort")
    assert other["group"][0] == first
    np.testing.assert_allclose(other["effect"], plain["effect"], atol=1e-9)


@pytest.mark.parametrize("estimator", [staggered, extended])
def test_a_treatment_is_on_or_off(estimator):
    data, third = panel(5), pl.int_range(pl.len()) == 3
    for wrong in (None, 0.5, 2.0, -1.0):
        odd = data.with_columns(on=pl.when(third).then(wrong).otherwise("on"))
        with pytest.raises(DataError, match="neither 0 nor 1 in 1 row, the first is row 3"):
            estimator(odd, f"trade ~ 1 | {EFFECTS}", "on")
    both = (estimator(d, f"trade ~ 1 | {EFFECTS}", "on") for d in (data, data.with_columns(pl.col("on") > 0)))
    one, other = (fit.effects()["effect"][0] for fit in both)
    assert one == other


@pytest.mark.parametrize("estimator", [staggered, extended])
def test_the_dyad_may_be_written_as_in_a_formula(estimator):
    data = panel(5).rename({"exporter": "seller", "importer": "buyer", "year": "when"})
    formula = "trade ~ 1 | seller^when + buyer^when + seller^buyer"
    fits = (estimator(data, formula, "on", dyad=dyad, period="when") for dyad in ("seller^buyer", ["seller", "buyer"]))
    one, other = (fit.effects()["effect"][0] for fit in fits)
    assert one == other == pytest.approx(estimator(panel(5), f"trade ~ 1 | {EFFECTS}", "on").effects()["effect"][0])


@pytest.mark.parametrize("option", [{"anticipation": -1}, {"washout": "two"}])
def test_periods_left_out_are_counted(option):
    with pytest.raises(UsageError, match="counts periods"):
        staggered(panel(5), f"trade ~ 1 | {EFFECTS}", "on", **option)


def test_nothing_to_compare_is_named():
    data = panel(5)
    with pytest.raises(EmptySample, match="nothing to compare"):
        staggered(data.with_columns(on=pl.lit(0.0)), f"trade ~ 1 | {EFFECTS}", "on")
    with pytest.raises(UsageError, match="overall, event_time"):
        staggered(data, f"trade ~ 1 | {EFFECTS}", "on").effects("decade")


def estimable(untreated: pl.DataFrame, treated: pl.DataFrame) -> np.ndarray:
    """Rows of ``treated`` whose dummies lie in the row space of those of ``untreated``, by dense ranks."""
    every = pl.concat([untreated, treated])
    o, d, t = (every[c].to_numpy().astype(int) for c in ("exporter", "importer", "year"))
    codes = [o * 10_000 + t, d * 10_000 + t, o * 100 + d]
    whole = np.hstack([(c[:, None] == np.unique(c)[None, :]) * 1.0 for c in codes])
    known, new = whole[: untreated.height], whole[untreated.height :]
    left = new - new @ np.linalg.pinv(known, rcond=1e-10) @ known
    return np.abs(left).max(1) < 1e-8


@pytest.mark.property
@pytest.mark.parametrize("seed", range(12))
def test_treated_rows_are_predicted_where_their_effects_are_told_and_nowhere_else(seed):
    """Without noise every predicted row is exact; those predicted are the estimable ones, lone rows and all."""
    r = np.random.default_rng(seed)
    n, years = 6, 5
    o, d, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    abroad = o != d
    o, d, t = o[abroad], d[abroad], t[abroad]
    start = r.integers(1, years + (3 if seed % 2 else 1), (n, n))[o, d]
    on = (t >= start) * 1.0
    flow = np.exp(r.normal(size=(n, n))[o, d] + r.normal(size=(n, years))[o, t] + r.normal(size=(n, years))[d, t])
    data = pl.DataFrame({"exporter": o, "importer": d, "year": t, "on": on, "flow": flow * np.exp(on), "truth": flow})
    wanted = estimable(data.filter(pl.col("on") == 0), data.filter(pl.col("on") == 1))
    formula = "flow ~ 1 | exporter^year + importer^year + exporter^importer"
    if not wanted.any():
        found = staggered(data, formula, "on")
        assert np.isnan(found.counterfactual).all()
        return
    found = staggered(data, formula, "on")
    told = np.isfinite(found.counterfactual)
    np.testing.assert_array_equal(told, wanted)
    truth = data.filter(pl.col("on") == 1)["truth"].to_numpy()
    np.testing.assert_allclose(found.counterfactual[told], truth[told], rtol=1e-5)


@pytest.mark.shared
@pytest.mark.oracle
def test_no_cohort_is_lost_because_its_pairs_have_one_untreated_period(shared_data):
    """AGTPA chapter 2, every fourth year, trade abroad: the findings' own estimate keeps the cohort of 1990."""
    data = pl.read_parquet(shared_data / "peer_examples" / "agtpa_69c_1986_2006.parquet")
    data = data.filter((pl.col("exporter") != pl.col("importer")) & ((pl.col("year") - 1986) % 4 == 0))
    fit = staggered(data, "trade ~ 1 | exporter^year + importer^year + exporter^importer", "rta")
    assert round(fit.effects()["effect"][0], 3) == 0.060
    assert "1990" in fit.effects("cohort")["group"].to_list()
