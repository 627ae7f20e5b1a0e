"""Three-way margins by scaling, against their equations written out cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import DataError, InvalidFlow, NotConverged
from detente.gravity.engines import cells
from detente.gravity.engines.margins import (
    Scales,
    balance,
    fit_margins,
    margin_residual,
    margins_of,
    starting_scales,
)

T, N = 5, 6


def drawn(seed: int = 0, *, zeros: float = 0.2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    flows = np.exp(rng.normal(size=(T, N, N))) * (rng.random((T, N, N)) > zeros)
    mask = np.broadcast_to(~np.eye(N, dtype=bool), flows.shape).copy()
    mask &= rng.random(flows.shape) > 0.1
    return flows, mask


def gaps(flows, mask, expected) -> float:
    """The largest gap of a margin, summed in loops."""
    worst = 0.0
    for t in range(T):
        for i in range(N):
            row = sum(flows[t, i, j] - expected[t, i, j] for j in range(N) if mask[t, i, j])
            column = sum(flows[t, j, i] - expected[t, j, i] for j in range(N) if mask[t, j, i])
            worst = max(worst, abs(row), abs(column))
    for i in range(N):
        for j in range(N):
            used = [t for t in range(T) if mask[t, i, j]]
            worst = max(worst, abs(sum(flows[t, i, j] - expected[t, i, j] for t in used)))
    return worst


@pytest.mark.parametrize("seed", range(3))
def test_the_fit_meets_its_equations_and_is_multiplicative(seed):
    flows, mask = drawn(seed)
    fit = fit_margins(np.where(mask, flows, np.nan), mask, tol=1e-11)
    assert gaps(flows, mask, np.nan_to_num(fit.expected)) < 1e-8
    known = np.isfinite(fit.expected) & (fit.expected > 0)
    logs = fit.origin_year[:, :, None] + fit.destination_year[:, None, :] + fit.pair
    assert np.abs(np.log(fit.expected[known]) - logs[known]).max() < 1e-12
    assert fit.converged
    assert 0 < fit.iterations < 2000
    assert fit.residual < 1e-8


def test_an_offset_is_a_known_part_of_every_cell():
    flows, mask = drawn(1, zeros=0.0)
    offset = np.random.default_rng(9).normal(size=flows.shape)
    fit = fit_margins(flows, mask, offset, tol=1e-11)
    logs = fit.origin_year[:, :, None] + fit.destination_year[:, None, :] + fit.pair + offset
    known = np.isfinite(fit.expected)
    assert np.abs(np.log(fit.expected[known]) - logs[known]).max() < 1e-10
    assert gaps(flows, mask, np.nan_to_num(fit.expected)) < 1e-8


def test_what_is_only_zeros_fits_zero_and_what_is_masked_away_is_unknown():
    flows, mask = drawn(2, zeros=0.0)
    flows[1, 2, :] = 0.0
    mask[3, :, 4] = False
    fit = fit_margins(flows, mask, tol=1e-11)
    assert fit.origin_year[1, 2] == -np.inf
    assert (fit.expected[1, 2, np.arange(N) != 2] == 0).all()
    assert np.isnan(fit.destination_year[3, 4])
    assert np.isnan(fit.expected[3, :, 4]).all()


def test_years_worked_on_in_blocks_give_the_same_fit(monkeypatch):
    flows, mask = drawn(3)
    whole = fit_margins(flows, mask, tol=1e-11)
    monkeypatch.setattr(cells, "BLOCK", 2 * N * N)
    parts = fit_margins(flows, mask, tol=1e-11)
    assert np.allclose(whole.expected, parts.expected, rtol=1e-9, equal_nan=True)


def test_an_earlier_fit_is_where_the_next_one_starts():
    flows, mask = drawn(4)
    cold = fit_margins(flows, mask, tol=1e-11)
    warm = fit_margins(flows * 1.0001, mask, tol=1e-11, start=cold)
    assert warm.iterations < cold.iterations
    assert np.allclose(warm.expected, cold.expected * 1.0001, rtol=1e-8, equal_nan=True)
    revived = flows.copy()
    revived[1, 2, 3] += 1.0
    assert fit_margins(revived, mask, tol=1e-11, start=cold).converged


def test_sweeps_that_run_out_are_told_with_the_state_reached():
    flows, mask = drawn(5)
    with pytest.raises(NotConverged, match="after 2 sweeps") as told:
        fit_margins(flows, mask, tol=1e-13, max_sweeps=2)
    assert told.value.state.iterations == 2
    left = fit_margins(flows, mask, tol=1e-13, max_sweeps=2, throw=False)
    assert not left.converged
    assert left.residual > 1e-13


def test_two_way_balance_leaves_the_pairs_alone():
    flows, mask = drawn(6, zeros=0.0)
    observed = np.where(mask, flows, 0.0)
    margins, weight = margins_of(observed), mask.astype(float)
    start = starting_scales(margins)
    start = Scales(start.a, start.g, np.full((N, N), 2.0))
    scales, _, _ = balance(weight, margins, start, tol=1e-12, max_sweeps=500, pairs=False)
    assert (scales.p == 2.0).all()
    fitted = weight * scales.a[:, :, None] * scales.g[:, None, :] * scales.p
    assert np.allclose(fitted.sum(2), margins.a)
    assert np.allclose(fitted.sum(1), margins.g)
    pairs = np.abs(fitted.sum(0)[margins.p > 0] / margins.p[margins.p > 0] - 1).max()
    assert margin_residual(weight, margins, scales) == pytest.approx(pairs, rel=1e-6)


def test_flows_that_are_none_are_refused_with_their_place():
    flows, mask = drawn(7)
    flows[2, 0, 1], mask[2, 0, 1] = -1.0, True
    with pytest.raises(InvalidFlow, match=r"\[2, 0, 1\]"):
        fit_margins(flows, mask)
    with pytest.raises(DataError, match="one shape"):
        fit_margins(flows, mask[1:])
