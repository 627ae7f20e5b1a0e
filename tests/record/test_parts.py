"""A period's figure made of its months: rates and indices averaged, flows added, and what is missing said."""

from __future__ import annotations

import pytest

from detente.record import Ledger

RATE = {"series": "exchange.usd_per_eur", "unit": "usd_per_eur", "kind": "rate"}
MONTHS = [1.2171, 1.2098, 1.1899, 1.1979, 1.2146, 1.2047, 1.1822, 1.1772, 1.1770, 1.1601, 1.1414, 1.1304]
"""US$ per euro in 2021 as the ECB's monthly averages have it; their mean is 1.18353, its own average of days 1.1827."""


def months(values, year=2021, **more):
    return [RATE | more | {"period": f"{year}-{m:02}", "value": str(v)} for m, v in enumerate(values, 1)]


def claim(value, **more):
    return {"value": value, "unit": "usd_per_eur", "date": "2021", "test": "quantity", "target": RATE["series"]} | more


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (claim("1.18"), "confirmed within rounding"),
        (claim("1.1835"), "confirmed within rounding"),
        (claim("1.22"), "imprecise"),  # January's, not the year's
        (claim("1.4"), "contradicted"),
        (claim("1.13", date="2021-12"), "confirmed within rounding"),  # in December: that month's alone
        (claim("1.18", date="2021-12"), "imprecise"),
        (claim("1.21", date="2021-01/2021-03"), "confirmed within rounding"),
        (claim("1.15", options="op=more than"), "confirmed"),
    ],
)
def test_a_years_rate_is_the_mean_of_its_months(small, given, verdict):
    found = small.verdict(given, figures=months(MONTHS))
    assert found.verdict == verdict, found.reason
    assert ("mean of" in found.evidence) == (given["date"] != "2021-12")


def test_the_mean_says_of_what(small):
    found = small.verdict(claim("1.18"), figures=months(MONTHS))
    assert "1.183525 usd per eur (2021, mean of 12, T1 to T12)" in found.evidence
    assert found.evidence_source_ids == ("office",)


def test_the_years_own_figure_stands_before_the_mean(small):
    own = RATE | {"period": "2021", "value": "1.1827"}
    assert small.verdict(claim("1.1827"), figures=[*months(MONTHS), own]).verdict == "confirmed"


@pytest.mark.parametrize("n", [1, 11])
def test_a_year_without_all_its_months_has_no_mean(small, n):
    found = small.verdict(claim("1.18"), figures=months(MONTHS[:n]))
    assert found.verdict == "not checkable"
    assert f"lacks {12 - n}" in found.reason
    assert "2021-12" in found.reason or n == 1


def test_quarters_count_alike(small):
    prices = {"series": "price.fuel", "unit": "usd", "kind": "index"}
    given = {"value": "104", "unit": "usd", "date": "2021", "test": "quantity", "target": "price.fuel"}
    spans = ("2021-01/2021-03", "2021-04/2021-06", "2021-07/2021-09", "2021-10/2021-12")
    rows = [prices | {"period": p, "value": str(v)} for p, v in zip(spans, (100, 102, 106, 108))]
    assert small.verdict(given, figures=rows).verdict == "confirmed"
    assert "lacks 1" in small.verdict(given, figures=rows[1:]).reason


def test_sources_and_lengths_are_not_mixed(small):
    other = months(MONTHS[6:], source_id="bank")
    rows = [*months(MONTHS[:6]), *[row | {"period": f"2021-{m:02}"} for m, row in enumerate(other, 7)]]
    bank = {"source_id": "bank", "title": "Rates", "publisher": "A Bank", "date": "2022-02-01", "kind": "official"}
    assert small.verdict(claim("1.18"), figures=rows, sources=[bank]).verdict == "not checkable"


def test_months_without_their_neighbours_are_polls_unless_of_a_price(small):
    poll = {"series": "approval", "unit": "pct", "kind": "rate", "period": "2021-03", "value": "57"}
    given = claim("57", unit="pct", target="approval")
    assert small.verdict(given, figures=[poll, poll | {"period": "2020-11", "value": "40"}]).verdict == "confirmed"
    running = [poll, poll | {"period": "2021-04"}]
    assert "lacks 10" in small.verdict(given, figures=running).reason
    assert "lacks 11" in small.verdict(given, figures=[poll | {"kind": "index"}]).reason


