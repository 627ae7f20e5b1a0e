"""Changes and extremes: every way a series can go, what the verdict says of it, and what a row must have."""

from __future__ import annotations

import pytest

from detente.errors import RecordError


def figures(before: str, after: str, **more: str) -> list[dict[str, str]]:
    return [{"period": "2020", "value": before} | more, {"period": "2021", "value": after} | more]


def change(measure: str, **more: str) -> dict[str, str]:
    options = f"from=2020;to=2021;measure={measure}" + more.pop("op", "")
    return {"claim": "A claim", "test": "change", "target": "trade.total", "options": options} | more


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("100", "101", "up"),
        ("100", "99", "down"),
        ("100", "100", "flat"),
        ("0", "0.5", "up"),
        ("0.5", "0", "down"),
        ("0", "0", "flat"),
    ],
)
@pytest.mark.parametrize("said", ["up", "down", "flat"])
def test_a_direction_is_right_or_wrong(small, before, after, found, said):
    given = small.verdict(change("direction", state=said), figures=figures(before, after))
    assert given.verdict == ("confirmed" if said == found else "contradicted")


@pytest.mark.parametrize(
    ("measure", "value", "unit", "difference", "verdict"),
    [
        ("pct", "-38", "pct", "2 points", "imprecise"),
        ("pct", "-40", "pct", "0 points", "confirmed within rounding"),
        ("pct", "+40", "pct", "80 points", "contradicted"),
        ("ratio", "0.6", "times", "0 times", "confirmed within rounding"),
        ("ratio", "0.9", "times", "0.3 times", "contradicted"),
        ("difference", "-40", "usd_mn", "US$0 million", "confirmed within rounding"),
        ("difference", "-0.040", "usd_bn", "US$0 billion", "confirmed within rounding"),
        ("difference", "-0.060", "usd_bn", "-US$0.02 billion", "contradicted"),
        ("difference", "-25", "usd_mn", "US$15 million", "contradicted"),
    ],
)
def test_the_size_of_a_change_and_how_far_the_claim_is_off(small, measure, value, unit, difference, verdict):
    given = small.verdict(change(measure, value=value, unit=unit), figures=figures("100", "60"))
    assert (given.verdict, str(given.difference)) == (verdict, difference)


@pytest.mark.parametrize(
    ("type_", "period", "marks"),
    [
        ("quantity", "2024", ("hindsight",)),
        ("cause", "2024", ("hindsight",)),
        ("prediction", "2024", ()),
        ("quantity", "2023", ()),
        ("quantity", "2022", ()),
    ],
)
@pytest.mark.parametrize("measure", ["pct", "direction"])
def test_a_change_that_came_later_is_hindsight(small, type_, period, marks, measure):
    late = {"source_id": "late", "title": "L", "publisher": "Customs of Utopia", "date": "2025", "kind": "official"}
    rows = [
        {"period": "2020", "value": "100", "source_id": "late"},
        {"period": period, "value": "50", "source_id": "late"},
    ]
    claim = change(measure, value="-50", unit="pct", state="down", type=type_)
    claim["options"] = f"from=2020;to={period};measure={measure}"
    given = small.verdict(claim, figures=rows, sources=[late])
    assert given.verdict.startswith("confirmed")
    assert given.marks == marks


@pytest.mark.parametrize(
    ("wrong", "column", "says"),
    [
        ({"options": "from=2020"}, "options", "from= and to="),
        ({"options": "to=2021"}, "options", "from= and to="),
        ({"options": ""}, "options", "from= and to="),
        ({"options": "from=2020;to=2021;measure=pct", "state": "flat"}, "state", "cannot be used"),
        ({"options": "from=2020;to=2021;measure=direction", "state": "sideways"}, "state", "cannot be used"),
        ({"options": "from=2020;to=2021;measure=direction", "state": ""}, "state", "needs 'state'"),
        ({"options": "from=2020;to=2021", "value": ""}, "value", "needs 'value'"),
        ({"options": "from=2020;to=20x1"}, "options", "is not a date"),
        ({"target": "trade.totals"}, "target", "Did you mean 'trade.total'"),
        ({"options": "from=2020;to=2021;digits=two"}, "options", "no number of digits"),
    ],
)
def test_a_row_that_cannot_be_tested_is_named(small, wrong, column, says):
    with pytest.raises(RecordError) as caught:
        small.ledger(claims=[change("pct", value="5", unit="pct") | wrong], figures=figures("1", "2"))
    (problem,) = caught.value.problems
    assert (problem.file, problem.column) == ("claims.csv", column)
    assert says in f"{problem.what} {problem.fix}"


