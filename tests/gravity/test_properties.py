"""What must hold for every panel: invariances of the coefficients, and margins that are met."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.gravity import fit_ppml
from detente.gravity.engines.margins import fit_margins

pytestmark = pytest.mark.property

FORMULA = "trade ~ x + rta | exporter^year + importer^year + exporter^importer"
SAME = 1e-7
"""Both fits stop at 1e-9 in standard deviations of a regressor."""

few = settings(max_examples=15, deadline=None)
seeds = st.integers(0, 10_000)


def panel(seed, n=7, years=4):
    r = np.random.default_rng(seed)
    i, j, t = np.array([c for c in product(range(n), range(n), range(years)) if c[0] != c[1]]).T
    rta = (t >= r.integers(0, 2 * years, (n, n))[i, j]) * 1.0
    x = r.normal(size=len(i))
    index = r.normal(size=(n, years))[i, t] + r.normal(size=(n, years))[j, t] + r.normal(size=(n, n))[i, j]
    flow = np.exp(index + 0.3 * x + 0.4 * rta) * r.gamma(2, 0.5, len(i)) * (r.random(len(i)) > 0.1)
    return pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "rta": rta, "trade": flow})


def coefficients(data):
    return np.array(list(fit_ppml(data, FORMULA).coef.values()))


@few
@given(seeds, st.floats(1e-6, 1e9))
def test_the_unit_of_trade_does_not_matter(seed, unit):
    data = panel(seed)
    scaled = data.with_columns(trade=pl.col("trade") * unit)
    np.testing.assert_allclose(coefficients(scaled), coefficients(data), atol=SAME)


@few
@given(seeds)
def test_the_order_of_rows_and_the_names_of_economies_do_not_matter(seed):
    data = panel(seed)
    shuffled = data.sample(fraction=1, shuffle=True, seed=seed)
    names = pl.Series([f"N{(k * 5 + 3) % 7}" for k in range(7)])
    renamed = shuffled.with_columns(names.gather(shuffled[c]).alias(c) for c in ("exporter", "importer"))
    np.testing.assert_allclose(coefficients(renamed), coefficients(data), atol=SAME)


@few
@given(seeds, st.floats(0.05, 0.95))
def test_splitting_an_economy_into_proportional_parts_does_not_matter(seed, share):
    data = panel(seed)
    part = pl.col("exporter") == 2
    first = data.with_columns(trade=pl.when(part).then(pl.col("trade") * share).otherwise("trade"))
    second = data.filter(part).with_columns(trade=pl.col("trade") * (1 - share), exporter=pl.lit(99, pl.Int64))
    np.testing.assert_allclose(coefficients(pl.concat([first, second])), coefficients(data), atol=SAME)


@few
@given(seeds)
@pytest.mark.parametrize("engine", ["tensor", "rows", "irls"])
def test_fitted_margins_equal_observed_margins(engine, seed):
    fit = fit_ppml(panel(seed), FORMULA, engine=engine)
    for effect in fit.design.effects:
        codes, n = fit.design.codes(effect.columns)
        observed, fitted = (np.bincount(codes, v, n) for v in (fit.design.y, fit.raw.mu))
        np.testing.assert_allclose(fitted, observed, rtol=1e-6)
    np.testing.assert_allclose(fit.design.X @ (fit.design.y - fit.raw.mu), 0, atol=1e-6 * fit.design.y.sum())


@few
@given(seeds, st.integers(1, 20))
def test_what_is_masked_has_no_influence(seed, masked):
    r = np.random.default_rng(seed)
    flows = r.gamma(0.7, 1, (4, 6, 6)) * r.lognormal(0, 1, (1, 6, 6))
    mask = np.broadcast_to(~np.eye(6, dtype=bool), flows.shape).copy()
    mask.reshape(-1)[r.choice(mask.size, masked, replace=False)] = False
    other = np.where(mask, flows, np.nan)
    np.testing.assert_array_equal(fit_margins(flows, mask).expected, fit_margins(other, mask).expected)
