"""What the rules for dates of every language share: what they may lean on, and the days that words name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.record.draft.language.dates.calendar_words import (
    MONTHS,
    ORDER,
    WEEKDAYS,
    month_of,
    months_of,
    week_of,
    year_of,
)
from detente.record.draft.language.numbers.numerals import read_digits, read_words
from detente.record.draft.language.tense import is_future

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class DateSetting:
    """What a rule may lean on: the language, the article's own day, and the text around."""

    text: str
    language: str
    today: date | None

    def future(self, match: re.Match[str]) -> bool:
        """Whether the sentence speaks of what is to come at the match."""
        return is_future(self.text, match.start(), match.end(), self.language)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], DateSetting], "Days | bool | None"], bool]


PARTS = {"half": 6, "third": 4, "quarter": 3, "sixth": 2}
"""Months of each part of a year."""
MONTHS_OF_A_YEAR = 12


def month_number(word: str, language: str) -> int:
    """The month that ``word`` names."""
    return MONTHS[language][word.casefold().rstrip(".")]


def nearest_month(month: int, setting: DateSetting, match: re.Match[str], *, shift: int = 0) -> Days | None:
    """A month without a year: the latest up to now, or the next one in a sentence about the future.

    ``shift`` -1 and 1 stand for *last* and *next*.
    """
    if setting.today is None:
        return None
    year, now = setting.today.year, setting.today.month
    if shift > 0 or (shift == 0 and setting.future(match)):
        return month_of(year + (month < now or (shift > 0 and month == now)), month)
    return month_of(year - (month > now or (shift < 0 and month == now)), month)


def nearest_day(month: int, day: int, setting: DateSetting, match: re.Match[str]) -> Days | None:
    """A day and month without a year, by the same rule."""
    if year := _year_of_the_list(setting, match):
        return date(year, month, day), date(year, month, day)
    if setting.today is None:
        date(2000, month, day)
        return None
    this = date(setting.today.year, month, day)
    if setting.future(match):
        this = this if this >= setting.today else date(this.year + 1, month, day)
    elif this > setting.today:
        this = date(this.year - 1, month, day)
    return this, this


_ENTRY = re.compile(r"(?:^|\n)[-•*\s]*$")
_YEAR_LINE = re.compile(r"^[#*\s]*((?:19|20)\d\d)[*:\s]*$", re.MULTILINE)


def _year_of_the_list(setting: DateSetting, match: re.Match[str]) -> int | None:
    """The year that stands alone on a line above, for a day that begins a line and ends in a colon: a list of days."""
    text = setting.text
    if text[match.end() : match.end() + 1] != ":" or not _ENTRY.search(text, max(0, match.start() - 8), match.start()):
        return None
    years = _YEAR_LINE.findall(text, 0, match.start())
    return int(years[-1]) if years else None


def nearest_weekday(name: str, setting: DateSetting, match: re.Match[str], *, shift: int = 0) -> Days | None:
    """A weekday: the latest up to now, or the next one; ``shift`` -1 and 1 stand for *last* and *next*."""
    if setting.today is None:
        return None
    back = (setting.today.weekday() - WEEKDAYS[setting.language][name.casefold().rstrip(".")]) % 7
    if shift > 0 or (shift == 0 and setting.future(match)):
        day = setting.today + timedelta(days=(7 - back) % 7 or (7 if shift > 0 else 0))
    else:
        day = setting.today - timedelta(days=back or (7 if shift < 0 else 0))
    return day, day


def moved(unit: str, count: int, setting: DateSetting) -> Days | None:
    """The day, week, month, year or decade ``count`` away from the article's date."""
    today = setting.today
    if today is None:
        return None
    if unit == "day":
        day = today + timedelta(days=count)
        return day, day
    if unit == "week":
        return week_of(today + timedelta(weeks=count))
    if unit == "weekend":
        saturday = week_of(today)[0] + timedelta(days=5, weeks=count)
        return saturday, saturday + timedelta(days=1)
    if unit == "month":
        return month_of(today.year, today.month + count)
    return year_of(today.year + count * (10 if unit == "decade" else 1))


def part_of_year(kind: str, order: str | int, year: int) -> Days:
    """A quarter or half of a year, or its first so many months."""
    number = order if isinstance(order, int) else ORDER[order.casefold()]
    if kind == "months":
        return months_of(year, 1, number)
    size = PARTS[kind]
    if not 1 <= number <= MONTHS_OF_A_YEAR // size:
        raise ValueError(order)
    return months_of(year, size * (number - 1) + 1, size * number)


def count_of(word: str, language: str) -> int:
    """A count in digits or words; *a* and *un* are one."""
    if word[0].isdigit():
        return int(read_digits(word, language))
    return 1 if word.casefold() in ("a", "an", "un", "una") else int(read_words(word, language)[0])
