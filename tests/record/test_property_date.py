"""Periods survive writing and reading, and containment is what the days say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.record.period import Period

pytestmark = pytest.mark.property

days = st.dates(date(1800, 1, 1), date(2100, 12, 31))
periods = st.tuples(days, days).map(lambda pair: Period(min(pair), max(pair)))


@given(periods)
def test_a_period_survives_writing_and_reading(period):
    assert Period.parse(str(period)) == period


@given(periods, periods)
def test_a_gap_is_zero_exactly_where_periods_overlap(a, b):
    assert (a.gap(b) == 0) == a.overlaps(b)
    assert a.gap(b) == -b.gap(a)


@given(periods, periods)
def test_one_that_holds_another_overlaps_it(a, b):
    if a.holds(b):
        assert a.overlaps(b)
        assert a.days >= b.days
