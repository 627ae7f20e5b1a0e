"""A scaling that multiplies small matrices and takes the gaps away gives what reading every cell gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.gravity.engines.cells import MOST_GAPS, DigitsLost, Margins, NearlyAll, Scales, Weighted
from detente.gravity.engines.margins import fit_margins, margins_of
from detente.gravity.left_out import WholeTensor

SAME = 1e-9  # relative: the largest change of an effect in the last sweep


def tensor(seed: int, years: int = 6, n: int = 14, gaps: float = 0.02) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(sigma=1.5, size=(years, n, n)) * (rng.random((years, n, n)) > 0.1)
    used = (rng.random(flows.shape) >= gaps) & ~np.eye(n, dtype=bool)
    return flows, used


@pytest.mark.property
@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.01, 0.04]))
def test_each_sum_is_that_over_the_cells(seed: int, gaps: float) -> None:
    flows, used = tensor(seed, n=30, gaps=gaps)
    rng = np.random.default_rng(seed + 1)
    observed = margins_of(np.where(used, flows, 0.0))
    a, g, p = (rng.lognormal(size=m.shape) * (m > 0) for m in (observed.a, observed.g, observed.p))
    few = NearlyAll.of(used, observed)
    assert few is not None
    every, scales = Weighted(used.astype(float)), Scales(a, g, p)
    np.testing.assert_allclose(few.pair_scales(observed, a, g), every.pair_scales(observed, a, g), rtol=1e-12)
    one, other = few.fitted(observed, scales), every.fitted(observed, scales)
    for ours, theirs in zip((one.a, one.g, one.p), (other.a, other.g, other.p)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-300)
    ours, theirs = (a.copy(), g.copy()), (a.copy(), g.copy())
    few.year_scales(observed, *ours, p, 2)
    every.year_scales(observed, *theirs, p, 2)
    for x, y in zip(ours, theirs):
        np.testing.assert_allclose(x, y, rtol=1e-11)


@pytest.mark.property
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6), st.integers(0, 13), st.integers(0, 12), st.integers(0, 6))
def test_leaving_dyads_out_is_the_fit_without_their_cells(seed: int, i: int, j: int, kept: int) -> None:
    flows, used = tensor(seed)
    j += j >= i
    dyads, base = [(i, j), (j, i)], slice(0, kept)
    mask = used.copy()
    for a, b in dyads:
        mask[kept:, a, b] = False
    want = fit_margins(flows, mask)
    found, cells = WholeTensor.of(flows, used).fit(dyads, base)
    np.testing.assert_array_equal(cells, mask)
    for ours, theirs in zip((found.a, found.g, found.p), (want.origin_year, want.destination_year, want.pair)):
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
        np.testing.assert_array_equal(ours == 0, np.isneginf(theirs))
    expected = found.a[:, :, None] * found.g[:, None, :] * found.p
    np.testing.assert_allclose(expected, want.expected, rtol=1e-6, atol=1e-12)


def test_where_the_gaps_hold_nearly_all_the_cells_are_read(monkeypatch) -> None:
    """An origin whose one market of weight is left out: what is left of its sums has no digits by subtraction."""
    rng = np.random.default_rng(5)
    flows = rng.lognormal(size=(4, 30, 30))
    flows[0, 0, 1], flows[1:, 0, 1] = 1e9, 1e9
    used = np.broadcast_to(~np.eye(30, dtype=bool), flows.shape).copy()
    used[1:, 0, 1] = False
    observed = margins_of(np.where(used, flows, 0.0))
    few = NearlyAll.of(used, observed)
    assert few is not None
    fitted = fit_margins(flows, used)
    a, g = np.exp(fitted.origin_year), np.exp(fitted.destination_year)
    p = np.nan_to_num(np.exp(fitted.pair))
    with pytest.raises(DigitsLost):
        few.fitted(observed, Scales(a, g, p))
    monkeypatch.setattr("detente.gravity.engines.margins.NearlyAll.of", lambda *_: None)
    np.testing.assert_allclose(fitted.expected[used], fit_margins(flows, used).expected[used], rtol=1e-7)


def test_many_gaps_are_read_cell_by_cell() -> None:
    flows, used = tensor(1, gaps=2 * MOST_GAPS)
    assert NearlyAll.of(used, margins_of(np.where(used, flows, 0.0))) is None
    assert NearlyAll.of(used, Margins(*(np.zeros(s) for s in ((6, 14), (6, 14), (14, 14))))) is not None  # all dead
