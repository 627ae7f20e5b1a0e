"""Some months of a year: *July-March*, *from January to May of this year*, *the third quarter (July-September)*.

The year is the one that is written, that of a budget year's name (*July-March 2020-21* begins in 2020), that of *this* or
*last year*, or else the latest in which the months have begun.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from detente.record.draft.language.dates.calendar_words import MONTHS, month_of, months_of
from detente.record.draft.language.dates.meanings import Match, shift_of
from detente.record.draft.language.dates.parts import (
    DateSetting,
    Days,
    count_of,
    month_number,
    nearest_day,
    part_of_year,
)
from detente.record.draft.language.tense import is_future

SPRING = 4
"""The month from which on one of a budget year is of the first of its two years."""
ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
MONTHS_OF_A_QUARTER = 3


def months_between(m: Match, s: DateSetting) -> Days | None:
    """From one month to another."""
    words = _told(m)
    first, last = month_number(m["first"], s.language), month_number(m["last"], s.language)
    over = first > last
    if words.get("budget") or words.get("ends"):
        begins = int(words["budget"]) if words.get("budget") else _full(words["ends"]) - 1
        end = begins + (first < SPRING) + over
    elif words.get("year"):
        end = int(words["year"])
    elif s.today is not None and any(words.get(name) for name in ("shift", "past", "this")):
        end = s.today.year + shift_of(m)
    else:
        if s.today is None or words.get("before"):
            return None
        ahead = is_future(s.text, m.start(), m.end(), s.language, dated=False)
        end = s.today.year + (last < s.today.month if ahead else -(last > s.today.month))
    return months_of(end - over, first, first)[0], months_of(end, last, last)[1]


_EACH = re.compile(r"\b(?:respectively|each|respectivamente|cada\s(?:uno|mes))\b", re.IGNORECASE)


def two_months(m: Match, s: DateSetting) -> Days | bool:
    """*In January and February 2018*: both, if one follows the other and each has not a figure of its own."""
    first, last = month_number(m["first"], s.language), month_number(m["last"], s.language)
    if last != first + 1 or _EACH.search(s.text, s.text.rfind(". ", 0, m.start()) + 1, m.end() + 80):
        return False
    return months_of(int(m["year"]), first, last)


def months_up_to_the_end(m: Match, s: DateSetting) -> Days | bool:
    """*The three months ended 30 September 2022*, *los doce meses hasta junio de 2022*: so many whole months."""
    words = _told(m)
    number, year = month_number(words["month"], s.language), int(words["year"])
    last = months_of(year, number, number)[1]
    if words.get("day") and int(words["day"]) != last.day:
        return False
    count = count_of(words["count"], s.language) if words.get("count") else 12
    return months_of(year, number - count + 1, number - count + 1)[0], last


def year_up_to_a_month(m: Match, s: DateSetting) -> Days | None:
    """*From the beginning of the year to the end of October*: of the latest year in which that month was over."""
    if s.today is None:
        return None
    last = month_number(_told(m)["month"], s.language)
    return months_of(s.today.year - (last > s.today.month), 1, last)


def months_up_to_a_day(m: Match, s: DateSetting) -> Days | bool | None:
    """*The six months to 22 September*: from the day after the one so many months before."""
    words = _told(m)
    month, number, count = (
        month_number(words["month"], s.language),
        int(words["day"]),
        count_of(words["count"], s.language),
    )
    if words.get("year"):
        last = date(int(words["year"]), month, number)
    elif (days := nearest_day(month, number, s, m)) is None:
        return None
    else:
        last = days[0]
    start, end = month_of(last.year, last.month - count)
    if last == month_of(last.year, last.month)[1]:
        return end + timedelta(days=1), last
    return start.replace(day=min(last.day, end.day)) + timedelta(days=1), last


def last_months(m: Match, s: DateSetting) -> Days:
    """*The last three months of 2021*."""
    return months_of(int(m["year"]), 13 - count_of(m["count"], s.language), 12)


def numbered_part(m: Match, s: DateSetting) -> Days:
    """*El III trimestre de 2022*, *el II semestre de 2022*, *3T22*."""
    order = m["order"].casefold().rstrip("erdo.º°")
    kind = "half" if m.groupdict().get("half") else "quarter"
    return part_of_year(kind, ROMAN.get(order) or int(order), _full(m["year"]))


def first_months(m: Match, s: DateSetting) -> Days | None:
    """*The first three quarters of 2017*, *the seven months of 2023*: so many months from January on."""
    words = _told(m)
    count = count_of(words["count"], s.language) * (MONTHS_OF_A_QUARTER if words.get("quarters") else 1)
    if words.get("year"):
        year = int(words["year"])
    elif s.today is None:
        return None
    else:
        year = s.today.year + shift_of(m)
    return months_of(year, 1, count)


def _told(m: Match) -> dict[str, str]:
    """What a match's groups say; one that stands twice in its rule where it was met."""
    return {name.rstrip("2"): said for name, said in m.groupdict().items() if said}


