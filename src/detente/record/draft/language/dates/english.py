"""The rules for English dates."""

from __future__ import annotations

import re
from datetime import date

from detente.record.draft.language.dates import meanings
from detente.record.draft.language.dates.calendar_words import months_of, year_of
from detente.record.draft.language.dates.parts import (
    count_of,
    month_number,
    nearest_day,
    nearest_month,
    part_of_year,
)
from detente.record.draft.language.signs import NO_CODE_BEFORE
from detente.record.draft.language.words import either

_M = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Mar\.|Apr\.?|Jun\.|Jul\.|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_W = rf"(?P<weekday>{_DAYS})"
_WD = rf"(?:(?:{_DAYS}),?\s(?:the\s)?)?"
_Y = r"(?P<year>(?:1[5-9]|20|21)\d\d)"
_D = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_N = r"(?P<count>an?|\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)"
_REL = r"(?P<shift>last|this|next)"
_FISCAL_AFTER = (
    r"(?:\s\(\w+\))?\s(?:of|in)\s(?:the\s|this\s)?"
    r"(?:current\s|last\s|previous\s|new\s)?(?:fiscal|financial|budget|\w+ing\syear|FY)"
    r"|\s(?:of|since|after)\s(?:its|their|his|her|an?|operations?|implementation|the\s(?:agreement|deal|pact|war|pandemic|project))\b"
)
_NO_DAY = r"(?!\w|\s\d\d?(?!\w|[.,]\d))"
"""After a month: no day of it, but maybe a number (*the year to June 1.8 million people*)."""
_RELEASED = r"(?!['’]s\s(?:\w+\s)?(?:figures|data|numbers|statistics|reports?|releases?))"
"""*Today's figures* are not of today."""
_UP_TO = r"(?:ended|ending|to|through|up\sto)"
_Y2 = _Y.replace("<year>", "<year2>")
_TH = r"(?:st|nd|rd|th)?"
_TIME = r"(?:\s(?:morning|afternoon|evening|night)\b)?"
I = re.IGNORECASE


_BEFORE_MAY = re.compile(
    r"\b(?:in|since|until|till|from|by|of|to|and|during|between|before|after|early|late|mid)[\s-]$", re.I
)
_NICKNAMES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties")
_OF = rf"(?:(?:\s?,?\s(?:of\s|in\s)?)(?:{_Y}|(?:the(?:\s(?:current|present|running))?|{_REL})(?:\scalendar)?\syear))"
_SHORT = r"(?:\s\((?:Q[1-4]|H[12]|[1-4]Q|[12]H)\))?"
_NO_NUMBER_AFTER = rf"(?!\s{either('dates', 'counted', 'en')}|[-,.]?\d|%|[\s-]?(?:km|kg|[kMGT]Wh?|kV|ha)\b|-?m\b)"
_NOT_BEFORE_A_YEAR = (
    "about", "some", "than", "nearly", "almost", "Route", "Order", "No.", "approximately", "Resolution",
)  # fmt: skip
_NO_NUMBER_BEFORE = (
    r"(?<![\d$€£.,/#])(?<!\d-)" + NO_CODE_BEFORE + "".join(rf"(?<!\b{word}\s)" for word in _NOT_BEFORE_A_YEAR)
)

_MON = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)"


_FISCAL = (
    r"\b(?:(?:the\s)?(?:fiscal|financial)\s(?:year\s)?(?P<year>\d{4})(?:[-/]\d\d(?:\d\d)?)?"
    r"|\d{4}(?:[-–/]\d\d(?:\d\d)?)?\s?(?:FY\b|(?:fiscal|financial|crop|marketing|school|academic)\s(?:year|season)\b)"
    r"|(?:Q[1-4]\s)?FY\s?\d\d(?:\d\d)?(?:[-/]\d\d(?:\d\d)?)?"
    r"|(?:the\s)?(?:(?:first|second|third|fourth|last)\s(?:fiscal|financial)[\s-](?:quarter|half)"
    r"|(?:fiscal|financial)[\s-](?:Q[1-4]|H[12]|(?:first|second|third|fourth|last)[\s-](?:quarter|half)))"
    r"(?:,?\s(?:of\s)?(?:the\s)?(?:\d{4}(?:[-/]\d\d(?:\d\d)?)?))?)(?!\w)"
)


def _bare_month(m, s):
    name, before = m["month"], s.text[max(0, m.start() - 12) : m.start()]
    if name in ("May", "March") and not _BEFORE_MAY.search(before):
        return False
    return nearest_month(month_number(name, "en"), s, m)


