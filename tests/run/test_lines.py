"""What a line carried and could carry: bounds that hold, a capacity that flows contradict, plans that were not kept."""

from __future__ import annotations

import polars as pl
import pytest

from detente.run.further.energy import kept_plans, lines
from detente.study import open_study


@pytest.fixture(scope="module")
def found():
    return lines(open_study("colombia-venezuela").ledger().figures, ("COL", "VEN"))


def test_every_flow_is_within_its_bounds(found):
    carried = found.filter(kind="carried")
    assert carried.height >= 9
    assert (carried["value"] >= 0).all()
    assert (carried["value"] <= carried["capacity"]).all()
    assert carried["use"].max() == pytest.approx(0.5)  # findings/flows.md section 5: use at most 50 to 56%


def test_flows_contradict_the_smaller_capacity_in_print(found):
    """150 in print is exceeded by 250 and 185; 500 is not."""
    against = found.filter(pl.col("contradicted").is_not_null())
    assert sorted(against["value"]) == [185, 250]
    assert set(against["contradicted"]) == {"O283"}


@pytest.mark.oracle
def test_none_of_three_plans_was_kept(found):
    """findings/flows.md section 5: 0 of 3, Jeffreys .125 [.001, .444]."""
    ((family, a, b, n, k, chance, low, high),) = kept_plans(found)
    assert (family, a, b, n, k) == ("gas", "VEN", "COL", 3, 0)
    assert (chance, low, high) == pytest.approx((0.125, 0.001, 0.444), abs=0.001)


def test_another_pairs_lines_and_an_empty_record_give_no_row():
    figures = open_study("colombia-venezuela").ledger().figures
    assert lines(figures, ("IND", "PAK")).is_empty()
    assert lines(figures.clear(), ("COL", "VEN")).is_empty()