def _full(year: str) -> int:
    """*21* is 2021."""
    return int(year) if len(year) > len("21") else 2000 + int(year)


def _named(pattern: str) -> str:
    """The pattern once more in the same rule: its group has another name."""
    return re.sub(r"\?P<(\w+?)>", r"?P<\g<1>2>", pattern)


def _month(language: str, name: str) -> str:
    written = str.title if language == "en" else str
    words = sorted((written(word) for word in MONTHS[language]), key=len, reverse=True)
    return rf"(?P<{name}>{'|'.join(words)})\b\.?"


_Y = r"(?P<year>(?:1[5-9]|20|21)\d\d)(?!\d|[-–/]\d)"
_NO_DAY = r"(?!\w|\s\d\d?(?!\d|\w)|\s\d\d?(?:st|nd|rd|th))"
_BUDGET = r"\(?(?:(?:the\s)?(?:FY\s?|(?:fiscal|financial)(?:\syear)?\s|año\sfiscal\s))?(?P<budget>(?:19|20)\d\d)[-–/]\d\d(?:\d\d)?\b\)?"
_ENDS = r"\(?FY[\s’']?(?P<ends>(?:20)?\d\d)(?!\d|[-–/]\d)\)?"

_ROUGH = r"(?:(?:mid|late|early|end)-)?"
_EN_1, _EN_2 = (_ROUGH + _month("en", name) for name in ("first", "last"))
_EN_TO = r"(?:\s?[-–—]\s?|[\s-](?:to|through|till|until)[\s-](?:the\send\sof\s)?)"
_EN_THIS = r"(?:the\s)?(?P<shift>this|last)\s(?:calendar\s)?year(?!\w)"
_EN_FISCAL = (
    r"(?:the\s)?(?:(?P<before>last|previous|preceding|prior)\s|current\s|ongoing\s|outgoing\s|this\s)?(?:fiscal|financial)"
    r"(?:\syear)?(?:,?\s\(?(?P<budget2>(?:19|20)\d\d)[-–/]\d\d(?:\d\d)?\)?)?(?!\w|\s\d)"
)
_EN_TAIL = (
    rf"(?:(?:[\s-](?:period|months?|quarter))?,?\s(?:of\s|in\s)?(?:{_Y}|{_EN_THIS}|{_BUDGET}|{_ENDS}|{_EN_FISCAL}))?"
)
_EN_PART = (
    r"\b(?:the\s)?(?:first|second|third|fourth|last|final|opening|Q[1-4]|H[12])"
    r"(?:[\s-](?:\w+[\s-])?(?:months?|quarter|half|trimester|quadrimester|semester))?"
)
_EN_COUNT = r"(?P<count>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\d\d?)"

_EN_MONTHS_TO = rf"\b(?:the\s)?(?:{_EN_COUNT}[\s-]months?|year)(?:\speriod)?\s(?:ended|ending|to|through)\s"

_ES_1, _ES_2 = (_month("es", name) for name in ("first", "last"))
_ES_THIS = r"(?:(?P<this>est[ea]\saño|(?:presente|corriente)\saño|año\sen\scurso)|(?P<past>año\s(?:pasado|anterior)|pasado\saño))"
_ES_TAIL = rf"(?:,?\s(?:de|del)\s(?:el\s)?(?:año\s)?(?:{_Y}|{_ES_THIS}))?"
_ES_COUNT = r"(?P<count>dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|\d\d?)"
_SHORT = r"(?:ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic)"
_ES_ENDED = r"(?:que\s)?(?:termin|finaliz|culmin)\w+"
_ES_PART = r"\b(?:el\s|los\s)?(?:primer|segund|tercer|cuart|últim)o?s?\s(?:\w+\s)?(?:meses|trimestre|semestre|cuatrimestre|bimestre)"
I = re.IGNORECASE

