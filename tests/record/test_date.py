"""Dates: precision, ranges, and what cannot be a date."""

from __future__ import annotations

from datetime import date

import pytest

from detente.record.period import Period, add_years


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31), "year"),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28), "month"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "month"),
        ("2019-02-23", date(2019, 2, 23), date(2019, 2, 23), "day"),
        ("2022-01/2022-08", date(2022, 1, 1), date(2022, 8, 31), "range"),
        ("2019/2022", date(2019, 1, 1), date(2022, 12, 31), "range"),
    ],
)
def test_precision_is_the_number_of_parts(text, first, last, precision):
    period = Period.parse(text)
    assert (period.first, period.last, period.precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2019-13", "no month 13"),
        ("2019-02-30", "28 days"),
        ("0019", "between 1000 and 2999"),
        ("23/02/2019", "is not a date"),
        ("2022/2019", "ends before it starts"),
        ("", "is not a date"),
    ],
)
def test_what_is_not_a_date_says_why(text, says):
    with pytest.raises(ValueError, match=says):
        Period.parse(text)


def test_the_gap_between_two_periods_has_a_sign():
    september, november = Period.parse("2022-09"), Period.parse("2022-11-07")
    assert september.gap(november) == 38
    assert november.gap(september) == -38
    assert september.gap(Period.parse("2022-09-26")) == 0


def test_a_leap_day_two_years_on_is_the_28th():
    assert add_years(date(2020, 2, 29), 2) == date(2022, 2, 28)
