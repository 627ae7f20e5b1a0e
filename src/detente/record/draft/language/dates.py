"""Dates of an article: absolute ones read as they stand, relative ones from the article's own date.

Each rule is a regular expression and a function from its match to the first
and last day meant; earlier rules win where two overlap, and a range such as
*from 2015 to 2019* is put together afterwards from its two ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from detente.record.draft.language.calendar_words import (
    MONTHS,
    ORDER,
    WEEKDAYS,
    iso,
    month_of,
    months_of,
    week_of,
    year_of,
)
from detente.record.draft.language.numerals import read_digits, read_words
from detente.record.draft.language.tense import is_future
from detente.record.period import add_years

Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date of the article.

    Attributes
    ----------
    start, end, text
        Its place and its words.
    date : str
        ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or ``FROM/TO``; empty where it leans on an unknown date.
    relative : bool
        Whether it was resolved from the article's own date.
    """

    start: int
    end: int
    text: str
    date: str
    relative: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A match under way: the days it names and whether its year was written."""

    start: int
    end: int
    days: Days | None
    relative: bool
    year_given: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """What a rule may lean on: the language, the article's own day, and the text around."""

    text: str
    language: str
    today: date | None

    def future(self, match: re.Match[str]) -> bool:
        """Whether the sentence speaks of what is to come at the match."""
        return is_future(self.text, match.start(), match.end(), self.language)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], Setting], "Days | bool | None"], bool]


def find_dates(text: str, language: str, published: str = "", own: Iterable[tuple[int, int]] = ()) -> list[DateMention]:
    """The dates of ``text``.

    Parameters
    ----------
    text : str
        The article.
    language : str
        ``en`` or ``es``.
    published : str
        The article's own date, ``YYYY-MM-DD``; empty if unknown. Relative dates then stay unresolved.
    own : iterable of (start, end)
        Stretches that are the article's own date line, left out.

    Examples
    --------
    >>> [(d.text, d.date) for d in find_dates("They met on Tuesday, for the first time since June last year.",
    ...                                       "en", "2031-05-14")]
    [('Tuesday', '2031-05-13'), ('June last year', '2030-06')]
    """
    today = date.fromisoformat(published) if re.fullmatch(r"\d{4}-\d\d-\d\d", published) else None
    setting = Setting(text, language, today)
    taken = bytearray(len(text))
    for start, end in own:
        taken[start:end] = b"\1" * (end - start)
    found: list[_Found] = []
    for pattern, rule, relative in _rules(language):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            try:
                days = rule(match, setting)
            except (ValueError, OverflowError):  # 31 February: no date, and no part of it is one
                taken[start:end] = b"\1" * (end - start)
                continue
            if days is False or (days and days[1] < days[0]):
                continue
            year_given = bool(re.search(r"\d{4}|\byear\b|\baño\b", match.group(), re.IGNORECASE))
            found.append(_Found(start, end, days, relative, year_given))
            taken[start:end] = b"\1" * (end - start)
    joined = _join_ranges(sorted(found, key=lambda f: f.start), text, language)
    return [
        DateMention(f.start, f.end, text[f.start : f.end], iso(*f.days) if f.days else "", f.relative) for f in joined
    ]


@cache
def _rules(language: str) -> list[Rule]:
    from detente.record.draft.language import dates_en, dates_es

    source = dates_en.RULES if language == "en" else dates_es.RULES
    return [(re.compile(pattern, flags), rule, relative) for pattern, rule, relative, flags in source]


_JOIN = {
    "en": re.compile(r"\s(?:to|through|until|till)\s|\s?[-–—]\s?", re.IGNORECASE),
    "es": re.compile(r"\s(?:a|al|hasta|hasta el)\s|\s?[-–—]\s?", re.IGNORECASE),
}
_PAIR = {
    "en": (re.compile(r"\bbetween\s$", re.IGNORECASE), re.compile(r"\sand\s")),
    "es": (re.compile(r"\bentre\s(?:el\s)?$", re.IGNORECASE), re.compile(r"\sy\s(?:el\s)?")),
}