RULES = {
    "en": [
        (rf"{_Y}\s?\(\s?{_EN_1}{_EN_TO}{_EN_2}\s?\)", months_between, False, 0),
        (rf"{_EN_PART}\s\(\s?{_EN_1}{_EN_TO}{_EN_2}(?:,?\s{_named(_Y)})?\s?\){_EN_TAIL}", months_between, True, 0),
        (rf"\b{_EN_1}{_EN_TO}{_EN_2}{_NO_DAY}{_EN_TAIL}", months_between, True, 0),
        (rf"\b{_EN_1}\sand\s{_EN_2},?\s(?:of\s)?{_Y}", two_months, False, 0),
        (rf"(?<=\bbetween\s){_EN_1}\sand\s{_EN_2}{_NO_DAY}{_EN_TAIL}", months_between, True, 0),
        (
            rf"{_EN_MONTHS_TO}(?:(?:the\s)?end[\s-](?:of\s)?)?"
            rf"(?:(?P<day>\d\d)\s{_month('en', 'month')}|{_named(_month('en', 'month'))}\s(?P<day2>\d\d)),?\s{_Y}",
            months_up_to_the_end,
            False,
            0,
        ),
        (
            rf"{_EN_MONTHS_TO}(?:the\s)?end[\s-](?:of\s)?{_month('en', 'month')},?\s{_Y}",
            months_up_to_the_end,
            False,
            0,
        ),
        (
            rf"{_EN_MONTHS_TO.replace('|year', '')}(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\s(?:of\s)?{_month('en', 'month')}"
            rf"|{_named(_month('en', 'month'))}\s(?P<day2>\d\d?)(?:st|nd|rd|th)?)(?:,?\s{_Y})?(?!\w)",
            months_up_to_a_day,
            True,
            0,
        ),
        (
            r"\b(?:from|since)\sthe\s(?:beginning|start)\sof\s(?:the|this)\syear\s(?:to|through|till|until|up\sto)\s(?:the\send\sof\s)?"
            rf"{_month('en', 'month')}{_NO_DAY}(?!\s\d{{4}})",
            year_up_to_a_month,
            True,
            0,
        ),
        (rf"\b(?:the\s)?(?:last|final)\s{_EN_COUNT}\smonths\sof\s{_Y}", last_months, False, I),
        (
            rf"\b(?:the\s)?first\s(?P<count>two|three)\s(?P<quarters>quarters)\sof\s(?:{_Y}|{_EN_THIS}|the\s(?:current\s)?year(?!\w))",
            first_months,
            True,
            I,
        ),
        (
            r"(?:(?<=\bin\s)|(?<=\bfor\s)|(?<=\bthe\s)|(?<=\bduring\s)|(?<=\bover\s))(?:the\s)?"
            rf"{_EN_COUNT}\smonths\sof\s(?:{_Y}|{_EN_THIS}|the\scurrent\syear(?!\w))",
            first_months,
            True,
            I,
        ),
    ],
    "es": [
        (rf"{_ES_PART}\s\(\s?{_ES_1}(?:\s?[-–—]\s?|\sa\s){_ES_2}(?:\s(?:de\s)?{_named(_Y)})?\s?\){_ES_TAIL}", months_between, True, I),
        (rf"\b{_ES_1}\s(?:a|hasta)\s{_ES_2}{_ES_TAIL}(?!\w)", months_between, True, I),
        (rf"\b{_ES_1}\sy\s{_ES_2}\s(?:de\s|del\s)?(?:año\s)?{_Y}", two_months, False, I),
        (rf"(?<=\bentre\slos\smeses\sde\s){_ES_1}\sy\s{_ES_2}{_ES_TAIL}(?!\w)", months_between, True, I),
        (rf"\b(?:los\s)?{_ES_COUNT}\smeses\s(?:hasta|a|{_ES_ENDED}\s(?:en|a))\s{_month('es', 'month')}\s(?:de\s|del\s)?{_Y}",
         months_up_to_the_end, False, I),
        (rf"\b(?:los\s)?{_ES_COUNT}\smeses\s(?:hasta\sel|al|{_ES_ENDED}\sel)\s(?P<day>\d\d?)\sde"
         rf"\s{_month('es', 'month')}(?:\s(?:de\s|del\s)?{_Y})?(?!\w)",
         months_up_to_a_day, True, I),
        (rf"\bdesde\s(?:el\s)?(?:inicio|comienzo|principio)s?\s(?:del|de)\s(?:este\s)?año\s(?:y\s)?(?:hasta|a)\s(?:el\s)?"
         rf"(?:(?:final|fin|cierre)(?:es)?\sde\s)?{_month('es', 'month')}(?!\w|\sde(?:l\saño)?\s\d)", year_up_to_a_month, True, I),
        (rf"{_Y}\s?\(\s?{_ES_1}(?:\s?[-–—]\s?|\sa\s){_ES_2}\s?\)", months_between, False, I),
        (rf"\b(?:los\s)?(?:primeros\s(?P<count>dos|tres|[23])|(?P<count2>dos|tres|[23])\sprimeros)\s(?P<quarters>trimestres)"
         rf"\sdel?\s(?:año\s)?(?:{_Y}|{_ES_THIS}|año(?!\w))", first_months, True, I),
        (rf"(?<=\ben\s)(?:los\s)?{_ES_COUNT}\smeses\s(?:de|del)\s(?:año\s)?{_Y}", first_months, False, I),
        (rf"\b(?P<first>{_SHORT})\.?\s?[-–/]\s?(?P<last>{_SHORT})\.?[\s-](?:de\s)?{_Y}", months_between, False, I),
        (rf"\b(?:los\s)?últimos\s{_ES_COUNT}\smeses\s(?:de|del)\s(?:año\s)?{_Y}", last_months, False, I),
        (rf"\b(?:el\s)?(?P<order>I{{1,3}}|IV|[1-4](?:er|do|º|°)?)\s(?:trimestre|(?P<half>semestre))\s(?:de\s|del\s)?(?:año\s)?{_Y}",
         numbered_part, False, 0),
        (r"(?<![\w.])(?P<order>[1-4])T(?:\s?[’']?|\sde\s)(?P<year>(?:20)?\d\d)(?!\w)", numbered_part, False, 0),
    ],
}  # fmt: skip