@pytest.mark.parametrize("series", ["gdp.growth", "prices.change", "inflation.monthly"])
def test_rates_of_change_are_not_averaged(small, series):
    rows = [row | {"series": series, "unit": "pct"} for row in months([1.0] * 12)]
    found = small.verdict(claim("1", unit="pct", target=series), figures=rows)
    assert found.verdict == "not checkable"
    assert "not averaged" in found.reason


def test_a_poll_within_the_year_is_held_against_it_as_it_stands(small):
    poll = {"series": "approval", "unit": "pct", "kind": "rate", "period": "2021-03-04/2021-03-09", "value": "57"}
    assert small.verdict(claim("57", unit="pct", target="approval"), figures=[poll]).verdict == "confirmed"


def test_changes_and_peaks_of_rates_are_those_of_means(small):
    rows = [*months([1.0] * 11 + [2.0], 2019), *months([1.2] * 12, 2020), *months(MONTHS)]
    change = claim("9.2", unit="pct", date="", test="change", options="from=2019;to=2021;measure=pct")
    found = small.verdict(change, figures=rows)
    assert found.verdict == "confirmed within rounding", found.reason
    peak = {"date": "2020", "state": "max", "test": "extreme", "target": RATE["series"]}
    assert small.verdict(peak, figures=rows).verdict == "confirmed"
    assert small.verdict(peak | {"date": "2019-12"}, figures=rows).verdict == "confirmed"


def test_an_amount_of_a_year_is_converted_at_the_mean_of_its_months(small):
    trade = {"period": "2021", "value": "100", "unit": "eur_mn"}
    given = small.quantity("118.4")
    found = small.verdict(given, figures=[trade, *months(MONTHS)])
    assert found.verdict == "confirmed within rounding", found.reason
    assert "mean of 12" in found.evidence
    assert small.verdict(given, figures=[trade, *months(MONTHS[:11])]).verdict == "not checkable"


STORY = {"source_id": "story", "title": "S", "publisher": "The Daily Post", "kind": "article"}
EARLY = {"source_id": "early", "title": "In autumn", "publisher": "A Chamber", "date": "2021-10-01", "kind": "official"}


def flows(values, year, source="office"):
    return [
        {"period": f"{year}-{m:02}", "value": str(v), "source_id": source} for m, v in enumerate(values, 1)
    ]  # fmt: skip


def fx(value, **more):
    return RATE | {"period": "2021", "value": value} | more


def yearly(**values):
    return [{"period": year.strip("y"), "value": str(v)} for year, v in values.items()]


def test_a_complete_year_stands_before_its_early_figure_in_a_peak(small):
    peak = {"date": "2021", "state": "max", "test": "extreme", "target": "trade.total"}
    early = {"period": "2021", "value": "130", "source_id": "early"}
    rows = [*yearly(y2019=90, y2020=110), early]
    alone = small.verdict(peak, figures=rows, sources=[EARLY])
    assert alone.verdict == "confirmed"
    assert "had ended" in alone.reason
    done = small.verdict(peak, figures=[*rows, *flows([8] * 12, 2021)], sources=[EARLY])
    assert done.verdict == "contradicted"  # 96
    assert "set aside: US$130 million" in done.reason
    half = small.verdict(peak, figures=[*rows, *flows([8] * 11, 2021)], sources=[EARLY])
    assert half.verdict == "confirmed"


def test_a_complete_years_sum_says_which_early_figure_gave_way(small):
    early = {"period": "2021", "value": "70", "source_id": "early"}
    found = small.verdict(small.quantity("96"), figures=[early, *flows([8] * 12, 2021)], sources=[EARLY])
    assert found.verdict == "confirmed"
    assert "set aside: US$70 million (2021, T1)" in found.reason


def test_the_preferred_of_two_figures_of_a_month_is_the_one_added(small):
    rows = flows([8] * 12, 2021)
    rows[3]["preferred"] = "1"
    rows.append(rows[3] | {"value": "80", "preferred": "", "figure_id": "X"})
    assert small.verdict(small.quantity("96"), figures=rows).verdict == "confirmed"