def _join_ranges(found: list[_Found], text: str, language: str) -> list[_Found]:
    """*from 2015 to 2019*, *between March and May 2030*: two ends become one stretch."""
    joined: list[_Found] = []
    for item in found:
        last = joined[-1] if joined else None
        if last and last.days and item.days and _connected(last, item, text, language):
            first = last.days[0]
            if item.year_given and not last.year_given:
                first = add_years(first, item.days[0].year - first.year)
                first = add_years(first, -1) if first > item.days[1] else first
            if first <= item.days[1]:
                days, relative = (first, item.days[1]), last.relative or item.relative
                joined[-1] = _Found(last.start, item.end, days, relative, item.year_given)
                continue
        if last and item.days and _listed(last, item, text):
            joined[-1] = replace(last, days=_in_year(last.days, item.days[0].year), year_given=True)
        joined.append(item)
    return joined


_LIST = re.compile(r"\s(?:and|or|y|o)\s(?:in\s|on\s|en\s|el\s)?|,\s")


def _listed(first: _Found, second: _Found, text: str) -> bool:
    """*January and February 2030*: a month or day without a year, before one with a year."""
    month = first.days is not None and (first.days[1] - first.days[0]).days in range(27, 31)
    day = bool(re.match(r"\d|\w+\.?\s\d", text[first.start : first.end]))
    bare = (month or day) and not first.year_given and second.year_given
    return (
        bare
        and bool(_LIST.fullmatch(text[first.end : second.start]))
        and re.search(r"\d{4}", text[second.start : second.end]) is not None
    )


def _in_year(days: Days, year: int) -> Days:
    if (days[1] - days[0]).days == 0:
        return (add_years(days[0], year - days[0].year),) * 2
    return month_of(year, days[0].month)


def _connected(first: _Found, second: _Found, text: str, language: str) -> bool:
    middle = text[first.end : second.start]
    before, pair = _PAIR[language]
    if pair.fullmatch(middle):
        return bool(before.search(text, max(0, first.start - 20), first.start))
    return bool(_JOIN[language].fullmatch(middle))


# What the rules of both languages share


def month_number(word: str, language: str) -> int:
    """The month that ``word`` names."""
    return MONTHS[language][word.casefold().rstrip(".")]


def nearest_month(month: int, setting: Setting, match: re.Match[str], *, shift: int = 0) -> Days | None:
    """A month without a year: the latest up to now, or the next one in a sentence about the future.

    ``shift`` -1 and 1 stand for *last* and *next*.
    """
    if setting.today is None:
        return None
    year, now = setting.today.year, setting.today.month
    if shift > 0 or (shift == 0 and setting.future(match)):
        return month_of(year + (month < now or (shift > 0 and month == now)), month)
    return month_of(year - (month > now or (shift < 0 and month == now)), month)


def nearest_day(month: int, day: int, setting: Setting, match: re.Match[str]) -> Days | None:
    """A day and month without a year, by the same rule."""
    if setting.today is None:
        date(2000, month, day)
        return None
    this = date(setting.today.year, month, day)
    if setting.future(match):
        this = this if this >= setting.today else date(this.year + 1, month, day)
    elif this > setting.today:
        this = date(this.year - 1, month, day)
    return this, this


def nearest_weekday(name: str, setting: Setting, match: re.Match[str], *, shift: int = 0) -> Days | None:
    """A weekday: the latest up to now, or the next one; ``shift`` -1 and 1 stand for *last* and *next*."""
    if setting.today is None:
        return None
    back = (setting.today.weekday() - WEEKDAYS[setting.language][name.casefold().rstrip(".")]) % 7
    if shift > 0 or (shift == 0 and setting.future(match)):
        day = setting.today + timedelta(days=(7 - back) % 7 or (7 if shift > 0 else 0))
    else:
        day = setting.today - timedelta(days=back or (7 if shift < 0 else 0))
    return day, day


def moved(unit: str, count: int, setting: Setting) -> Days | None:
    """The day, week, month, year or decade ``count`` away from the article's date."""
    today = setting.today
    if today is None:
        return None
    if unit == "day":
        return (today + timedelta(days=count),) * 2
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
    if kind == "quarter":
        if not 1 <= number <= 4:
            raise ValueError(order)
        return months_of(year, 3 * number - 2, 3 * number)
    if kind == "half":
        if number > 2:
            raise ValueError(order)
        return months_of(year, 6 * number - 5, 6 * number)
    return months_of(year, 1, number)


def count_of(word: str, language: str) -> int:
    """A count in digits or words; *a* and *un* are one."""
    if word[0].isdigit():
        return int(read_digits(word, language))
    return 1 if word.casefold() in ("a", "an", "un", "una") else int(read_words(word, language)[0])