def _shifted_quarter(m, s):
    if s.today is None:
        return None
    quarter = (s.today.month - 1) // 3 + meanings.shift_of(m)
    return part_of_year("quarter", quarter % 4 + 1, s.today.year + quarter // 4)


def _months_span(m, s):
    first, last, year = month_number(m["first"], "en"), month_number(m["last"], "en"), int(m["year"])
    return (
        months_of(year, first, last)
        if first <= last
        else (months_of(year - 1, first, 12)[0], months_of(year, 1, last)[1])
    )


def _twelve_months(m, s):
    """So many months up to and with one: the year ending June 2021 begins in July 2020."""
    count = 12 if m["count"] is None else count_of(m["count"], "en")
    end = 12 * int(m["year"]) + month_number(m["month"], "en") - 1
    start = end - count + 1
    return months_of(start // 12, start % 12 + 1, start % 12 + 1)[0], months_of(end // 12, end % 12 + 1, end % 12 + 1)[
        1
    ]


def _months_up_to(m, s):
    """*The six months to June*: so many months up to and with the latest one of that name."""
    number = month_number(m["month"], "en")
    words = m.groupdict()
    if words.get("shift"):
        end = meanings.month_of_relative_year(m, s)
    else:
        end = months_of(int(words["year"]), number, number) if words.get("year") else nearest_month(number, s, m)
    count = 6 if m["count"].casefold() == "half" else count_of(m["count"], "en")
    return end and (months_of(end[1].year, number - count + 1, number - count + 1)[0], end[1])


def _named_quarter(m, s):
    """*The June quarter*: April to June; *the June 2019 year*: July to June."""
    number = month_number(m["order"], "en")
    end = months_of(int(m["year"]), number, number) if m["year"] else nearest_month(number, s, m)
    count = 12 if m.groupdict().get("unit") == "year" else 3
    return end and (months_of(end[1].year, number - count + 1, number - count + 1)[0], end[1])


def _quarter_up_to(m, s):
    """*The quarter ended June*, *the year to March*: the three or twelve months up to and with it."""
    number = month_number(m["month"], "en")
    if m["shift"]:
        end = meanings.month_of_relative_year(m, s)
    else:
        end = months_of(int(m["year"]), number, number) if m["year"] else nearest_month(number, s, m)
    count = 3 if m["unit"] == "quarter" else 12
    return end and (months_of(end[1].year, number - count + 1, number - count + 1)[0], end[1])


_MONTHS = re.compile(_M)
NEAR = 400
"""Characters back in which a month is named that a bare day is of."""


def _day_of_the_month(m, s):
    """*On the 24th*: of the month named last before, else the latest day of that number."""
    named = list(_MONTHS.finditer(s.text, max(0, m.start() - NEAR), m.start()))
    if named:
        return nearest_day(month_number(named[-1]["month"], "en"), int(m["day"]), s, m)
    return meanings.latest_day(int(m["day"]), s)


def _year_to_date(m, s):
    """*Since early 2021*, said in 2021: the year so far; of another year it is only where something began."""
    year = m["year"] or m["year2"]
    if s.today is None or (year and int(year) != s.today.year):
        return False
    return year_of(s.today.year)


def _half(m, s):
    return part_of_year("half", int(m["order"] or m["order2"]), int(m["year"]))


_IN_HALF = re.compile(r"\b(?:in|during|for|over|of)\s$", re.I)


def _half_of_now(m, s):
    """*In the first half*: of the year that is meant, where nothing else may be halved."""
    return meanings.part(m, s) if _IN_HALF.search(s.text[max(0, m.start() - 8) : m.start()]) else False


def _short_year(kind: str):
    """*1H17*, *Q3'22*, *9M19*."""
    return lambda m, s: part_of_year(kind, int(m["order"]), 2000 + int(m["short"]))


def _short_month(m, s):
    number = month_number(m["month"], "en")
    return months_of(2000 + int(m["short"]), number, number)


def _quarter_of(m, s):
    return part_of_year("quarter", int(m["order"]), int(m["year"]))


def _iso_week(m, s):
    monday = date.fromisocalendar(int(m["year"]), int(m["week"]), 1)
    return monday, date.fromordinal(monday.toordinal() + 6)


RULES = [  # pattern, what it means, whether it leans on the article's own date, flags
    (r"(?<!\d)(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", meanings.iso_day, False, 0),
    (r"(?<![\d/.-])(?P<d>\d{1,2})(?P<mark>[/.-])(?P<m>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)", meanings.iso_day, False, 0),
    (rf"\b(?:the\s)?(?:(?:full\s)?year|{_N}\smonths)\s(?:ending|ended|to|through)\s(?:in\s)?{_M}\s{_Y}(?!\w)", _twelve_months, False, 0),
    (rf"\b(?:the\s)?{_N}(?:\smonths|[\s-]month\speriod)\s{_UP_TO}\s(?:(?:in|the\send\sof)\s)?{_M}(?:\s(?:{_Y}|{_REL}\syear))?{_NO_DAY}",
     _months_up_to, True, 0),
    (rf"\b(?P<first>{_MON})\.?\s?[-–]\s?(?P<last>{_MON})\.?,?\s{_Y}(?!\w)", _months_span, False, 0),
    (rf"(?<![\w.])(?P<count>\d\d?)M(?P<count2>)\s?{_Y}(?!\w)", meanings.first_months, False, 0),
    (rf"(?<![\w.])(?P<order>[12])H(?P<order2>)\s?{_Y}(?!\w)", _half, False, 0),
    (rf"\bH(?P<order>[12])(?P<order2>)\s?(?:of\s)?{_Y}(?!\w)", _half, False, 0),
    (r"(?<![\w.])(?P<order>[12])H\s?['’]?(?P<short>\d\d)(?!\w)", _short_year("half"), False, 0),
    (r"(?<![\w.])H(?P<order>[12])\s?['’]?(?P<short>\d\d)(?!\w)", _short_year("half"), False, 0),
    (r"(?<![\w.])(?P<order>[1-4])Q\s?['’]?(?P<short>\d\d)(?!\w)", _short_year("quarter"), False, 0),
    (r"(?<![\w.])Q(?P<order>[1-4])\s?['’]?(?P<short>\d\d)(?!\w)", _short_year("quarter"), False, 0),
    (rf"(?<![\w.])(?P<order>[1-4])Q\s?{_Y}(?!\w)", _quarter_of, False, 0),
    (r"(?<![\w.])(?P<order>\d\d?)M\s?['’]?(?P<short>\d\d)(?!\w)", _short_year("months"), False, 0),
    (rf"\b{_M}\s?['’](?P<short>\d\d)(?!\w)", _short_month, False, 0),
    (r"\bCY\s?['’]?(?:20)?(?P<short>\d\d)(?!\w)", lambda m, s: year_of(2000 + int(m["short"])), False, 0),
    (rf"\b{_Y}[-\s]?W(?P<week>\d\d)(?!\w)", _iso_week, False, 0),
    (rf"\b[Ww]eek\s(?P<week>\d\d?)\s(?:of|in)\s{_Y}(?!\w)", _iso_week, False, 0),
    (_FISCAL, meanings.unresolved, False, 0),
    (rf"\b(?:the\s)?(?P<day>first|[0-3]?\d){_TH}(?:\s?[-–]\s?|\s(?:to|through|until)\s(?:the\s)?)(?P<day2>[0-3]?\d){_TH}\s(?:of\s)?{_M}"
     rf"(?:,?\s{_Y})?(?!\w)", meanings.span_of_days, False, 0),
    (rf"(?<=\bbetween\s)(?:the\s)?(?P<day>first|[0-3]?\d){_TH}\sand\s(?:the\s)?(?P<day2>[0-3]?\d){_TH}\s(?:of\s)?{_M}(?:,?\s{_Y})?(?!\w)",
     meanings.span_of_days, False, 0),
    (rf"\b{_M}\s{_D}\s?(?:-|–|\sto\s)\s?(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?(?:,?\s{_Y})?(?!\w)", meanings.span_of_days, False, 0),
    (rf"\b{_D}(?=\s(?:and|or)\s\d\d?\s{_M}(?:,?\s{_Y})?(?!\w))", meanings.day, False, 0),
    (rf"\b{_WD}(?:the\s)?{_D}\s(?:of\s)?{_M},?\s(?:of\s)?{_REL}\syear\b", meanings.day_of_relative_year, True, 0),
    (rf"\b{_WD}{_M}\s{_D},?\s(?:of\s)?{_REL}\syear\b", meanings.day_of_relative_year, True, 0),
    (rf"\b{_WD}(?:the\s)?{_D}\s(?:of\s)?{_M}(?:,?\s{_Y})?(?!\w)", meanings.day, False, 0),
    (rf"\b{_WD}{_M}\s{_D}(?:,?\s{_Y})?(?!\w|\s?%|,\d|\.\d)", meanings.day, False, 0),
    (rf"\b(?:the\s)?first\s{_N}\sdays\s(?:of|in)\s(?:{_M}(?:,?\s{_Y})?|(?:the\s(?:current|present)|this)\smonth)(?!\w)",
     meanings.first_days, True, 0),
    (rf"\b{_M}\s(?:of\s)?{_REL}\syear\b", meanings.month_of_relative_year, True, 0),
    (rf"\b(?:the\s)?{_M.replace('<month>', '<order>')}\s{_Y}\s(?P<unit>quarter|year)\b", _named_quarter, False, 0),
    (rf"\bthe\s{_M.replace('<month>', '<order>')}(?P<year>)\s(?P<unit>year)(?![\w-])", _named_quarter, True, 0),
    (rf"\b(?:the\s)?(?P<unit>year|quarter)\s{_UP_TO}\s(?:(?:the\s)?end[\s-](?:of\s)?)?{_M}(?:,?\s{_Y}|\s(?:of\s)?{_REL}\syear)?{_NO_DAY}",
     _quarter_up_to, True, 0),
    (rf"\b{_M},?\s(?:of\s|in\s)?{_Y}\b(?!\s?[-–]\s?\d\d\b)", meanings.month, False, 0),
    (rf"\b(?:the\s)?(?P<order>first|second|third|fourth|opening)[\s-](?P<kind>quarter){_SHORT}{_OF}?(?!\w|{_FISCAL_AFTER})",
     meanings.part, False, I),
    (rf"\b(?:the\s)?(?P<order>last|final|closing)\s(?P<kind>quarter){_SHORT}{_OF}(?!\w)", meanings.part, False, I),
    (rf"\b(?:the\s)?(?P<order>first|second|latter|opening)[\s-](?P<kind>half){_SHORT}{_OF}(?!\w)", meanings.part, False, I),
    (rf"\b{_REL}\s(?P<kind>quarter)\b", _shifted_quarter, True, I),
    (rf"\b(?:[Qq]uarter\s|Q)(?P<order>[1-4])\b{_OF}?", meanings.short_quarter, False, 0),
    (rf"\bH(?P<order>[12])\b{_OF}?", meanings.short_half, False, 0),
    (r"\b(?:the\s)?(?P<order>first|second)[\s-](?P<kind>half)(?!\s(?:of|in|time)\b|\w|-)", _half_of_now, False, I),
    (rf"\b(?:the\s)?first\s{_N}(?P<count2>)\smonths{_OF}?(?!\w|{_FISCAL_AFTER})", meanings.first_months, False, I),
    (rf"(?<=\bafter\s){_N}(?P<count2>)\smonths(?:\sof\s{_Y})(?!\w)", meanings.first_months, False, I),
    (rf"\b(?:the\s)?(?P<order>March|June|September|December)\squarter(?:\s(?:of\s)?{_Y})?(?!\w)", _named_quarter, True, 0),
    (rf"\b(?:the\s)?(?P<count>half)[\s-]year\s{_UP_TO}\s(?:in\s)?{_M}(?:\s{_Y})?{_NO_DAY}", _months_up_to, True, 0),
    (rf"\bsince\s(?:(?:the\s)?(?:beginning|start)\sof\s(?:{_Y}|th[ei]s?\syear)|early\s{_Y2})(?!\w)", _year_to_date, True, I),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\s?[-–/]\s?(?P<tail>\d{{4}}|\d\d)(?![\d-])", meanings.years, False, 0),
    (r"(?<!\d)(?:the\s)?(?P<decade>(?:1[5-9]|20|21)\d0)['’]?s\b", meanings.decade, False, I),
    (rf"\bthe\s(?P<nick>{'|'.join(_NICKNAMES)})\b", meanings.decade, False, I),
    (rf"\b{_N}\s(?P<unit>day|week|month|year|decade)s?\sago\b", meanings.ago, True, I),
    (rf"\b{_N}\s(?P<unit>day|week|month|year|decade)s?\sfrom\snow\b", meanings.from_now, True, I),
    (r"\bthe\sday\sbefore\syesterday\b", meanings.days_away(-2), True, I),
    (r"\bthe\sday\safter\stomorrow\b", meanings.days_away(2), True, I),
    (rf"\b{_W}\s(?:of\s)?{_REL}\sweek\b", meanings.day_of_week, True, I),
    (rf"\b(?:(?:early|earlier|late|later)\s)?{_REL}\s(?P<unit>week|weekend|month|year)(?![\w-])", meanings.shifted, True, I),
    (rf"\b{_REL}\s{_M}(?!\w)", meanings.shifted_month, True, 0),
    (rf"\b(?:(?P<shift>[Ll]ast|[Tt]his coming|[Cc]oming|[Tt]his|[Nn]ext)\s)?{_W}(?!\w){_TIME}", meanings.weekday, True, 0),
    (rf"\b(?:yesterday{_RELEASED}|last\s(?:night|evening))\b", meanings.days_away(-1), True, I),
    (rf"\b(?:today{_RELEASED}|tonight|this\s(?:morning|afternoon|evening))\b", meanings.days_away(0), True, I),
    (r"\btomorrow\b", meanings.days_away(1), True, I),
    (rf"\b{_M}(?!\w|\s\d)", _bare_month, True, 0),
    (r"\byear[\s-]to[\s-]date\b", meanings.year_now, True, I),
    (r"\b[Oo]n\sthe\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)(?=\s?[,.;:)]|\s(?:an?|the|it|he|she|they|we|and|some|about|around|\d)\b)",
     _day_of_the_month, True, 0),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\b{_NO_NUMBER_AFTER}", meanings.year, False, 0),
]  # fmt: skip
