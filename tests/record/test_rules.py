"""Each rule at its edges: zero bases, signs, the future, sources' own side, fragments, what happened, sums, currencies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.record.rows import Claim, Figure
from detente.record.verdicts.comparing.direction import direction_in
from detente.record.verdicts.kinds.change import _size

HOLDS = ("confirmed", "confirmed within rounding")


def change(value: str, text: str = "A claim", **more: str) -> dict[str, str]:
    options = f"from=2020;to=2021;measure={more.pop('measure', 'pct')}" + more.pop("op", "")
    return {"claim": text, "value": value, "unit": "pct", "test": "change", "target": "trade.total",
            "options": options} | more  # fmt: skip


def from_to(before: str, after: str) -> list[dict[str, str]]:
    return [{"period": "2020", "value": before}, {"period": "2021", "value": after}]


@pytest.mark.parametrize("measure", ["pct", "ratio"])
@pytest.mark.parametrize(("before", "after"), [("0", "10"), ("0", "0"), ("-50", "-100"), ("-50", "50")])
@pytest.mark.parametrize("value", ["-40", "40", "3"])
def test_a_base_of_zero_or_below_decides_nothing(small, measure, before, after, value):
    balance = {"series": "trade.balance"}
    claim = change(value, measure=measure, target="trade.balance")
    figures = [row | balance for row in from_to(before, after)]
    given = small.verdict(claim, figures=figures)
    assert given.verdict == "not checkable"
    assert "no base" in given.reason
    difference = small.verdict(claim | {"options": "from=2020;to=2021;measure=difference"}, figures=figures)
    assert difference.verdict != "not checkable" or "rise or a fall" in difference.reason


def test_a_fall_to_zero_is_a_fall_by_all(small):
    assert small.verdict(change("-100"), figures=from_to("80", "0")).verdict == "confirmed within rounding"


@pytest.mark.parametrize(
    ("value", "text", "state", "verdict"),
    [
        ("-40", "A claim", "", "confirmed within rounding"),
        ("40", "A claim", "down", "confirmed within rounding"),
        ("40", "Exports fell 40%", "", "confirmed within rounding"),
        ("40", "Las exportaciones cayeron un 40%", "", "confirmed within rounding"),
        ("40", "Exports plummeted by 40 percent", "", "confirmed within rounding"),
        ("40", "A claim", "up", "contradicted"),
        ("+40", "A claim", "", "contradicted"),
        ("40", "Exports rose 40%", "", "contradicted"),
        ("-30", "A claim", "", "contradicted"),
        ("30", "Exports fell 30%", "", "contradicted"),
        ("40", "A claim", "", "not checkable"),  # the claim does not say which way
        ("60", "A claim", "", "contradicted"),  # wrong whichever way
    ],
)
def test_the_direction_is_part_of_the_claim(small, value, text, state, verdict):
    assert small.verdict(change(value, text, state=state), figures=from_to("100", "60")).verdict == verdict


@pytest.mark.parametrize(
    ("value", "op", "verdict"),
    [
        ("30", ";op=more than", "confirmed"),
        ("50", ";op=more than", "contradicted"),
        ("50", ";op=less than", "confirmed"),
        ("30", ";op=less than", "contradicted"),
        ("-30", ";op=more than", "confirmed"),
        ("-50", ";op=at most", "confirmed"),
    ],
)
def test_a_bound_on_a_fall_is_one_on_its_size(small, value, op, verdict):
    assert small.verdict(change(value, "It fell", op=op), figures=from_to("100", "60")).verdict == verdict


def test_a_bound_on_a_fall_does_not_allow_a_rise(small):
    assert (
        small.verdict(change("50", "It fell", op=";op=less than"), figures=from_to("60", "100")).verdict
        == "contradicted"
    )


@pytest.mark.parametrize(
    ("value", "text", "found", "verdict"),
    [
        ("3.4", "GDP shrank by 3.4%", "-3.4", "confirmed"),
        ("-3.4", "A claim", "-3.4", "confirmed"),
        ("3.4", "GDP grew by 3.4%", "-3.4", "contradicted"),
        ("3.4", "Unemployment fell to 3.4%", "3.4", "confirmed"),  # a level
    ],
)
def test_a_rate_below_zero_is_a_fall(small, value, text, found, verdict):
    claim = small.quantity(value, unit="pct", claim=text)
    assert small.verdict(claim, figures=[{"value": found, "unit": "pct", "kind": "rate"}]).verdict == verdict


def test_a_sign_against_its_state_is_a_problem(small):
    with pytest.raises(ValueError, match="contradict each other"):
        small.ledger(claims=[change("-40", state="up")], figures=from_to("100", "60"))


@pytest.mark.property
@given(before=st.integers(1, 10_000), after=st.integers(0, 10_000))
def test_the_percentage_computed_by_hand_is_confirmed_and_its_opposite_is_not(before, after):
    percent = 100 * (after - before) / before
    claim = _claim(f"{percent:+.6f}")
    a, b = (_figure(str(y), v) for y, v in ((2020, before), (2021, after)))
    assert _size(claim, a, b, "pct").verdict in HOLDS or abs(percent) < 1e-6
    if abs(percent) > 1:
        assert _size(_claim(f"{-percent:+.6f}"), a, b, "pct").verdict == "contradicted"


def _claim(value: str) -> Claim:
    row = dict.fromkeys(("paragraph", "subsystem", "attributed_to", "state", "why_not", "note", "date"), None)
    return Claim.from_row(
        row | {"claim_id": "C", "source_id": "story", "claim": "It", "type": "quantity", "value": value, "unit": "pct",
               "test": "change", "target": "x", "options": "from=2020;to=2021"}
    )  # fmt: skip


def _figure(period: str, value: float) -> Figure:
    row = dict.fromkeys(("low", "high", "preferred", "derivation", "note"), None)
    return Figure.from_row(
        row | {"figure_id": f"T{period}", "series": "x", "period": period, "value": value, "unit": "usd_mn", "basis": "-",
               "kind": "flow", "status": "reported", "source_id": "office"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Exports fell 40%", -1), ("imports were down 12%", -1), ("sales grew by a third", 1), ("It is 40%", 0),
        ("exports rose while imports fell", 0), ("las ventas aumentaron", 1), ("el comercio se desplomó", -1),
    ],
)  # fmt: skip
def test_words_of_direction(text, way):
    assert direction_in(text) == way


CLOSED = {"date": "2021-01-02", "sets": "border.goods=closed", "source_ids": "news"}
NEWS = {"source_id": "news", "title": "News", "publisher": "A Paper", "date": "2022-01-10", "kind": "press"}


def state(date: str, **more: str) -> dict[str, str]:
    return {"type": "state", "date": date, "state": "closed", "test": "state", "target": "border.goods"} | more


@pytest.mark.parametrize(
    ("date", "options", "verdict"),
    [
        ("2021-06", "", "confirmed"),
        ("2030", "", "outcome pending"),
        ("2026-11", "", "outcome pending"),
        ("2022-02", "", "outcome pending"),
        ("2022-01-10", "", "confirmed"),  # the day of the newest source
        ("2022-01-11", "", "outcome pending"),
        ("2022", "", "outcome pending"),  # closed so far
        ("2022", "when=any", "confirmed"),
        ("2020", "", "not checkable"),
    ],
)
def test_a_state_after_the_newest_source_is_open(small, date, options, verdict):
    assert small.verdict(state(date, options=options), events=[CLOSED], sources=[NEWS]).verdict == verdict


def test_a_state_that_broke_within_what_is_known_is_decided(small):
    opened = {"date": "2021-07-01", "sets": "border.goods=open", "source_ids": "news", "kind": "border opening"}
    assert small.verdict(state("2021-02/2023"), events=[CLOSED, opened], sources=[NEWS]).verdict == "imprecise"


@pytest.mark.parametrize("kind", ["scheduled", "border opening"])
@pytest.mark.parametrize("test", ["prediction", "event"])
def test_an_event_that_is_only_announced_has_not_happened(small, kind, test):
    ahead = {
        "date": "2030-01-01",
        "announced": "2022-01-05",
        "kind": kind,
        "title": "The bridge opens",
        "source_ids": "news",
    }
    claim = {"type": "prediction", "date": "2030-01", "test": test, "target": "E1"}
    assert small.verdict(claim, events=[ahead], sources=[NEWS]).verdict == "outcome pending"
    later = NEWS | {"source_id": "later", "date": "2030-01-02"}
    told = ahead | {"source_ids": "news;later"}
    held = small.verdict(claim, events=[told], sources=[NEWS, later]).verdict
    assert held == ("outcome pending" if kind == "scheduled" else "confirmed")


def test_an_event_known_only_as_announced_is_open_as_of_that_day(small):
    ahead = {"date": "2023-01-01", "announced": "2022-12-01", "kind": "border opening", "title": "It opens",
             "source_ids": "news;later"}  # fmt: skip
    sources = [NEWS | {"date": "2022-12-20"}, NEWS | {"source_id": "later", "date": "2023-01-03"}]
    claim = {"type": "prediction", "date": "2023-01", "test": "prediction", "target": "E1", "source_id": "then"}
    then = {"source_id": "then", "title": "T", "publisher": "Z", "date": "2022-12-10", "kind": "article"}
    ledger = small.ledger(events=[ahead], sources=[*sources, then], claims=[claim])
    assert ledger.verdict("C1").verdict == "confirmed"
    assert ledger.as_of("2022-12-31").verdict("C1").verdict == "outcome pending"


def test_a_figure_for_a_period_after_its_source_is_a_forecast(small):
    assert small.verdict(small.quantity("100", date="2030"), figures=[{"period": "2030"}]).verdict == "outcome pending"


def test_a_period_that_had_not_ended_is_pending_until_the_record_has_it(small):
    claim = small.quantity("100", date="2023")
    found = small.verdict(claim, figures=[{"period": "2020"}])
    assert found.verdict == "outcome pending"
    late = {"source_id": "late", "title": "L", "publisher": "Customs of Utopia", "date": "2024-02", "kind": "official"}
    assert (
        small.verdict(claim, figures=[{"period": "2023", "source_id": "late"}], sources=[late]).verdict == "confirmed"
    )


def course(*values: float, start: int = 2000) -> list[dict[str, str]]:
    return [{"period": str(start + n), "value": f"{v:g}"} for n, v in enumerate(values)]


def extreme(date: str, options: str = "", state: str = "max") -> dict[str, str]:
    return {"date": date, "state": state, "test": "extreme", "target": "trade.total", "options": options}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (extreme("2002"), "confirmed"),
        (extreme("2002", "from=2000;to=2003"), "confirmed"),
        (extreme("2002", "from=1990;to=2010"), "not checkable"),
        (extreme("2001"), "contradicted"),
        (extreme("2001", "from=1990;to=2010"), "contradicted"),  # one higher year is enough
        (extreme("2000", state="min"), "confirmed"),
        (extreme("2002", "from=2001;to=2003"), "confirmed"),
    ],
)
def test_an_extreme_needs_the_years_it_speaks_of(small, claim, verdict):
    assert small.verdict(claim, figures=course(3, 5, 7, 4)).verdict == verdict


def test_a_gap_in_the_course_leaves_a_peak_open(small):
    rows = course(3, 5, 7, 4)
    del rows[1]
    given = small.verdict(extreme("2002"), figures=rows)
    assert given.verdict == "not checkable"
    assert "2001" in given.reason


@pytest.mark.parametrize("year", ["2001", "2003"])
def test_a_shared_peak_is_told_alike_for_both_years(small, year):
    given = small.verdict(extreme(year), figures=course(3, 7, 5, 7))
    assert given.verdict == "imprecise"
    assert ("2003" if year == "2001" else "2001") in given.reason


def event(text: str, date: str = "2020-03", **more: str) -> dict[str, str]:
    return {"claim": text, "type": "event", "date": date, "test": "event", "target": "E1"} | more


@pytest.mark.parametrize(
    ("claim", "verdict", "marks"),
    [
        (event("The bridge was closed in March"), "confirmed", ()),
        (event("The bridge was opened in March"), "contradicted", ()),
        (event("El puente se abrió en marzo"), "contradicted", ()),
        (event("A claim"), "confirmed", ("day only",)),
        (event("A claim", options="kind=border closure"), "confirmed", ()),
        (event("A claim", options="kind=border opening"), "contradicted", ()),
        (event("A claim", options="direction=-"), "contradicted", ()),
        (event("A claim", state="closed"), "confirmed", ()),
        (event("A claim", state="border.goods=closed"), "confirmed", ()),
        (event("A claim", state="open"), "contradicted", ()),
        (event("Ambassadors presented credentials at the palace"), "not checkable", ()),
        (event("The bridge was not opened in March"), "confirmed", None),  # a denial is left to the reader
    ],
)
def test_an_event_is_what_happened_and_not_only_when(small, claim, verdict, marks):
    given = small.verdict(claim, events=[{"sets": "border.goods=closed"}])
    assert given.verdict == verdict
    assert marks is None or verdict == "contradicted" or given.marks == marks


@pytest.mark.parametrize(
    ("actor", "verdict"),
    [
        ("Nicolás Maduro", "confirmed"), ("Nicolas Maduro", "confirmed"), ("nicolás maduro", "confirmed"),
        ("Maduro", "confirmed"), ("Hugo Chávez", "contradicted"), ("VEN", "not checkable"),
    ],
)  # fmt: skip
def test_an_actor_is_known_by_any_spelling(small, actor, verdict):
    claim = event("The bridge closes", options=f"actor={actor}")
    assert small.verdict(claim, events=[{"actors": "Nicolás Maduro"}]).verdict == verdict


MONTHS = [{"period": f"2021-{m:02d}", "value": str(m)} for m in range(1, 13)]


@pytest.mark.parametrize(
    ("date", "value", "verdict"),
    [("2021", "78", "confirmed"), ("2021-04/2021-06", "15", "confirmed"), ("2021-01/2021-06", "21", "confirmed"),
     ("2021", "60", "contradicted"), ("2021-03/2022-02", "75", "not checkable")],
)  # fmt: skip
def test_months_of_a_flow_add_up(small, date, value, verdict):
    assert small.verdict(small.quantity(value, date=date), figures=MONTHS).verdict == verdict


def test_months_with_a_gap_a_stock_or_two_bases_do_not_add_up(small):
    assert small.verdict(small.quantity("78"), figures=MONTHS[:-1]).verdict == "not checkable"
    rates = [row | {"kind": "rate"} for row in MONTHS]
    assert small.verdict(small.quantity("78"), figures=rates).verdict != "confirmed"
    mixed = [row | {"basis": "fob" if n < 6 else "cif"} for n, row in enumerate(MONTHS)]
    assert small.verdict(small.quantity("78"), figures=mixed).verdict == "not checkable"


def test_months_on_record_beside_the_year_do_not_count_twice(small):
    assert (
        small.verdict(small.quantity("80"), figures=[*MONTHS, {"period": "2021", "value": "80"}]).verdict == "confirmed"
    )


def test_a_change_between_years_known_by_months(small):
    before = [{"period": f"2020-{m:02d}", "value": "13"} for m in range(1, 13)]
    assert small.verdict(change("-50"), figures=[*before, *MONTHS]).verdict == "confirmed within rounding"


def test_another_currency_is_converted_at_a_stated_rate_or_said(small):
    claim = small.quantity("92", unit="eur_mn")
    given = small.verdict(claim, figures=[{"value": "100"}])
    assert given.verdict == "not checkable"
    assert "usd_mn" in given.reason
    assert "rate=" in given.reason
    told = small.verdict(claim | {"options": "rate=1.087"}, figures=[{"value": "100"}])
    assert told.verdict == "confirmed within rounding"
    assert "1.087 USD per EUR" in told.evidence
    rate = {"series": "exchange.usd_per_eur", "value": "1.087", "unit": "usd_per_eur", "kind": "rate"}
    known = small.verdict(claim, figures=[{"value": "100"}, rate])
    assert known.verdict == "confirmed within rounding"
    inverse = rate | {"series": "exchange.eur_per_usd", "value": "0.92"}
    assert small.verdict(claim, figures=[{"value": "100"}, inverse]).verdict in HOLDS
    assert small.verdict(claim | {"value": "50"}, figures=[{"value": "100"}, rate]).verdict == "contradicted"


def test_a_figure_in_the_claims_currency_stands_before_one_that_has_to_be_converted(small):
    rate = {"series": "exchange.eur_per_usd", "value": "0.92", "unit": "eur_per_usd", "kind": "rate"}
    figures = [{"value": "100"}, {"value": "50", "unit": "eur_mn", "source_id": "customs"}, rate]
    given = small.verdict(small.quantity("100"), figures=figures, sources=[CUSTOMS])
    assert given.verdict == "confirmed"
    assert given.evidence_source_ids != ("customs",)


def test_a_unit_that_measures_something_else_is_said(small):
    given = small.verdict(small.quantity("100", unit="persons"), figures=[{"value": "100"}])
    assert given.verdict == "not checkable"
    assert "cannot be turned into persons" in given.reason


def test_euro_billions_and_millions_are_one_currency(small):
    claim = small.quantity("1.2", unit="eur_bn")
    assert small.verdict(claim, figures=[{"value": "1200", "unit": "eur_mn"}]).verdict == "confirmed"


BLOG = {"source_id": "blog", "title": "A blog", "publisher": "Trade Watcher", "date": "2022", "kind": "other"}
CUSTOMS = {
    "source_id": "customs",
    "title": "Tables",
    "publisher": "Customs of Utopia",
    "date": "2022",
    "kind": "official",
}


@pytest.mark.parametrize(("value", "verdict"), [("6000", "confirmed"), ("7200", "contradicted")])
def test_the_better_source_decides(small, value, verdict):
    figures = [{"value": "6000"}, {"value": "7200", "source_id": "blog"}]
    given = small.verdict(small.quantity(value), figures=figures, sources=[BLOG])
    assert given.verdict == verdict
    assert "less standing" in given.reason


def test_equals_leave_the_conflict_open(small):
    figures = [{"value": "6000"}, {"value": "7200", "source_id": "customs"}]
    given = small.verdict(small.quantity("6000"), figures=figures, sources=[CUSTOMS])
    assert given.verdict == "unresolved conflict"


@pytest.mark.parametrize("kind", ["quantity", "assessment"])
def test_evidence_of_a_later_time_is_hindsight(small, kind):
    late = {"source_id": "late", "title": "L", "publisher": "Customs of Utopia", "date": "2025", "kind": "official"}
    claim = small.quantity("100", date="2024", type=kind)
    given = small.verdict(claim, figures=[{"period": "2024", "source_id": "late"}], sources=[late])
    assert (given.verdict, given.marks) == ("confirmed", ("hindsight",))
    assert (
        small.verdict(
            claim | {"type": "prediction"}, figures=[{"period": "2024", "source_id": "late"}], sources=[late]
        ).marks
        == ()
    )


def test_marks_that_a_person_gives_and_those_the_rules_find(small):
    proxy = small.verdict(small.quantity("100", options="mark=proxy"), figures=[{}])
    assert proxy.marks == ("proxy",)
    said = small.verdict(event("The bridge closes", type="attribution"), events=[{}])
    assert said.marks == ("quotation",)
    counted = {"test": "count", "target": "kind=border closure", "date": "2020", "value": "1"}
    assert small.verdict(counted, events=[{}]).marks == ("own label",)
    with pytest.raises(ValueError, match="cannot be used as mark"):
        small.ledger(claims=[small.quantity("100", options="mark=perfect")], figures=[{}])


def counted(*dated: tuple[str, int], source: str = "office") -> list[dict[str, str]]:
    """Persons on some days."""
    return [{"series": "migration.a_in_b", "period": day, "value": str(n), "unit": "persons", "kind": "stock",
             "source_id": source} for day, n in dated]  # fmt: skip


@pytest.mark.parametrize(
    ("dated", "claimed", "verdict"),
    [
        ([("2019-12-31", 100), ("2020-12-31", 150)], "50", "confirmed within rounding"),
        ([("2019-12-31", 100), ("2020-12-31", 150)], "20", "contradicted"),
        (
            [("2019-06-30", 90), ("2019-12-31", 100), ("2020-06-30", 180), ("2020-12-31", 150)],
            "50",
            "confirmed within rounding",
        ),
        ([("2019-12-31", 100), ("2020-06-30", 150)], "50", "not checkable"),  # half a year is not a year
        ([("2019-06", 100), ("2019-12", 70), ("2020-06", 150)], "50", "confirmed within rounding"),  # June with June
    ],
)
def test_a_stock_changes_between_the_same_times_of_two_years(small, dated, claimed, verdict):
    claim = {"value": claimed, "unit": "pct", "test": "change", "target": "migration.a_in_b",
             "options": "from=2019;to=2020", "claim": "It rose"}  # fmt: skip
    assert small.verdict(claim, figures=counted(*dated)).verdict == verdict


MONTHLY = [(f"{year}-{month:02d}", 10 * year + (50 if (year, month) == (2019, 7) else month)) for year in range(2017, 2021)
           for month in range(1, 13)]  # fmt: skip


@pytest.mark.parametrize(
    ("dated", "date", "verdict"),
    [
        (MONTHLY, "2019", "confirmed"),  # its months add up to less than those of 2020
        (MONTHLY, "2020", "contradicted"),  # the highest at the end of a year, not of all months
        ([*MONTHLY, ("2021-01", 40000)], "2019", "contradicted"),  # one month beyond the peak is enough
        ([*MONTHLY, ("2021-01", 20210)], "2019", "confirmed"),
        ([*MONTHLY, ("2021-01", 20210)], "2021", "not checkable"),  # one month is no year
        ([(day, n) for day, n in MONTHLY if day[5:] == "12"], "2020", "confirmed"),
        ([(day, n) for day, n in MONTHLY if day[5:] == "12" and day[:4] != "2018"], "2020", "not checkable"),
    ],
)
def test_a_stock_peaks_in_the_year_of_its_highest_month(small, dated, date, verdict):
    claim = extreme(date) | {"target": "migration.a_in_b"}
    assert small.verdict(claim, figures=counted(*dated)).verdict == verdict


TROUGHS = [(day, 30_000 - n) for day, n in MONTHLY]


@pytest.mark.parametrize(
    ("dated", "date", "verdict"),
    [
        (TROUGHS, "2019", "confirmed"),
        ([*TROUGHS, ("2021-01", 5)], "2019", "contradicted"),  # one month below the trough is enough
        ([*TROUGHS, ("2021-01", 29_000)], "2019", "confirmed"),
    ],
)
def test_a_stock_is_lowest_in_the_year_of_its_lowest_month(small, dated, date, verdict):
    claim = extreme(date, state="min") | {"target": "migration.a_in_b"}
    assert small.verdict(claim, figures=counted(*dated)).verdict == verdict


@pytest.mark.parametrize(
    ("type_", "year", "marks"),
    [
        ("quantity", "2024", ("hindsight",)),
        ("prediction", "2024", ()),
        ("quantity", "2023", ()),
        ("quantity", "2022", ()),
    ],
)
def test_a_peak_that_came_later_is_hindsight(small, type_, year, marks):
    late = {"source_id": "late", "title": "L", "publisher": "Customs of Utopia", "date": "2025", "kind": "official"}
    rows = [{"period": str(y), "value": "9" if str(y) == year else "5", "source_id": "late"} for y in range(2020, 2025)]
    given = small.verdict(extreme(year) | {"type": type_}, figures=rows, sources=[late])
    assert (given.verdict, given.marks) == ("confirmed", marks)


def test_a_course_in_two_units_is_told_in_its_first(small):
    rows = [
        {"period": "2001", "value": "5"},
        {"period": "2002", "value": "7"},
        {"period": "2003", "value": "0.006", "unit": "usd_bn"},
    ]
    told = str(small.verdict(extreme("2002"), figures=rows).evidence)
    assert "US$7 million" in told
    rows[0] |= {"value": "0.005", "unit": "usd_bn"}
    assert "US$0.007 billion" in str(small.verdict(extreme("2002"), figures=rows).evidence)


EARLY = {
    "source_id": "early",
    "title": "Nine months",
    "publisher": "A Chamber",
    "date": "2021-10-05",
    "kind": "chamber",
}
LATE = {"source_id": "late", "title": "The year", "publisher": "A Bank", "date": "2022-03-01", "kind": "press"}


def flow(period: str, value: float, source: str) -> dict[str, str]:
    return {"period": period, "value": f"{value:g}", "source_id": source}


def test_a_years_figure_from_within_the_year_says_so(small):
    verdict = small.verdict(small.quantity("70"), sources=[EARLY], figures=[flow("2021", 70, "early")])
    assert verdict.verdict == "confirmed"
    assert "before the period had ended" in verdict.reason
    assert "2021-10-05" in verdict.reason


@pytest.mark.parametrize(
    "later", [[flow("2021", 100, "late")], [flow(f"2021-{month:02d}", 100 / 12, "late") for month in range(1, 13)]]
)
def test_a_later_figure_takes_the_place_of_one_from_within_the_year(small, later):
    figures = [flow("2021", 70, "early"), *later]
    for value, word in (("70", "contradicted"), ("100", "confirmed")):
        verdict = small.verdict(small.quantity(value), sources=[EARLY, LATE], figures=figures)
        assert verdict.verdict.startswith(word), value
        assert verdict.evidence_source_ids == ("late",)
        assert "had ended" not in verdict.reason
        assert "set aside: US$70 million (2021" in verdict.reason


def test_a_figure_of_a_month_is_not_early_once_the_month_is_over(small):
    claim = small.quantity("70", date="2021-09")
    verdict = small.verdict(claim, sources=[EARLY], figures=[flow("2021-09", 70, "early")])
    assert verdict.verdict == "confirmed"
    assert "had ended" not in verdict.reason


def test_a_change_to_a_year_that_had_not_ended_says_so(small):
    figures = [flow("2020", 100, "office"), flow("2021", 70, "early")]
    claim = change("30", "It fell", options="from=2020;to=2021;measure=pct", unit="pct")
    verdict = small.verdict(claim, sources=[EARLY], figures=figures)
    assert verdict.verdict == "confirmed within rounding"
    assert "before the period had ended" in verdict.reason


def test_a_year_that_had_not_ended_makes_no_low(small):
    figures = [flow(str(2018 + n), v, "office") for n, v in enumerate((90, 80, 100))] + [flow("2021", 70, "early")]
    assert small.verdict(extreme("2021", state="min"), sources=[EARLY], figures=figures).verdict == "not checkable"
    assert small.verdict(extreme("2019", state="min"), sources=[EARLY], figures=figures).verdict == "confirmed"
    figures[-1]["value"] = "170"
    peak = small.verdict(extreme("2020"), sources=[EARLY], figures=figures)
    assert peak.verdict == "contradicted"
    assert "before the period had ended" in peak.reason
