"""What a verdict on a number says beside its word: further figures, sums, differences, units, bounds."""

from __future__ import annotations

import pytest

from detente.record import Ledger

A, B, C = ({"source_id": s, "title": s, "publisher": f"Office {s}", "date": "2022", "kind": "official"} for s in "ABC")
SOURCES = (A, B, C)


def figure(value: str, source: str = "A", **more: str) -> dict[str, str]:
    return {"value": value, "source_id": source} | more


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (("100",), "is the number claimed."),
        (("100", "100.2"), "1 further independent figure within the same rounding."),
        (("100", "100.2", "99.9"), "2 further independent figures within the same rounding."),
    ],
)
def test_further_figures_within_the_rounding_are_counted(small, values, said):
    figures = [figure(value, source) for value, source in zip(values, "ABC", strict=False)]
    found = small.verdict(small.quantity("100", options="digits=3"), figures=figures, sources=SOURCES)
    assert found.reason.endswith(said), found.reason
    assert set(found.evidence_source_ids) == set("ABC"[: len(values)])


@pytest.mark.parametrize(
    ("target", "value", "difference"),
    [
        ("trade.total", "142", "US$0.4 million"),
        ("trade.balance", "58", "-US$0.4 million"),
    ],
)
def test_parts_are_added_up_or_taken_off_and_the_sum_is_shown(small, target, value, difference):
    """100 and 41.6 FOB are 141.6 together and 58.4 apart; the figures of the whole are CIF."""
    whole = {"trade.total": "150", "trade.balance": "52"}[target]
    figures = [
        figure("100", series="trade.exports", basis="fob"), figure("41.6", series="trade.imports", basis="fob"),
        figure(whole, "B", series=target, basis="fob+cif"),
    ]  # fmt: skip
    found = small.verdict(small.quantity(value, target=target), figures=figures, sources=SOURCES)
    total = {"trade.total": "141.6", "trade.balance": "58.4"}[target]
    assert found.verdict == "confirmed within rounding"
    assert f"US${total} million" in found.evidence
    assert found.difference == difference
    assert set(found.evidence_source_ids) == {"A", "B"}


@pytest.mark.parametrize(
    ("value", "difference"), [("100", "US$0 million"), ("90", "-US$10 million"), ("130", "US$30 million")]
)
def test_the_difference_is_what_was_claimed_less_what_was_found(small, value, difference):
    found = small.verdict(small.quantity(value, options="digits=3"), figures=[figure("100")], sources=SOURCES)
    assert found.difference == difference


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (["eur_mn"], "usd_mn"),
        (["persons"], "persons"),
        (["persons", "km"], "km, persons"),
    ],
)
def test_figures_in_other_units_alone_are_said_to_be_so(small, units, said):
    figures = [figure("5", unit=unit) for unit in units]
    found = small.verdict(small.quantity("100"), figures=figures, sources=SOURCES)
    assert found.verdict == "not checkable"
    assert said in found.reason
    assert "no figure" not in found.reason
    assert ("rate" in found.reason) == (units == ["eur_mn"])  # a rate helps where both are money


def test_no_figure_of_the_time_is_no_matter_of_units(small):
    found = small.verdict(small.quantity("100"), figures=[figure("5", unit="persons", period="2019")], sources=SOURCES)
    assert "has no figure" in found.reason, found.reason


def test_a_bound_that_leaves_it_open_gives_way_to_an_approximate_figure(small):
    figures = [figure("90", low="90", status="bound"), figure("100", "B", status="approximate")]
    found = small.verdict(small.quantity("100"), figures=figures, sources=SOURCES)
    assert (found.verdict, found.evidence_source_ids) == ("confirmed within rounding", ("B",))
    assert small.verdict(small.quantity("100"), figures=figures[:1], sources=SOURCES).verdict == "not checkable"
    assert small.verdict(small.quantity("80"), figures=figures, sources=SOURCES).verdict == "contradicted"


@pytest.mark.parametrize(
    ("low", "high", "value", "op", "word"),
    [
        ("90", "", "80", "more than", "confirmed"), ("90", "", "90", "at least", "confirmed"),
        ("90", "", "100", "less than", "not checkable"), ("90", "", "80", "less than", "contradicted"),
        ("", "90", "100", "less than", "confirmed"), ("", "90", "100", "at least", "contradicted"),
        ("", "90", "80", "more than", "not checkable"), ("", "90", "90", "at least", "not checkable"),
    ],
)  # fmt: skip
def test_a_bound_decides_where_every_number_beyond_it_does(small, low, high, value, op, word):
    figures = [figure("90", low=low, high=high, status="bound")]
    assert small.verdict(small.quantity(value, options=f"op={op}"), figures=figures, sources=SOURCES).verdict == word


