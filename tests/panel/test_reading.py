"""What the reader settles on the way from rows to a panel, each case one that a slip would change without a word."""

from __future__ import annotations

import polars as pl
import pytest

from detente.data.facts import Flows, Series
from detente.errors import DataError, InvalidFlow
from detente.panel import read_panel
from detente.panel.reading.dollars import in_dollars


def frame(rows: list[tuple], *columns: str) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=list(columns or ("origin", "destination", "year", "value_kusd")), orient="row")


def test_what_a_flow_is_made_of_is_in_the_panels_unit_both_ways() -> None:
    """Parts of a million are kept, and the flow from the later letter to the earlier one and back; own trade is not."""
    table = frame(
        [("COL", "VEN", 2019, "010121", 1500.0), ("COL", "VEN", 2019, "270900", 700.0),
         ("VEN", "COL", 2019, "270900", 250.0), ("COL", "COL", 2019, "270900", 90.0)],
        "origin", "destination", "year", "product", "value_kusd",
    )  # fmt: skip
    panel = read_panel(table, sections=True)
    assert panel.composition is not None
    parts = panel.composition.frame.sort("origin", "destination", "section")
    told = [(r["origin"], r["destination"], r["section"], r["value"]) for r in parts.iter_rows(named=True)]
    assert [row[:3] for row in told] == [("COL", "VEN", "I"), ("COL", "VEN", "V"), ("VEN", "COL", "V")]
    assert [row[3] for row in told] == pytest.approx([1.5, 0.7, 0.25])
    assert panel.provenance.level == "6 digits"


@pytest.mark.parametrize(("indicator", "rate"), [("USD/EUR", 1.25), ("EUR/USD", 0.8)])
def test_other_money_becomes_dollars_whichever_way_the_rate_is_quoted(indicator, rate, monkeypatch) -> None:
    flows = Flows(
        pl.DataFrame({"origin": ["DEU"], "destination": ["FRA"], "period": [2015], "value": [2.0]}), "usd_mn", "goods",
        money="EUR",
    )  # fmt: skip

    class Rates:
        publisher = "a bank"

        def facts_of(self, *_: object) -> Series:
            return Series(pl.DataFrame({"indicator": [indicator], "period": [2015], "value": [rate]}))

    monkeypatch.setattr("detente.panel.reading.dollars.source_named", lambda _: Rates())
    out = in_dollars(flows, pl.DataFrame({"x": [1]}), "the frame")
    assert (out.frame["value"].to_list(), out.money) == ([2.5], "USD")


def test_years_that_are_not_there_are_named_up_to_the_last() -> None:
    table = frame([("COL", "VEN", y, 5.0) for y in (2010, 2011, 2015, 2017)])
    notes = [str(note) for note in read_panel(table).report.notes]
    assert any("2012, 2013, 2014, 2016" in note or "2012-2014" in note for note in notes), notes


def test_the_first_row_that_lacks_something_is_named_where_it_stands() -> None:
    with pytest.raises(DataError, match=r"2 rows .* \(first at line 2\)"):
        read_panel(frame([(None, "VEN", 2010, 5.0), ("COL", "VEN", 2011, 5.0), ("COL", None, 2012, 5.0)]))
    with pytest.raises(DataError, match=r"1 row .* \(first at line 3\)"):
        read_panel(frame([("COL", "VEN", 2010, 5.0), ("COL", "VEN", None, 5.0)]))


def test_the_first_cell_that_is_no_number_is_named_where_it_stands() -> None:
    table = frame([("COL", "VEN", 2010, "5"), ("COL", "VEN", 2011, "five"), ("COL", "VEN", 2012, "six")])
    with pytest.raises(InvalidFlow, match=r"'five' .* \(line 3; 2 such rows\)"):
        read_panel(table)


@pytest.mark.parametrize(("kind", "unit"), [("energy", "gwh"), ("flights", "flights")])
def test_only_flows_of_goods_are_held_against_world_trade(kind, unit) -> None:
    """Ten thousand million GWh are no trade in goods; the same figure in million dollars is refused."""
    rows = [("COL", "VEN", 2010, 1e10), ("VEN", "COL", 2010, 5.0)]
    panel = read_panel(frame(rows, "origin", "destination", "year", "value"), kind=kind, unit=unit)
    assert panel.flow("COL", "VEN")[0] == 1e10
    with pytest.raises(InvalidFlow, match=r"larger|largest|times"):
        read_panel(frame(rows, "origin", "destination", "year", "value"), unit="usd_mn")


def test_who_reported_is_whoever_sold_or_bought_something_that_year() -> None:
    table = frame([("COL", "VEN", 2010, 5.0), ("PER", "VEN", 2010, 0.0), ("PER", "VEN", 2011, 7.0)])
    panel = read_panel(table)
    assert panel.economies == ("COL", "PER", "VEN")
    assert panel.reported is not None
    assert panel.reported.tolist() == [[True, False, True], [False, True, True]]


def test_codes_of_no_economy_are_left_out_on_either_side_and_counted(tmp_path) -> None:
    (tmp_path / "country_codes_V202601.csv").write_text(
        "country_code,country_name,country_iso2,country_iso3\n"
        "170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n990,Somewhere,AB,ABC\n"
    )
    (tmp_path / "BACI_HS92_Y2019_V202601.csv").write_text(
        "t,i,j,k,v,q\n2019,170,862,10121,1000,1\n2019,990,862,10121,50,1\n2019,862,990,10121,70,1\n"
    )
    panel = read_panel(tmp_path)
    assert panel.economies == ("COL", "VEN")
    assert panel.flow("COL", "VEN")[0] == 1.0
    assert any("ABC" in str(note) for note in panel.report.notes), panel.report.notes
