"""What a flow is made of, and both reports of it side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.cli.app import run as cli
from detente.data.sections import ORDER, SECTIONS, section_of
from detente.errors import EmptySample, UnknownColumn
from detente.panel import mirrored, read_panel
from detente.panel.mirror import mirror
from detente.study import new_study

WCO = {  # chapters of the World Customs Organization's table of contents, HS 2022: first and last of some sections
    "I": ("01", "05"), "IV": ("16", "24"), "V": ("25", "27"), "VI": ("28", "38"), "XI": ("50", "63"),
    "XV": ("72", "83"), "XVI": ("84", "85"), "XVII": ("86", "89"), "XXI": ("97", "97"),
}  # fmt: skip


@pytest.mark.oracle
def test_sections_are_those_of_the_harmonised_system():
    for section, (first, last) in WCO.items():
        inside = sorted(chapter for chapter, of in SECTIONS.items() if of == section)
        assert (inside[0], inside[-1]) == (first, last)
    assert len(set(SECTIONS.values())) == 22, "21 sections, and what is not specified"
    assert section_of("270900") == "V"
    assert section_of("9999") == "not specified"


def baci(folder, rows: list[str]):
    (folder / "country_codes_V202601.csv").write_text(
        "country_code,country_name,country_iso2,country_iso3\n170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n842,USA,US,USA\n"
    )
    (folder / "BACI_HS92_Y2019_V202601.csv").write_text("t,i,j,k,v,q\n" + "\n".join(rows) + "\n")
    return folder


def test_bacis_own_files_by_section(tmp_path):
    folder = baci(tmp_path, ["2019,170,862,10121,1000,1", "2019,170,862,270900,3000,1", "2019,170,862,870323,500,1",
                             "2019,842,170,999999,50,1", "2019,842,170,100590,950,1"])  # fmt: skip
    panel = read_panel(folder, sections=True)
    assert panel.flow("COL", "VEN")[0] == 4.5
    assert panel.composition.of("COL", "VEN").rows() == [
        (2019, "I", 1.0, 1 / 4.5), (2019, "V", 3.0, 3 / 4.5), (2019, "XVII", 0.5, 0.5 / 4.5)
    ]  # fmt: skip
    assert panel.composition.of("USA", "COL")["section"].to_list() == ["II", "not specified"]
    plain = read_panel(folder)
    assert plain.composition is None
    np.testing.assert_array_equal(plain.flows, panel.flows)


@st.composite
def products(draw: st.DrawFn) -> pl.DataFrame:
    codes = draw(
        st.lists(st.sampled_from(["0101", "0901", "2709", "5208", "8703", "9999", "7108"]), min_size=1, unique=True)
    )
    pairs = [("COL", "VEN"), ("VEN", "COL"), ("USA", "COL")]
    rows = [(a, b, 2008, code, draw(st.floats(0.001, 900))) for a, b in pairs for code in codes]
    return pl.DataFrame(rows, schema=["exporter", "importer", "year", "product", "trade_usd_mn"], orient="row")


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(products())
def test_sections_add_up_to_the_flow_and_shares_to_one(frame):
    panel = read_panel(frame, sections=True)
    for a, b in (("COL", "VEN"), ("VEN", "COL"), ("USA", "COL")):
        rows = panel.composition.of(a, b)
        assert rows["value"].sum() == pytest.approx(panel.flow(a, b)[0], rel=1e-9)
        assert rows["share"].sum() == pytest.approx(1.0, rel=1e-12)
        places = [ORDER.index(section) for section in rows["section"]]
        assert places == sorted(set(places))
    merged = panel.merge("XAA", ["COL", "USA"])
    assert merged.composition.of("VEN", "XAA")["value"].sum() == pytest.approx(merged.flow("VEN", "XAA")[0], rel=1e-9)
    assert merged.composition.of("XAA", "XAA").is_empty()


def test_totals_alone_have_no_sections():
    frame = pl.DataFrame({"exporter": ["COL"], "importer": ["VEN"], "year": [2008], "trade_usd_mn": [5.0]})
    with pytest.raises(UnknownColumn, match="no products or sectors, only totals"):
        read_panel(frame, sections=True)


def test_a_run_has_the_table_where_the_panel_has_sections(tmp_path):
    world = dt.world()
    codes = ("COL", "VEN", "USA", "BRA", "DEU")
    rows = [
        (a, b, year, chapter, float(world.flow(a, b)[t]) * share)
        for a in codes for b in codes if a != b
        for t, year in enumerate(world.years) if year <= 2012
        for chapter, share in (("27", 0.25), ("87", 0.75))
    ]  # fmt: skip
    file = tmp_path / "flows.csv"
    pl.DataFrame(rows, schema=["exporter", "importer", "year", "product", "trade_usd_mn"], orient="row").write_csv(file)
    folder = new_study("COL", "VEN", folder=tmp_path / "s", data=file, reading={"sections": True})
    run = dt.open_study(folder).run(quick=True)
    table = run.composition.to_frame().filter(origin="COL", year=2008)
    assert table.select("section", "share").rows() == [("V", 0.25), ("XVII", 0.75)]
    assert table["value_usd_mn"].sum() == pytest.approx(6470.0)


def report(reporter: int, partner: int, flow: str, value: float, period: str = "2010") -> dict:
    return {"period": period, "reporterCode": reporter, "partnerCode": partner, "flowCode": flow, "cmdCode": "TOTAL",
            "primaryValue": value}  # fmt: skip


def test_both_reports_stand_side_by_side_with_the_gap(tmp_path, capsys):
    rows = [report(170, 862, "X", 1422.87e6), report(862, 170, "M", 1563.0e6), report(170, 842, "X", 16e9),
            report(76, 170, "M", 1.1e9)]  # fmt: skip
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"data": rows}))
    found = mirror(file)
    assert found.of("COL", "VEN").rows() == [
        ("COL", "VEN", "2010", pytest.approx(1422.87), pytest.approx(1563.0), pytest.approx(140.13),
         pytest.approx(np.log(1563.0 / 1422.87)))
    ]  # fmt: skip
    assert found.of("COL", "USA").rows() == [("COL", "USA", "2010", pytest.approx(16_000.0), None, None, None)]
    assert found.of("COL", "BRA")["by_destination"].to_list() == [pytest.approx(1100.0)]
    assert "1 flow with two positive reports: the destination's is +10%" in found.summary()
    assert cli(["data", "mirror", str(file), "COL", "VEN"]) == 0
    assert "1,422.9" in capsys.readouterr().out
    assert cli(["data", "mirror", str(file), "COL"]) == 2


def test_one_side_alone_has_nothing_to_compare_with(tmp_path):
    file = tmp_path / "c.json"
    file.write_text(json.dumps({"data": [report(170, 862, "X", 1422.87e6)]}))
    with pytest.raises(EmptySample, match="no report of the destinations"):
        mirror(file)
    world = dt.world()
    with pytest.raises(EmptySample, match="not two reports of the same flows"):
        mirrored(world, world)


SIDES = ("origin", "destination", "reconciled", "")


@pytest.mark.parametrize("second", SIDES)
@pytest.mark.parametrize("first", SIDES)
def test_reports_are_compared_only_where_they_are_not_known_to_be_others(first, second):
    """What the destinations report never stands in the column of the origins."""
    sold = dt.read_panel(
        pl.DataFrame({"exporter": ["COL"], "importer": ["VEN"], "year": [2010], "trade_usd_mn": [7.0]})
    )
    one, two = (replace(sold, provenance=replace(sold.provenance, side=side)) for side in (first, second))
    if first == "destination" or second == "origin" or (first, second) == ("reconciled", "reconciled"):
        told = f"reported by the {first or 'unknown'} and by the {second or 'unknown'} side"
        with pytest.raises(EmptySample, match=told):
            mirrored(one, two)
    else:
        assert mirrored(one, two).of("COL", "VEN")["gap"].to_list() == [0.0]


def test_reports_of_two_kinds_are_named_in_the_order_given():
    sold = dt.read_panel(
        pl.DataFrame({"exporter": ["COL"], "importer": ["VEN"], "year": [2010], "trade_usd_mn": [7.0]})
    )
    with pytest.raises(EmptySample, match=r"One has goods usd_mn year, the other goods gwh year"):
        mirrored(sold, replace(sold, unit="gwh"))
