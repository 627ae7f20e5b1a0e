"""What a number measures: currencies, percent, measures, and the words for them in English and Spanish."""

from __future__ import annotations

import re
from functools import cache
from math import prod

from detente.economies import table as economies
from detente.record.draft.language.signs import ANY_SIGN, CODES, SIGNS, code_of
from detente.record.draft.language.words import LANGUAGES, table

_SHARED = (
    "kroner",
    "kronor",
    "coronas",
    "dinars",
    "pesos",
    "francs",
    "rupees",
    "riyals",
    "rials",
    "crowns",
    "dirhams",
    "liras",
    "roubles",
    "rubles",
)
AMBIGUOUS = frozenset({"shillings", *_SHARED})
"""Money of which the sign or noun does not say whose it is."""


def _money() -> dict[str, list[str]]:
    """The names of each currency, in both languages, as regular expressions by ISO 4217 code in lower case."""
    named: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for code, names in table(language)["currencies"].items():
            named.setdefault(code, []).extend(names)
    return named


_WHOSE = r"\(\?:(?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_NOT_WHOSE = re.compile(rf"^{_WHOSE}\s|\s{_WHOSE}$")
"""What says whose money it is: the *(?:Danish)* of *(?:Danish) kron(?:or|er)*."""
_MONEY = {code: "|".join(names) for code, names in _money().items()}
_BARE = {code: re.compile("|".join(_NOT_WHOSE.sub("", name) for name in names)) for code, names in _money().items()}
_CODE = re.compile(rf"(?:{'|'.join(CODES)})(?!\w)")
_MEASURES = {
    "pp": r"percentage[ -]points?|pp|puntos porcentuales|punto porcentual",
    "bp": r"basis[ -]points?|bps|puntos básicos",
    "pct": r"%|per ?cent|percent|por ?ciento|pct|pc\b",
    "km2": r"square kilomet(?:re|er)s?|sq\.? ?km|km2|km²|kilómetros cuadrados",
    "m2": r"square met(?:re|er)s?|sq\.? ?m|m2|m²|metros cuadrados",
    "sqmi": r"square miles?|sq\.? ?mi|millas cuadradas",
    "m3": r"cubic met(?:re|er)s?|cub\.? ?m\.?|cu\.? ?m|m3|m³|metros cúbicos|mm?cmd?|hm3|hm³|mmm?c/?d|mmm3/?d?",
    "bcm": r"bcm|bcma",
    "teu": r"TEUs?",
    "ft3": r"cubic f(?:ee|oo)t|cu\.? ?ft|cub\.? feet|ft3|pies cúbicos|[bt]cf(?:/?d)?|mmc?f(?:/?d)?|mmscf(?:/?d)?",
    "km": r"kilomet(?:re|er)s?|km|kms|kilómetros?",
    "miles": r"miles?|mi|millas?",
    "m": r"met(?:re|er)s?|m|mts|metros?",
    "mt": r"mt|million tonnes|millones de toneladas",
    "ft": r"feet|foot|ft|pies",
    "yd": r"yards?|yardas",
    "cm": r"centimet(?:re|er)s?|cm|centímetros?",
    "mm": r"millimet(?:re|er)s?|mm|milímetros?",
    "nmi": r"nautical miles?|millas náuticas",
    "ha": r"hectares?|ha|hectáreas?",
    "acres": r"acres?",
    "t": r"(?:metric )?ton(?:ne)?s?|t|TM|[Tt]n|toneladas?(?: métricas)?",
    "kg": r"kilogram(?:me)?s?|kilos?|kg|kilogramos?",
    "g": r"grams?|g|gramos?",
    "lb": r"pounds? of|lbs?|libras? de",
    "bbl": r"barrels?|bbl|barriles|barril",
    "bpd": r"bo?pd|b/d|barrels per day|[mk]b/d|[mk]bo?pd",
    "l": r"lit(?:re|er)s?|litros?",
    "gal": r"gallons?|galones",
    "mmbtu": r"mmbtu|millones de btu",
    "oz": r"(?:troy )?ounces?|oz|onzas?(?: troy)?",
    "mw": r"megawatts?|MW|megavatios?",
    "gw": r"gigawatts?|GW|gigavatios?",
    "kw": r"kilowatts?|kW|kilovatios?",
    "twh": r"terawatt[- ]hours?|TWh|teravatios[- ]hora",
    "gwh": r"gigawatt[- ]hours?|GWh|gigavatios[- ]hora",
    "mwh": r"megawatt[- ]hours?|MWh|megavatios[- ]hora",
    "kwh": r"kilowatt[- ]hours?|kWh|kilovatios[- ]hora",
    "degrees": r"°C|°F|°|degrees(?: Celsius| Fahrenheit)?|grados(?: centígrados)?",
    "centuries": r"centur(?:y|ies)|siglos?",
    "decades": r"decades?|décadas?",
    "years": r"years?(?![- ](?:on|over|to)[- ]year)|yrs?|años?",
    "quarters": r"quarters|trimestres",
    "months": r"months?|mes|meses",
    "fortnights": r"fortnights?|quincenas?",
    "weeks": r"weeks?|semanas?",
    "days": r"days?|días?",
    "hours": r"hours?|hrs?|horas?",
    "minutes": r"minutes?|minutos?|mins?",
    "seconds": r"seconds?|segundos?",
}
MONEY = frozenset([*_MONEY, *SIGNS.values(), *(code.lower() for code in CODES)])
CLOSED = MONEY | frozenset(_MEASURES)

