"""When an edition comes: the next weekday morning where the reader lives, and no later than the end of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from detente.errors import DataError, did_you_mean

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Morning:
    """One reader's morning, both ends in UTC.

    Attributes
    ----------
    due : from when it may be sent.
    expires : the end of the reader's day; after it the edition is old.
    """

    due: datetime
    expires: datetime


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def checked_zone(name: str) -> str:
    """The name of a time zone that exists.

    Raises
    ------
    DataError

    Examples
    --------
    >>> checked_zone("Asia/Tokyo")
    'Asia/Tokyo'
    """
    if name not in _zones():
        near = did_you_mean(name, sorted(_zones())) if len(name) < 60 else ""
        raise DataError(f"There is no time zone '{name[:60]}'.{near}", fix="Give one such as Asia/Tokyo or UTC.")
    return name


def next_morning(now: datetime, zone: str, hour: int, first: date | None = None) -> Morning:
    """The next morning from Monday to Friday at ``hour`` that is not over yet.

    Parameters
    ----------
    now : with its zone.
    zone : of the reader.
    hour : of the reader's clock; where the clock jumps over it, the first moment after.
    first : the day before which it does not come, in the reader's calendar.

    Examples
    --------
    >>> friday = datetime(2026, 3, 27, 9, tzinfo=UTC)  # the clocks of Madrid change on Sunday
    >>> next_morning(friday, "Europe/Madrid", 7).due.isoformat()
    '2026-03-30T05:00:00+00:00'
    """
    place = ZoneInfo(checked_zone(zone))
    day = now.astimezone(place).date()
    if first is not None and first > day:
        day = first
    while True:
        due = datetime.combine(day, time(hour), place).astimezone(UTC)
        if day.weekday() < SATURDAY and due >= now:
            end = datetime.combine(day + timedelta(days=1), time(0), place).astimezone(UTC)
            return Morning(due, end)
        day += timedelta(days=1)
