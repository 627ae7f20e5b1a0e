"""Numbers that are no figures: ages, ordinals, clock times, fractions, parts of names and of dates."""

from __future__ import annotations

import re

from detente.record.draft.language.numbers.counted import SIZE_EACH
from detente.record.draft.language.numbers.numerals import Numeral
from detente.record.draft.language.signs import currency_before
from detente.record.draft.language.units import unit_at
from detente.record.draft.language.words import LANGUAGES, either

_NAMES = re.compile(rf"(?:\b{either('figures', 'names', *LANGUAGES)}\s?|[#№/])$", re.IGNORECASE)
_AGE_AFTER = re.compile(r"[\s-]years?[\s-]old\b|\saños de edad\b|[\s-]year[\s-]olds\b", re.IGNORECASE)
_AGE_BEFORE = re.compile(r"(?:,\sde|\baged|\bage of|\bage|\bedad de|\bage,|\btiene|\bcumplió)\s$", re.IGNORECASE)
_TIME_AFTER = re.compile(
    r":\d\d|\s?[ap]\.?m\b\.?|\s?(?:hrs|GMT|UTC)\b|\s(?:de la (?:mañana|tarde|noche))\b", re.IGNORECASE
)
_OFFSET_AFTER = re.compile(
    r"[\s-](?:years?|months?|weeks?|days?)\s(?:after|before|later|earlier)\b"
    r"|\s(?:años?|mese?s?|semanas?|días?)\s(?:después|antes|más tarde)\b",
    re.IGNORECASE,
)
_ORDINAL_AFTER = re.compile(r"(?:st|nd|rd|th|º|ª|er|°\s(?=[A-Za-z]{4}))(?![\w])")
_FRACTION = re.compile(
    r"[\s-](?:thirds|fourths|fifths|sixths|eighths|tenths|tercios|cuartos|quintos|décimos|octavos"
    r"|(?:cuarta|tercera)s partes)\b"
    r"|-quarters\b|\squarters\sof\b|\s(?:in|out\sof|of)\s(?:every|each)\s|\sde\scada\s",
    re.IGNORECASE,
)
_RATIO = re.compile(
    r"\b(?:one|two|three|four|nine|\d{1,2})\s(?:in|out\sof)\s(?:every\s)?$|\b(?:every|each|de\scada)\s$", re.IGNORECASE
)


_WHICH = re.compile(r"\b(?:the\sfirst|los\sprimeros|las\sprimeras)\s$", re.IGNORECASE)
_SURNAME = re.compile(r"(?:\b[A-ZÁÉÍÓÚÑ][\w.]*\sdos|\bDos)\s[A-ZÁÉÍÓÚÑ][a-záéíóúñ]$")
"""*Antonio dos Reis*, *Dos Bocas*: what Spanish counts has no capital."""
_A_NUMBER = re.compile(r"\d(?:\s(?:million|thousand|hundred))?\s$")
OLDEST = 120
_AGES = re.compile(r"\b(?:franja|rango|tramo|edades?|aged|ages|age group)\b[^.,;]{0,16}$", re.IGNORECASE)


def is_no_figure(text: str, numeral: Numeral) -> bool:
    """Whether the number is masked, an age, an ordinal, a clock time, or part of a name."""
    before, after = text[max(0, numeral.start - 24) : numeral.start], text[numeral.end : numeral.end + 24]
    if _FRACTION.match(after) or (_RATIO.search(before) and numeral.value <= 100):
        return True
    if re.search(r"\b[A-Z][A-Za-z]{0,3}-$|\b[A-Z]{4,}-$", before):  # Su-24, F-16, COVID-19
        return True
    if re.search(r"\bcovid\s$", before, re.IGNORECASE):
        return True
    if re.match(r"[\s-]months?\speriod\b", after) and re.search(r"\b(?:the|same)\s$", before):
        return True  # over the eleven month period: which one, not how long
    if _SURNAME.search(before + text[numeral.start : numeral.end + 3]):
        return True
    if _A_NUMBER.search(before) and SIZE_EACH.match(text, numeral.start - 1):  # 4 million 60-kg bags
        return True
    if _OFFSET_AFTER.match(after):  # two months after it had cut ties
        return True
    if _ORDINAL_AFTER.match(after) or _TIME_AFTER.match(after) or re.search(r"\d:$", before):
        return True
    if _WHICH.search(before) and re.match(
        r"[\s-](?:years|quarters|months|weeks|days|años|trimestres|meses|semanas|días)\b", after
    ):
        return True  # the first 10 months: which ones, not how long
    if _AGES.search(before) and numeral.value < OLDEST:
        return True
    if _AGE_AFTER.match(after) or (_AGE_BEFORE.search(before) and re.match(r"\s(?:años|years)\b|,", after)):
        return True
    if before.casefold().endswith("por ") and text[numeral.start : numeral.end].casefold().startswith("cient"):
        return True  # por ciento
    if _NAMES.search(before) and not currency_before(text, numeral.start) and not unit_at(text, numeral.end + 1):
        return True
    return (
        text[numeral.start : numeral.end].casefold()
        in ("hundred", "thousand", "million", "billion", "trillion", "zero")
        or text[numeral.start] == "\x00"
    )
