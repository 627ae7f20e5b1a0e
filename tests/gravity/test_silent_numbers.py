"""Small inputs that once gave a wrong number without a word, each of its kind."""

import numpy as np
import pandas as pd
import polars as pl
import pyfixest as pf
import pytest
import statsmodels.api as sm

import detente as dt
from detente.errors import DataError, MissingInternalTrade, UsageError
from detente.gravity import multilateral_resistance

N, YEARS = 9, 5
THREE_WAY = "exporter^year + importer^year + exporter^importer"


def panel(seed: int = 0, home: bool = True) -> pl.DataFrame:
    r = np.random.default_rng(seed)
    o, d, t = (a.ravel() for a in np.meshgrid(range(N), range(N), range(YEARS), indexing="ij"))
    names = np.array([f"C{k:02d}" for k in range(N)])
    index = r.normal(size=(N, YEARS))[o, t] + r.normal(size=(N, YEARS))[d, t] + r.normal(size=(N, N))[o, d]
    rta = (t >= r.integers(1, 9, (N, N))[o, d]) * 1.0
    data = pl.DataFrame(
        {
            "exporter": names[o], "importer": names[d], "year": 2000 + t, "rta": rta,
            "age": pl.Series(r.integers(0, 100, len(o)), dtype=pl.Int8),
            "u": pl.Series(r.integers(0, 200, len(o)), dtype=pl.UInt8),
            "g": pl.Series(r.integers(0, 5, len(o)), dtype=pl.UInt8),
            "x": r.normal(size=len(o)), "trade": np.exp(index + 0.4 * rta) * r.gamma(1, 1, len(o)),
        }
    )  # fmt: skip
    return data if home else data.filter(pl.col("exporter") != pl.col("importer"))


@pytest.mark.parametrize("call", ["I(age**2)", "I(g - u)", "I(age * u)", "I(age + age)", "I(-u)"])
@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt8, pl.Int16])
def test_small_integers_do_not_overflow_within_a_formula(call, kind):
    data = panel().with_columns(pl.col("age", "u", "g").cast(kind, strict=False)).drop_nulls()
    wide = data.with_columns(pl.col("age", "u", "g").cast(pl.Float64))
    formula = f"trade ~ {call} + rta | exporter + importer"
    assert dt.fit_ppml(data, formula).coef == dt.fit_ppml(wide, formula).coef


@pytest.mark.oracle
@pytest.mark.parametrize("formula", ["0 + x", "x + 0", "-1 + x", "x - 1", "x -1", "0 + x + rta"])
def test_a_formula_without_intercept_has_none(formula):
    data = panel()
    fit = dt.fit_ppml(data, f"trade ~ {formula}")
    X = data.select([name for name in ("x", "rta") if name in formula]).to_numpy()
    peer = sm.GLM(data["trade"].to_numpy(), X, family=sm.families.Poisson()).fit(tol=1e-12)
    np.testing.assert_allclose(list(fit.coef.values()), peer.params, rtol=1e-8)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore::Warning:pyfixest")
@pytest.mark.parametrize("terms", ["i(g)", "x * x", "i(g, x)", "i(g, ref=2)", "C(g)", "i(g) + x"])
@pytest.mark.parametrize("effects", ["exporter + importer", ""], ids=["effects", "intercept"])
def test_terms_mean_what_they_mean_in_fixest(terms, effects):
    data = panel().with_columns(pl.col("g").cast(pl.Int64))
    if effects == "" and terms == "i(g, x)":
        effects = "exporter"
    tail = f" | {effects}" if effects else ""
    fit = dt.fit_ppml(data, f"trade ~ {terms}{tail}")
    peer = pf.fepois(f"trade ~ {terms.replace('x * x', 'x')}{tail}", data.to_pandas())
    ours = [b for name, b in fit.coef.items() if name != "(Intercept)"]
    theirs = [b for name, b in peer.coef().items() if name != "Intercept"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-8)


def test_rows_at_the_reference_whose_regressor_is_missing_are_left_out():
    holes = (pl.col("year") == 2000) & (pl.int_range(pl.len()) % 3 == 0)
    data = panel().with_columns(x=pl.when(holes).then(None).otherwise("x"))
    fit = dt.fit_ppml(data, "trade ~ i(year, x, ref=2000) | exporter + importer")
    assert fit.n_missing == data["x"].null_count() > 0


@pytest.mark.parametrize("kept", [["C00"], ["C00", "C01", "C02"], [f"C{k:02d}" for k in range(N - 1)]])
def test_multilateral_resistance_needs_everybodys_internal_trade(kept):
    abroad = pl.col("exporter") != pl.col("importer")
    data = panel().filter(abroad | pl.col("exporter").is_in(kept))
    fit = dt.fit_ppml(data, f"trade ~ rta | {THREE_WAY}", singletons="keep")
    with pytest.raises(MissingInternalTrade, match="have no trade with themselves"):
        multilateral_resistance(fit, 5, "C00")


