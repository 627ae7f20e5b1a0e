"""Several economies as one: sums by their definition, cell by cell, and what is missing in them."""

from __future__ import annotations

import numpy as np
import pytest

from detente.panel.grouping.merging import TOLERATED, merged_flows, merged_stocks

NAN = np.nan


def sum_by_hand(parts: list[list[float]], year: int) -> tuple[float, str]:
    """The sum of a year of parts [k][t], and whether it is "whole", "short" of a little, or "missing"."""
    here = [part[year] for part in parts]
    if all(np.isnan(x) for x in here):
        return NAN, "whole"
    means = [float(np.nanmean(part)) if not np.isnan(part).all() else 0.0 for part in parts]
    lacking = sum(m for m, x in zip(means, here) if np.isnan(x)) / (sum(means) or 1.0)
    if lacking > TOLERATED:
        return NAN, "missing"
    return float(np.nansum(here)), "short" if lacking > 0 else "whole"


def merged_by_hand(flows: np.ndarray, groups: list[list[int]]) -> tuple[np.ndarray, int, int]:
    out, states = np.full((len(flows), len(groups), len(groups)), NAN), []
    for a, first in enumerate(groups):
        for b, second in enumerate(groups):
            parts = [flows[:, i, j].tolist() for i in first for j in second]
            if len(parts) == 1:
                out[:, a, b] = parts[0]
            elif a != b or not any(np.isnan(flows[:, i, i]).any() for i in first):
                for t in range(len(flows)):
                    out[t, a, b], state = sum_by_hand(parts, t)
                    states.append(state)
    return out, states.count("short"), states.count("missing")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_sums_follow_their_definition(seed):
    """Parts from a millionth of a sum to nearly all of it, some of them missing in some years or in all."""
    rng = np.random.default_rng(seed)
    flows = rng.lognormal(0, 3, (6, 6)) * rng.lognormal(0, 0.2, (5, 6, 6)) * 10.0 ** rng.integers(-4, 2)
    flows[rng.random(flows.shape) < 0.15] = NAN
    flows[:, 0, 3] = NAN
    if seed % 2:
        flows[:, range(6), range(6)] = rng.random((5, 6))  # trade with oneself is known
    groups = [[0], [1, 2], [3, 4, 5]] if seed < 4 else [[4], [0], [5, 1, 2]]
    found, short, missing = merged_flows(flows, [np.array(group) for group in groups])
    expected, few, lost = merged_by_hand(flows, groups)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert (short, missing) == (few, lost)
    assert missing


@pytest.mark.parametrize(("small", "gives"), [(1.9, 98.0), (2.1, NAN)])
def test_two_hundredths_of_a_sum_may_be_missing(small, gives):
    """The small part is known in one year of two; what it made of the sum then is what the other lacks."""
    stocks = np.array([[98.0, small * 98.0 / (100.0 - small)], [98.0, NAN]])
    assert merged_stocks(stocks, [np.array([0, 1])])[1, 0] == pytest.approx(gives, nan_ok=True)


def test_parts_that_are_zero_whenever_known_are_no_loss():
    stocks = np.array([[0.0, 0.0], [0.0, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(merged_stocks(stocks, [np.array([0, 1])])[:, 0], [0.0, 0.0, NAN])
