"""Very sparse panels: estimates that exist are found, however far their effects are apart."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from detente.errors import NotConverged
from detente.gravity import fit_ppml
from detente.gravity.engines.small_engine import fit_small

EFFECTS = "exporter^year + importer^year + exporter^importer"
FORMULA = f"trade ~ x + v | {EFFECTS}"


def panel(seed, n, years, zeros):
    r = np.random.default_rng(seed)
    i, j, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    index = r.normal(size=(years, n))[t, i] + r.normal(size=(years, n))[t, j] + r.normal(size=(n, n))[i, j]
    x, v = r.normal(size=(2, len(i)))
    flow = np.exp(index - 0.3 * x) * r.gamma(1, 1, len(i)) * (r.random(len(i)) > zeros)
    return pl.DataFrame({"exporter": i, "importer": j, "year": t, "x": x, "v": v, "trade": flow})


def test_a_panel_of_which_a_twentieth_trades_meets_its_first_order_conditions():
    """The log likelihood is concave: where every margin and every moment is met is the maximum."""
    data = panel(0, 20, 6, 0.95)
    with pytest.raises(NotConverged):
        fit_ppml(data, FORMULA, engine="irls", max_iterations=40)  # too few for the last resort
    fit = fit_ppml(data, FORMULA)
    assert fit.engine == "all at once"
    design, gap = fit.design, fit.design.y - fit.raw.mu
    for effect in design.effects:
        codes, n = design.codes(effect.columns)
        np.testing.assert_allclose(np.bincount(codes, gap, n) / design.y.max(), 0, atol=1e-10)
    np.testing.assert_allclose(design.X @ gap / np.abs(design.X @ design.y), 0, atol=1e-10)
    index = fit.raw.coef @ design.X
    for effect, level in zip(design.effects, fit.raw.effects()):
        index = index + level[design.codes(effect.columns)[0]]
    np.testing.assert_allclose(np.exp(index), fit.raw.mu, rtol=1e-9)


@cache
def by_default(seed):
    return fit_ppml(panel(seed, 16, 6, 0.94), FORMULA)


@pytest.mark.parametrize("engine", ["tensor", "rows", "irls"])
def test_every_engine_ends_at_the_same_place_in_very_sparse_panels(engine):
    """Fitted flows down to 1e-41 of the smallest positive one hold the margins."""
    for seed in (4, 5, 8, 9):
        one = by_default(seed)
        if engine == "tensor" and one.design.y.size < 0.1 * 16 * 16 * 6:
            continue  # too few rows for a tensor
        other = fit_ppml(panel(seed, 16, 6, 0.94), FORMULA, engine=engine)
        assert other.engine in ("tensor" if engine == "tensor" else "rows", "all at once")
        np.testing.assert_allclose(list(other.coef.values()), list(one.coef.values()), rtol=1e-6)


@cache
def nearly_explained(few):
    """A panel with an origin-year variable plus a ten-thousandth of another, and the fit on the other alone."""
    r = np.random.default_rng(4)
    n, years = 9, 6
    o, d, t = (a.ravel() for a in np.meshgrid(range(n), range(n), range(years), indexing="ij"))
    base = 3 * r.normal(size=(n, years))[o, t]
    own = r.normal(size=len(o)) * (r.random(len(o)) < (0.2 if few else 1))
    index = r.normal(size=(n, n))[o, d] * 2 + r.normal(size=(n, years))[d, t] + base + 0.4 * own
    flow = np.exp(index) * r.gamma(0.5, 2, len(o)) * (r.random(len(o)) < 0.7)
    data = pl.DataFrame({"exporter": o, "importer": d, "year": t, "own": own, "x": base + 1e-4 * own, "trade": flow})
    return data, fit_ppml(data, f"trade ~ own | {EFFECTS}", engine="irls")


@pytest.mark.parametrize("few", [False, True], ids=["a little everywhere", "a few rows"])
@pytest.mark.parametrize("engine", ["tensor", "rows", "irls"])
def test_a_regressor_that_the_effects_nearly_explain(engine, few):
    """What counts is the ten-thousandth."""
    data, plain = nearly_explained(few)
    fit = fit_ppml(data, f"trade ~ x | {EFFECTS}", engine=engine)
    assert 1e-4 * fit.coef["x"] == pytest.approx(plain.coef["own"], rel=1e-6)
    assert 1e-4 * fit.se["x"] == pytest.approx(plain.se["own"], rel=1e-6)


@pytest.mark.parametrize("effects", [EFFECTS, "exporter^year + importer", "exporter + exporter^importer[year]"])
def test_the_last_resort_is_the_same_fit(effects):
    r = np.random.default_rng(2)
    data = panel(1, 8, 5, 0.3).with_columns(w=pl.Series(r.uniform(0.5, 2, 320)), o=pl.Series(r.normal(size=320)))
    fit = fit_ppml(data, f"trade ~ x + v | {effects}", weights="w", offset="o")
    small = fit_small(fit.design)
    np.testing.assert_allclose(small.coef, fit.raw.coef, rtol=1e-8)
    np.testing.assert_allclose(small.mu, fit.raw.mu, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(small.hessian, fit.raw.hessian, rtol=1e-6)
    np.testing.assert_allclose(small.tilde, fit.raw.tilde, atol=1e-6)


def test_the_last_resort_does_not_call_a_runaway_an_estimate():
    data = panel(3, 8, 5, 0.2)
    closed = (pl.col("exporter") == 3) & (pl.col("importer") == 5) & (pl.col("year") > 2)
    data = data.with_columns(v=closed.cast(pl.Float64), trade=pl.when(closed).then(0.0).otherwise("trade"))
    separated = fit_ppml(data, FORMULA, separation="levels", throw=False).design
    assert fit_small(separated) is None
