"""States by day: nothing invented, temporary events give way, contradictions named."""

from __future__ import annotations

from datetime import date
from importlib.resources import files

import polars as pl
import pytest

from detente.record import Ledger
from detente.record.period import Period
from detente.record.states import build_states


def events(*rows: tuple[str, str, str | None, str]) -> pl.DataFrame:
    columns = {"event_id": [], "date": [], "end_date": [], "sets": []}
    for row in rows:
        for name, cell in zip(columns, row):
            columns[name].append(cell)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))


def test_a_state_is_unknown_before_the_first_event_and_holds_until_the_next():
    states, problems = build_states(
        events(
            ("A", "2015-08-19", None, "border.goods@x=closed"),
            ("B", "2022-09-26", None, "border.goods@x=open"),
        )
    )
    assert not problems
    assert states.at("border.goods@x", date(2015, 8, 18)) is None
    assert states.at("border.goods@x", date(2015, 8, 19)).value == "closed"
    assert states.at("border.goods@x", date(2022, 9, 25)).event_id == "A"
    assert states.at("border.goods@x", date(2030, 1, 1)).value == "open"


def test_an_event_with_an_end_gives_way_to_the_value_before_it():
    states, _ = build_states(
        events(
            ("A", "2020", None, "air.direct=service"),
            ("B", "2025-05-19", "2025-05-26", "air.direct=suspended"),
        )
    )
    assert states.at("air.direct", date(2025, 5, 26)).value == "suspended"
    assert states.at("air.direct", date(2025, 5, 27)).value == "service"


def test_the_share_of_days_counts_both_ends_and_needs_the_whole_period():
    states, _ = build_states(
        events(("A", "2014", None, "border.goods=open"), ("B", "2015-08-19", None, "border.goods=closed"))
    )
    closed = states.share("border.goods", ["closed"], Period.parse("2015"))
    assert closed == pytest.approx(135 / 365)  # 19 August to 31 December
    assert states.share("border.goods", ["open"], Period.parse("2013/2014")) is None


def test_two_values_on_one_day_are_a_contradiction_with_both_rows_named():
    _, problems = build_states(
        events(("A", "2019-02-22", None, "relations=broken"), ("B", "2019-02-22", None, "relations=ambassador"))
    )
    assert len(problems) == 1
    assert problems[0].row == 3
    assert "A (row 2)" in problems[0].what
    assert "B sets relations=ambassador" in problems[0].what


def test_a_change_inside_a_temporary_measure_is_an_overlap():
    _, problems = build_states(
        events(
            ("A", "2014-05-06", "2015-02-01", "gas.flow=interrupted"),
            ("B", "2014-12-01", None, "gas.flow=none"),
        )
    )
    assert "still holds" in problems[0].what


def test_shares_become_columns_by_year_for_a_gravity_fit():
    states = Ledger.read(str(files("detente").joinpath("studies/colombia_venezuela/record"))).states()
    table = states.shares([Period.parse(str(year)) for year in (2016, 2022)])
    row = table.filter(
        (table["period"] == "2022") & (table["state"] == "border.goods@tachira") & (table["value"] == "closed")
    )
    assert row["share"].item() == pytest.approx(268 / 365)  # 1 January to 25 September
    total = table.group_by("period", "state").agg(pl.col("share").sum())
    assert total["share"].to_list() == pytest.approx([1.0] * total.height)
