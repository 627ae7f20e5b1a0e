"""What a written number allows: its last significant digit, at most a twentieth, percent as written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.record.verdicts.amounts import CURRENCIES, convert, gap, measure_of
from detente.record.verdicts.numbers import NEAR, ROUNDING, Wording, half_digit, rounding

HOLDS = ("confirmed", "confirmed within rounding")


@pytest.mark.parametrize(
    ("value", "unit", "options", "found", "verdict"),
    [
        ("10000", "usd_mn", "", "5100", "contradicted"),
        ("100000", "usd_mn", "", "52000", "contradicted"),
        ("1000", "usd_mn", "", "510", "contradicted"),
        ("100", "pct", "", "60", "contradicted"),
        ("20", "pct", "", "15.5", "contradicted"),
        ("20", "pct", "", "20.4", "confirmed within rounding"),
        ("20", "pct", "", "21", "imprecise"),
        ("1000", "usd_mn", "op=about", "0", "contradicted"),
        ("10", "pct", "op=about", "0.1", "contradicted"),
        ("1000", "usd_mn", "op=about", "1090", "confirmed within rounding"),
        ("1000", "usd_mn", "op=about", "1110", "imprecise"),
        ("10000", "usd_mn", "", "9600", "confirmed within rounding"),
        ("7.0e3", "usd_mn", "", "7060", "imprecise"),
        ("7.0e3", "usd_mn", "", "7040", "confirmed within rounding"),
        ("7000", "usd_mn", "digits=2", "7060", "imprecise"),
        ("7000", "usd_mn", "digits=2", "7049", "confirmed within rounding"),
        ("0", "usd_mn", "", "0", "confirmed"),
        ("0", "usd_mn", "", "3", "contradicted"),
    ],
)
def test_a_round_number_is_no_licence(small, value, unit, options, found, verdict):
    claim = small.quantity(value, unit=unit, options=options)
    assert small.verdict(claim, figures=[{"value": found, "unit": unit}]).verdict == verdict


@pytest.mark.parametrize(("value", "unit"), [("7.0", "usd_bn"), ("7.0e3", "usd_mn"), ("7.0e9", "usd")])
@pytest.mark.parametrize(
    ("found", "verdict"), [("6600", "imprecise"), ("6960", "confirmed within rounding"), ("7000", "confirmed")]
)
def test_a_number_means_the_same_in_every_unit(small, value, unit, found, verdict):
    assert small.verdict(small.quantity(value, unit=unit), figures=[{"value": found}]).verdict == verdict


NUMBERS = st.floats(1e-6, 1e12).map(lambda x: float(f"{x:.3g}"))
UNITS = st.sampled_from(["usd_mn", "persons", "pct", "times", "km", "usd_bn"])


@pytest.mark.property
@given(NUMBERS, UNITS, st.sampled_from(["", "about"]), st.integers(1, 6))
def test_no_wording_allows_more_than_a_twentieth_or_about_a_tenth(number, unit, operator, digits):
    wording = Wording(f"{number:.{digits}g}", operator, unit)
    low, high = wording.bounds
    claimed = wording.number
    limit = ROUNDING * (2 if operator else 1)
    assert low <= claimed <= high
    assert (high - low) / 2 <= limit * claimed * (1 + 1e-9)
    assert (high - low) / 2 <= half_digit(wording.value, as_written=unit in ("pct", "times")) * (
        2 if operator else 1
    ) * (1 + 1e-9)


@pytest.mark.property
@given(NUMBERS, st.floats(0.3, 3.0), st.integers(2, 6))
def test_an_independent_rule_in_three_lines_gives_the_same_word(found, factor, digits):
    """Outside a tenth a claim is contradicted, inside its own rounding it holds, between the two it is imprecise."""
    claim = f"{found * factor:.{digits}g}"
    off = abs(float(claim) - found) / found
    word = Wording(claim).word(found, exact=True)
    if off > NEAR + ROUNDING * 3:
        assert word == "contradicted"
    if word in HOLDS:
        assert off <= ROUNDING / (1 - ROUNDING) * (1 + 1e-9)
    if word == "imprecise":
        assert 0 < off <= NEAR * (1 + 1e-9)


@pytest.mark.property
@given(NUMBERS, NUMBERS, st.sampled_from(["", "about", "more than", "at least", "less than", "at most"]))
def test_the_sign_turns_a_claim_round(claimed, found, operator):
    """A claim and a figure below zero stand to each other as the two above it."""
    turned = {"more than": "less than", "at least": "at most", "less than": "more than", "at most": "at least"}
    up = Wording(f"{claimed:g}", operator).allows(found)
    assert Wording(f"-{claimed:g}", turned.get(operator, operator)).allows(-found) == up


@pytest.mark.property
@given(NUMBERS, st.sampled_from(["usd", "eur", "inr"]), st.permutations(["", "_mn", "_bn"]))
def test_converting_there_and_back_changes_nothing(number, currency, scales):
    a, b = currency + scales[0], currency + scales[1]
    assert convert(convert(number, a, b), b, a) == pytest.approx(number, rel=1e-12)


@pytest.mark.parametrize(
    ("number", "unit", "to", "result"),
    [
        (7.2, "usd_bn", "usd_mn", 7200),
        (12, "eur_bn", "eur_mn", 12000),
        (1400, "mi", "km", 2253.0816),
        (2.5, "million_persons", "persons", 2.5e6),
        (3, "usd", "eur", math.nan),
        (5, "bananas", "persons", math.nan),
        (816, "kt", "t", 816e3),
        (57, "countries", "states", 57),
    ],
)
def test_units_that_measure_one_thing_are_turned_into_each_other(number, unit, to, result):
    assert convert(number, unit, to) == pytest.approx(result, rel=1e-12, nan_ok=True)


def test_every_currency_has_its_thousands_and_millions():
    for code in CURRENCIES:
        assert measure_of(f"{code}_mn") == (code, 1e6)


@pytest.mark.parametrize(
    ("value", "operator", "found", "verdict"),
    [
        ("1", "more than", "6600", "imprecise"),
        ("1000", "more than", "6600", "confirmed"),
        ("100000", "less than", "6600", "imprecise"),
        ("7000", "less than", "6600", "confirmed"),
        ("10", "less than", "0", "confirmed"),
        ("660", "more than", "6600", "confirmed"),  # just ten times
        ("659", "more than", "6600", "imprecise"),
        ("6600", "more than", "6600", "imprecise"),  # not more
        ("6600", "at least", "6600", "confirmed"),
        ("6600", "less than", "6600", "imprecise"),
        ("6600", "at most", "6600", "confirmed"),
    ],
)
def test_a_bound_that_is_far_off_is_said_to_be_so(small, value, operator, found, verdict):
    given = small.verdict(small.quantity(value, options=f"op={operator}"), figures=[{"value": found}])
    assert given.verdict == verdict
    if verdict == "imprecise" and value != "6600":
        assert "times away" in given.reason


@pytest.mark.parametrize(
    ("value", "options", "verdict"),
    [
        ("6000", "", "confirmed within rounding"),
        ("8900", "", "confirmed within rounding"),
        ("9100", "", "confirmed within rounding"),  # 9,050 to 9,150 touches nothing, but see below
        ("9900", "", "imprecise"),
        ("12000", "", "contradicted"),
        ("4000", "", "contradicted"),
        ("7200", "", "confirmed"),
        ("8000", "op=more than", "imprecise"),
        ("6000", "op=more than", "confirmed"),
    ],
)
def test_a_sources_own_range_counts_with_its_figure(small, value, options, verdict):
    figure = {"value": "7200", "low": "5000", "high": "9000" if value != "9100" else "9060"}
    given = small.verdict(small.quantity(value, options=options), figures=[figure])
    assert given.verdict == verdict
    if value == "6000" and not options:
        assert "own range" in given.reason


@pytest.mark.parametrize(
    ("text", "digits", "half"),
    [
        ("70000", 2, 500),
        ("7000", 2, 50),
        ("700000", 3, 500),
        ("0.07", 1, 0.0035),
        ("720000", None, 5000),
        ("3", None, 0.15),
    ],
)
def test_half_of_the_last_significant_digit_at_every_magnitude(text, digits, half):
    assert rounding(text, digits=digits) == pytest.approx(half)


@pytest.mark.parametrize(
    ("text", "half"), [("7e3", 500), ("720e3", 5000), ("7.20e3", 5), ("1e-3", 0.0005), ("-7200", 50)]
)
def test_a_number_with_an_exponent_keeps_its_digits(text, half):
    assert half_digit(text) == pytest.approx(half)


def test_only_one_sided_wordings_can_be_far_off():
    assert Wording("5").far_off(1000) == 1
    assert Wording("5", "about").far_off(1000) == 1
    assert Wording("5", "more than").far_off(1000) == 200
    assert Wording("-5", "more than").far_off(1000) == 1
    assert Wording("5", "less than").far_off(-1) == 1


@pytest.mark.parametrize(
    ("number", "unit", "to", "result"),
    [(5, "pct", "percent", 5), (1, "kusd", "usd", 1000), (2, "weeks", "days", 14), (3, "thousand_persons", "people", 3000),
     (1, "ausd", "usd", math.nan), (4, "mt", "kt", 4000), (7, "usd_trn", "usd_bn", 7000), (1, "usd_k", "usd", 1000)],
)  # fmt: skip
def test_scales_of_units(number, unit, to, result):
    assert convert(number, unit, to) == pytest.approx(result, rel=1e-12, nan_ok=True)  # a few units of the last place


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [(-12, "pct", "-12 points"), (3, "pp", "3 points"), (-90, "usd_mn", "-US$90 million"), (2, "rank", "2"), (5, "code", "5"),
     (0, "usd_mn", "US$0 million")],
)  # fmt: skip
def test_a_difference_is_said_in_its_unit(number, unit, text):
    assert gap(number, unit) == text


@pytest.mark.parametrize("operator", ["", "about", "positive"])
def test_only_one_sided_wording_undersells(operator):
    """A plain 100 beside 1 is wrong, not an understatement of a hundred times."""
    assert Wording("100", operator).far_off(1.0) == 1.0
    assert Wording("1", operator).far_off(100.0) == 1.0
    assert Wording("100", "less than").far_off(1.0) == 100.0
    assert Wording("1", "at least").far_off(100.0) == 100.0
