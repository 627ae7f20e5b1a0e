"""Earlier and later values inside a formula: against a join done by hand, on shuffled panels with holes."""

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.errors import DuplicateRows, FormulaError
from detente.gravity.formulas.expansion import expanded
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.lags import series_of

THREE_WAY = "exporter^year + importer^year + exporter^importer"


def panel(step: int = 1, sectors: int = 1, seed: int = 0) -> pl.DataFrame:
    """Six economies, six periods, rows shuffled and one in eleven missing."""
    r = np.random.default_rng(seed)
    o, d, t, k = (a.ravel() for a in np.meshgrid(range(6), range(6), range(6), range(sectors), indexing="ij"))
    data = {"exporter": o, "importer": d, "year": 2000 + step * t, "sector": k, "x": r.uniform(0, 2, len(o))}
    frame = pl.DataFrame(data | {"z": r.normal(size=len(o)), "trade": r.gamma(1, 1, len(o))})
    return frame.sample(fraction=1.0, shuffle=True, seed=1).filter(pl.int_range(pl.len()) % 11 != 0)


def joined(data: pl.DataFrame, value: pl.Expr, periods: int, *unit: str) -> pl.Series:
    other = data.select(*unit, pl.col("year") + periods, value.alias("then"))
    return data.join(other, on=[*unit, "year"], how="left", maintain_order="left")["then"]


@pytest.mark.parametrize("step", [1, 4])
@pytest.mark.parametrize(
    ("call", "periods", "value"),
    [("l(x, {})", 1, pl.col("x")), ("f(x, {})", -1, pl.col("x")), ("lag(x, {})", 2, pl.col("x")),
     ("lead(log(x), {})", -2, pl.col("x").log()), ("l(x, -{})", -1, pl.col("x"))],
)  # fmt: skip
@pytest.mark.parametrize("fit", [dt.fit_ppml, dt.fit_ols])
def test_a_lag_is_the_value_of_the_same_pair_so_many_years_earlier(call, periods, value, step, fit):
    data = panel(step)
    by_hand = data.with_columns(then=joined(data, value, step * periods, "exporter", "importer"))
    term = call.format(abs(step * periods))
    found = fit(data, f"trade ~ z + {term} | {THREE_WAY}")
    wanted = fit(by_hand, f"trade ~ z + then | {THREE_WAY}")
    assert found.n_missing == wanted.n_missing > 0
    assert found.coef[term] == pytest.approx(wanted.coef["then"], rel=1e-9)
    assert found.se[term] == pytest.approx(wanted.se["then"], rel=1e-9)
    np.testing.assert_allclose(found.predict(data), wanted.predict(by_hand), rtol=1e-9)


def test_changes_products_and_several_lags():
    data = panel()
    then = joined(data, pl.col("x"), 1, "exporter", "importer")
    by_hand = data.with_columns(then=then, change=data["x"] - then, both=then * data["z"])
    found = dt.fit_ppml(data, f"trade ~ d(x) + l(x):z | {THREE_WAY}")
    wanted = dt.fit_ppml(by_hand, f"trade ~ change + both | {THREE_WAY}")
    np.testing.assert_allclose(list(found.coef.values()), list(wanted.coef.values()), rtol=1e-9)
    assert dt.fit_ppml(data, f"trade ~ l(x, 0:2) + z | {THREE_WAY}").names == ("x", "l(x, 1)", "l(x, 2)", "z")
    assert expanded("y ~ f(log(x), 1:2) | o^t") == "y ~ f(log(x), 1) + f(log(x), 2) | o^t"


def test_a_series_is_that_of_the_sector_too():
    data = panel(sectors=3)
    effects = "exporter^year^sector + importer^year^sector + exporter^importer^sector"
    by_hand = data.with_columns(then=joined(data, pl.col("x"), 1, "exporter", "importer", "sector"))
    found = dt.fit_ppml(data, f"trade ~ l(x) | {effects}")
    assert found.coef["l(x)"] == pytest.approx(dt.fit_ppml(by_hand, f"trade ~ then | {effects}").coef["then"], rel=1e-9)


@pytest.mark.parametrize(
    ("effects", "unit", "time"),
    [
        ("a^t + b^t + a^b", ("a", "b"), "t"),
        ("a^t + b^t + pair + border^t", ("a", "b"), "t"),
        ("a^when + b^when", ("a", "b"), "when"),
        ("a^s^t + b^s^t + a^b^s", ("a", "b", "s"), "t"),
        ("a + b", ("exporter", "importer"), "year"),
        ("a^sector + b^sector + year", ("exporter", "importer"), "year"),
    ],
)
def test_whose_value_it_is_comes_from_the_effects_and_then_from_known_names(effects, unit, time):
    found = series_of(parse(f"y ~ x | {effects}").effects, ["exporter", "importer", "year", "a", "b", "border", "pair"])
    assert found is not None
    assert (set(found[0]), found[1]) == (set(unit), time)


def test_the_series_may_be_said_and_must_be_where_nothing_tells():
    data = panel().rename({"exporter": "rep", "importer": "par", "year": "when"})
    with pytest.raises(FormulaError, match=r"l\(x, unit=exporter\^importer, time=year\)"):
        dt.fit_ppml(data, "trade ~ l(x) | rep")
    said = dt.fit_ppml(data, "trade ~ l(x, unit=rep^par, time=when) | rep")
    assert list(said.coef.values()) == list(dt.fit_ppml(panel(), "trade ~ l(x) | exporter").coef.values())


def test_what_cannot_be_lagged_is_named():
    with pytest.raises(FormulaError, match="no two periods of 'year' are 1 apart"):
        dt.fit_ppml(panel(step=4), f"trade ~ l(x) | {THREE_WAY}")
    with pytest.raises(DuplicateRows, match="two rows in one 'year'"):
        dt.fit_ppml(panel(sectors=2).drop("sector"), f"trade ~ l(x) | {THREE_WAY}")
    with pytest.raises(FormulaError, match="by themselves"):
        dt.fit_ppml(panel(), f"trade ~ l(x, 1:2):z | {THREE_WAY}")
    with pytest.raises(FormulaError, match="The response is a flow"):
        dt.fit_ppml(panel(), f"l(trade) ~ x | {THREE_WAY}")


@pytest.mark.parametrize(
    "period", [pl.date("year", 1, 1), pl.col("year").cast(pl.String) + "Q1"], ids=["date", "quarter"]
)
def test_periods_that_are_no_numbers_count_by_their_order(period):
    plain = dt.fit_ppml(panel(), f"trade ~ l(x) | {THREE_WAY}")
    other = dt.fit_ppml(panel().with_columns(year=period), f"trade ~ l(x) | {THREE_WAY}")
    assert other.coef["l(x)"] == pytest.approx(plain.coef["l(x)"], rel=1e-12)


def test_a_saved_fit_lags_new_rows_too(tmp_path):
    data = panel()
    fit = dt.fit_ppml(data, f"trade ~ l(x) | {THREE_WAY}")
    np.testing.assert_array_equal(dt.load_fit(fit.save(tmp_path / "fit.zip")).predict(data), fit.predict(data))
