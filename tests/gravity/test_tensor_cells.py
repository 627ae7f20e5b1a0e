"""The tensor engine on its own: what its cells hold, where it starts, and when it says that it has ended."""

import numpy as np
import polars as pl
import pytest

from detente.gravity import bootstrap, fit_ppml
from detente.gravity.engines import tensor_engine
from detente.gravity.engines.sectors import sector_tensor
from detente.gravity.engines.sectors.sector_of_rows import SectorOfRows
from detente.gravity.engines.sectors.sector_tensor import SectorTensor
from detente.gravity.engines.sectors.solved_sector import Units
from detente.gravity.engines.tensor_engine import fit_on_tensor, sectors_of

EFFECTS = "o^year + d^year + o^d"
BY_SECTOR = "trade ~ x + v | s^o^year + s^d^year + s^o^d"
SINGLE = 1e-6
"""Relative rounding of a few operations in single precision."""
SETTLED = 1e-8
"""Relative accuracy of margins and coefficients at the default tolerance of 1e-9."""
ALIKE = 1e-6
"""The same of single flows on two ways: sweeps end by what the last one changed, which is less than what is left."""


def panel(sectors=2, n=6, years=4):
    """Weights and an offset, regressors in units of their own, a fifth of the rows missing."""
    r = np.random.default_rng(11)
    s, i, j, t = (a.ravel() for a in np.meshgrid(*map(range, (sectors, n, n, years)), indexing="ij"))
    x, v = 3 + 4 * r.normal(size=s.size), 0.1 * r.normal(size=s.size)
    index = r.normal(size=(sectors, years, n))[s, t, i] + r.normal(size=(sectors, n, n))[s, i, j]
    data = {"s": s, "o": i, "d": j, "year": t, "x": x, "v": v, "w": r.uniform(0.2, 3, s.size)}
    data |= {"u": r.normal(size=s.size), "trade": np.exp(index + 0.25 * x) * r.gamma(1, 1, s.size)}
    return pl.DataFrame(data).filter(pl.Series(r.random(s.size) > 0.2))


@pytest.mark.parametrize("given", [(), ("weights",), ("offset",), ("weights", "offset")], ids="+".join)
def test_cells_hold_flows_times_weights_and_weights_times_the_offset(given):
    fit = fit_ppml(panel(), BY_SECTOR, **{name: {"weights": "w", "offset": "u"}[name] for name in given})
    design, layout, units = fit.design, fit.layout, Units.of(fit.design)
    weight = design.weights if "weights" in given else np.ones(len(design.y))
    base = weight * np.exp(design.offset if "offset" in given else 0.0)
    rows = {"y": design.y * weight, "base": base, "x": design.X[0], "v": design.X[1]}
    cells = {name: np.zeros(layout.shape) for name in rows}
    for name, values in rows.items():
        cells[name].reshape(-1)[layout.cell] = values
    there = np.zeros(layout.shape, bool)
    there.reshape(-1)[layout.cell] = True
    doubles, singles = sectors_of(design, layout), sectors_of(design, layout, units)
    assert (doubles.single, singles.single) == (False, True)
    for s, (double, single) in enumerate(zip(doubles, singles, strict=True)):
        here = there[s]
        for sector, flow, centre, spread, close in [
            (double, 1.0, np.zeros(2), np.ones(2), 1e-14),
            (single, units.flow, units.centre, units.spread, SINGLE),
        ]:
            np.testing.assert_allclose(sector.y * flow, cells["y"][s], rtol=close)
            np.testing.assert_allclose(sector.base * 1.0, cells["base"][s], rtol=close)
            for k, name in enumerate("xv"):
                found = sector.X[k][here] * spread[k] + centre[k]
                np.testing.assert_allclose(found, cells[name][s][here], atol=close * 20)
                assert (sector.X[k][~here] == 0).all()


@pytest.mark.parametrize("sectors", [1, 2])
@pytest.mark.parametrize("offset", ["u", None])
@pytest.mark.parametrize("weights", ["w", None])
def test_fitted_flows_are_without_the_weights_and_meet_the_weighted_margins(sectors, offset, weights):
    """The first-order conditions, by the tensor itself and not by an engine that stood in for it."""
    data = panel(sectors)
    fit = fit_ppml(data, BY_SECTOR, weights=weights, offset=offset, engine="tensor")
    assert fit.engine == "tensor"
    weight = np.ones(len(fit.design.y)) if weights is None else fit.design.weights
    for effect in fit.design.effects:
        codes, n = fit.design.codes(effect.columns)
        observed, fitted = (np.bincount(codes, weight * flow, n) for flow in (fit.design.y, fit.raw.mu))
        np.testing.assert_allclose(fitted, observed, rtol=SETTLED)
    gap = weight * (fit.design.y - fit.raw.mu)
    np.testing.assert_allclose(fit.design.X @ gap / (np.abs(fit.design.X) @ fit.design.y), 0, atol=SETTLED)