def test_multilateral_resistance_needs_internal_trade_in_every_period():
    hole = (pl.col("exporter") == "C03") & (pl.col("importer") == "C03") & (pl.col("year") == 2002)
    fit = dt.fit_ppml(panel().filter(~hole), f"trade ~ rta | {THREE_WAY}")
    with pytest.raises(MissingInternalTrade, match="C03 in 2002"):
        multilateral_resistance(fit, 5, "C00")


def test_several_windows_of_one_dyad_are_all_left_out_both_ways():
    windows = [("C01", "C02", 2002, 2002), ("C01", "C02", 2004, 2004)]
    paths = dt.impute(panel(), windows).paths
    assert [path.masked.tolist() for path in paths] == [[False, False, True, False, True]] * 2
    own = dt.impute(panel(), [*windows, ("C02", "C01", 2003)]).paths
    assert own[1].masked.tolist() == [False, False, False, True, True]


def renamed(data: pl.DataFrame) -> pl.DataFrame:
    """Economies in columns of unknown name, regions in columns of known name."""
    r = np.random.default_rng(1)
    new = data.rename({"exporter": "rep", "importer": "par"})
    region = {f"C{k:02d}": f"R{v}" for k, v in enumerate(r.integers(0, 3, N))}
    return new.with_columns(origin=pl.col("rep").replace(region), destination=pl.col("par").replace(region))


def test_dyadic_errors_are_about_the_economies_of_the_formula():
    plain = dt.fit_ppml(panel(), f"trade ~ rta | {THREE_WAY}", cluster="dyadic")
    effects = THREE_WAY.replace("exporter", "rep").replace("importer", "par")
    fit = dt.fit_ppml(renamed(panel()), f"trade ~ rta | {effects}", cluster="dyadic")
    assert fit.se["rta"] == pytest.approx(plain.se["rta"], rel=1e-10)
    named = dt.fit_ppml(renamed(panel()), "trade ~ rta | year", cluster="dyadic(rep, par)")
    assert named.n_clusters == (N,)


def test_dyadic_errors_need_an_economy_on_both_sides():
    lower = panel().with_columns(pl.col("importer").str.to_lowercase())
    with pytest.raises(DataError, match="no economy in common"):
        dt.fit_ppml(lower, f"trade ~ rta | {THREE_WAY}", cluster="dyadic")


@pytest.mark.parametrize(
    ("cluster", "words"),
    [("hetero", "cluster=None"), ("", "names no column"), ("Reporter Name^x", "backticks"), ("dyadic(a)", "dyadic")],
)
def test_what_cannot_be_a_cluster_says_what_to_write(cluster, words):
    with pytest.raises(UsageError, match=words):
        dt.fit_ppml(panel(), f"trade ~ rta | {THREE_WAY}", cluster=cluster)


def test_staggered_takes_its_dyads_and_its_time_from_the_effects():
    from detente.gravity import staggered

    data = panel(home=False)
    plain = staggered(data, f"trade ~ 1 | {THREE_WAY}", "rta")
    effects = THREE_WAY.replace("exporter", "rep").replace("importer", "par").replace("year", "when")
    other = renamed(data).rename({"year": "when"}).with_columns(year=pl.lit(1))
    again = staggered(other, f"trade ~ 1 | {effects}", "rta")
    assert again.effects().equals(plain.effects())


def test_missing_values_inside_a_call_leave_their_rows_out():
    holes = panel().with_columns(x=pl.when(pl.int_range(pl.len()) % 7 == 0).then(None).otherwise("x"))
    for call in ("scale(x)", "poly(x, degree=2)", "bs(x, df=4)"):
        fit = dt.fit_ppml(holes, f"trade ~ {call} | exporter + importer")
        dropped = dt.fit_ppml(holes.drop_nulls(), f"trade ~ {call} | exporter + importer")
        assert fit.n_missing == holes["x"].null_count()
        np.testing.assert_allclose(list(fit.coef.values()), list(dropped.coef.values()), rtol=1e-9)


def test_pandas_holes_too():
    frame = pd.DataFrame(panel().to_dict(as_series=False))
    frame.loc[::9, "x"] = np.nan
    assert dt.fit_ppml(frame, "trade ~ scale(x) | exporter").n_missing == frame["x"].isna().sum()


@pytest.mark.parametrize("formula", ["trade ~ odd | exporter", "trade ~ x | odd", "odd ~ x | exporter"])
def test_a_column_that_holds_no_numbers_or_labels_is_named(formula):
    frame = pd.DataFrame(panel().to_dict(as_series=False))
    frame["odd"] = frame["x"] + 1j
    with pytest.raises(DataError, match="'odd' in the data holds complex128"):
        dt.fit_ppml(frame, formula)


def test_where_nothing_is_left_to_estimate_the_certificate_comes_with_the_error():
    data = pl.DataFrame({"y": [0.0, 0, 1, 2, 3, 4], "x": [1.0, 2, 0, 0, 0, 0]})
    with pytest.raises(dt.errors.NotIdentified) as caught:
        dt.fit_ppml(data, "y ~ 0 + x")
    assert caught.value.state.rows.tolist() == [0, 1]