@pytest.mark.parametrize(("value", "word"), [("9", "imprecise"), ("12", "confirmed")])
def test_wording_that_undersells_by_more_than_ten_times_says_by_how_much(small, value, word):
    found = small.verdict(small.quantity(value, options="op=more than"), figures=[figure("100")], sources=SOURCES)
    assert found.verdict == word
    assert ("11" in found.reason) == (word == "imprecise")


def test_the_preferred_figure_speaks_first_whatever_is_nearer(small):
    figures = [figure("104", preferred="1"), figure("100", "B")]
    found = small.verdict(small.quantity("100", options="op=about"), figures=figures, sources=SOURCES)
    assert (found.verdict, found.evidence_source_ids[0]) == ("confirmed within rounding", "A")
    worse = [figure("150", preferred="1"), figure("105", "B")]
    found = small.verdict(small.quantity("100", options="digits=3"), figures=worse, sources=SOURCES)
    assert found.verdict == "contradicted"


def test_a_number_is_needed_unless_a_word_stands_for_it(small):
    small.write(claims=[small.quantity("")], figures=[figure("100")], sources=SOURCES)
    assert any("needs 'value'" in p.what for p in Ledger.check(small.folder))
    word = small.quantity("", options="op=hundreds", unit="persons")
    found = small.verdict(word, figures=[figure("300", unit="persons", kind="count")], sources=SOURCES)
    assert (found.verdict, found.difference) == ("confirmed within rounding", "")


def test_whom_the_article_names_is_cited_with_its_own_words(small):
    claim = small.quantity("100", attributed_to="Office A")
    right = small.verdict(claim, figures=[figure("100")], sources=SOURCES)
    wrong = small.verdict(claim | {"value": "200"}, figures=[figure("100")], sources=SOURCES)
    assert (right.verdict, wrong.verdict) == ("reported correctly", "contradicted")
    assert "is what the source named by the article says" in right.reason
    assert "is what the source named by the article says" not in wrong.reason


def test_an_approximate_figure_says_more_of_whom_the_article_names_than_a_nearer_bound(small):
    claim = small.quantity("100", attributed_to="Office A", options="digits=3")
    figures = [figure("130", status="approximate"), figure("95", high="95", status="bound")]
    assert small.verdict(claim, figures=figures, sources=SOURCES).verdict == "contradicted"
    assert small.verdict(claim, figures=figures[1:], sources=SOURCES).verdict == "not checkable"


@pytest.mark.parametrize(("unit", "evidence"), [("usd_mn", False), ("usd_bn", True)])
def test_a_figure_in_another_unit_is_shown_in_both(small, unit, evidence):
    value = {"usd_mn": "2100", "usd_bn": "2.1"}[unit]
    found = small.verdict(small.quantity(value, unit=unit), figures=[figure("2100")], sources=SOURCES)
    assert found.verdict == "confirmed"
    assert found.evidence.startswith("US$2,100 million (2021, T1)")
    assert ("US$2.1 billion" in found.evidence) == evidence
    assert found.evidence.count("US$") == 1 + evidence  # the same unit is not shown twice


def test_of_figures_without_a_mark_the_reported_one_decides_and_not_the_nearest(small):
    figures = [figure("100", status="reported"), figure("90", "B", status="derived", derivation="from quarters")]
    found = small.verdict(small.quantity("80", options="digits=2"), figures=figures, sources=SOURCES)
    assert "US$100 million" in str(found.evidence)


@pytest.mark.parametrize(
    ("word", "lowest", "highest"),
    [("a handful", 2, 9), ("dozens", 24, 99), ("hundreds", 200, 999), ("thousands", 2000, 9999)],
)
def test_words_for_a_number_reach_from_their_lowest_to_their_highest(small, word, lowest, highest):
    for value, holds in ((lowest, True), (highest, True), (lowest - 1, False), (highest + 1, False)):
        claim = small.quantity("", options=f"op={word}")
        found = small.verdict(claim, figures=[figure(str(value))], sources=SOURCES)
        assert found.verdict.startswith("confirmed") == holds, (value, found.verdict)
