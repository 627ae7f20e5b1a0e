"""Rounding rules: what a written number allows, and what it does not."""

from __future__ import annotations

import math

import pytest

from detente.record.verdicts.amounts import gap, say
from detente.record.verdicts.numbers import Wording, half_digit


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("7200", 50),
        ("7290", 5),
        ("6.8", 0.05),
        ("2.50", 0.005),
        ("245", 0.5),
        ("400", 50),
        ("0", 0.5),
        ("3", 0.5),
    ],
)
def test_half_of_the_last_digit_stated(text, half):
    assert half_digit(text) == pytest.approx(half)


@pytest.mark.parametrize(
    ("value", "operator", "low", "high"),
    [
        ("7200", "", 7150, 7250),
        ("7200", "about", 7100, 7300),
        ("240", "more than", 240, math.inf),
        ("1000", "at most", -math.inf, 1000),
        ("", "dozens", 24, 99),
        ("", "negative", -math.inf, -math.ulp(0.0)),
        ("", "positive", math.ulp(0.0), math.inf),
    ],
)
def test_a_claims_own_wording_sets_its_range(value, operator, low, high):
    assert Wording(value, operator).bounds == (low, high)


@pytest.mark.parametrize(
    ("value", "operator", "number", "word"),
    [
        ("394", "", 394, "confirmed"),
        ("400", "", 394, "confirmed within rounding"),
        ("7200", "", 7290, "imprecise"),
        ("7200", "about", 7290, "confirmed within rounding"),
        ("10800", "", 7290, "contradicted"),
        ("240", "more than", 245, "confirmed"),
        ("245", "more than", 245, "imprecise"),
        ("360", "more than", 245, "contradicted"),
        ("1000", "at most", 1124, "contradicted"),
        ("", "positive", 8, "confirmed"),
        ("", "negative", 8, "contradicted"),
    ],
)
def test_one_number_against_one_figure(value, operator, number, word):
    assert Wording(value, operator).word(number, exact=True) == word


def test_more_than_excludes_the_number_itself():
    assert not Wording("240", "more than").allows(240)
    assert Wording("240", "at least").allows(240)


def test_numbers_are_said_with_their_unit():
    assert say(7164.7, "usd_mn") == "US$7,164.7 million"
    assert say(9999.5, "usd_mn") == "US$9,999.5 million"
    assert say(10000, "usd_mn") == "US$10 billion"
    assert say(15512.5, "usd_mn") == "US$15.5125 billion"
    assert say(62, "pct") == "62%"
    assert say(1282, "days") == "1,282 days"


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (-12.0, "pct", "-12 points"), (3.5, "pct", "3.5 points"), (-2.0, "rank", "-2"), (1.0, "code", "1"),
        (-90.0, "usd_mn", "-US$90 million"), (0.0, "persons", "0 persons"), (1 / 3, "km", "0.333333 km"),
    ],
)  # fmt: skip
def test_a_difference_in_the_units_of_a_record(number, unit, said):
    """Units come from a file, so that no two are the same object."""
    assert gap(number, "".join(unit)) == said
