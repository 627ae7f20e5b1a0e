"""Rounding rules: what a written number allows, and what it does not."""

from __future__ import annotations

import math

import pytest

from detente.record.verdict import allows, claimed_range, half_digit, say, word_for


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
        ("0", "dozens", 24, 99),
    ],
)
def test_a_claims_own_wording_sets_its_range(value, operator, low, high):
    assert claimed_range(value, operator) == (low, high)


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
        ("0", "positive", 8, "confirmed"),
        ("0", "negative", 8, "contradicted"),
    ],
)
def test_one_number_against_one_figure(value, operator, number, word):
    assert word_for(value, operator, number, exact=True) == word


def test_more_than_excludes_the_number_itself():
    assert not allows("240", "more than", 240)
    assert allows("240", "at least", 240)


def test_numbers_are_said_with_their_unit():
    assert say(7164.7, "usd_mn") == "US$ 7,164.7 million"
    assert say(62, "pct") == "62%"
    assert say(1282, "days") == "1,282 days"