def test_both_ends_are_taken_from_one_basis_and_one_source_where_they_can(small):
    other = {"source_id": "other", "title": "O", "publisher": "Customs of Utopia", "date": "2022", "kind": "official"}
    rows = [
        *figures("100", "50"),
        {"period": "2021", "value": "90", "source_id": "other"},
        {"period": "2020", "value": "200", "basis": "cif"},
    ]
    given = small.verdict(change("pct", value="-50", unit="pct"), figures=rows, sources=[other])
    assert given.verdict == "confirmed within rounding"
    assert given.evidence_source_ids == ("office",)
    apart = [{"period": "2020", "value": "100", "basis": "fob"}, {"period": "2021", "value": "50", "basis": "cif"}]
    assert small.verdict(change("pct", value="-50", unit="pct"), figures=apart).verdict == "not checkable"


@pytest.mark.parametrize(
    ("values", "said", "state", "verdict", "years"),
    [
        ((3, 5, 7, 4), "2002", "max", "confirmed", "0 years"),
        ((3, 5, 7, 4), "2003", "max", "contradicted", "-1 years"),
        ((3, 5, 7, 4), "2000", "max", "contradicted", "+2 years"),
        ((3, 5, 7, 4), "2000", "min", "confirmed", "0 years"),
        ((3, 5, 3, 4), "2002", "min", "imprecise", "0 years"),
        ((3, 5), "2001", "max", "not checkable", ""),
        ((3, 5, 7, 4), "2009", "max", "not checkable", ""),
    ],
)
def test_a_peak_and_a_low(small, values, said, state, verdict, years):
    rows = [{"period": str(2000 + n), "value": str(v)} for n, v in enumerate(values)]
    claim = {"claim": "A claim", "test": "extreme", "target": "trade.total", "date": said, "state": state}
    given = small.verdict(claim, figures=rows)
    assert (given.verdict, str(given.difference)) == (verdict, years)


def test_bases_that_disagree_on_a_peak_leave_it_open_and_a_mixture_has_no_say(small):
    def course(basis: str, *values: int) -> list[dict[str, str]]:
        return [{"period": str(2000 + n), "value": str(v), "basis": basis} for n, v in enumerate(values)]

    claim = {"claim": "A claim", "test": "extreme", "target": "trade.total", "date": "2001", "state": "max"}
    both = [*course("fob", 1, 9, 2), *course("cif", 1, 5, 8)]
    assert small.verdict(claim, figures=both).verdict == "unresolved conflict"
    mixed = [*course("fob", 1, 9, 2), *course("unspecified", 1, 5, 8)]
    assert small.verdict(claim, figures=mixed).verdict == "confirmed"


def test_monthly_extremes_need_every_month(small):
    rows = [{"period": f"2021-{m:02d}", "value": str(v)} for m, v in ((1, 3), (2, 9), (3, 4), (5, 2))]
    claim = {"claim": "A claim", "test": "extreme", "target": "trade.total", "date": "2021-02", "state": "max"}
    given = small.verdict(claim, figures=rows)
    assert given.verdict == "not checkable"
    assert "2021-04" in given.reason
    full = [*rows, {"period": "2021-04", "value": "1"}]
    assert small.verdict(claim, figures=full).verdict == "confirmed"
    assert small.verdict(claim | {"options": "from=2021-01;to=2021-06"}, figures=full).verdict == "not checkable"


@pytest.mark.parametrize("bases", [("fob", "cif"), ("cif", "fob")])
def test_ends_on_two_bases_are_no_pair_in_either_order(small, bases):
    apart = [{"period": p, "value": v, "basis": b} for p, v, b in zip(("2020", "2021"), ("100", "50"), bases)]
    assert small.verdict(change("pct", value="-50", unit="pct"), figures=apart).verdict == "not checkable"


