"""Bounds of lines: against an exact solver and a count by day, and terms that cannot be."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from detente.errors import SpecificationError
from detente.outlook.capacity import EVER, NEVER, TERMS, LineTerms, line_bounds

START = date(2020, 1, 1)
amounts = st.floats(0, 1e4).map(lambda x: round(x, 2))
spans = st.tuples(amounts, amounts).map(lambda pair: (min(pair), max(pair)))
terms = st.dictionaries(st.sampled_from(TERMS), spans, min_size=1)
days = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
    lambda pair: (START + timedelta(min(pair)), START + timedelta(max(pair)))
)


def line(given_terms, **more):
    return LineTerms("north", "gas", "AAA", "BBB", "mn_m3", given_terms, **more)


@pytest.mark.oracle
@settings(deadline=None, max_examples=80)
@given(terms)
def test_the_most_a_line_carries_is_what_linear_programming_finds(given_terms):
    """Two nodes and one line (findings/flows.md section 5): maximise the flow subject to every term."""
    found = line_bounds([line(given_terms)])[0]
    for end, high in ((1, found.high), (0, found.high_least)):
        limits = [span[end] for span in given_terms.values()]
        best = linprog([-1.0], A_ub=[[1.0]] * len(limits), b_ub=limits, bounds=[(0, None)], method="highs")
        assert high == pytest.approx(-best.fun, abs=1e-7)
    assert found.low == 0 <= found.high_least <= found.high
    for name in given_terms:  # a term that is not named could be raised without changing anything
        raised = {**given_terms, name: (given_terms[name][0] + 1e5, given_terms[name][1] + 1e5)}
        if name not in found.binds:
            assert line_bounds([line(raised)])[0].high == found.high


@pytest.mark.property
@settings(deadline=None, max_examples=80)
@given(terms, days, days)
def test_every_day_has_one_bound_and_none_while_the_line_does_not_stand(given_terms, valid, intact):
    found = line_bounds([line(given_terms, valid=valid, intact=intact)])
    for k in range(-2, 45):
        day = START + timedelta(k)
        here = [b for b in found if b.first <= day <= b.last]
        assert len(here) == (valid[0] <= day <= valid[1])
        for bound in here:
            stands = intact[0] <= day <= intact[1]
            assert (bound.binds == ("line",)) == (not stands)
            assert bound.high == (min(span[1] for span in given_terms.values()) if stands else 0)


def test_ranges_that_overlap_leave_the_limit_open():
    found = line_bounds([line({"capacity": (450, 500), "contract": (25, 60), "demand": (55, 90)})])[0]
    assert (found.high, found.high_least, found.binds) == (60, 25, ("contract", "demand"))


def test_a_line_of_which_only_the_break_is_known_is_bounded_then_only():
    found = line_bounds([line({}, intact=(EVER, date(2026, 3, 10)))])
    assert [(b.first, b.last, b.high) for b in found] == [(date(2026, 3, 11), NEVER, 0.0)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([line({})], "no term"),
        ([line({"capacity": (5.0, 4.0)})], "5 to 4"),
        ([line({"contract": (-1.0, 4.0)})], "not below nothing"),
        ([line({"volume": (1.0, 4.0)})], "volume"),
        ([line({"demand": (1.0, float("inf"))})], "inf"),
        ([line({"demand": (1.0, 1.0)}), line({"demand": (2.0, 2.0)})], "hold on"),
        ([line({"demand": (1.0, 1.0)}, valid=(EVER, START)),
          LineTerms("north", "gas", "AAA", "BBB", "gwh", {"demand": (1.0, 1.0)}, valid=(START + timedelta(1), NEVER))],
         "two units"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused(rows, words):
    with pytest.raises(SpecificationError, match=words):
        line_bounds(rows)