_CASED = {"t", "m", "g", "l"}
_UNITS = [
    (
        code,
        re.compile(rf"(?:{body})(?![\w])" if code != "pct" else rf"(?:{body})", 0 if code in _CASED else re.IGNORECASE),
    )
    for code, body in sorted({**_MONEY, **_MEASURES}.items(), key=lambda item: item[0] in _CASED)
] + [("t", re.compile(r"(?:M[Nn]T|MMT|mmt|[Mm]ln\.? ?t(?:ons?|onnes?)?|[Kk][Tt])(?!\w)"))]
_PER = re.compile(
    r"\s?(?:(?:/|(?:per|an?|each|every|por|al|a la|cada)\s)(?P<en>day|week|month|year|hour|barrel|tonne|ton|head|kilo"
    r"|kilogram|litre|gallon|person|día|semana|mes|año|hora|barril|tonelada|persona|kilo|litro)\b"
    r"|(?P<es>diarios|diarias|semanales|mensuales|anuales)\b|(?P<adv>daily|annually|yearly|monthly)\b)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\s(?:earlier|before|ago|later|on|previously|antes|después|atrás|prior)\b", re.IGNORECASE)
_PER_WORDS = {
    **{"día": "day", "semana": "week", "mes": "month", "año": "year", "hora": "hour", "barril": "barrel"},
    **{"tonelada": "tonne", "ton": "tonne", "persona": "person", "kilo": "kg", "kilogram": "kg", "litro": "litre"},
    **{"diarios": "day", "diarias": "day", "semanales": "week", "mensuales": "month", "anuales": "year"},
    **{"daily": "day", "annually": "year", "yearly": "year", "monthly": "month"},
}


_SPELT = {"kroner": ("dkk", "nok"), "kronor": ("sek",)}
"""Whose money a spelling can be, where those of neighbours differ."""


@cache
def money_called(noun: str, economy: str) -> str:
    """The code of an economy's own money if a noun such as *dinars* or *dollar* names it; empty otherwise.

    >>> money_called("dinars", "BHR"), money_called("dollar", "NZL"), money_called("dollar", "USA")
    ('bhd', 'nzd', 'usd')
    """
    row = economies().get(economy)
    own = [code for code in sorted(MONEY) if row and row.alpha2 and code[:2] == row.alpha2.lower()]
    own = [code for code in own if code in _SPELT.get(noun.casefold(), own)]
    return next((code for code in own if code in _BARE and _BARE[code].fullmatch(noun.casefold())), "")


