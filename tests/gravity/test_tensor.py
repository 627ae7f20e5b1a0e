"""The masked margin fit: its equations, its edges, its errors."""

import numpy as np
import polars as pl
import pytest

from detente.errors import InvalidFlow, NotConverged
from detente.gravity import fit_ppml
from detente.gravity.engines.margins import fit_margins
from detente.gravity.engines.tensor_engine import sectors_of


def panel(rng, years=4, n=6):
    scale = [rng.lognormal(size=s) for s in ((years, n, 1), (years, 1, n), (1, n, n))]
    truth = scale[0] * scale[1] * scale[2]
    mask = np.broadcast_to(~np.eye(n, dtype=bool), truth.shape).copy()
    return truth, mask


def test_a_multiplicative_tensor_is_reproduced_even_where_masked():
    truth, mask = panel(np.random.default_rng(1))
    mask[2:, 0, 1] = False
    fit = fit_margins(np.where(mask, truth, np.nan), mask, tol=1e-12)
    used = np.broadcast_to(~np.eye(6, dtype=bool), truth.shape)
    np.testing.assert_allclose(fit.expected[used], truth[used], rtol=1e-9)
    assert fit.residual < 1e-9


def test_fitted_margins_equal_observed_margins_on_noisy_flows_with_zeros():
    rng = np.random.default_rng(2)
    truth, mask = panel(rng, 5, 8)
    flows = truth * rng.gamma(0.5, 2, truth.shape) * (rng.random(truth.shape) > 0.3)
    fit = fit_margins(flows, mask)
    gap = np.where(mask, flows - fit.expected, 0)
    for axis in (0, 1, 2):
        np.testing.assert_allclose(gap.sum(axis), 0, atol=1e-7 * flows.max())


def test_an_offset_enters_the_mean():
    rng = np.random.default_rng(3)
    truth, mask = panel(rng)
    offset = rng.normal(size=truth.shape)
    fit = fit_margins(truth * np.exp(offset), mask, offset, tol=1e-12)
    np.testing.assert_allclose(fit.expected[mask], (truth * np.exp(offset))[mask], rtol=1e-9)


def test_what_is_not_identified_is_nan_and_what_never_traded_is_zero():
    truth, mask = panel(np.random.default_rng(4))
    mask[:, 0, 1] = False
    truth[:, 2, 3] = 0
    mask[1, 4, :] = False
    fit = fit_margins(truth, mask)
    assert np.isnan(fit.pair[0, 1])
    assert np.isnan(fit.expected[:, 0, 1]).all()
    assert fit.pair[2, 3] == -np.inf
    assert (fit.expected[[0, 2, 3], 2, 3] == 0).all()
    assert np.isnan(fit.origin_year[1, 4])
    assert np.isnan(fit.expected[1, 4]).all()


def test_a_warm_start_saves_sweeps():
    rng = np.random.default_rng(5)
    truth, mask = panel(rng, 5, 8)
    flows = truth * rng.gamma(2, 0.5, truth.shape)
    cold = fit_margins(flows, mask)
    assert fit_margins(flows, mask, start=cold).iterations < cold.iterations / 2


def test_bad_flows_are_named():
    truth, mask = panel(np.random.default_rng(6))
    truth[0, 0, 1] = -1
    with pytest.raises(InvalidFlow, match=r"\[0, 0, 1\]"):
        fit_margins(truth, mask)


def test_running_out_of_sweeps_raises_with_the_state():
    rng = np.random.default_rng(7)
    truth, mask = panel(rng, 5, 8)
    flows = truth * rng.gamma(0.5, 2, truth.shape)
    with pytest.raises(NotConverged) as caught:
        fit_margins(flows, mask, max_sweeps=2)
    assert caught.value.state.iterations == 2
    assert not fit_margins(flows, mask, max_sweeps=2, throw=False).converged


def test_what_is_absorbed_is_what_least_squares_on_the_effects_explains():
    """The regressors less their effects, each row counting alike, and said to be so only afterwards."""
    rng = np.random.default_rng(3)
    n, years = 6, 4
    t, i, j = (a.ravel() for a in np.meshgrid(*map(np.arange, (years, n, n)), indexing="ij"))
    frame = pl.DataFrame({"o": i, "d": j, "year": t, "x": rng.normal(size=t.size), "trade": rng.gamma(1, 1, t.size)})
    fit = fit_ppml(frame, "trade ~ x | o^year + d^year + o^d")
    sectors = sectors_of(fit.design, fit.layout)
    assert not sectors.absorbed
    sectors.absorb(1e-12)
    assert sectors.absorbed
    dummies = np.concatenate(
        [np.eye(years * n)[t * n + i], np.eye(years * n)[t * n + j], np.eye(n * n)[i * n + j]], axis=1
    )
    left = frame["x"].to_numpy() - dummies @ np.linalg.lstsq(dummies, frame["x"].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(sectors.sectors[0].X[0].ravel(), left, atol=1e-9)
