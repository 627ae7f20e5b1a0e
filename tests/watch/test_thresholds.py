"""Two thresholds, looks in a row, nothing told twice."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import SpecificationError
from detente.watch.measures import FAMILIES, family_of, matches
from detente.watch.thresholds import Alarm, Reading, Thresholds, Transition, parse_condition, step


def rule(fire: str, clear: str = "", looks: int = 1, **how: bool) -> Thresholds:
    return Thresholds(parse_condition(fire), parse_condition(clear) if clear else None, looks, **how)


def run(thresholds: Thresholds, readings: list[Reading | None]) -> list[tuple[int, str]]:
    alarm: Alarm | None = None
    told = []
    for n, reading in enumerate(readings, 1):
        alarm, change = step(thresholds, alarm, reading, n, first=n == 1)
        told += [(n, change.what)] if change else []
    return told


def numbers(*values: float | None) -> list[Reading | None]:
    return [None if value is None else Reading("m", value) for value in values]


def test_an_alert_fires_once_over_a_hundred_noisy_looks() -> None:
    noise = np.random.default_rng(20220926).normal(0.06, 0.012, 99)
    assert (noise <= 0.05).sum() > 10, "it goes to and fro over the threshold"
    assert (noise > 0.05).sum() > 10
    assert noise.max() < 0.10, "and never over the other"
    told = run(rule("<= 0.05", "> 0.10"), numbers(0.5, *noise))
    assert [what for _, what in told] == ["fired"]
    one_threshold = run(rule("<= 0.05"), numbers(0.5, *noise))
    assert len(one_threshold) > 20, "with one threshold it would be told again and again"


def test_it_clears_past_the_other_threshold_and_fires_again() -> None:
    told = run(rule("<= 0.05", "> 0.10"), numbers(0.2, 0.04, 0.07, 0.11, 0.07, 0.04, None, 0.01))
    assert told == [(2, "fired"), (4, "cleared"), (6, "fired")]


def test_what_stands_at_the_first_look_is_remembered_and_its_end_is_told() -> None:
    assert run(rule("<= 0.05", "> 0.10"), numbers(0.01, 0.01, 0.2)) == [(3, "cleared")]


@pytest.mark.parametrize(("values", "expected"), [
    ((0.2, 0.01, 0.01, 0.2, 0.01, 0.01, 0.01), [(7, "fired")]),
    ((0.2, 0.01, 0.01, 0.01, 0.2, 0.2, 0.01, 0.2, 0.2, 0.2), [(4, "fired"), (10, "cleared")]),
])  # fmt: skip
def test_looks_in_a_row(values: tuple[float, ...], expected: list[tuple[int, str]]) -> None:
    assert run(rule("<= 0.05", "> 0.10", looks=3), numbers(*values)) == expected


def test_a_slow_drift_is_told_against_what_was_last_told() -> None:
    told = run(rule("abs_pct >= 10"), numbers(*(100 * 1.04**n for n in range(10))))
    assert told == [(4, "fired"), (7, "fired"), (10, "fired")]
    assert run(rule("pct <= -10"), numbers(100, 120, 95, 89)) == [(4, "fired")]
    assert run(rule("abs_pct >= 10"), numbers(0, 0, 1, 1)) == [(3, "fired")]


def test_words_change_appear_and_go() -> None:
    words = [Reading("m", text=text) for text in ("open", "open", "closed", "closed", "open")]
    assert run(rule("changes"), list(words)) == [(3, "fired"), (5, "fired")]
    assert run(rule("changes", looks=2), [*words[:3], words[0], words[2], words[2]]) == [(6, "fired")]
    assert run(rule("is closed"), list(words)) == [(3, "fired"), (5, "cleared")]
    assert run(rule("changes", appears=True, goes=True), [words[0], None]) == [(2, "gone")]
    assert step(rule("changes", appears=True), None, words[0], 5) == (
        Alarm(words[0], since=5),
        Transition("new", None, words[0], 5),
    )
    assert step(rule("changes"), None, words[0], 5)[1] is None


def test_a_band() -> None:
    inside, outside = Reading("m", 0.1, low=-0.2, high=0.2), Reading("m", -0.3, low=-0.2, high=0.2)
    unknown = Reading("m", -0.3)
    assert run(rule("outside_band", "inside_band"), [inside, unknown, outside, unknown, inside]) == [
        (3, "fired"),
        (5, "cleared"),
    ]


@pytest.mark.property
@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True)), max_size=60), st.integers(1, 4))
def test_firing_and_clearing_alternate_whatever_comes(values: list[float | None], looks: int) -> None:
    told = [what for _, what in run(rule("<= 0.05", "> 0.10", looks), numbers(*values))]
    assert all(a != b for a, b in pairwise(told))
    steady = run(rule("changes", looks=looks), numbers(*([1.0] * 5)))
    assert steady == []


@pytest.mark.property
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.floats(0.1, 50))
def test_every_move_that_is_told_is_as_large_as_asked(values: list[float], size: float) -> None:
    thresholds, alarm = rule(f"abs_change >= {size}"), None
    for n, value in enumerate(values, 1):
        before = alarm
        alarm, change = step(thresholds, alarm, Reading("m", value), n, first=n == 1)
        if before is not None and before.told.value is not None:
            assert (change is not None) == (abs(value - before.told.value) >= size)


@pytest.mark.parametrize(
    "written", ["", "often", "<= ", "<= x", "abs_pct", "is ", "is not", ">= 1 or <= 0", "= 3", "inside", "nan"]
)
def test_what_is_no_condition_is_refused_with_the_ways(written: str) -> None:
    with pytest.raises(SpecificationError, match="outside_band"):
        parse_condition(written)


def test_measures_are_matched_by_name_pattern_or_beginning() -> None:
    assert matches("state:border.goods@*", "state:border.goods@cucuta")
    assert matches("state:border.goods", "state:border.goods@cucuta")
    assert not matches("state:border", "state:border.goods@cucuta")
    assert matches("state:*", "state:border.goods")
    assert matches("placebo_share:whole", "placebo_share:whole:COL>VEN")
    assert not matches("exports", "imports")
    assert matches("verdict:S4-*", "verdict:S4-2.1")
    with pytest.raises(SpecificationError, match="Did you mean 'verdict'"):
        family_of("verdit:*")
    for family in FAMILIES.values():
        assert family_of(family.example) is family
        parse_condition(family.fire)


def test_numbers_that_are_none_are_no_reading() -> None:
    assert parse_condition("<= 1").holds(Reading("m", math.nan), None) is None
    assert parse_condition("<= 1").holds(Reading("m"), None) is None
