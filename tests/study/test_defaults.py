"""Default years: the sharpest break of the pair, and years before it."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import DataError
from detente.panel import world
from detente.study.defaults import default_years, sharpest_break

KNOWN = [  # pair, the year after which its trade is known to have broken
    (("IND", "PAK"), 2018, 2020),  # duties of 200% and a trade halt in 2019
    (("QAT", "SAU"), 2016, 2018),  # the blockade of June 2017
    (("COL", "VEN"), 2009, 2010),  # the freeze of 2009
]


@pytest.mark.oracle
@pytest.mark.parametrize(("pair", "first", "last"), KNOWN)
def test_known_ruptures_are_found(pair, first, last):
    found = default_years(world(), *pair)
    start, end = found.break_years
    assert first - 1 <= start < end <= last + 1, found
    for low, high in found.base_windows:
        assert low <= high <= start


@pytest.mark.property
@pytest.mark.parametrize("seed", range(20))
def test_the_windows_end_before_the_break_and_the_break_is_where_it_was_made(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 25))
    at = int(rng.integers(3, n - 2))
    elsewhere = np.exp(np.cumsum(rng.normal(0, 0.1, n)))
    size = elsewhere * np.exp(rng.normal(0, 0.03, n))
    size[at:] *= 0.1
    start, end = sharpest_break(size, elsewhere)
    assert start < at <= end


def test_a_change_between_two_releases_counts_half():
    size, elsewhere = np.array([10.0, 10, 10, 10, 6.0, 6, 6, 3.5]), np.full(8, 50.0)
    assert sharpest_break(size, elsewhere)[1] == 7
    assert sharpest_break(size, elsewhere, ["a"] * 7 + ["b"]) == (3, 4)


def test_a_zero_is_a_finite_break():
    assert sharpest_break(np.array([5.0, 5, 5, 5, 0, 0, 0]), np.full(7, 10.0)) == (3, 4)


@pytest.mark.parametrize("pair", [("TUV", "NRU"), ("PRK", "KOR")])
def test_a_pair_without_trade_before_a_change_is_refused(pair):
    flows = world()
    if np.nansum([flows.flow(*pair), flows.flow(*pair[::-1])]) == 0:
        with pytest.raises(DataError, match="no trade between"):
            default_years(flows, *pair)
    else:
        assert default_years(flows, *pair).break_years[0] >= flows.years[0]


@pytest.mark.property
@pytest.mark.parametrize("seed", range(30))
def test_no_base_window_reaches_into_an_episode(seed):
    rng = np.random.default_rng(seed)
    panel = world()
    big = [
        code
        for code in panel.economies
        if np.nansum(panel.flow(code, "USA")) + np.nansum(panel.flow(code, "CHN")) > 5000
    ]
    a, b = rng.choice(big, 2, replace=False)
    try:
        found = default_years(panel, str(a), str(b))
    except DataError:
        return
    for low, high in found.base_windows:
        assert low <= high
        for _, (first, last) in found.episodes:
            assert high <= first < last


def test_a_year_of_which_one_direction_was_not_reported_is_no_break():
    """Of the EU's purchases from Mercosur in 2023 too much was not reported: half of the trade did not vanish."""
    from detente.panel import with_sides

    found = default_years(with_sides(world(), ("MERCOSUR", "EU")), "MERCOSUR", "EU")
    assert max(found.break_years) <= 2021
    assert found.whole[1] <= 2021
