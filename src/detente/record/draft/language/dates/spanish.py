"""The rules for Spanish dates."""

from __future__ import annotations

import re

from detente.record.draft.language.dates import meanings
from detente.record.draft.language.dates.parts import month_number, nearest_day, nearest_month
from detente.record.draft.language.signs import NO_CODE_BEFORE

_M = r"(?P<month>enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)"
_DAYS = "lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo"
_WD = rf"(?:(?:{_DAYS}),?\s)?"
_Y = r"(?P<year>(?:1[5-9]|20|21)\d\d)"
_OF_Y = rf"(?:,?\s(?:(?:de|del)\s(?:año\s)?)?{_Y})"
_D = r"(?P<day>primero|[0-3]?\d)(?:º|°|ro)?"
_N = (
    r"(?P<count>una?|\d+|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta"
    r"|cincuenta)"
)
_N2 = _N.replace("<count>", "<count2>")
_FISCAL_AFTER = (
    r"\sdel?\s(?:año\sfiscal|ejercicio|periodo\sfiscal|su|sus|la|vigencia|operaci[óo]n|aplicaci[óo]n|gesti[óo]n|gobierno|mandato|acuerdo"
    r"|tratado|proyecto)\b"
)
_UNITS = r"(?P<unit>fin de semana|semana|mes|año)"
_NICKNAMES = ("veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_SHIFTED = r"(?:(?P<past>pasad[oa])|(?P<next>próxim[oa]))"
_AFTER = r"(?:(?P<past>pasado|último)|(?P<next>próximo|que\sviene))"
_ABOUT = r"(?:más\sde\s|casi\s|unos\s|unas\s|apenas\s)?"
_DECADE = rf"(?:(?P<decade>(?:(?:1[5-9]|20|21)\d0|[2-9]0))s?|(?P<nick>{'|'.join(_NICKNAMES)}))"
_LAST, _NEXT = r"(?:pasad[oa]|últim[oa])", r"(?:próxim[oa]|que\sviene|entrante)"
I = re.IGNORECASE


def _bare_month(m, s):
    if m["month"][0].isupper() and not re.search(r"(?:^|[.!?\n]\s*)$", s.text[max(0, m.start() - 3) : m.start()]):
        return False  # Marzo, Julio: a name
    return nearest_month(month_number(m["month"], "es"), s, m)


_MONTHS = re.compile(_M, I)
NEAR = 400
"""Characters back in which a month is named that a bare day is of."""


def _day_of_the_month(m, s):
    """*El día 24*: of the month named last before, else the latest day of that number."""
    named = list(_MONTHS.finditer(s.text, max(0, m.start() - NEAR), m.start()))
    if named:
        return nearest_day(month_number(named[-1]["month"], "es"), int(m["day"]), s, m)
    return meanings.latest_day(int(m["day"]), s)


_REL_YEAR = (
    r"(?:(?P<this>(?:este|presente)\saño|año\sen\scurso)|(?P<past>año\s(?:pasado|anterior|previo)|pasado\saño)"
    r"|(?P<next>próximo\saño|año\spróximo|año\sque\sviene)|año)"
)
_OF = rf"(?:\s(?:de|del|de\seste)\s(?:año\s)?(?:{_Y}|(?:el\s)?{_REL_YEAR}))"
_NOT_BEFORE_A_YEAR = (
    "unos", "unas", "casi", "más de", "menos de", "cerca de", "Ley", "Decreto", "Resolución", "ruta",
)  # fmt: skip
_NO_NUMBER_BEFORE = (
    r"(?<![\d$€£.,/#])(?<!\d-)" + NO_CODE_BEFORE + "".join(rf"(?<!\b{word}\s)" for word in _NOT_BEFORE_A_YEAR)
)
_NO_NUMBER_AFTER = (
    r"(?!\s(?:personas|camiones|toneladas|metros|km|kilómetros|hectáreas|barriles|empleos|dólares|euros|pesos|millones"
    r"|familias|migrantes|soldados|por\sciento|%)|[-,.]?\d|\s?%)"
)

RULES = [  # pattern, what it means, whether it leans on the article's own date, flags
    (r"(?<!\d)(?P<year>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)", meanings.iso_day, False, 0),
    (r"(?<![\d/.-])(?P<d>\d{1,2})(?P<mark>[/.-])(?P<m>\d{1,2})(?P=mark)(?P<year>(?:19|20)\d\d)(?!\d)", meanings.iso_day, False, 0),
    (rf"(?<=\bentre\sel\s)(?P<first>primero|[0-3]?\d)\sy\sel\s{_D}\sde\s{_M}{_OF_Y}?(?!\w)", meanings.span_of_days, False, I),
    (rf"\b(?P<first>primero|[0-3]?\d)\s?(?:-|–|al?|hasta\sel)\s?{_D}\sde\s{_M}{_OF_Y}?(?!\w)", meanings.span_of_days, False, I),
    (rf"\b{_D}(?=\s(?:y|o)\s(?:el\s)?\d\d?\sde\s{_M}{_OF_Y}?(?!\w))", meanings.day, False, I),
    (rf"\b{_WD}(?:el\s)?{_D}\sde\s{_M}\sdel?\s(?:el\s)?{_REL_YEAR}(?!\w|\s\d{{4}})", meanings.day_of_relative_year, True, I),
    (rf"\b{_WD}(?:el\s)?{_D}\sde\s{_M}{_OF_Y}?(?!\w)", meanings.day, False, I),
    (rf"\bal\s(?:mes|cierre)\sde\s{_M}(?:{_OF_Y}|\sdel?\s(?:el\s)?{_REL_YEAR})?(?!\w)", meanings.months_so_far, True, I),
    (rf"\ba\s{_M}(?:{_OF_Y}|\sdel?\s(?:el\s)?{_REL_YEAR})(?!\w)", meanings.months_added_up, True, I),
    (rf"\b(?:los\s)?primeros\s{_N}\sdías\s(?:de\s{_M}{_OF_Y}?|(?:de\seste|del|del\s(?:presente|actual))\smes)(?!\w)",
     meanings.first_days, True, I),
    (rf"\b{_M}\s(?:de|del)\s(?:el\s)?{_REL_YEAR}(?!\w)", meanings.month_of_relative_year, True, I),
    (rf"\b{_M}{_OF_Y}(?!\s?[-–]\s?\d\d\b)(?!\w)", meanings.month, False, I),
    (rf"\b(?:el\s|la\s)?(?P<order>primer|segundo|tercer|cuarto)\s(?P<kind>trimestre|cuatrimestre|bimestre){_OF}?(?!\w)",
     meanings.part, False, I),
    (rf"\b(?:el\s|la\s)?(?P<order>primer|segundo|primera|segunda)\s(?P<kind>mitad){_OF}(?!\w)", meanings.part, False, I),
    (rf"\b(?:el\s)?(?P<order>último)\s(?P<kind>trimestre){_OF}(?!\w)", meanings.part, False, I),
    (rf"\b(?:el\s)?(?P<order>primer|segundo)\s(?P<kind>semestre){_OF}?(?!\w)", meanings.part, False, I),
    (rf"\b(?:los\s)?(?:primeros\s{_N}|{_N2}\sprimeros)\smeses{_OF}?(?!\w|{_FISCAL_AFTER})", meanings.first_months, False, I),
    (rf"(?<=acumulad[oa]\s)(?:a|hasta)\s{_M}{_OF_Y}?(?!\w)", meanings.months_so_far, True, I),
    (rf"(?<=acumulad[oa]s\s)(?:a|hasta)\s{_M}{_OF_Y}?(?!\w)", meanings.months_so_far, True, I),
    (rf"\b(?:en\s)?lo\s(?:que\sva|corrido|transcurrido)\sde(?:l|\seste)?\s(?:(?:presente\s)?año|{_Y})(?!\w)",
     meanings.year_so_far, True, I),
    (r"(?<=\ben\sel\s)acumulado\s(?:anual|del\saño)(?P<year>)(?!\w)", meanings.year_so_far, True, I),
    (rf"\b(?:el\s)?(?P<order>{'|'.join(meanings.MONTH_ORDER)})\smes{_OF}(?!\w)", meanings.month_by_order, False, I),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\s?[-–/]\s?(?P<tail>\d{{4}}|\d\d)(?![\d-])", meanings.years, False, 0),
    (rf"\b(?:la\sdécada\sde\s(?:los\s)?|(?:los\s)?años\s|los\s){_DECADE}\b(?![.,]\d)(?!\s\w+s\b)", meanings.decade, False, I),
    (rf"\bhace\s{_ABOUT}{_N}\s(?P<unit>día|semana|mes|año|década)(?:s|es)?\b", meanings.ago, True, I),
    (r"\b(?:el\s)?(?P<unit>ejercicio)\s(?P<past>pasado)(?!\w|\sfiscal)", meanings.shifted, True, I),
    (r"\b(?:el\s)?(?:pasado\s)?día\s(?P<day>[0-3]?\d)(?=\s?[,.;:)]|\s(?:se|los?|las?|el|un|una|y|no)\b)", _day_of_the_month, True, I),
    (r"\b(?:el\s)?(?P<past>pasado|último)\s(?P<unit>ejercicio)(?!\w|\sfiscal)", meanings.shifted, True, I),
    (rf"\b(?:(?:el|del)\s)?{_SHIFTED}\s(?:mes\sde\s)?{_M}(?!\w)", meanings.shifted_month, True, I),
    (rf"\b(?:(?:el|la)\s)?{_UNITS}\s(?:(?P<past>{_LAST})|(?P<next>{_NEXT}))(?!\w)", meanings.shifted, True, I),
    (rf"\b(?:(?:el|la)\s)?(?:(?P<past>pasad[oa])|(?P<next>próxim[oa]))\s{_UNITS}(?!\w)", meanings.shifted, True, I),
    (r"\b(?:el\s|del\s|al\s)?(?:presente|actual|corriente)\saño(?!\w|\sfiscal)", meanings.year_now, True, I),
    (rf"\best[ea]\s(?:mismo\s|misma\s)?{_UNITS}(?!\w)", meanings.shifted, True, I),
    (rf"\b(?:(?:el|del)\s)?{_M}\s(?:(?P<past>{_LAST})|(?P<next>{_NEXT}))(?!\w)", meanings.shifted_month, True, I),
    (rf"\b(?:(?P<past>pasado)|(?P<next>próximo))\s(?P<weekday>{_DAYS})(?!\w)", meanings.weekday, True, I),
    (rf"(?<!\bSanto\s)\b(?P<weekday>{_DAYS})(?:\s{_AFTER})?(?!\w)", meanings.weekday, True, I),
    (r"\b(?:anteayer|antier|antes\sde\sayer)\b", meanings.days_away(-2), True, I),
    (r"\b(?:ayer|anoche)\b", meanings.days_away(-1), True, I),
    (r"\bpasado\smañana\b", meanings.days_away(2), True, I),
    (r"\b(?:hoy|esta\s(?:mañana|tarde|noche))\b(?!\sen\sdía)", meanings.days_away(0), True, I),
    (r"(?<!\bla\s)(?<!\besta\s)(?<!\buna\s)(?<!\bcada\s)(?<!\bde\s)\bmañana\b(?!\sdel?\s)", meanings.days_away(1), True, I),
    (rf"\b{_M}(?!\w)", _bare_month, True, I),
    (rf"{_NO_NUMBER_BEFORE}\b{_Y}\b{_NO_NUMBER_AFTER}", meanings.year, False, 0),
]  # fmt: skip
