"""Trade by year and partner: of a year of which the panel knows the pair."""

from __future__ import annotations

import polars as pl
import pytest

import detente as dt
from detente.panel import with_sides
from detente.run.trade import newest_known, partners


@pytest.mark.parametrize(("a", "b", "year"), [("EU", "RUS", 2021), ("SSD", "SDN", 2021), ("SRB", "MNE", 2023)])
def test_partners_are_those_of_a_year_that_has_the_pair(a, b, year):
    """A flow that the newest release leaves out is missing: a map of that year said that the other had 0%."""
    panel = with_sides(dt.world(), (a, b))
    table = partners(panel, (a, b))
    assert newest_known(panel, (a, b)) == year
    assert table["year"].unique().to_list() == [year]
    assert set(table.filter(pl.col("economy") == a)["partner"]) >= {b}


def test_russia_was_no_stranger_to_the_union():
    panel = with_sides(dt.world(), ("EU", "RUS"))
    row = partners(panel, ("EU", "RUS")).filter(pl.col("economy") == "EU", pl.col("partner") == "RUS")
    assert row["share"][0] == pytest.approx(0.066, abs=0.02)
    assert row["exports_usd_mn"][0] == pytest.approx(97_690, rel=0.001)
