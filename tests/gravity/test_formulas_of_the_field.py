"""Offsets as expressions, wildcards, several responses and equations, and words for what is not meant."""

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.errors import FormulaError, InvalidFlow, NotConverged, UsageError

THREE_WAY = "exporter^year + importer^year + exporter^importer"


def panel(n: int = 7, years: int = 4) -> pl.DataFrame:
    r = np.random.default_rng(0)
    o, d, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    data = {"exporter": o, "importer": d, "year": t, "pop": r.uniform(1e4, 1e9, len(o)), "other": r.gamma(1, 1, len(o))}
    data |= {f"te_{k}": r.normal(size=len(o)) for k in "abc"} | {"te b": r.normal(size=len(o))}
    flow = np.exp(0.3 * data["te_a"]) * r.gamma(1, 1, len(o)) * (r.random(len(o)) > 0.1)
    return pl.DataFrame(data | {"trade": flow}).filter(pl.col("exporter") != pl.col("importer"))


@pytest.mark.parametrize("offset", ["log(pop)", "~log(pop)", "~ ln_pop", "ln_pop"])
def test_an_offset_may_be_an_expression(offset):
    data = panel().with_columns(ln_pop=pl.col("pop").log(), trade=pl.col("trade") * pl.col("pop"))
    fit = dt.fit_ppml(data, f"trade ~ te_a | {THREE_WAY}", offset=offset)
    plain = dt.fit_ppml(data, f"trade ~ te_a | {THREE_WAY}", offset="ln_pop")
    assert fit.coef["te_a"] == pytest.approx(plain.coef["te_a"], rel=1e-9)
    np.testing.assert_allclose(fit.predict(data.head(20)), plain.predict(data.head(20)), rtol=1e-6)


def test_an_offset_in_levels_is_asked_about():
    with pytest.raises(NotConverged, match=r"did you mean its logarithm, as in offset='log"):
        dt.fit_ppml(panel(), f"trade ~ te_a | {THREE_WAY}", offset="pop")


def test_a_wildcard_is_every_column_that_begins_so():
    fit = dt.fit_ppml(panel(), f"trade ~ te* | {THREE_WAY}")
    assert fit.names == ("te_a", "te_b", "te_c", "te b")
    assert dt.fit_ppml(panel(), f"trade ~ other + te_* | {THREE_WAY}").names == ("other", "te_a", "te_b", "te_c")
    assert dt.fit_ppml(panel(), f"trade ~ te_a*te_b | {THREE_WAY}").names == ("te_a", "te_b", "te_a:te_b")
    np.testing.assert_allclose(fit.predict(panel().select(pl.all().reverse()))[::-1], fit.predict(), rtol=1e-8)
    with pytest.raises(FormulaError, match="No column begins with 'tt_'"):
        dt.fit_ppml(panel(), f"trade ~ tt_* | {THREE_WAY}")


def test_several_responses_and_equations_at_once():
    fits = dt.fit_many(panel(), f"c(trade, other) ~ te_a + csw0(te_b, te_c) | {THREE_WAY}")
    assert len(fits) == 6
    last = dt.fit_ppml(panel(), f"other ~ te_a + te_b + te_c | {THREE_WAY}")
    assert fits[f"other ~ te_a + te_b + te_c | {THREE_WAY}"].coef == last.coef
    assert fits.to_frame().columns[0] == "formula"
    nested = dt.fit_many(panel(), "trade ~ sw(te_a, te_b) | csw0(exporter, importer^year)")
    assert len(nested) == 6  # fixest steps through effects too
    direct = dt.fit_ppml(panel(), "trade ~ te_b | exporter + importer^year")
    assert nested["trade ~ te_b | exporter + importer^year"].coef == direct.coef
    assert "(Intercept)" in nested["trade ~ te_a"].names
    both = dt.fit_many(panel().with_columns(s=pl.col("year") % 2), "trade ~ sw(te_a, te_b) | exporter", by="s")
    assert len(both) == 4
    assert len(dt.compare(*fits.fits.values()).headers) == 6
    with pytest.raises(UsageError, match="needs by="):
        dt.fit_many(panel(), "trade ~ te_a | exporter")


def test_the_logarithm_of_a_flow_is_not_for_ppml():
    with pytest.raises(InvalidFlow, match="takes the flow itself"):
        dt.fit_ppml(panel(), f"log(trade) ~ te_a | {THREE_WAY}")
