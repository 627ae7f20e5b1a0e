"""Blocs and regions as one side: sums of the members of one day, missing where too much was not reported."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.blocs import bloc_named, blocs
from detente.economies import in_text, is_current, is_side, lookup_side, name_of
from detente.errors import DataError, SpecificationError, UnknownEconomy
from detente.panel import Panel, with_sides

CODES = ("BEL", "COL", "DEU", "FRA", "USA")


@pytest.mark.parametrize(
    ("bloc", "day", "n", "code", "inside"),
    [
        ("EU", "2004-04-30", 15, "POL", False), ("EU", "2004-05-01", 25, "POL", True),  # treaty of accession 2003
        ("EU", "2007-01-01", 27, "BGR", True), ("EU", "2013-07-01", 28, "HRV", True),
        ("EU", "2020-01-31", 28, "GBR", True), ("EU", "2020-02-01", 27, "GBR", False),
        ("MERCOSUR", "2010-01-01", 4, "VEN", False), ("MERCOSUR", "2014-01-01", 5, "VEN", True),
        ("MERCOSUR", "2023-12-31", 4, "VEN", False), ("ANDEAN", "2006-01-01", 5, "VEN", True),
        ("ANDEAN", "2007-01-01", 4, "VEN", False), ("ASEAN", "2010-01-01", 10, "VNM", True),
        ("USMCA", "2010-01-01", 3, "MEX", True), ("GCC", "2017-06-05", 6, "QAT", True),
        ("EAEU", "2016-01-01", 5, "KGZ", True), ("BRICS", "2009-12-31", 4, "ZAF", False),
    ],
)  # fmt: skip
def test_members_are_those_of_the_day(bloc, day, n, code, inside):
    members = blocs()[bloc].members(date.fromisoformat(day))
    assert len(members) == n
    assert (code in members) == inside


def test_every_economy_of_the_panel_is_in_one_continent_and_every_member_is_an_economy():
    day = date(2021, 12, 31)
    continents = ("AFRICA", "ASIA", "EUROPE", "OCEANIA", "LATIN_AMERICA", "NORTHERN_AMERICA")
    counts = {code: sum(code in blocs()[c].members(day) for c in continents) for code in dt.world().economies}
    assert {code for code, n in counts.items() if n != 1} == set()
    known = dt.economies.table()
    assert {m.economy for bloc in blocs().values() for m in bloc.memberships} <= set(known)


def test_a_bloc_is_a_side_and_never_an_economy():
    for code in blocs():
        assert is_side(code), code
        assert not is_current(code), code
        assert name_of(code) != code or code in ("EFTA", "ASEAN", "ECOWAS", "BRICS", "G7", "USMCA")
        assert bloc_named(name_of(code, "es")) is blocs()[code]
    assert lookup_side("European Union") == lookup_side("UE") == lookup_side("euu") == "EU"
    assert lookup_side("CAN") == "CAN", "a country's code is the country's"
    assert in_text("EU", "es") == "la Unión Europea"


@pytest.mark.parametrize("word", ["World", "ROW", "rest of the world", "el mundo"])
def test_the_world_is_no_side(word):
    with pytest.raises(UnknownEconomy, match="no other pair is left to compare with"):
        dt.pair("DEU", word)


def test_an_economy_against_its_own_bloc_is_refused_and_against_a_bloc_it_left_is_not():
    with pytest.raises(SpecificationError, match=r"The United Kingdom is a member of the European Union on 2019-12-31"):
        dt.pair("EU", "GBR", as_of=date(2019, 12, 31))
    with pytest.raises(SpecificationError, match="Argentina is a member of Mercosur on 2023-12-31"):
        dt.pair("Mercosur", "Latin America")
    found = dt.pair("EU", "GBR", as_of=date(2020, 12, 31))
    assert (found.origin, found.destination) == ("EU", "GBR")
    panel = dt.world()
    members = blocs()["EU"].members(date(2020, 12, 31))
    sold = sum(panel.flow(code, "GBR")[panel.year_index(2019)] for code in members)
    assert found.facts.flows[0].sold[2019] == pytest.approx(sold, rel=1e-12)


def test_a_sum_that_lacks_a_large_part_is_missing_and_one_that_lacks_a_small_part_is_counted():
    """Of the EU's trade with Russia in 2023 some was not reported in that release; with the USA all was."""
    panel = with_sides(dt.world(), ("EU", "RUS"))
    assert np.isnan(panel.flow("EU", "RUS")[panel.year_index(2023)])
    assert panel.flow("EU", "USA")[panel.year_index(2023)] > 400_000
    assert "EU stands for 27 economies" in str(panel.report)
    assert panel.gdp is not None
    gdp = panel.gdp[panel.year_index(2021), panel.index("EU")]
    assert gdp == pytest.approx(17.3e6, rel=0.03), "Eurostat and the World Bank put the 27 at US$17.3 to 17.5 trillion"


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Panel, tuple[str, ...]]:
    cells = st.one_of(st.just(0.0), st.floats(0.01, 1e4), st.just(np.nan))
    shape = (3, len(CODES), len(CODES))
    flows = np.array(draw(st.lists(cells, min_size=75, max_size=75))).reshape(shape)
    flows[:, range(5), range(5)] = np.nan
    members = draw(st.sets(st.sampled_from(CODES), min_size=1, max_size=4))
    return Panel(CODES, (2000, 2001, 2002), flows), tuple(sorted(members))


