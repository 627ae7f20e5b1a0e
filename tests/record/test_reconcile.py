"""Figures that disagree: the named cases are found, wrong explanations are not."""

from __future__ import annotations

from importlib.resources import files

import polars as pl
import pytest

from detente.record import Ledger
from detente.record.period import Period
from detente.record.rows import Figure
from detente.record.verdicts.reconciling.explanation import agree
from detente.record.verdicts.reconciling.reconcile import explain

NAN = float("nan")


def figure(id_: str, series: str, value: float, **other) -> Figure:
    defaults = {
        "period": "2021",
        "unit": "usd_mn",
        "basis": "unspecified",
        "kind": "flow",
        "status": "reported",
    }
    row = defaults | {"low": None, "high": None, "preferred": None, "derivation": None, "note": None}
    row |= {"figure_id": id_, "series": series, "value": value, "source_id": f"src-{id_}"} | other
    return Figure.from_row(row)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record"))).conflicts()


def row(table: pl.DataFrame, figure_id: str, series: str = "trade.total") -> dict:
    return table.filter((table["figure_id"] == figure_id) & (table["series"] == series)).row(0, named=True)


def test_the_trade_of_2021_was_the_surplus(table):
    found = row(table, "T352")
    assert (found["value"], found["against"]) == (268.6, 394.0)
    assert found["gap_pct"] == pytest.approx(-31.83, abs=0.005)
    assert found["explanation"] == "balance as total"
    assert "exports are 331.3" in found["arithmetic"]


def test_7290_and_7200_for_2008_are_two_valuations(table):
    found = row(table, "T191")
    assert (found["value"], found["against"]) == (7290.0, 7200.0)
    assert found["explanation"] == "valuation"
    assert "= 7,289" in found["arithmetic"]


def test_10000_for_2024_is_a_slip(table):
    found = row(table, "F36")
    assert (found["value"], found["against"]) == (10000.0, 1124.0)
    assert found["explanation"] == "power of ten"


@pytest.mark.parametrize(("figure_id", "explanation"), [("T274", "balance as total"), ("T427", "balance as total")])
def test_the_same_agency_made_the_same_slip_in_2013_and_2017(table, figure_id, explanation):
    assert row(table, figure_id)["explanation"] == explanation


@pytest.mark.parametrize("figure_id", ["T194", "T195", "T193", "T260"])
def test_figures_without_an_explanation_are_left_so(table, figure_id):
    """Recollections of 8,000 to 20,000 for 2008, and a customs total of 2012 that is 6% above the parts."""
    assert row(table, figure_id)["explanation"] == "none found"


def test_a_mirror_failure_of_a_factor_of_twelve_is_not_explained_away(table):
    assert row(table, "T256", "trade.imports")["explanation"] == "none found"


def test_rounding_counts_only_for_approximate_figures():
    about, exact = figure("A", "trade.total", 400, status="approximate"), figure("B", "trade.total", 394)
    assert agree(about, exact)
    assert not agree(figure("A", "trade.total", 400), exact)


def test_a_balance_needs_a_published_part_to_be_believed():
    odd, other = figure("A", "trade.total", 268.6), figure("B", "trade.total", 394)
    assert not [e for e in explain(odd, other, []) if e.kind == "balance as total"]
    wrong = figure("C", "trade.exports", 250)
    assert not [e for e in explain(odd, other, [wrong]) if e.kind == "balance as total"]
    right = figure("D", "trade.exports", 331)
    assert next(e.kind for e in explain(odd, other, [right])) == "balance as total"


def test_a_part_derived_from_the_figure_itself_is_no_check():
    odd, other = figure("A", "trade.total", 268.6), figure("B", "trade.total", 394)
    part = figure("C", "trade.exports", 331.3, status="derived", derivation="(B + A) / 2")
    rest = figure("D", "trade.imports", 62.7, status="derived", derivation="(B - A) / 2")
    assert explain(odd, other, [part, rest]) == []


def test_exports_quoted_as_the_total():
    odd, other = figure("A", "trade.total", 331), figure("B", "trade.total", 394)
    found = explain(odd, other, [figure("C", "trade.exports", 331.3)])
    assert found[0].kind == "exports as total"


def test_the_year_before_quoted_for_this_one():
    odd, other = figure("A", "trade.total", 222), figure("B", "trade.total", 394)
    found = explain(odd, other, [figure("C", "trade.total", 222.2, period="2020")])
    assert found[0].kind == "other period"


def test_places_added_up_for_the_whole():
    odd, other = figure("A", "trade.total", 300), figure("B", "trade.total", 394)
    parts = [figure("C", "trade.total@cucuta", 180), figure("D", "trade.total@maicao", 120)]
    assert explain(odd, other, parts)[0].kind == "sum of parts"


def test_the_period_of_a_figure_is_never_lost():
    assert figure("A", "trade.total", 1, period="2022-01/2022-08").period == Period.parse("2022-01/2022-08")


def test_the_prices_of_another_year_need_an_index_and_a_named_year():
    index = [
        figure("P1", "prices.usa", 80, period="2005", kind="index", unit="index"),
        figure("P2", "prices.usa", 100, period="2015", kind="index", unit="index"),
    ]
    other = figure("B", "trade.total", 400, period="2005")
    named = figure("A", "trade.total", 500, period="2005", note="in constant dollars of 2015")
    assert explain(named, other, index)[0].kind == "constant money"
    unnamed = figure("A", "trade.total", 500, period="2005")
    assert explain(unnamed, other, index) == []
    for value, fits in ((510, True), (511, False), (490, True), (489, False), (650, False)):
        asked = figure("A", "trade.total", value, period="2005", note="in constant dollars of 2015")
        kinds = {e.kind: e.misfit for e in explain(asked, other, index)}
        assert kinds == ({"constant money": pytest.approx(abs(value / 500 - 1))} if fits else {})


@pytest.mark.parametrize(
    ("derived", "made", "listed"),
    [
        ({"status": "derived"}, "T2 less re-exports", []),
        ({"status": "approximate"}, "T2 less re-exports", ["T2"]),
        ({"status": "derived"}, "T9 less re-exports", ["T2"]),
        ({"status": "derived", "source_id": "story"}, "T2 less re-exports", ["T2"]),
    ],
)
def test_a_step_on_a_sources_way_to_its_figure_is_no_conflict(small, derived, made, listed):
    figures = [{"value": "100", "preferred": "1", "status": "derived", "derivation": made}, {"value": "150"} | derived]
    assert small.ledger(figures=figures).conflicts()["figure_id"].to_list() == listed