EUROS = {"value": "100", "unit": "eur_mn"}
BANK = {"source_id": "bank", "title": "Rates", "publisher": "A Bank", "date": "2022-02-01", "kind": "press"}


@pytest.mark.parametrize(
    ("rates", "verdict"),
    [
        ([fx("1.05"), fx("1.18", preferred="1")], "confirmed within rounding"),
        ([fx("1.05", source_id="bank"), fx("1.18")], "confirmed within rounding"),  # an office's before a paper's
        ([fx("1.18", status="forecast")], "not checkable"),
        ([fx("1.18", source_id="story")], "not checkable"),  # the claim's own
        ([fx("0.8475", series="exchange.eur_per_usd", unit="eur_per_usd")], "confirmed within rounding"),
        ([fx("1.18", period="2020")], "not checkable"),
    ],
)
def test_which_rate_an_amount_is_converted_at(small, rates, verdict):
    found = small.verdict(small.quantity("118"), figures=[EUROS, *rates], sources=[BANK])
    assert found.verdict == verdict, found.reason


def test_months_in_another_currency_are_added_before_they_are_converted(small):
    euros = [row | {"unit": "eur_mn"} for row in flows([8.3333] * 12, 2021)]
    found = small.verdict(small.quantity("118"), figures=[*euros, *months([1.18] * 12)])
    assert found.verdict == "confirmed within rounding", found.reason
    assert "T1 to T12 at 0.847458 EUR per USD (mean of 12, T13 to T24)" in found.evidence


@pytest.mark.parametrize("rate", ["0", "-1", "inf", "nan", "abc", "1e-400"])
def test_a_rate_is_a_finite_number_above_zero(small, rate):
    problems = Ledger.check(small.write(claims=[small.quantity("118", options=f"rate={rate}")], figures=[EUROS]))
    assert [problem.column for problem in problems] == ["options"]


def release(date, first_published):
    return EARLY | {"date": date, "first_published": first_published}


@pytest.mark.parametrize(
    ("date", "first", "verdict", "early"),
    [
        ("2023", "1995", "confirmed", False),  # a data set that goes on: its copy has the year
        ("n.d.", "1995", "confirmed", False),
        ("2024", "2021-07", "confirmed", False),
        ("2021-10", "1995", "confirmed", True),
        ("2020-10", "1995", "not checkable", False),  # foretold
    ],
)
def test_a_figure_of_a_later_year_than_the_first_release_came_with_its_copy(small, date, first, verdict, early):
    row = {"source_id": "early", "value": "100"}
    found = small.verdict(small.quantity("100"), figures=[row], sources=[release(date, first)])
    assert found.verdict == verdict, found.reason
    assert ("had ended" in found.reason) == early


def test_a_copy_older_than_what_first_came_out_is_a_problem(small):
    problems = Ledger.check(small.write(sources=[release("2020", "2024")]))
    assert [(p.column, p.row) for p in problems] == [("first_published", 2)]


def test_a_later_copy_says_no_more_of_a_day_than_what_there_was_by_then(small):
    closed = {"date": "2016-05-01", "announced": "2014-01-01", "source_ids": "early"}
    ledger = small.ledger(
        events=[closed], sources=[release("2024", "2011"), {**STORY, "date": "2015-01-01"}],
        claims=[{"type": "event", "date": "2016-05-01", "test": "event", "target": "E1"}],
    )  # fmt: skip
    assert ledger.verdict("C1").verdict == "confirmed"
    assert ledger.as_of("2015-06-01").verdict("C1").verdict == "outcome pending"


def test_days_and_weeks_are_not_taken_together(small):
    """Ten million a day for four days and seventy for three days more make no week; seven days do."""
    flow = {"series": "trade.total", "unit": "usd_mn", "kind": "flow"}
    days = [flow | {"period": f"2021-03-0{day}", "value": "10"} for day in range(1, 8)]
    mixed = [*days[:4], flow | {"period": "2021-03-05/2021-03-07", "value": "30"}]
    week = small.quantity("70", date="2021-03-01/2021-03-07")
    assert small.verdict(week, figures=days).verdict == "confirmed"
    assert small.verdict(week, figures=mixed).verdict == "not checkable"
