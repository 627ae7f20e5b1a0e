"""What an absent row means: the cells filled and the two counts that a reader is told, against a loop over cells."""

from __future__ import annotations

import numpy as np
import pytest

from detente.panel.filling import fill

CODES = ("DEU", "SSD", "USA")
YEARS = (2008, 2015)  # South Sudan became a state in 2011


def by_hand(flows: np.ndarray, there: np.ndarray, absent: str | None) -> tuple[np.ndarray, int, int]:
    out, zeros, gone = flows.copy(), 0, 0
    for t, year in enumerate(YEARS):
        for i, a in enumerate(CODES):
            for j, b in enumerate(CODES):
                lives = year >= 2011 or "SSD" not in (a, b)
                sells = any(flows[t, i, k] > 0 for k in range(3))
                buys = any(flows[t, k, j] > 0 for k in range(3))
                if not there[t, i, j] and i != j:
                    known = absent == "zero" or (absent is None and sells and buys)
                    out[t, i, j] = 0.0 if known and lives else np.nan
                    zeros += known and lives
                elif flows[t, i, j] == 0 and not lives:
                    out[t, i, j], gone = np.nan, gone + 1
    return out, zeros, gone


@pytest.mark.property
@pytest.mark.parametrize("absent", [None, "zero", "missing"])
@pytest.mark.parametrize("seed", range(40))
def test_absent_rows_are_filled_and_counted_cell_by_cell(seed, absent):
    rng = np.random.default_rng(seed)
    there = rng.random((2, 3, 3)) < rng.choice([0.4, 0.7, 0.95])
    flows = np.where(there, rng.choice([0.0, 0.5, 3.0, np.nan], (2, 3, 3)), np.nan)
    out, zeros, gone = fill(flows, there, absent, YEARS, CODES)
    expected = by_hand(flows, there, absent)
    assert np.array_equal(out, expected[0], equal_nan=True)
    assert (zeros, gone) == expected[1:]