@pytest.mark.property
@settings(max_examples=80, deadline=None)
@given(worlds())
def test_a_merged_flow_is_the_sum_of_its_parts_or_missing(given_):
    panel, members = given_
    merged = panel.merge("XAA", members)
    others = [code for code in CODES if code not in members]
    assert merged.economies == (*others, "XAA")
    for other in others:
        parts = np.stack([panel.flow(code, other) for code in members])
        total = merged.flow("XAA", other)
        whole = np.isfinite(parts).all(axis=0)
        np.testing.assert_allclose(total[whole], parts[:, whole].sum(axis=0), rtol=1e-12)
        none = ~np.isfinite(parts).any(axis=0)
        assert np.isnan(total[none]).all(), "what nobody reported is not a zero"
        for third in others:
            np.testing.assert_array_equal(merged.flow(other, third), panel.flow(other, third))


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(worlds())
def test_the_rest_of_the_world_holds_everything_that_was_not_kept(given_):
    panel, kept = given_
    flows = np.nan_to_num(panel.flows)
    flows[:, range(5), range(5)] = np.nan
    whole = Panel(panel.economies, panel.years, flows)
    small = whole.aggregate(kept)
    assert small.economies == (*[c for c in CODES if c in kept], "ROW")
    inside = [whole.index(code) for code in small.economies[:-1]]
    outside = [k for k in range(5) if k not in inside]
    among = np.nansum(whole.flows[:, outside][:, :, outside])
    assert np.nansum(small.flows) == pytest.approx(np.nansum(whole.flows) - among, rel=1e-12)


@pytest.mark.parametrize(
    ("code", "members", "error", "said"),
    [
        ("XAA", [], DataError, "Nothing can be merged"),
        ("USA", ["BEL", "FRA"], DataError, "a code that is free"),
        ("XAA", ["VEN"], UnknownEconomy, "not among the 5 economies"),
    ],
)
def test_a_merger_of_nothing_or_into_another_is_refused(code, members, error, said):
    panel = Panel(CODES, (2000,), np.ones((1, 5, 5)))
    with pytest.raises(error, match=said):
        panel.merge(code, members)


def test_a_study_of_a_bloc_runs_names_its_day_and_is_read_again(tmp_path, capsys):
    from detente.cli.app import run as cli
    from detente.study import new_study, open_study

    folder = new_study("Mercosur", "European Union", folder=tmp_path / "m", as_of=date(2019, 12, 31))
    text = (folder / "study.toml").read_text()
    assert "blocs_as_of = 2019-12-31" in text
    study = open_study(folder)
    assert study.title == "Mercosur and European Union"
    assert study.check() == []
    assert study.cautions() == []
    made = study.run(quick=True)
    assert "MERCOSUR stands for 4 economies" in " ".join(made.notes)
    assert cli(["new", "EU", "FRA", "--folder", str(tmp_path / "x")]) == 4
    assert "on the other side too" in capsys.readouterr().err
    assert cli(["pair", "EU", "ROW"]) == 3


def test_a_bloc_has_no_flow_with_what_did_not_exist():
    """The Netherlands Antilles ended in 2010, South Sudan began in 2011."""
    panel = with_sides(dt.world(), ("EU", "USA"))
    for code, year in (("ANT", 2023), ("SSD", 2008)):
        t = panel.year_index(year)
        assert np.isnan([panel.flow("EU", code)[t], panel.flow(code, "EU")[t]]).all()
    assert panel.flow("EU", "ANT")[panel.year_index(2008)] > 1000


@pytest.mark.parametrize(
    ("sides", "where"),
    [(("ANDEAN", "PACIFIC_ALLIANCE"), "Both have COL, PER."), (("MERCOSUR", "BRA"), "")],
)
def test_members_that_two_sides_share_are_all_named(sides, where):
    with pytest.raises(SpecificationError, match="on the other side too") as refused:
        with_sides(dt.world(), sides, date(2020, 1, 1))
    assert refused.value.where == where
