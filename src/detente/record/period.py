"""Dates as people write them: a year, a month, a day or a range, kept as an interval of days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of whole days, both ends included; time zones are ignored on purpose.

    Attributes
    ----------
    first, last : date
        First and last day.

    Examples
    --------
    >>> Period.parse("2019-02")
    Period('2019-02')
    >>> Period.parse("2019-02").days
    28
    >>> Period.parse("2022-01/2022-08").precision
    'range'
    """

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or two of them as ``FROM/TO``.

        Raises
        ------
        ValueError
            Saying in words what is wrong with the text.
        """
        return cls(*_span(str(text)))

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    @property
    def precision(self) -> str:
        """``day``, ``month``, ``year`` or ``range``."""
        a, b = self.first, self.last
        if a == b:
            return "day"
        if (a.year, a.month) == (b.year, b.month) and a.day == 1 and b.day == _month_end(b.year, b.month):
            return "month"
        if a.year == b.year and (a.month, a.day, b.month, b.day) == (1, 1, 12, 31):
            return "year"
        return "range"

    @property
    def whole_months(self) -> bool:
        """Whether it runs from the first of a month to the last of one."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1

    def holds(self, other: Period) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Period) -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last

    def gap(self, other: Period) -> int:
        """Days between the two periods, 0 if they touch; positive when ``other`` is later."""
        if self.overlaps(other):
            return 0
        if other.first > self.last:
            return (other.first - self.last).days
        return -(self.first - other.last).days

    def shifted(self, n: int) -> Period:
        """The period ``n`` lengths later (earlier, if below zero): whole months by months, others by their days.

        Examples
        --------
        >>> Period.parse("2020-04/2020-06").shifted(-2), Period.parse("2020").shifted(1)
        (Period('2019-10/2019-12'), Period('2021'))
        """
        a, after = self.first, self.last + timedelta(days=1)
        if a.day == after.day == 1:
            months = 12 * (after.year - a.year) + after.month - a.month
            return Period(_month_from(a, n * months), _month_from(after, n * months) - timedelta(days=1))
        days = timedelta(days=n * self.days)
        return Period(self.first + days, self.last + days)

    def __str__(self) -> str:
        a, b = self.first, self.last
        if self.precision == "range":
            parts = max(_parts(a, first=True), _parts(b, first=False))
            return f"{a.isoformat()[: _WIDTH[parts]]}/{b.isoformat()[: _WIDTH[parts]]}"
        return {"day": a.isoformat(), "month": a.isoformat()[:7], "year": a.isoformat()[:4]}[self.precision]

    def __repr__(self) -> str:
        return f"Period('{self}')"


def _month_from(day: date, months: int) -> date:
    """The first of the month some months on."""
    month = 12 * day.year + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def add_years(day: date, years: int) -> date:
    """The same day some years on; 29 February becomes 28 in a common year."""
    year = day.year + years
    return date(year, day.month, min(day.day, _month_end(year, day.month)))


@lru_cache(maxsize=50_000)
def _span(text: str) -> tuple[date, date]:
    start, slash, end = text.strip().partition("/")
    first = _ends(start)[0]
    last = _ends(end)[1] if slash else _ends(start)[1]
    if last < first:
        raise ValueError(f"'{text}' ends before it starts")
    return first, last


def _ends(text: str) -> tuple[date, date]:
    found = _DATE.fullmatch(text.strip())
    if not found:
        raise ValueError(f"'{text}' is not a date: write YYYY, YYYY-MM, YYYY-MM-DD or FROM/TO")
    year, month, day = (int(part or 0) for part in found.groups())
    if not 1000 <= year <= 2999:
        raise ValueError(f"'{text}' has no year between 1000 and 2999")
    if found[2] is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise ValueError(f"'{text}' has no month {month}")
    if found[3] is None:
        return date(year, month, 1), date(year, month, _month_end(year, month))
    if not 1 <= day <= _month_end(year, month):
        raise ValueError(f"'{text}' does not exist: that month has {_month_end(year, month)} days")
    return date(year, month, day), date(year, month, day)


def _month_end(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


_WIDTH = {1: 4, 2: 7, 3: 10}  # characters of a date written with so many parts


def _parts(day: date, *, first: bool) -> int:
    """How many parts it takes to write a day as the first (or last) one of a period."""
    edge = day if first else day + timedelta(days=1)
    if (edge.month, edge.day) == (1, 1):
        return 1
    return 2 if edge.day == 1 else 3