def test_a_fit_cut_short_says_so_and_one_that_ends_needs_no_help():
    fit = fit_ppml(panel(), BY_SECTOR, weights="w")
    whole = fit_on_tensor(fit.design, fit.layout)
    assert whole.converged
    assert whole.drift < 1e-6  # the last step
    np.testing.assert_allclose(whole.coef, fit.raw.coef, rtol=SETTLED)
    np.testing.assert_allclose(whole.mu, fit.raw.mu, rtol=ALIKE)
    assert not fit_on_tensor(fit.design, fit.layout, max_iterations=1).converged


def test_without_regressors_it_is_the_margins_that_have_to_settle(monkeypatch):
    formula = f"trade ~ 1 | {EFFECTS}"
    fit = fit_ppml(panel(1), formula, engine="tensor")
    assert (fit.converged, fit.iterations, fit.raw.change, fit.raw.hessian.shape) == (True, 0, 0.0, (0, 0))
    monkeypatch.setattr(sector_tensor, "MAX_SWEEPS", 1)
    assert not fit_ppml(panel(1), formula, engine="tensor", throw=False).converged


def test_a_start_is_taken_in_the_units_of_the_regressors(monkeypatch):
    fit = fit_ppml(panel(), BY_SECTOR)
    starts, climb = [], tensor_engine.climb_in_single

    def look(parts, coef, most):
        starts.append(coef)
        return climb(parts, coef, most)

    monkeypatch.setattr(tensor_engine, "climb_in_single", look)
    warm = fit_on_tensor(fit.design, fit.layout, start=fit.raw.coef)
    np.testing.assert_allclose(starts, [fit.raw.coef * fit.design.X.std(1)], rtol=1e-9)
    np.testing.assert_allclose(warm.coef, fit.raw.coef, rtol=SETTLED)


@pytest.mark.parametrize(("sectors", "kind"), [(1, SectorOfRows), (2, SectorTensor)])
def test_single_precision_does_all_but_the_last_steps(sectors, kind, monkeypatch):
    """In double no step is searched for anew, and regressors of one sector stay rows, which take less memory."""
    monkeypatch.setattr(tensor_engine, "climb_in_double", lambda *_: pytest.fail("a climb in double"))
    seen, starts, approach = [], [], tensor_engine.approach

    def look(parts, at, *rest):
        seen.extend(map(type, parts))
        starts.append(at.coef.copy())
        approach(parts, at, *rest)

    monkeypatch.setattr(tensor_engine, "approach", look)
    fit = fit_ppml(panel(sectors), BY_SECTOR, engine="tensor")
    assert fit.engine == "tensor"
    assert seen == [kind] * sectors
    np.testing.assert_allclose(starts, [fit.raw.coef], rtol=1e-3)  # rounding of single precision, and its last step


def test_double_precision_alone_fits_the_same_flows(monkeypatch):
    expected = fit_ppml(panel(), BY_SECTOR, weights="w").raw.mu
    monkeypatch.setattr(tensor_engine, "climb_in_single", lambda parts, coef, most: None)
    fit = fit_ppml(panel(), BY_SECTOR, weights="w", engine="tensor")
    assert fit.engine == "tensor"
    np.testing.assert_allclose(fit.raw.mu, expected, rtol=ALIKE)


def test_a_draw_starts_from_the_fit(monkeypatch):
    fit = fit_ppml(panel(), BY_SECTOR, cluster="o^d", singletons="keep")
    starts, climb = [], tensor_engine.climb
    monkeypatch.setattr(
        tensor_engine, "climb", lambda parts, at, *rest: starts.append(at.coef) or climb(parts, at, *rest)
    )
    bootstrap(fit, n=2, seed=1)
    np.testing.assert_allclose(starts, [fit.raw.coef * Units.of(fit.design).spread] * 2, rtol=1e-12)


def test_moments_of_the_sample_are_summed_over_sectors():
    """Every row counts alike; the effects of each sector are taken out by least squares on dummies."""
    fit = fit_ppml(panel(n=4, years=3), BY_SECTOR)
    design = fit.design
    dummies = np.hstack([np.eye(n)[codes] for codes, n in (design.codes(e.columns) for e in design.effects)])
    left = design.X.T - dummies @ np.linalg.lstsq(dummies, design.X.T, rcond=None)[0]
    gram, norms = sectors_of(design, fit.layout).sample_moments(1e-12)
    np.testing.assert_allclose(gram, left.T @ left, rtol=1e-8)
    np.testing.assert_allclose(norms, (design.X**2).sum(1), rtol=1e-12)
