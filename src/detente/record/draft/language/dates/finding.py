"""Dates of an article: absolute ones read as they stand, relative ones from the article's own date.

Each rule is a regular expression and a function from its match to the first
and last day meant; earlier rules win where two overlap, and a range such as
*from 2015 to 2019* is put together afterwards from its two ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from detente.record.draft.language.dates import english, spanish, stretches
from detente.record.draft.language.dates.calendar_words import iso, month_of
from detente.record.draft.language.dates.parts import DateSetting, Days, Rule
from detente.record.period import add_years

RULES = {"en": [*stretches.RULES["en"], *english.RULES], "es": [*stretches.RULES["es"], *spanish.RULES]}
"""The rules of each language that is read."""


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
    setting = DateSetting(text, language, today)
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
            if isinstance(days, bool) or (days and days[1] < days[0]):
                continue
            year_given = bool(re.search(r"\d{4}|\byear\b|\baño\b", match.group(), re.IGNORECASE))
            found.append(_Found(start, end, days, relative, year_given))
            taken[start:end] = b"\1" * (end - start)
    ordered = [_of_split_year(item, text) for item in sorted(found, key=lambda f: f.start)]
    joined = _join_ranges(ordered, text, language)
    return [
        DateMention(f.start, f.end, text[f.start : f.end], iso(*f.days) if f.days else "", f.relative) for f in joined
    ]


@cache
def _rules(language: str) -> list[Rule]:
    source = RULES[language]
    return [(re.compile(pattern, flags), rule, relative) for pattern, rule, relative, flags in source]


_SPLIT = re.compile(r"[-–/](?:20)?(\d\d)(?![\d/–-])")
"""The second of a budget year's two years."""


def _of_split_year(item: _Found, text: str) -> _Found:
    """*The first five months of 2015/16* is of a budget year, whose months its country tells: no date."""
    year, second = text[item.end - 4 : item.end], _SPLIT.match(text, item.end)
    if second and year.isdigit() and item.end - item.start > len(year) and int(second[1]) == (int(year) + 1) % 100:
        return replace(item, end=second.end(), days=None)
    return item


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
        if last and last.days and item.days and _listed(last, item, text, language):
            joined[-1] = replace(last, days=_in_year(last.days, item.days[0].year), year_given=True)
        joined.append(item)
    return joined


_LIST = re.compile(r"\s(?:and|or|y|o)\s(?:in\s|on\s|en\s|el\s)?|,\s")


_BESIDE = {
    "en": re.compile(r"[^.;:!?\n]{0,40}\b(?:and|against|to|versus)\s[^.;:!?\n]{0,40}\bin\s", re.IGNORECASE),
    "es": re.compile(r"[^.;:!?\n]{0,40}\b(?:y|frente a|contra|a)\s[^.;:!?\n]{0,40}\ben\s", re.IGNORECASE),
}
"""Between two months of which only the second has a year: "$30m in May and $28m in July 2022"."""

_FROM = re.compile(r"\b(?:from|desde|than|frente|since|until|hasta)\b", re.IGNORECASE)
HELD = 40
"""Where one of the two is only what another is held against, each has a year of its own; characters before the first."""


def _listed(first: _Found, second: _Found, text: str, language: str) -> bool:
    """*January and February 2030*: a month or day without a year, before one with a year."""
    month = first.days is not None and (first.days[1] - first.days[0]).days in range(27, 31)
    day = bool(re.match(r"\d|\w+\.?\s\d", text[first.start : first.end]))
    bare = (month or day) and not first.year_given and second.year_given
    between = text[first.end : second.start]
    held = _FROM.search(between) or _FROM.search(
        re.split(r"[.;:]\s", text[max(0, first.start - HELD) : first.start])[-1]
    )
    return (
        bare
        and bool(_LIST.fullmatch(between) or (_BESIDE[language].fullmatch(between) and not held))
        and re.search(r"[^\W\d]+\.?,?\s(?:de(?:l)?\s)?\d{4}", text[second.start : second.end]) is not None
    )


def _in_year(days: Days, year: int) -> Days:
    if (days[1] - days[0]).days == 0:
        same = add_years(days[0], year - days[0].year)
        return same, same
    return month_of(year, days[0].month)


def _connected(first: _Found, second: _Found, text: str, language: str) -> bool:
    middle = text[first.end : second.start]
    before, pair = _PAIR[language]
    if pair.fullmatch(middle):
        return bool(before.search(text, max(0, first.start - 20), first.start))
    return bool(_JOIN[language].fullmatch(middle))
