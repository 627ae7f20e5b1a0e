"""The rules for Spanish dates."""

from __future__ import annotations

import re
from datetime import date

from detente.record.draft.language.dates.calendar_words import months_of, year_of
from detente.record.draft.language.dates.parts import (
    count_of,
    month_number,
    moved,
    nearest_day,
    nearest_month,
    nearest_weekday,
    part_of_year,
)

_M = r"(?P<month>enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
_DAYS = "lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo"
_WD = rf"(?:(?:{_DAYS}),?\s)?"
_Y = r"(?P<year>(?:1[5-9]|20|21)\d\d)"
_OF_Y = rf"(?:,?\s(?:(?:de|del)\s(?:año\s)?)?{_Y})"
_D = r"(?P<day>[0-3]?\d)(?:º|°|ro)?"
_N = (
    r"(?P<count>una?|\d+|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta"
    r"|cincuenta)"
)
_UNIT = {
    **{"día": "day", "semana": "week", "fin de semana": "weekend", "mes": "month", "año": "year", "década": "decade"},
}
_UNITS = r"(?P<unit>fin de semana|semana|mes|año)"
_NICKNAMES = ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
_SHIFTED = r"(?:(?P<past>pasad[oa])|(?P<next>próxim[oa]))"
_AFTER = r"(?:(?P<past>pasado|último)|(?P<next>próximo|que\sviene))"
_ABOUT = r"(?:más\sde\s|casi\s|unos\s|unas\s|apenas\s)?"
_DECADE = rf"(?:(?P<decade>(?:(?:1[5-9]|20|21)\d0|[2-9]0))s?|(?P<nick>{'|'.join(_NICKNAMES)}))"
_LAST, _NEXT = r"(?:pasad[oa]|últim[oa])", r"(?:próxim[oa]|que\sviene|entrante)"
I = re.IGNORECASE


def _iso(m, s):
    return (date(int(m["year"]), int(m["m"]), int(m["d"])),) * 2


def _day(m, s):
    month, day = month_number(m["month"], "es"), int(m["day"])
    if m["year"]:
        return (date(int(m["year"]), month, day),) * 2
    return nearest_day(month, day, s, m)


def _span_days(m, s):
    month, first = month_number(m["month"], "es"), int(m["first"])
    last = _day(m, s)
    return last and (last[0].replace(month=month, day=first), last[1])


def _month(m, s):
    return months_of(int(m["year"]), *[month_number(m["month"], "es")] * 2)


def _month_of_relative_year(m, s):
    shift = -1 if m["past"] else 1 if m["next"] else 0
    return s.today and months_of(s.today.year + shift, *[month_number(m["month"], "es")] * 2)


def _shifted_month(m, s):
    return nearest_month(month_number(m["month"], "es"), s, m, shift=_shift(m))


def _bare_month(m, s):
    if m["month"][0].isupper() and not re.search(r"(?:^|[.!?\n]\s*)$", s.text[max(0, m.start() - 3) : m.start()]):
        return False  # Marzo, Julio: a name
    return nearest_month(month_number(m["month"], "es"), s, m)


def _weekday(m, s):
    return nearest_weekday(m["weekday"], s, m, shift=_shift(m))


def _shift(m):
    words = m.groupdict()
    return -1 if words.get("past") else 1 if words.get("next") else 0


def _shifted(m, s):
    return moved(_UNIT[m["unit"].casefold()], _shift(m), s)


def _ago(m, s):
    unit = m["unit"].casefold()
    unit = {"meses": "mes"}.get(unit, unit.rstrip("s") if unit != "mes" else unit)
    return moved(_UNIT[unit], -count_of(m["count"], "es"), s)


def _part(m, s):
    kind = "half" if m["kind"].casefold() in ("semestre", "mitad") else "quarter"
    return _in_year(m, s, lambda year: part_of_year(kind, m["order"], year))


def _months(m, s):
    return _in_year(m, s, lambda year: part_of_year("months", count_of(m["count"], "es"), year))


def _in_year(m, s, days):
    if m["year"]:
        return days(int(m["year"]))
    if s.today is None:
        return None
    if m["past"] or m["next"] or m["this"]:
        return days(s.today.year + _shift(m))
    this = days(s.today.year)
    if s.future(m):
        return this if this[1] >= s.today else days(s.today.year + 1)
    return this if this[0] <= s.today else days(s.today.year - 1)


def _years(m, s):
    first, tail = int(m["year"]), m["tail"]
    last = int(str(first)[: 4 - len(tail)] + tail)
    if last == first + 1 and len(tail) == 2:
        return None  # 2019-20: a year that runs over two, and nobody says from which month
    return False if last <= first else (year_of(first)[0], year_of(last)[1])


def _decade(m, s):
    if m["nick"]:
        first = 1920 + 10 * _NICKNAMES.index(m["nick"].casefold())
    else:
        digits = m["decade"]
        first = int(digits) if len(digits) == 4 else 1900 + int(digits)
    return year_of(first)[0], year_of(first + 9)[1]


def _manana(m, s):
    return moved("day", 1, s)


def _hoy(m, s):
    return moved("day", 0, s)


