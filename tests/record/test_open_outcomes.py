"""What the record does not reach yet, or reaches only in part: open, and never guessed."""

from __future__ import annotations

import pytest

STOCK = {"series": "migrants", "kind": "stock", "unit": "persons", "value": "2500000"}


@pytest.mark.parametrize(
    ("date", "type_", "period", "verdict"),
    [
        ("2023-12", "prediction", "2023-01", "outcome pending"),  # an older stock is no answer
        ("2024", "quantity", "2023-05", "outcome pending"),
        ("2023", "prediction", "2023-01", "outcome pending"),  # it was there when the claim was made
        ("2023", "quantity", "2023-01", "contradicted"),
        ("2023-12", "prediction", "2023-12-31", "contradicted"),
    ],
)
def test_a_stock_to_come_is_not_that_of_today(small, date, type_, period, verdict):
    claim = small.quantity("3000000", unit="persons", target="migrants", date=date, type=type_)
    late = {"source_id": "late", "title": "L", "publisher": "An Agency", "date": "2024-02", "kind": "official"}
    figure = STOCK | {"period": period, "source_id": "late"}
    assert small.verdict(claim, figures=[figure], sources=[late]).verdict == verdict


def test_a_change_to_a_year_to_come_is_open(small):
    claim = {"claim": "Trade will double", "value": "100", "unit": "pct", "test": "change", "target": "trade.total",
             "options": "from=2021;to=2030"}  # fmt: skip
    assert small.verdict(claim, figures=[{}]).verdict == "outcome pending"
    assert small.verdict(claim | {"options": "from=2019;to=2021"}, figures=[{}]).verdict == "not checkable"


def test_a_figure_in_another_unit_is_said_before_the_future(small):
    claim = small.quantity("100", unit="eur_mn", date="2023")
    assert "eur_mn" in small.verdict(claim, figures=[{"period": "2023"}]).reason


@pytest.mark.parametrize(
    ("date", "value", "options", "type_", "verdict"),
    [
        ("2030", "2", "", "prediction", "outcome pending"),
        ("2030", "", "", "prediction", "outcome pending"),
        ("2020/2030", "1", "op=at least", "prediction", "confirmed"),  # more cannot undo it
        ("2020/2030", "1", "", "prediction", "outcome pending"),
        ("2020/2030", "0", "", "prediction", "contradicted"),
        ("2020", "1", "", "quantity", "confirmed"),
    ],
)
def test_a_count_is_open_while_more_may_come(small, date, value, options, type_, verdict):
    claim = {"type": type_, "test": "count", "target": "kind=border closure", "date": date, "value": value}
    assert small.verdict(claim | {"options": options}, events=[{}]).verdict == verdict


@pytest.mark.parametrize(
    ("source", "by", "verdict"),
    [
        ("story", "", "not checkable"),
        ("office", "Statistics Office", "reported correctly"),
        ("office", "", "confirmed"),
    ],
)
def test_a_count_of_what_only_one_side_tells(small, source, by, verdict):
    claim = {"type": "quantity", "test": "count", "target": "kind=border closure", "date": "2020", "value": "1"}
    assert small.verdict(claim | {"attributed_to": by}, events=[{"source_ids": source}]).verdict == verdict


@pytest.mark.parametrize(
    ("horizon", "event", "verdict"),
    [
        ("2022-06", {"date": "2022"}, "imprecise"),
        ("2022-01", {"date": "2022"}, "imprecise"),  # somewhere in the year is not in January
        ("2022-07", {"date": "2022-06-10", "end_date": "2022-08-01"}, "imprecise"),
        ("2022-06", {"date": "2022-06-10", "end_date": "2022-08-01"}, "confirmed"),
        ("2022", {"date": "2022-06"}, "confirmed"),
        ("2021", {"date": "2022"}, "contradicted"),
    ],
)
def test_a_prediction_of_what_is_dated_coarsely(small, horizon, event, verdict):
    story = {"source_id": "story", "title": "S", "publisher": "The Daily Post", "date": "2019-06-01", "kind": "article"}
    claim = {"type": "prediction", "test": "prediction", "target": "E1", "date": horizon}
    assert small.verdict(claim, events=[event], sources=[story]).verdict == verdict


@pytest.mark.parametrize(
    ("value", "dates", "verdict"),
    [
        ("18", ("2019", "2021"), "not checkable"),  # 12 to 36 months
        ("24", ("2019", "2021"), "confirmed within rounding"),
        ("60", ("2019", "2021"), "contradicted"),
        ("18", ("2019-01-01", "2021-01-01"), "contradicted"),
    ],
)
def test_a_span_between_coarse_dates_is_not_denied(small, value, dates, verdict):
    claim = {"type": "quantity", "test": "duration", "target": "E1..E2", "value": value, "unit": "months"}
    assert small.verdict(claim, events=[{"date": d} for d in dates]).verdict == verdict


def test_a_span_that_the_named_source_tells_is_reported_correctly(small):
    claim = {"type": "quantity", "test": "duration", "target": "E1..E2", "value": "1", "unit": "years",
             "attributed_to": "Statistics Office"}  # fmt: skip
    assert small.verdict(claim, events=[{}, {"date": "2021-03-02"}]).verdict == "reported correctly"


YEARS = [{"period": y, "value": v} for y, v in (("2019", "3"), ("2020", "10"), ("2021", "20"), ("2022", "5"))]
QUARTERS = [
    {"period": p, "value": v}
    for p, v in (("2020-01/2020-03", "1"), ("2020-04/2020-06", "9"), ("2020-07/2020-09", "4"), ("2021-01/2021-03", "2"))
]
MONTHS = [
    {"period": f"{y}-{m:02d}", "value": str(v)} for y, v in ((2020, 1), (2021, 2), (2022, 1)) for m in range(1, 13)
]


@pytest.mark.parametrize(
    ("date", "options", "figures", "more", "verdict"),
    [
        ("2020-04/2020-06", "", QUARTERS, {}, "not checkable"),  # a quarter is missing
        ("2020-04/2020-06", "from=2020-01;to=2020-09", QUARTERS, {}, "confirmed"),
        ("2020-01/2020-03", "", QUARTERS, {}, "contradicted"),
        ("2021", "from=2020;to=2022", MONTHS, {}, "confirmed"),  # months of a flow add up
        ("2021", "from=2020;to=2022", [f | {"kind": "stock"} for f in MONTHS], {}, "confirmed"),  # the highest stands
        ("2021", "from=2020;to=2022", [f | {"kind": "rate"} for f in MONTHS], {}, "confirmed"),  # their means
        ("2021", "from=2020;to=2022", [f | {"kind": "rate"} for f in MONTHS[1:]], {}, "not checkable"),
        ("2021", "", YEARS, {"attributed_to": "Statistics Office"}, "reported correctly"),
        ("2021", "from=2019;to=2030", YEARS, {}, "outcome pending"),
        ("2020", "from=2019;to=2030", YEARS, {}, "contradicted"),
        ("2021", "", [*YEARS[:2], {"period": "2021", "value": "0.02", "unit": "usd_bn"}, YEARS[3]], {}, "confirmed"),
    ],
)
def test_an_extreme_needs_every_period_in_one_unit(small, date, options, figures, more, verdict):
    claim = {"claim": "The peak", "test": "extreme", "target": "trade.total", "date": date, "state": "max"}
    assert small.verdict(claim | {"options": options} | more, figures=figures).verdict == verdict