@pytest.mark.parametrize("first", ["aaa", "zzz"])
def test_one_source_for_both_ends_comes_first_whatever_its_name(small, first):
    other = {"source_id": first, "title": "O", "publisher": "Customs of Utopia", "date": "2022", "kind": "official"}
    rows = [{"period": "2020", "value": "80", "source_id": first}, *figures("100", "50")]
    given = small.verdict(change("pct", value="-50", unit="pct"), figures=rows, sources=[other])
    assert (given.verdict, given.evidence_source_ids) == ("confirmed within rounding", ("office",))


def test_whom_the_article_names_is_asked_only_where_nobody_else_can_be(small):
    other = {"source_id": "other", "title": "O", "publisher": "Customs of Utopia", "date": "2022", "kind": "official"}
    named = change("pct", value="-50", unit="pct", attributed_to="Statistics Office")
    assert small.verdict(named, figures=figures("100", "50")).verdict == "reported correctly"
    theirs = [row | {"source_id": "other"} for row in figures("100", "50")]
    assert (
        small.verdict(named, figures=[*figures("100", "90"), *theirs], sources=[other]).verdict
        == "confirmed within rounding"
    )
    assert (
        small.verdict(change("pct", value="50", unit="pct"), figures=figures("100", "150")).verdict
        == "confirmed within rounding"
    )


def test_a_ratio_is_no_fall_whatever_the_words_say(small):
    given = small.verdict(
        change("ratio", value="0.6", unit="times", claim="Trade fell to 0.6 times what it was"),
        figures=figures("100", "60"),
    )
    assert given.verdict == "confirmed within rounding"


def test_a_base_below_one_is_a_base(small):
    given = small.verdict(change("pct", value="100", unit="pct"), figures=figures("0.5", "1"))
    assert given.verdict == "confirmed within rounding"


def test_a_difference_in_a_unit_of_another_thing_is_told_in_the_figures_own(small):
    given = small.verdict(change("difference", value="-40", unit="persons"), figures=figures("100", "60"))
    assert "-US$40 million" in str(given.evidence)


def test_a_difference_is_said_with_its_sign_and_a_percentage_in_percent(small):
    for measure, value, unit, said in (
        ("difference", "-40", "usd_mn", "-US$40 million"),
        ("pct", "-40", "pct", "-40%"),
    ):
        given = small.verdict(change(measure, value=value, unit=unit), figures=figures("100", "60"))
        assert str(given.evidence).endswith(said), given.evidence
    given = small.verdict(
        change("difference", value="-4", unit="pct"), figures=[f | {"unit": "pct"} for f in figures("10", "6")]
    )
    assert str(given.evidence).endswith("-4 points")


PEAK = {"claim": "A claim", "test": "extreme", "target": "trade.total", "state": "max"}


def yearly(values: dict[int, str], **more: str) -> list[dict[str, str]]:
    return [{"period": str(year), "value": value} | more for year, value in values.items()]


def test_a_monthly_course_begins_with_its_own_first_month(small):
    months = [{"period": f"2021-{m:02d}", "value": str(v)} for m, v in ((3, 5), (4, 9), (5, 7))]
    assert small.verdict(PEAK | {"date": "2021-04"}, figures=months).verdict == "confirmed"
    short = PEAK | {"date": "2021-04", "options": "from=2021-02;to=2021-05"}
    assert small.verdict(short, figures=months).verdict == "not checkable"
    short = PEAK | {"date": "2021-04", "options": "from=2021-03;to=2021-06"}
    assert small.verdict(short, figures=months).verdict == "not checkable"


def test_an_extreme_shared_on_one_basis_and_alone_on_the_other_holds(small):
    shared = yearly({2000: "1", 2001: "9", 2002: "9"}, basis="fob")
    alone = yearly({2000: "1", 2001: "9", 2002: "8"}, basis="cif")
    assert small.verdict(PEAK | {"date": "2001"}, figures=[*shared, *alone]).verdict == "confirmed"
    given = small.verdict(PEAK | {"date": "2001"}, figures=shared)
    assert given.verdict == "imprecise"
    assert "2002" in str(given.reason)
    assert str(given.reason).count("2001") == 1  # the one claimed is none of the others


