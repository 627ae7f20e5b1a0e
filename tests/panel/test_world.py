"""The world panel: what is missing in it, what is zero, and the published figures that it must give."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.data import world_tables
from detente.errors import DataError
from detente.language import Catalogue, said
from detente.panel import world

# METHODS B6, computed by independent code on the unrounded extracts; the tolerance is that of the published table.
PATH = (-.07, -.08, .24, .14, -.15, -1.26, -1.60, -1.31, -1.21, -1.17, -1.20, -1.11, -1.42, -1.46, -1.41, -1.30, -.90,
        -.58)  # fmt: skip
EPISODES = [  # first, last, base, change, pair-specific component, placebo share; COL to VEN
    (2008, 2010, (2000, 2004), -1.435, -1.397, .0089),
    (2008, 2010, (2000, 2008), -1.435, -1.380, .0101),
    (2012, 2020, (2000, 2004), -2.720, .011, .5441),
    (2008, 2020, (2000, 2004), -3.500, -1.438, .0459),
    (2008, 2020, (2000, 2008), -3.500, -1.420, .0378),
    (2020, 2021, (2000, 2004), .527, .403, .9599),
    (2021, 2023, (2000, 2004), .710, .314, .8848),
    (2021, 2023, (2000, 2008), .710, .314, .8905),
]  # fmt: skip
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def found():
    episodes = sorted({(first, last) for first, last, *_ in EPISODES})
    return dt.attribute(dt.world(), "COL", "VEN", episodes, [(2000, 2004), (2000, 2008)])


@pytest.mark.oracle
def test_the_path_of_the_residual_is_the_published_one(found):
    rows = found.residuals().filter(origin="COL", destination="VEN", base_to=2004)
    ours = dict(rows.select("year", "log_ratio").iter_rows())
    for year, theirs in zip([*range(2005, 2022), 2023], PATH, strict=True):
        assert ours[year] == pytest.approx(theirs, abs=TOLERANCE), year


@pytest.mark.oracle
@pytest.mark.parametrize(("first", "last", "base", "change", "own", "share"), EPISODES)
def test_the_episodes_are_the_published_ones(found, first, last, base, change, own, share):
    row = found.to_frame().filter(origin="COL", destination="VEN", from_year=first, to_year=last, base_to=base[1])
    row = row.row(0, named=True)
    assert row["log_change"] == pytest.approx(change, abs=0.006)  # three digits at both ends
    assert row["dyad_part"] == pytest.approx(own, abs=TOLERANCE)
    # the published rank is among all dyads of like size; ours among the 400 nearest, ruptured ones left out: up to
    # three standard errors of a share of 400 and what the ruptured ones weighed
    assert row["p_similar"] == pytest.approx(share, abs=0.05)


@pytest.mark.oracle
@pytest.mark.parametrize(("last", "theirs"), [(2010, -2.04), (2020, -2.25), (2021, -1.21), (2023, -1.06)])
def test_the_way_back_is_the_published_one(found, last, theirs):
    rows = found.residuals().filter(origin="VEN", destination="COL", base_to=2004, year=last)
    assert rows["log_ratio"].item() == pytest.approx(theirs, abs=TOLERANCE)


def test_false_zeros_of_2023_are_missing_and_true_ones_stay():
    world = dt.world()
    t = world.year_index(2023)
    assert np.isnan(world.flow("RUS", "BLR")[t])
    assert np.isnan(world.flow("VEN", "ARG")[t])
    assert np.isnan(world.flow("TWN", "USA")[t])
    assert np.isnan(world.flow("COL", "CUB")[t])
    assert world.flow("COL", "VEN")[t] == 673.0
    assert world.flow("ETH", "ERI")[world.year_index(2010)] == 0


def test_who_was_not_yet_or_no_longer_there_is_missing():
    world = dt.world()
    for code, year in (("SSD", 2008), ("SRB", 2005), ("SCG", 2006), ("ANT", 2012)):
        assert np.isnan(world.flow(code, "DEU")[world.year_index(year)]), code
        assert not world.reported[world.year_index(year), world.index(code)]
    assert world.reported[world.year_index(2015), world.index("SSD")]


def test_an_absent_flow_before_2000_is_missing():
    early = dt.world(since=1995)
    t = early.year_index(1995)
    assert early.years[0] == 1995
    assert not (early.flows[t] == 0).any()
    assert np.isnan(early.flow("RUS", "UKR")[t])
    assert early.flow("COL", "VEN")[t] == pytest.approx(940.0)


def test_the_panel_says_what_it_holds():
    world = dt.world()
    assert (world.kind, world.unit, world.period) == ("goods", "usd_mn", "year")
    known = world.provenance
    assert (known.source, known.valuation, known.side) == ("baci", "fob", "reconciled")
    assert (known.release_of(2021), known.release_of(2023)) == ("HS92 V202601", "HS22 V202501")
    assert "August 2026" in known.gdp_of(2014)
    assert "March 2025" in known.gdp_of(2023)


@pytest.mark.oracle
def test_gdp_is_of_the_vintage_named():
    world = dt.world()
    gdp = world.gdp[:, world.index("VEN")]
    assert gdp[world.year_index(2014)] / 1e3 == pytest.approx(214.8, abs=0.1)  # the extract's README, US$ billion
    assert gdp[world.year_index(2020)] / 1e3 == pytest.approx(42.8, abs=0.1)
    assert np.isnan(world.gdp[:, world.index("TWN")]).all()


def test_a_year_past_the_end_is_an_error():
    with pytest.raises(DataError, match="2024"):
        dt.world(since=2024)


def test_the_source_is_that_of_the_tables_in_every_language():
    facts, source = world_tables().facts, world().source
    assert all(
        facts[part] in source for part in ("cite", "gdp_cite", "release", "gdp_vintage", "licence", "gdp_licence")
    )
    spanish = said(source, Catalogue("es"))
    assert "agregado y redondeado a tres cifras significativas" in spanish
    assert "ago. 2026" in spanish
    assert all(facts[part] in spanish for part in ("release", "licence", "gdp_licence"))
