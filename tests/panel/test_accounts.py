"""Which economies can have accounts and what stands for the rest of the world: by hand, cell by cell."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import MissingInternalTrade
from detente.panel import Panel
from detente.panel.accounts import merged_accounts, newest_with_accounts, usable_accounts

CODES = ("AAA", "BBB", "CCC", "DDD", "EEE")


def flows_of(n: int = 5, size: float = 1.0) -> np.ndarray:
    """Flows of 1 to 25 times ``size``, every cell another; own trade is a number that nothing may read."""
    flows = size * (1.0 + np.arange(n * n, dtype=float).reshape(n, n))
    np.fill_diagonal(flows, 1e12)
    return flows


def by_hand(flows: np.ndarray, gdp: np.ndarray, ratio: float, codes: tuple[str, ...]) -> list[bool]:
    """Of all partners that tell anything, more than half in each direction; exports below output."""
    n = len(codes)
    told = [[i != j and np.isfinite(flows[i, j]) for j in range(n)] for i in range(n)]
    here = sum(any(told[i]) or any(row[i] for row in told) for i in range(n))
    usable = []
    for i in range(n):
        out, back = sum(told[i]), sum(row[i] for row in told)
        sold = sum(flows[i, j] for j in range(n) if told[i][j])
        enough = 2 * out > here - 1 and 2 * back > here - 1
        usable.append(bool(codes[i] != "ROW" and enough and np.isfinite(gdp[i]) and sold < ratio * gdp[i]))
    return usable


@pytest.mark.property
@pytest.mark.parametrize("seed", range(60))
def test_usable_economies_are_those_that_a_count_by_hand_finds(seed):
    rng = np.random.default_rng(seed)
    codes = (*CODES[:4], "ROW") if seed % 3 == 0 else CODES
    flows = rng.lognormal(0, 1, (5, 5))
    flows[rng.random((5, 5)) < rng.choice([0.0, 0.3, 0.5])] = np.nan
    if seed % 4 == 0:
        flows[4], flows[:, 4] = np.nan, np.nan  # an economy that nobody tells anything of
    gdp = np.where(rng.random(5) < 0.1, np.nan, rng.lognormal(1.2, 1, 5))
    assert usable_accounts(flows, gdp, 1.5, codes).tolist() == by_hand(flows, gdp, 1.5, codes)


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e6])
def test_the_rest_of_the_world_has_the_others_trade_and_their_gdp_a_dollar_exported(size):
    flows, gdp = flows_of(size=size), 1e3 * size * np.arange(1.0, 6.0)
    usable = np.array([True, False, True, True, False])
    codes, table, output = merged_accounts(flows, gdp, usable, CODES, 2020)
    assert codes == ("AAA", "CCC", "DDD", "ROW")
    there = [0, 2, 3]
    for i, a in enumerate(there):
        assert table[i, 3] == pytest.approx(flows[a, 1] + flows[a, 4], rel=1e-14)
        assert table[3, i] == pytest.approx(flows[1, a] + flows[4, a], rel=1e-14)
        for j, b in enumerate(there):
            assert table[i, j] == (0.0 if a == b else flows[a, b])
    assert table[3, 3] == 0.0
    assert output[:3].tolist() == gdp[there].tolist()
    assert output[3] / table[3].sum() == pytest.approx(output[:3].sum() / table[:3, :3].sum(), rel=1e-14)


@pytest.mark.parametrize("way", ["out", "back"])
def test_a_rest_that_only_buys_or_only_sells_is_left_out(way):
    flows = flows_of()
    if way == "out":
        flows[[1, 4]] = 0.0
    else:
        flows[:, [1, 4]] = 0.0
    usable = np.array([True, False, True, True, False])
    codes, table, output = merged_accounts(flows, np.ones(5), usable, CODES, 2020)
    assert (codes, table.shape, output.shape) == (("AAA", "CCC", "DDD"), (3, 3), (3,))


def test_all_usable_economies_need_no_rest_and_a_hole_between_them_is_named():
    flows = flows_of()
    codes, table, output = merged_accounts(flows, np.ones(5), np.ones(5, dtype=bool), CODES, 2020)
    assert codes == CODES
    assert np.array_equal(table, np.where(np.eye(5, dtype=bool), 0.0, flows))
    flows[2, 0] = flows[1, 3] = np.nan
    with pytest.raises(MissingInternalTrade, match=r"2 flows of 2020 are missing .*BBB->DDD, CCC->AAA"):
        merged_accounts(flows, output, np.ones(5, dtype=bool), CODES, 2020)
    kept = np.array([True, True, False, False, True])  # the holes are not between these
    assert merged_accounts(flows, output, kept, CODES, 2020)[0] == ("AAA", "BBB", "EEE", "ROW")


@pytest.mark.parametrize(
    ("spoilt", "asked", "found"),
    [
        ({}, ("AAA", "BBB"), 2),
        ({2: "gdp of AAA"}, ("AAA", "BBB"), 1),
        ({2: "gdp of AAA"}, ("BBB", "CCC"), 2),
        ({2: "hole", 1: "gdp of AAA"}, ("AAA", "BBB"), 0),
        ({2: "hole"}, ("CCC", "DDD"), 1),
        ({2: "hole", 1: "hole", 0: "hole"}, ("AAA", "BBB"), None),
    ],
)
def test_the_newest_year_with_accounts_is_one_in_which_nothing_is_missing(spoilt, asked, found):
    flows, gdp = np.stack([flows_of()] * 3), np.full((3, 5), 1e4)
    for t, how in spoilt.items():
        if how == "hole":
            flows[t, 2, 0] = np.nan
        else:
            gdp[t, 0] = np.nan
    panel = Panel(flows=flows, economies=CODES, years=(2001, 2002, 2003), gdp=gdp)
    assert newest_with_accounts(panel, asked, (1.5, 2.0)) == found