_REL_YEAR = (
    r"(?:(?P<this>(?:este|presente)\saño|año\sen\scurso)|(?P<past>año\spasado|pasado\saño)"
    r"|(?P<next>próximo\saño|año\spróximo|año\sque\sviene)|año)"
)
_OF = rf"(?:\s(?:de|del|de\seste)\s(?:año\s)?(?:{_Y}|(?:el\s)?{_REL_YEAR}))"
_NO_NUMBER_BEFORE = r"(?<![\d$€£.,/#])(?<!\d-)" + "".join(
    rf"(?<!\b{word}\s)"
    for word in ("unos", "unas", "casi", "más de", "menos de", "cerca de", "Ley", "Decreto", "Resolución", "ruta")
)
_NO_NUMBER_AFTER = (
    r"(?!\s(?:personas|camiones|toneladas|metros|km|kilómetros|hectáreas|barriles|empleos|dólares|euros|pesos|millones"
    r"|familias|migrantes|soldados|por\sciento|%)|[-,.]?\d|\s?%)"
)

RULES = [  # pattern, what it means, whether it leans on the article's own date, flags
    (r"(?<!\d)(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", _iso, False, 0),
    (r"(?<![\d/])(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<year>\d{4})(?!\d)", _iso, False, 0),
    (rf"\b(?P<first>[0-3]?\d)\s?(?:-|–|al?|hasta\sel)\s?{_D}\sde\s{_M}{_OF_Y}?(?!\w)", _span_days, False, I),
    (rf"\b{_D}(?=\s(?:y|o)\s(?:el\s)?\d\d?\sde\s{_M}{_OF_Y}?(?!\w))", _day, False, I),
    (rf"\b{_WD}(?:el\s)?{_D}\sde\s{_M}{_OF_Y}?(?!\w)", _day, False, I),
    (rf"\b{_M}\s(?:de|del)\s(?:el\s)?{_REL_YEAR}(?!\w)", _month_of_relative_year, True, I),
    (rf"\b{_M}{_OF_Y}(?!\s?[-–]\s?\d\d\b)(?!\w)", _month, False, I),
    (rf"\b(?:el\s|la\s)?(?P<order>primer|segundo|tercer|cuarto)\s(?P<kind>trimestre){_OF}?(?!\w)", _part, False, I),
    (rf"\b(?:el\s|la\s)?(?P<order>primer|segundo|primera|segunda)\s(?P<kind>mitad){_OF}(?!\w)", _part, False, I),
    (rf"\b(?:el\s)?(?P<order>último)\s(?P<kind>trimestre){_OF}(?!\w)", _part, False, I),
    (rf"\b(?:el\s)?(?P<order>primer|segundo)\s(?P<kind>semestre){_OF}?(?!\w)", _part, False, I),
    (rf"\b(?:los\s)?primeros\s(?P<count>\w+)\smeses{_OF}(?!\w)", _months, False, I),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\s?[-–/]\s?(?P<tail>\d{{4}}|\d\d)(?![\d-])", _years, False, 0),
    (rf"\b(?:la\sdécada\sde\s(?:los\s)?|(?:los\s)?años\s|los\s){_DECADE}\b(?!\s\w+s\b)", _decade, False, I),
    (rf"\bhace\s{_ABOUT}{_N}\s(?P<unit>día|semana|mes|año|década)(?:s|es)?\b", _ago, True, I),
    (rf"\b(?:(?:el|del)\s)?{_SHIFTED}\s(?:mes\sde\s)?{_M}(?!\w)", _shifted_month, True, I),
    (rf"\b(?:(?:el|la)\s)?{_UNITS}\s(?:(?P<past>{_LAST})|(?P<next>{_NEXT}))(?!\w)", _shifted, True, I),
    (rf"\b(?:(?:el|la)\s)?(?:(?P<past>pasad[oa])|(?P<next>próxim[oa]))\s{_UNITS}(?!\w)", _shifted, True, I),
    (rf"\best[ea]\s(?:mismo\s|misma\s)?{_UNITS}(?!\w)", _shifted, True, I),
    (rf"\b(?:(?:el|del)\s)?{_M}\s(?:(?P<past>{_LAST})|(?P<next>{_NEXT}))(?!\w)", _shifted_month, True, I),
    (rf"\b(?:(?P<past>pasado)|(?P<next>próximo))\s(?P<weekday>{_DAYS})(?!\w)", _weekday, True, I),
    (rf"\b(?P<weekday>{_DAYS})(?:\s{_AFTER})?(?!\w)", _weekday, True, I),
    (r"\b(?:anteayer|antier|antes\sde\sayer)\b", lambda m, s: moved("day", -2, s), True, I),
    (r"\b(?:ayer|anoche)\b", lambda m, s: moved("day", -1, s), True, I),
    (r"\bpasado\smañana\b", lambda m, s: moved("day", 2, s), True, I),
    (r"\b(?:hoy|esta\s(?:mañana|tarde|noche))\b(?!\sen\sdía)", _hoy, True, I),
    (r"(?<!\bla\s)(?<!\besta\s)(?<!\buna\s)(?<!\bcada\s)(?<!\bde\s)\bmañana\b(?!\sdel?\s)", _manana, True, I),
    (rf"\b{_M}(?!\w)", _bare_month, True, I),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\b{_NO_NUMBER_AFTER}", lambda m, s: year_of(int(m["year"])), False, 0),
]  # fmt: skip
