"""What a bare count is of: the people or things that the words and figures before it count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from detente.record.draft.language.numbers.counted import counted
from detente.record.draft.language.numbers.numerals import Numeral
from detente.record.draft.language.numbers.standing import CARRY, ENDS_COUNT, GROUPED, Placed, sentence_start
from detente.record.draft.language.people import is_of_people
from detente.record.draft.language.units import CLOSED, MONEY
from detente.record.draft.language.words import LANGUAGES, either


def noun_lent(text: str, numeral: Numeral, found: Sequence[Placed], language: str) -> str:
    """The noun or measure that a bare count takes from what stands before it; empty where there is none.

    Parameters
    ----------
    found : the figures before it, in reading order.

    Examples
    --------
    >>> noun_lent("The number of trucks rose to 923,991.", Numeral(29, 36, 923991.0), [], "en")
    'trucks'
    """
    return (
        _numbered(text, numeral, language)
        or _held_against(text, numeral, found)
        or _of_the_same(text, numeral, found)
        or _as_before(text, numeral, found)
    )


_NUMBER_OF = re.compile(
    r"\b(?:number|total|count|population|n[úu]mero|cantidad|cifra|poblaci[óo]n)\s(?:of|de)(?:\s(?:the|los|las))?(?=\s)"
    r"(?![^.;]*\b(?:which|that|whose|cuy[oa])\b)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"\b(?P<noun>[^\W\d]{3,}s|people|women|children|men)\b(?:[^.;:\d]{0,90}?\snumbered|,\swho\snumber)\s$"
)
_CAME_TO = re.compile(
    r"\b(?P<noun>(?:visitor|arrival|tourist|passenger|traveller|traveler|migrant|immigrant|refugee|application|student"
    r"|vehicle|truck|car|deportation|visa|permit|case|flight)s|turistas|visitantes|pasajeros|viajeros|migrantes"
    r"|inmigrantes|refugiados|llegadas|solicitudes|deportados|deportaciones|retornados|vehículos|camiones|estudiantes)\b"
    r"[^.;:,\d]{0,50}?\s(?:total(?:l?ed)?|numbered|reached|sum(?:aron|an)|totaliz(?:aron|an)|alcanz(?:aron|an)\s(?:los|las))\s$",
    re.IGNORECASE,
)
_WHO = "visitor|tourist|passenger|traveller|traveler|migrant|refugee|student"
_WENT_TO = re.compile(  # visitor arrivals were up 4% to 193,300; visitor numbers fell, hitting a low of 36,600
    rf"\b(?:(?P<who>{_WHO})\snumbers|(?P<noun>(?:{_WHO}|immigrant|arrival|departure)s))\b[^.;:]{{0,110}}?\s"
    r"(?:(?:up|down|rose|fell|rising|falling|increased|decreased|grew|dropped|climbed|jumped|declined)\b[^.;:]{0,60}?\s(?:to|at|by)"
    r"|hit|hitting|reaching)\s(?:an?\s(?:(?!of\s)[\w-]+\s){1,4}of\s)?$",
    re.IGNORECASE,
)
_IN_NUMBER = re.compile(r"\s(?:in|en)\s(?:the\s|el\s)?(?:total\s)?(?:number|n[úu]mero)\s(?:of|de)(?=\s)", re.IGNORECASE)
_ARE = re.compile(
    r"\s(?:are|were|son|eran|fueron)\s(?P<noun>men|women|children|minors|adults|hombres|mujeres|menores|niñ[oa]s|adultos)\b"
)
_POPULATION = re.compile(
    r"\b(?:population|poblaci[óo]n)\s(?:of|was|stood\sat|reached|rose\sto|fell\sto|de|era\sde|fue\sde)\s$", re.I
)


def _numbered(text: str, numeral: Numeral, language: str) -> str:
    """*The number of applications rose to 923,991*, *Finns numbered 12,000*, *4,300 were women*: what is numbered."""
    if named := _ARE.match(text, numeral.end):
        return named["noun"]
    if (next_to := _IN_NUMBER.match(text, numeral.end)) and (
        noun := counted(text, replace(numeral, end=next_to.end(), words=False, scale=1.0), language)
    ):
        return noun[1]
    if not (_is_bare_count(text, numeral) or _is_step(text, numeral)):
        return ""
    before = text[max(sentence_start(text, numeral.start), numeral.start - CARRY) : numeral.start]
    if _POPULATION.search(before):
        return "people" if language == "en" else "personas"
    if told := _NUMBERED.search(before) or _CAME_TO.search(before):
        return told["noun"]
    if told := _WENT_TO.search(before):
        return (told["noun"] or f"{told['who']}s").casefold()
    named = list(_NUMBER_OF.finditer(before))
    if not named:
        return ""
    end = numeral.start - len(before) + named[-1].end()
    noun = counted(text, replace(numeral, end=end, words=False, scale=1.0), language)
    return noun[1] if noun and noun[0] <= numeral.start else ""


_HEDGE = rf"{either('pairing', 'hedge', *LANGUAGES)}?(?:the\s|los\s|las\s)?"
_AGAINST = re.compile(
    rf"\b(?:{either('pairing', 'against', *LANGUAGES)}|from|desde|was|were|had\sbeen|fue|fueron|eran|hubo|alcanz\w+|sumaron)\s"
    rf"(?:(?:the|an\saverage\sof|un\spromedio\sde|los|las)\s)?(?:(?:between|entre)\s)?{_HEDGE}$",
    re.IGNORECASE,
)
_MORE_THAN = re.compile(rf"\b{either('pairing', 'comparative', *LANGUAGES)}\s(?:que|than)\s(?:los|las|the)\s$")
_RANGE = re.compile(r"\s(?:and|to|y|a)\s")


def _held_against(text: str, numeral: Numeral, found: Sequence[Placed]) -> str:
    """*48,783 people, compared with 40,112 in 2019*: a bare number held against a count or a measure."""
    more = _MORE_THAN.search(text, max(0, numeral.start - 24), numeral.start)
    if more:  # 13% more than the 31,443 of 2015
        found = found[: next((n for n in range(len(found), 0, -1) if found[n - 1].unit != "pct"), 0)]
    before = found[-1] if found else None
    if before is None or not _is_bare_count(text, numeral):
        return ""
    unit = before.unit.partition("/")[0]
    if unit in MONEY or unit in _NO_COUNTS or before.end < sentence_start(text, numeral.start):
        return ""
    ranged = _RANGE.fullmatch(text[before.end : numeral.start]) and GROUPED.fullmatch(text[before.start : before.end])
    told = more or _AGAINST.search(text[before.end : numeral.start])
    return before.unit if told or ranged else ""


_NEXT_TO = re.compile(
    r"\s(?:fueron|eran|son|were|are|through|por|como|as|of\s(?:them|these)|de\s(?:ellos|ellas|estos))\b"
)


def _of_the_same(text: str, numeral: Numeral, found: Sequence[Placed]) -> str:
    """*56,120 people were deported and 62,883 came back*, *in Lima (2,853)*: a bare count in a sentence that counts people."""
    grouped = GROUPED.fullmatch(text[numeral.start : numeral.end])
    if not grouped and numeral.scale < 1e3:
        return ""
    begun = sentence_start(text.replace("; ", "  "), numeral.start)
    counts = [f for f in found if f.start >= begun]
    units = {f.unit for f in counts}
    ends = ENDS_COUNT.match(text, numeral.end)
    of_volume = len(units) == 1 and counts[-1].unit.partition("/")[0] in _VOLUMES
    if of_volume and numeral.scale >= 1e3 and ends:
        return counts[-1].unit  # 4 million cubic metres, and Peru's 7 million
    if not grouped or not (ends or _NEXT_TO.match(text, numeral.end)):
        return ""
    alike = {unit for unit in units if unit not in CLOSED and unit not in MONEY and "/" not in unit}
    if not counts or units & MONEY or counts[-1].unit not in alike:
        return ""
    return next((unit for unit in sorted(alike) if is_of_people(unit)), counts[-1].unit)


_GOES_ON = re.compile(rf"{ENDS_COUNT.pattern}|\s(?:recorded|registered|reported|registrad[oa]s)\b")
_WHO_COUNTED = re.compile(
    rf"(?:{_WHO}|arrival|departure|emigrant|immigrant|expatriate|turista|visitante|pasajero|viajero|migrante"
    r"|inmigrante|emigrante|refugiado|retornado|llegada|deportado)s$",
    re.IGNORECASE,
)
FEW = 100
_STEP = re.compile(
    r"\b(?:(?:increase|decrease|rise|fall|drop|decline|gain|loss|aumento|alza|incremento|baja|caída|descenso)\s(?:of|de)"
    r"|(?:up|down|increased|decreased|rose|fell|dropped|declined|grew)\sby)\s$",
    re.IGNORECASE,
)


def _as_before(text: str, numeral: Numeral, found: Sequence[Placed]) -> str:
    """*Peru hosts 1.5 million people. Chile follows with 444,000*: a bare count soon after people were counted."""
    told = _GOES_ON.match(text, numeral.end) and (_is_large(text, numeral) or _is_step(text, numeral))
    if not told and not _is_listed(text, numeral):
        return ""
    for before in reversed(found):
        if numeral.start - before.end > 2 * CARRY or before.unit.partition("/")[0] in MONEY:
            return ""
        if is_of_people(before.unit) or _WHO_COUNTED.search(before.unit):
            return before.unit
        if before.unit not in _BESIDE:
            return ""
    return ""


_BESIDE = {"pct", "years", "months", "años", "meses"}
"""What may stand between two counts of the same."""
_VOLUMES = {"t", "kg", "bbl", "m3", "teu", "mwh", "gwh", "kwh"}
_NO_COUNTS = CLOSED - _VOLUMES
"""Units of which a bare number is not taken to be."""


_AT_A_PLACE = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[.,]\d{3})?(?:\s(?:fueron|were)\s\w+)?\s(?:en|por|in|at|through|via)\s(?:(?:el|la|the|región)\s)*[A-ZÁÉÍÓÚÑ]"
)
_SENTENCE_ENDS = re.compile(r"[.;]\s|\n")
LISTED = 3


def _is_listed(text: str, numeral: Numeral) -> bool:
    """Whether a number is of a list of places: *225 were held in Lima, 45 in Ica and 46 in Tacna*."""
    if not _AT_A_PLACE.match(text, numeral.start) or numeral.words:
        return False
    end = _SENTENCE_ENDS.search(text, numeral.end)
    sentence = text[sentence_start(text, numeral.start) : end.start() if end else len(text)]
    return len(_AT_A_PLACE.findall(sentence)) >= LISTED


def _is_step(text: str, numeral: Numeral) -> bool:
    """Whether a number without points or commas, hundreds at least, is what a word of change before it goes by."""
    plain = text[numeral.start : numeral.end].isdecimal() and numeral.value >= FEW
    return plain and bool(_STEP.search(text, max(0, numeral.start - 24), numeral.start))


def _is_bare_count(text: str, numeral: Numeral) -> bool:
    """Whether a number is large, stands in digits, and no noun or unit follows it."""
    return _is_large(text, numeral) and bool(ENDS_COUNT.match(text, numeral.end))


def _is_large(text: str, numeral: Numeral) -> bool:
    """Whether a number stands in digits and is in thousands at least."""
    grouped = GROUPED.fullmatch(text[numeral.start : numeral.end])
    return bool(grouped) or (numeral.scale >= 1e3 and not numeral.words)