def test_a_basis_without_the_year_claimed_says_nothing(small):
    here = yearly({2000: "1", 2001: "9", 2002: "8"}, basis="fob")
    elsewhere = yearly({2000: "1", 2002: "3", 2003: "4"}, basis="cif")
    assert small.verdict(PEAK | {"date": "2001"}, figures=[*here, *elsewhere]).verdict == "confirmed"


def test_the_last_year_spoken_of_must_be_there_too(small):
    rows = yearly({2000: "1", 2001: "9", 2002: "8"})
    said = PEAK | {"date": "2001"}
    assert small.verdict(said | {"options": "from=2000;to=2003"}, figures=rows).verdict == "not checkable"
    assert small.verdict(said | {"options": "from=1999;to=2002"}, figures=rows).verdict == "not checkable"
    assert small.verdict(said | {"options": "from=2000;to=2002"}, figures=rows).verdict == "confirmed"


@pytest.mark.parametrize(("last", "more"), [(2006, False), (2007, False), (2008, True), (2009, True), (2015, True)])
def test_years_that_are_missing_are_named_five_at_most(small, last, more):
    rows = yearly({2000: "1", 2001: "9", 2002: "8"})
    given = small.verdict(PEAK | {"date": "2001", "options": f"from=2000;to={last}"}, figures=rows)
    assert ("..." in str(given.reason)) == more
    assert f"{last - 2002}" in str(given.reason)
    assert ("2007" in str(given.reason)) == (last >= 2007)
    assert "2008" not in str(given.reason)


@pytest.mark.parametrize(
    ("before", "after", "value", "verdict", "difference"),
    [
        ("90", "30", "3", "confirmed within rounding", "0 times"),  # to fall threefold is to fall to a third
        ("90", "45", "3", "contradicted", "1 times"),
        ("30", "90", "3", "confirmed within rounding", "0 times"),  # what rose is no third
        ("100", "60", "0.6", "confirmed within rounding", "0 times"),
    ],
)
def test_a_fall_by_a_factor_is_one_to_its_inverse(small, before, after, value, verdict, difference):
    given = small.verdict(change("ratio", value=value, unit="times", state="down"), figures=figures(before, after))
    assert (given.verdict, str(given.difference)) == (verdict, difference)


def test_a_small_rise_beside_a_claimed_fall_is_no_inverse(small):
    given = small.verdict(change("pct", value="2", unit="pct", state="down"), figures=figures("1000", "1005"))
    assert (given.verdict, str(given.difference)) == ("contradicted", "-2.5 points")


def test_no_change_is_claimed_in_no_direction(small):
    given = small.verdict(change("pct", value="0", unit="pct", state="down"), figures=figures("1000", "1002"))
    assert given.verdict == "imprecise"  # not the other way


def test_a_change_that_a_claim_undersells_is_said_to_be_so_many_times_as_large(small):
    claim = change("pct", value="5", unit="pct", state="up", op=";op=more than")
    given = small.verdict(claim, figures=figures("100", "160"))
    assert given.verdict == "imprecise"
    assert "12 times" in str(given.reason)
    near = small.verdict(claim, figures=figures("100", "106"))
    assert near.verdict == "confirmed"
    assert "times" not in str(near.reason)


@pytest.mark.parametrize("first", ["2020", "2021"])
def test_the_preferred_figure_of_an_end_is_taken_whatever_stands_before_it(small, first):
    """40 and 100 are the figures to use: of the others the change would be another."""
    rows = [{"period": p, "value": v} for p, v in (("2020", "100"), ("2021", "40"))]
    other = {"period": first, "value": "90"}
    marked = [row | {"preferred": "1"} for row in rows]
    assert "40" in (given := small.verdict(change("pct", value="-60", unit="pct"), figures=[other, *marked])).evidence
    assert given.verdict == "confirmed within rounding"


def test_a_multiple_is_said_with_one_decimal(small):
    given = small.verdict(change("ratio", value="1.24", unit="times"), figures=figures("100", "123.6"))
    assert "1.2 times" in str(given.reason)
    assert "1.24 times" not in str(given.reason)
