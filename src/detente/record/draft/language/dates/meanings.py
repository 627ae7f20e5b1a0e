"""What a date's words mean, in every language: one function a kind of date, from a match's named groups to its days.

Groups: ``year``, ``month``, ``day``, ``day2`` or ``first``; ``m`` and ``d`` as numbers; ``count`` and ``unit``;
``order`` and ``kind``; ``weekday``; ``decade`` or ``nick``; ``tail``; and for *last*, *this* and *next* either
``shift`` or one of ``past``, ``this`` and ``next``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from detente.record.draft.language.dates.calendar_words import WEEKDAYS, month_of, months_of, year_of
from detente.record.draft.language.dates.parts import (
    DateSetting,
    Days,
    count_of,
    month_number,
    moved,
    nearest_day,
    nearest_month,
    nearest_weekday,
    part_of_year,
)

Match = re.Match[str]
SHIFTS = {"coming": 1, "this coming": 1, "last": -1, "this": 0, "next": 1}
UNITS = {
    "día": "day", "días": "day", "semana": "week", "semanas": "week", "fin de semana": "weekend", "mes": "month",
    "meses": "month", "ejercicio": "year", "año": "year", "años": "year", "década": "decade", "décadas": "decade",
}  # fmt: skip
"""Spans of time in other languages, by their English names."""
PARTS = {"half": "half", "semestre": "half", "mitad": "half", "cuatrimestre": "third", "bimestre": "sixth"}
NICKNAMES = {
    word: 1920 + 10 * n
    for words in ("twenties thirties forties fifties sixties seventies eighties nineties",
                  "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
    for n, word in enumerate(words.split())
}  # fmt: skip
"""First year of a decade by its name."""


def shift_of(m: Match) -> int:
    """-1 for *last*, 1 for *next*, else 0."""
    words = m.groupdict()
    if words.get("shift"):
        return SHIFTS[words["shift"].casefold()]
    return -1 if words.get("past") else 1 if words.get("next") else 0


def iso_day(m: Match, s: DateSetting) -> Days:
    """A day in digits."""
    named = date(int(m["year"]), int(m["m"]), int(m["d"]))
    return named, named


def day(m: Match, s: DateSetting) -> Days | None:
    """A day and a month, with or without a year."""
    month, number = month_number(m["month"], s.language), FIRST.get(m["day"].casefold()) or int(m["day"])
    if m["year"]:
        named = date(int(m["year"]), month, number)
        return named, named
    return nearest_day(month, number, s, m)


FIRST = {"first": 1, "primero": 1, "uno": 1}
"""The first of a month, in words."""


def latest_day(number: int, s: DateSetting) -> Days | None:
    """*On the 24th*: the latest day of that number up to the article's own."""
    if s.today is None:
        return None
    months = (month_of(s.today.year, s.today.month - back)[0] for back in range(12))
    ends = (first.replace(day=number) for first in months if month_of(first.year, first.month)[1].day >= number)
    named = next(day for day in ends if day <= s.today)
    return named, named


def span_of_days(m: Match, s: DateSetting) -> Days | None:
    """From one day of a month to another."""
    words = m.groupdict()
    month = month_number(m["month"], s.language)
    first, last = sorted(
        FIRST.get(day.casefold()) or int(day) for day in (m["day"], words.get("day2") or words["first"])
    )
    if m["year"]:
        return date(int(m["year"]), month, first), date(int(m["year"]), month, last)
    begins = nearest_day(month, first, s, m)
    return begins and (begins[0], begins[0].replace(day=last))


def month(m: Match, s: DateSetting) -> Days:
    """A month of a year."""
    number = month_number(m["month"], s.language)
    return months_of(int(m["year"]), number, number)


def first_days(m: Match, s: DateSetting) -> Days | None:
    """*The first 21 days of February*, *of this month*: from the first day on."""
    words = m.groupdict()
    count = count_of(m["count"], s.language)
    if words.get("month"):
        number = month_number(m["month"], s.language)
        days = months_of(int(m["year"]), number, number) if words.get("year") else nearest_month(number, s, m)
    else:
        days = moved("month", 0, s)
    return days and (days[0], days[0].replace(day=count))


def month_of_relative_year(m: Match, s: DateSetting) -> Days | None:
    """*June last year*."""
    number = month_number(m["month"], s.language)
    return months_of(s.today.year + shift_of(m), number, number) if s.today else None


def day_of_relative_year(m: Match, s: DateSetting) -> Days | None:
    """*14 June last year*."""
    if s.today is None:
        return None
    number = FIRST.get(m["day"].casefold()) or int(m["day"])
    named = date(s.today.year + shift_of(m), month_number(m["month"], s.language), number)
    return named, named


def shifted_month(m: Match, s: DateSetting) -> Days | None:
    """*Last June*: before this month; *this June* is of this year."""
    number, shift = month_number(m["month"], s.language), shift_of(m)
    if shift == 0 and s.today:
        return months_of(s.today.year, number, number)
    return nearest_month(number, s, m, shift=shift)


def weekday(m: Match, s: DateSetting) -> Days | None:
    """A day of the week."""
    return nearest_weekday(m["weekday"], s, m, shift=shift_of(m))


def day_of_week(m: Match, s: DateSetting) -> Days | None:
    """*Monday this week*."""
    week = moved("week", shift_of(m), s)
    if week is None:
        return None
    named = week[0] + timedelta(days=WEEKDAYS[s.language][m["weekday"].casefold()])
    return named, named


def shifted(m: Match, s: DateSetting) -> Days | None:
    """*Last week*, *next year*."""
    return moved(unit_of(m), shift_of(m), s)


