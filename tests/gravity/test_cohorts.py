"""Extended two-way effects: cells, aggregates, and what they recover."""

from itertools import product

import numpy as np
import polars as pl
import pytest

from detente.errors import EmptySample, UsageError
from detente.gravity import extended, fit_ppml

EFFECTS = "exporter^year + importer^year + exporter^importer"


def panel(seed=0, n=12, years=8, noise=0.0):
    """Effects by cohort and time: 0.1 (g - 2002) + 0.05 (t - g)."""
    r = np.random.default_rng(seed)
    i, j, t = np.array([c for c in product(range(n), range(n), range(years)) if c[0] != c[1]]).T
    start = r.integers(3, 2 * years, (n, n))[i, j]
    on = (t >= start) * 1.0
    index = r.normal(0, 0.5, (n, years))[i, t] + r.normal(0, 0.5, (n, years))[j, t] + r.normal(size=(n, n))[i, j]
    effect = (0.1 * (start - 2) + 0.05 * (t - start)) * on
    flow = np.exp(index + effect) * (r.gamma(1 / noise, noise, len(i)) if noise else 1.0)
    return pl.DataFrame({"exporter": i, "importer": j, "year": 2000 + t, "on": on, "trade": flow, "true": effect})


def test_every_cohort_and_year_has_its_own_effect():
    data = panel()
    fit = extended(data, f"trade ~ 1 | {EFFECTS}", "on")
    truth = 0.1 * (fit.cohort - 2002) + 0.05 * (fit.period - fit.cohort)
    np.testing.assert_allclose([fit.fit.coef[c] for c in fit.cells], truth, atol=1e-6)
    assert fit.n.sum() == data["on"].sum()


@pytest.mark.parametrize(("by", "key"), [("overall", None), ("cohort", "start"), ("year", "year")])
def test_aggregates_are_simple_averages_over_treated_rows(by, key):
    data = panel()
    start = data.filter(pl.col("on") == 1).group_by("exporter", "importer").agg(start=pl.col("year").min())
    treated = data.filter(pl.col("on") == 1).join(start, on=["exporter", "importer"])
    expected = treated["true"].mean() if key is None else treated.group_by(key).mean().sort(key)["true"].to_numpy()
    got = extended(data, f"trade ~ 1 | {EFFECTS}", "on").effects(by)
    np.testing.assert_allclose(got["effect"].to_numpy(), expected, atol=1e-6)


def test_the_standard_error_is_that_of_the_average_by_the_delta_method():
    data = panel(noise=0.3)
    fit = extended(data, f"trade ~ 1 | {EFFECTS}", "on", cluster="exporter^importer")
    weights = fit.n / fit.n.sum()
    assert fit.effects()["std_error"][0] == pytest.approx(np.sqrt(weights @ fit.fit.cov @ weights))


def test_one_cohort_in_one_year_is_an_ordinary_dummy():
    data = panel(noise=0.3).filter(pl.col("year") <= 2003)
    assert set(data.filter(pl.col("on") == 1)["year"]) == {2003}
    ours = extended(data, f"trade ~ 1 | {EFFECTS}", "on").effects()
    plain = fit_ppml(data, f"trade ~ on | {EFFECTS}")
    assert ours["effect"][0] == pytest.approx(plain.coef["on"], abs=1e-8)
    assert ours["std_error"][0] == pytest.approx(plain.se["on"], rel=1e-6)


def test_misuse_is_named():
    with pytest.raises(EmptySample, match="No pair starts"):
        extended(panel().with_columns(on=pl.lit(0.0)), f"trade ~ 1 | {EFFECTS}", "on")
    with pytest.raises(UsageError):
        extended(panel(), f"trade ~ 1 | {EFFECTS}", "on").effects("decade")