def unit_at(text: str, position: int) -> tuple[int, str] | None:
    """The end and code of a unit of measure or money that starts at ``position`` (longest wins).

    >>> unit_at("9 square kilometres", 2)
    (19, 'km2')
    """
    first = text[position : position + 1]
    if not (first.isalpha() or first in ("%", "°")):
        return None
    coded = _CODE.match(text, position)
    best = (coded.end(), coded.group().lower()) if coded else None
    for code, pattern in _UNITS:
        match = pattern.match(text, position)
        if match and (best is None or match.end() > best[0]):
            best = match.end(), code
    return best


_TIMES = {
    name: times
    for times, names in {
        1e3: "kt kb/d kbpd",
        1e6: "mnt mmt mdd mdp mcm mmcm mcmd mmcmd mmcd mmmcd mmmc/d mmm3 mmm3d mmm3/d mb/d mbpd hm3 hm³"
        " mmcf mmcfd mmcf/d mmscf mmscfd mmscf/d",
        1e9: "mmdd mmdp bcf bcfd bcf/d",
        1e12: "tcf tcfd tcf/d",
    }.items()
    for name in names.split()
}


def times_in(unit: str) -> float:
    """How many of a unit its own short form holds: a million in *mmcm*.

    >>> times_in("mmcm"), times_in("m3")
    (1000000.0, 1.0)
    """
    if unit in CODES:
        return 1.0  # the tugriks of MNT, not a million tonnes
    return 1e6 if re.match(r"mln\.? ?t", unit.casefold()) else _TIMES.get(unit.casefold(), 1.0)


def rate_at(text: str, position: int) -> tuple[int, str]:
    """The end and the word of a rate such as *a day* or *anuales* at ``position``; empty where there is none."""
    match = _PER.match(text, position)
    if not match or _AWAY.match(text, match.end()):  # "$2m a year earlier" is no rate
        return position, ""
    word = (match["en"] or match["es"] or match["adv"]).casefold()
    return match.end(), _PER_WORDS.get(word, word)


_LABEL = re.compile(
    rf"(?:\(|\b(?:in|en)\s|,\s)(?:(?P<sign>{ANY_SIGN})\s?(?P<scale>thousands?|millions?|billions?|mn|bn|millones|"
    r"miles(?:\sde\smillones)?)"
    r"|(?P<scaled>(?:thousands?|millions?|billions?)\sof|millones\sde|miles\sde(?:\smillones\sde)?)\s"
    r"(?P<money>(?:US\s|U\.S\.\s)?[a-záéíóú]+))"
    r"(?![\w]|\s?\d)",
    re.IGNORECASE,
)
_SCALES = {"thousand": 1e3, "miles": 1e3, "million": 1e6, "mn": 1e6, "millones": 1e6, "billion": 1e9, "bn": 1e9}


def unit_labels(text: str) -> list[tuple[int, int, str, float]]:
    """Where a text says in what its bare numbers are: start, end, the money's unit, and how many of it one is.

    >>> unit_labels("Trade, in US$ million, was 125,660 in 2021.")
    [(7, 21, 'usd', 1000000.0)]
    """
    found = []
    for label in _LABEL.finditer(text):
        sign, money = label["sign"], unit_at(text, label.start("money")) if label["money"] else None
        unit = code_of(sign) if sign else money[1] if money else ""
        words = re.findall(r"\w+", (label["scale"] or label["scaled"]).casefold())
        times = prod(_SCALES.get(word) or _SCALES.get(word.removesuffix("s"), 1.0) for word in words)
        if unit in MONEY:
            found.append((label.start(), label.end(), unit, times))
    return found