def ago(m: Match, s: DateSetting) -> Days | None:
    """*Three months ago*."""
    return moved(unit_of(m), -count_of(m["count"], s.language), s)


def from_now(m: Match, s: DateSetting) -> Days | None:
    """*Three months from now*."""
    return moved(unit_of(m), count_of(m["count"], s.language), s)


def unit_of(m: Match) -> str:
    """The span of time that a match names."""
    word = m["unit"].casefold()
    return UNITS.get(word, word)


def part(m: Match, s: DateSetting) -> Days | None:
    """A part of a year: a half, a third, a quarter or a sixth."""
    kind = PARTS.get(m["kind"].casefold(), "quarter")
    return _in_year(m, s, lambda year: part_of_year(kind, m["order"], year))


def short_half(m: Match, s: DateSetting) -> Days | None:
    """*H1*."""
    return _in_year(m, s, lambda year: part_of_year("half", int(m["order"]), year))


def short_quarter(m: Match, s: DateSetting) -> Days | None:
    """*Q3*."""
    return _in_year(m, s, lambda year: part_of_year("quarter", int(m["order"]), year))


_THIS = re.compile(r"\b(?:this|current|est[ea]|presente|actual|curso)\b", re.IGNORECASE)


def first_months(m: Match, s: DateSetting) -> Days | None:
    """*The first eight months*."""
    count = count_of(m["count"] or m["count2"], s.language)
    days = _in_year(m, s, lambda year: part_of_year("months", count, year))
    if days is None or s.today is None or m.groupdict().get("year") or _THIS.search(m.group()) or s.future(m):
        return days
    begun = month_of(days[1].year, days[1].month)[0] <= s.today  # else: the first nine months, said in January
    return days if begun else part_of_year("months", count, days[0].year - 1)


MONTH_ORDER = {
    "primer": 1, "segundo": 2, "tercer": 3, "cuarto": 4, "quinto": 5, "sexto": 6, "séptimo": 7, "octavo": 8,
    "noveno": 9, "décimo": 10, "undécimo": 11, "duodécimo": 12, "antepenúltimo": 10, "penúltimo": 11, "anteúltimo": 11,
    "último": 12,
}  # fmt: skip
"""Months by their place in the year."""


def month_by_order(m: Match, s: DateSetting) -> Days | None:
    """*El octavo mes del año*."""
    number = MONTH_ORDER[m["order"].casefold()]
    return _in_year(m, s, lambda year: months_of(year, number, number))


def year_so_far(m: Match, s: DateSetting) -> Days | bool | None:
    """*En lo que va del año*: the article's own year; another one is only where something began."""
    if s.today is None:
        return None
    return False if m["year"] and int(m["year"]) != s.today.year else year_of(s.today.year)


_ADDED_UP = re.compile(
    r"(?:^|[.\n]\s?|\b(?:registrad|observad|acumulad|alcanzad|obtenid|reportad)[oa]s?\s|\b(?:millones|dólares|toneladas|valor|exterior)\s)$",
    re.IGNORECASE,
)
"""Before *a octubre de 2022* where it says up to which month something is added up."""


def months_added_up(m: Match, s: DateSetting) -> Days | bool | None:
    """*US$ 40 millones a octubre de 2022*: from January on, where it is no date that something is put off to."""
    if not _ADDED_UP.search(s.text, max(0, m.start() - 16), m.start()):
        return False
    return months_so_far(m, s)


def months_so_far(m: Match, s: DateSetting) -> Days | None:
    """*Acumuladas a septiembre*: from January on."""
    number = month_number(m["month"], s.language)
    return _in_year(m, s, lambda year: months_of(year, 1, number))


def year_now(m: Match, s: DateSetting) -> Days | None:
    """*Year-to-date*: the article's own year."""
    return year_of(s.today.year) if s.today else None


def _in_year(m: Match, s: DateSetting, days: Callable[[int], Days]) -> Days | None:
    """A part of the year given, of the one meant by *last* or *next*, or of the nearest that fits the tense."""
    words = m.groupdict()
    if words.get("year"):
        return days(int(m["year"]))
    if s.today is None:
        return None
    if any(words.get(name) for name in ("shift", "past", "next", "this")):
        return days(s.today.year + shift_of(m))
    this = days(s.today.year)
    if s.future(m):
        return this if this[1] >= s.today else days(s.today.year + 1)
    return this if this[0] <= s.today else days(s.today.year - 1)


def years(m: Match, s: DateSetting) -> Days | bool | None:
    """*2015-19*; nothing for *2019-20*, a year that runs over two, since nobody says from which month."""
    first, tail = int(m["year"]), m["tail"]
    last = int(str(first)[: 4 - len(tail)] + tail)
    if last == first + 1 and len(tail) == 2:
        return None
    return False if last <= first else (year_of(first)[0], year_of(last)[1])


def year(m: Match, s: DateSetting) -> Days:
    """A year."""
    return year_of(int(m["year"]))


def decade(m: Match, s: DateSetting) -> Days:
    """*The 1990s*, *the nineties*, *los años noventa*."""
    words = m.groupdict()
    if words.get("nick"):
        first = NICKNAMES[words["nick"].casefold()]
    else:
        digits = m["decade"]
        first = int(digits) if len(digits) == 4 else 1900 + int(digits)
    return year_of(first)[0], year_of(first + 9)[1]


def days_away(count: int) -> Callable[[Match, DateSetting], Days | None]:
    """*Yesterday* is one day back."""
    return lambda m, s: moved("day", count, s)


def unresolved(m: Match, s: DateSetting) -> None:
    """A date whose days nobody can tell."""
