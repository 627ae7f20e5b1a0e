"""`fit_ppml`: counts, engines, columns of results, named errors."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from detente.errors import (
    DataError,
    EmptySample,
    FormulaError,
    InvalidFlow,
    NotConverged,
    NotIdentified,
    SpecificationError,
    UnknownColumn,
    UnreadableFile,
    UsageError,
)
from detente.gravity import fit_ppml

THREE_WAY = "trade ~ rta + x | exporter^year + importer^year + exporter^importer"


def panel(seed=0, n=10, years=5, zeros=0.2, sectors=1):
    rng = np.random.default_rng(seed)
    k, i, j, t = (a.ravel() for a in np.meshgrid(*map(np.arange, (sectors, n, n, years)), indexing="ij"))
    k, i, j, t = (a[i != j] for a in (k, i, j, t))
    start = rng.integers(0, 2 * years, (n, n))
    x = rng.normal(size=len(i))
    rta = (t >= start[i, j]) * 1.0
    index = rng.normal(size=(sectors, years, n))[k, t, i] + rng.normal(size=(sectors, n, n))[k, i, j]
    flow = np.exp(index + 0.5 * rta - 0.2 * x) * rng.gamma(1, 1, len(i)) * (rng.random(len(i)) >= zeros)
    return pl.DataFrame(
        {"sector": k, "exporter": i, "importer": j, "year": 2000 + t, "trade": flow, "rta": rta, "x": x}
    )


def test_the_counts_add_up_and_are_right():
    data = panel()
    data = data.with_columns(
        x=pl.when(pl.int_range(pl.len()) < 7).then(None).otherwise("x"),  # 7 rows without a value
        trade=pl.when((pl.col("exporter") == 3) & (pl.col("importer") == 4)).then(0.0).otherwise("trade"),
    )
    extra = pl.DataFrame({**{c: [0] for c in data.columns}, "exporter": [99], "trade": [1.0]}, schema=data.schema)
    fit = fit_ppml(pl.concat([data, extra]), THREE_WAY)
    assert fit.n_rows == data.height + 1
    assert fit.n_missing == 7
    assert fit.n_separated == 5
    assert fit.n_singletons == 1
    assert fit.n_used == fit.n_rows - 13
    assert set(fit.separated.to_frame()["why"]) == {"every flow of one of its effects is zero"}


@pytest.mark.parametrize(
    ("effects", "engine"),
    [
        ("exporter^year + importer^year + exporter^importer", "tensor"),
        ("year^importer + exporter^importer + year^exporter", "tensor"),
        ("exporter^year + importer^year", "tensor"),
        ("exporter^year + importer^year + exporter^importer + rta", "rows"),
        ("exporter^year + exporter^importer[year]", "rows"),
        ("exporter + importer + year", "rows"),
    ],
)
def test_the_engine_follows_from_the_effects(effects, engine):
    terms = "x" if "rta" in effects else "rta + x"
    assert fit_ppml(panel(), f"trade ~ {terms} | {effects}").engine == engine


@pytest.mark.parametrize(
    "effects",
    [
        "exporter^year^sector + importer^year^sector + exporter^importer^sector",
        "exporter^year^sector + importer^year^sector + exporter^importer",
    ],
)
@pytest.mark.parametrize("sectors", [2, 3])
def test_sectors_at_once_on_the_tensor_equal_the_rows(effects, sectors):
    data = panel(sectors=sectors, zeros=0.1)
    one, other = (fit_ppml(data, f"trade ~ rta + x | {effects}", engine=e) for e in ("tensor", "irls"))
    np.testing.assert_allclose(list(one.coef.values()), list(other.coef.values()), atol=1e-8)
    np.testing.assert_allclose(one.cov, other.cov, rtol=1e-6)


def test_a_sparse_panel_goes_to_the_rows():
    data = panel(n=40, years=3)
    thin = data.sample(fraction=0.08, seed=1)
    assert fit_ppml(thin, "trade ~ x | exporter + importer").engine == "rows"


def test_any_frame_and_any_file_give_the_same_and_come_back(tmp_path):
    data = panel()
    data.write_parquet(tmp_path / "flows.parquet")
    data.write_csv(tmp_path / "flows.csv")
    fit = fit_ppml(data, THREE_WAY)
    for other, kind in [
        (data.to_pandas(), pd.DataFrame),
        (data.to_arrow(), pa.Table),
        (tmp_path / "flows.parquet", pl.DataFrame),
        (str(tmp_path / "flows.csv"), pl.DataFrame),
        (data.lazy(), pl.DataFrame),
    ]:
        again = fit_ppml(other, THREE_WAY)
        assert isinstance(again.to_frame(), kind)
        np.testing.assert_allclose(list(again.coef.values()), list(fit.coef.values()), rtol=1e-12)


def test_the_frame_has_one_row_a_term():
    frame = fit_ppml(panel(), THREE_WAY).to_frame()
    assert frame.columns == ["term", "estimate", "std_error", "z", "p_value", "ci_low", "ci_high"]
    assert frame["term"].to_list() == ["rta", "x"]
    np.testing.assert_allclose(frame["ci_high"] - frame["ci_low"], 2 * 1.959964 * frame["std_error"], rtol=1e-6)


def test_combination_of_terms():
    fit = fit_ppml(panel(), THREE_WAY)
    both = fit.combine({"rta": 1, "x": -2})
    assert both.estimate == pytest.approx(fit.coef["rta"] - 2 * fit.coef["x"])
    assert both.std_error == pytest.approx(np.sqrt(fit.cov[0, 0] + 4 * fit.cov[1, 1] - 4 * fit.cov[0, 1]))
    with pytest.raises(UsageError, match="Did you mean 'rta'"):
        fit.combine({"rtaa": 1})


def test_event_time_dummies_are_a_column_each():
    fit = fit_ppml(panel(), "trade ~ i(year, rta, ref=2000) | exporter^year + importer^year")
    assert fit.names == ("year::2001:rta", "year::2002:rta", "year::2003:rta", "year::2004:rta")


def test_collinear_terms_are_left_out_by_name():
    data = panel().with_columns(twice=2 * pl.col("x"), dist=pl.col("exporter") * 10.0 + pl.col("importer"))
    fit = fit_ppml(data, THREE_WAY.replace("rta + x", "rta + x + twice + dist"))
    assert fit.names == ("rta", "x")
    assert "combination" in fit.dropped["twice"]
    assert "does not vary beyond" in fit.dropped["dist"]
    np.testing.assert_allclose(list(fit.coef.values()), list(fit_ppml(data, THREE_WAY).coef.values()), rtol=1e-9)


def test_formulaic_takes_the_rest_of_the_transformations():
    data = panel()
    fit = fit_ppml(data, "trade ~ poly(x, degree=2) | exporter + importer")
    direct = fit_ppml(data.with_columns(sq=pl.col("x") ** 2), "trade ~ x + sq | exporter + importer")
    assert fit.raw.mu == pytest.approx(direct.raw.mu, rel=1e-7)


def test_dyadic_errors_by_brute_force():
    data = panel(n=9, years=3, zeros=0)
    fit = fit_ppml(data, "trade ~ x | year", cluster="dyadic")
    i, j = data["exporter"].to_numpy(), data["importer"].to_numpy()
    scores = (fit.raw.tilde * (fit.design.y - fit.raw.mu))[0]
    share = np.array([[len({a, b} & {c, d}) > 0 for c, d in zip(i, j)] for a, b in zip(i, j)])
    expected = scores @ share @ scores / fit.raw.hessian[0, 0] ** 2
    assert fit.cov[0, 0] == pytest.approx(expected, rel=1e-9)


BAD = [
    ("trade ~ rtaa | exporter", {}, UnknownColumn, "Did you mean 'rta'"),
    ("trade ~ nosuch(x) | exporter", {}, FormulaError, "nosuch"),
    ("trade ~ rta | exporter^importr", {}, UnknownColumn, "Did you mean 'importer'"),
    ("trade ~ rta |", {}, FormulaError, "ends where a name"),
    ("trade ~ rta | exporter", {"cluster": "one"}, NotIdentified, "single cluster"),
    ("trade ~ one | exporter", {}, NotIdentified, "does not vary beyond"),
    ("trade ~ word | exporter", {}, SpecificationError, r"i\(word\)"),
    ("trade ~ log(rta) | exporter", {}, DataError, "infinite"),
    ("trade ~ rta | exporter", {"ssc": "statta"}, UsageError, "Did you mean 'stata'"),
    ("trade ~ rta | exporter", {"cluster": "year + exporter + importer + x + rta"}, UsageError, "one to four"),
    ("trade ~ i(year, ref=1900) | exporter", {}, FormulaError, "not a level"),
    ("neg ~ rta | exporter", {}, InvalidFlow, "negative"),
    ("word ~ rta | exporter", {}, InvalidFlow, "does not hold numbers"),
    ("nan ~ rta | exporter", {}, InvalidFlow, "missing flow is not a zero"),
    ("inf ~ rta | exporter", {}, InvalidFlow, "infinite"),
    ("nil ~ rta | exporter", {}, EmptySample, "is zero"),
    ("trade ~ rta | id", {}, EmptySample, "singletons"),
    ("trade ~ log(x) | exporter", {}, DataError, r"no value in \d+ rows, the first is row \d+ .* where 'x' is -"),
    ("trade ~ huge | exporter", {}, DataError, r"beyond 1e\+60 in 1 row,.* Change its unit"),
    ("huge ~ rta | exporter", {}, InvalidFlow, "Change the unit"),
    ("trade ~ na | exporter", {}, SpecificationError, r"1 of its 60 cells are words, the first 'NA' .* na = ''"),
    ("na ~ rta | exporter", {}, InvalidFlow, "1 of its 60 cells are words"),
    ("trade ~ rta | exporter", {"offset": "na"}, DataError, "the first 'NA' in row 3"),
    ("trade ~ rta | exporter", {"weights": "neg"}, DataError, r"1 negative weight, the first in row 3"),
    ("trade ~ rta | exporter", {"weights": "nil"}, EmptySample, "weights is missing in 60.* weight zero"),
    ("trade ~ rta + void | exporter", {}, EmptySample, "void is missing in 60"),
    ("trade ~ rta | exporter", {"cluster": 5}, UsageError, "exporter\\^importer"),
    ("trade ~ rta | exporter", {"tol": "tight"}, UsageError, "tol is a number above zero, not 'tight'"),
    ("trade ~ rta | exporter", {"max_iterations": 0}, UsageError, "max_iterations is a number above zero"),
]


@pytest.mark.parametrize(("formula", "options", "error", "words"), BAD, ids=[b[0] + str(b[1]) for b in BAD])
def test_bad_input_is_a_named_error(formula, options, error, words):
    first = pl.int_range(pl.len()) == 3
    data = panel(n=5, years=3).with_columns(
        one=pl.lit(1.0),
        word=pl.lit("a"),
        nil=pl.lit(0.0),
        id=pl.int_range(pl.len()),
        neg=pl.when(first).then(-1.0).otherwise(1.0),
        nan=pl.when(first).then(float("nan")).otherwise(1.0),
        inf=pl.when(first).then(float("inf")).otherwise(1.0),
        huge=pl.when(first).then(1e61).otherwise(1.0),
        na=pl.when(first).then(pl.lit("NA")).otherwise(pl.lit("1.5")),
        void=pl.lit(None, pl.Float64),
    )
    with pytest.raises(error, match=words):
        fit_ppml(data, formula, **options)


def test_no_rows_no_file_no_frame():
    with pytest.raises(EmptySample):
        fit_ppml(panel().head(0), THREE_WAY)
    with pytest.raises(UnreadableFile):
        fit_ppml("nowhere.parquet", THREE_WAY)
    with pytest.raises(DataError, match="data frame or a path"):
        fit_ppml([1, 2], THREE_WAY)
    doubled = panel().to_pandas()
    with pytest.raises(DataError, match="several columns named 'x'"):
        fit_ppml(pd.concat([doubled, doubled[["x"]]], axis=1), THREE_WAY)
    with pytest.raises(UnknownColumn, match="no column 'x'"):
        fit_ppml(doubled.rename(columns={"x": 0}), THREE_WAY)


def test_semicolons_between_cells_are_read(tmp_path):
    panel().write_csv(tmp_path / "flows.csv", separator=";")
    assert fit_ppml(tmp_path / "flows.csv", THREE_WAY).coef == fit_ppml(panel(), THREE_WAY).coef


@pytest.mark.parametrize(
    ("year", "ref"),
    [
        (pl.col("year"), "2000"),
        (pl.col("year").cast(pl.Float64), "2000"),
        (pl.col("year").cast(pl.String), "2000"),
        (pl.col("year").cast(pl.String).cast(pl.Categorical), "'2000'"),
        (pl.date("year", 1, 1), "'2000-01-01'"),
    ],
    ids=["integer", "float", "text", "categorical", "date"],
)
def test_a_reference_is_found_whatever_the_years_are(year, ref):
    formula = "trade ~ i(year, rta, ref={}) | exporter^year + importer^year + exporter^importer"
    expected = fit_ppml(panel(), formula.format(2000))
    fit = fit_ppml(panel().with_columns(year.alias("year")), formula.format(ref))
    np.testing.assert_allclose(list(fit.coef.values()), list(expected.coef.values()), rtol=1e-10)


@pytest.mark.parametrize(("ref", "name"), [("FALSE", "b::True"), ("True", "b::False"), ("0", "b::True")])
def test_a_reference_may_be_a_truth(ref, name):
    data = panel().with_columns(b=pl.col("x") > 0)
    assert fit_ppml(data, f"trade ~ i(b, ref={ref}) | exporter^year + importer^year").names == (name,)


def test_fixest_formula_of_clusters():
    one, other = (fit_ppml(panel(), THREE_WAY, cluster=c) for c in ("exporter^importer", "~exporter^importer"))
    assert one.se == other.se


@pytest.mark.parametrize("engine", ["tensor", "rows", "irls"])
def test_no_convergence_raises_or_returns_the_state(engine):
    with pytest.raises(NotConverged) as caught:
        fit_ppml(panel(), THREE_WAY, max_iterations=1, engine=engine)
    assert not caught.value.state.converged
    assert fit_ppml(panel(), THREE_WAY, max_iterations=1, engine=engine, throw=False).converged is False
    assert fit_ppml(panel(), THREE_WAY, engine=engine).converged is True
    with pytest.raises(NotConverged, match=r"still moved by \d"):
        fit_ppml(panel(), THREE_WAY, max_iterations=1, engine=engine)
