"""Which way a figure tells that something went, and how its words bound it."""

from __future__ import annotations

import re

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.units import CLOSED
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.changes.lists import leader_of
from detente.record.draft.tying.changes.multiples import TIMES

REACH = 60
"""Characters between a word of change and the figure it changes by."""


def _pattern(name: str) -> str:
    return either("pairing", name, *LANGUAGES)


_STOPS = rf"(?:{either('lists', 'stops', *LANGUAGES)})"
_ON = rf"(?:(?!\b{_STOPS}\b)(?:[^,;:.]|(?<=\d)[.,](?=\d)))*"
"""The rest of a part of a sentence: no new statement opens in it; a decimal mark does not end it."""
_NOT_BOUND = r"(?!(?:más|menos|more|less|fewer|up|down)\s(?:of|del?)\b)"
"""*Más del 80%* is no rise."""
_UP = re.compile(rf"\b{either('direction', 'up', *LANGUAGES)}\b{_ON}$", re.IGNORECASE)
_DOWN = re.compile(rf"\b{either('direction', 'down', *LANGUAGES)}\b{_ON}$", re.IGNORECASE)
_LEVEL = re.compile(
    r"\b(?:to|at|a|al|hasta|from|desde|del?|reaching|of|as\slow\sas|as\shigh\sas"
    r"|se\s(?:encuentr|encontr|sit[uú]|ubic|mantien|mantuv)\w*\sen)\s(?:un\s|el\s|about\s|some\s)?$",
    re.IGNORECASE,
)
_YEARLY = r"(?:(?:year[- ]on[- ]year|on[- ]year|annual|yearly|interanual)\s)?"
_NOUN_AFTER = re.compile(
    rf"\)?[\s-](?:de\s)?{_YEARLY}(?:(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')})))\b", re.IGNORECASE
)
_NOUN_OF = re.compile(
    rf"\b{_NOT_BOUND}(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))s?(?:\s\w+)?"
    rf"\s(?:(?:was|fue|amounted\sto|came\sto)\s(?:of\s|de\s)?|(?:of|del?)\s)(?:un\s)?{_pattern('hedge')}?(?<=\s)$",
    re.IGNORECASE,
)


_NOUN_NEAR = re.compile(  # a fall of close to 4%, una caída cercana al 4 %
    rf"\b{_NOT_BOUND}(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))s?(?:\s\w+)?\s"
    r"(?:(?:cercan|próxim)[oa]s?|superior(?:es)?|inferior(?:es)?|de\scerca|en\storno|del\sorden|of\s(?:close|up)|nearing|close)"
    r"\s(?:al?|del?|to)\s$",
    re.IGNORECASE,
)
_COMPARATIVES = rf"(?!(?:{_pattern('lesser')}|{_pattern('greater')})\b)"
"""*Mayor en Perú, de 4%* is no rise: an adjective that compares."""
_NOUN_FAR = re.compile(  # a fall in car sales of 4%, bajas del 37% en las exportaciones y del 3%
    rf"\b{_NOT_BOUND}{_COMPARATIVES}(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))s?(?:\s\w+)?"
    r"\s(?:of|in|en|del?)\s[^.;]{1,80}\s(?:(?:y|and)\s)?(?:of|del?)\s(?:una?\s|el\s)?$",
    re.IGNORECASE,
)
_COMPARED_AFTER = re.compile(  # 4% lower, un 4% mayores que
    rf"\)?\s(?:(?P<down>{_pattern('lesser')})|(?P<up>{_pattern('greater')}))\b", re.IGNORECASE
)
_COMPARED_BEFORE = re.compile(  # mayor en 4% a la de 2023, higher by 4%, exceeded that of 2023 by 4%, supera en 4% al de 2023
    rf"\b(?:(?:(?P<down>{_pattern('lesser')})|(?P<up>{_pattern('greater')}))\s(?:en|by)"
    rf"|(?:{_pattern('exceeds')}\s(?:[^.,;:\d]|\d{{4}}){{0,50}}?\bby|{_pattern('exceeds')}\sen))\s(?:un\s)?{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_RATE_AT = re.compile(  # growth slowed to 3%: what is 3% is a change
    rf"\b(?:(?P<down>{_pattern('fall')})|(?P<up>growth|crecimiento|inflaci[oó]n|inflation))\s(?:[^.,;:\d]*\s)?{_pattern('slows')}\b"
    r"[^.,;:\d]*\s(?:to|at|a|al|en)\s(?:un\s|el\s|about\s|some\s)?$",
    re.IGNORECASE,
)
_HEADED = re.compile(  # the biggest falls were in wheat, 4%
    rf"\b{_pattern('most')}\s(?:\w+\s)?(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))(?:e?s)?\b[^.\d]*$",
    re.IGNORECASE,
)
_LEVEL_AFTER = re.compile(  # 12% of the total, a 25% tariff
    rf"[\s-](?:of\s(?!(?:19|20)\d\d)|del?\s(?:total|las?|los|sus?)\b|{_pattern('levels')}\b)", re.IGNORECASE
)
_RIGHT_BEFORE = re.compile(
    rf"\b(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)})\s(?:(?:by|en|un)\s)?{_pattern('hedge')}?$",
    re.IGNORECASE,
)


_IN_TURN = re.compile(r",?\s(?:respectively|respectivamente)[,:]?\s", re.IGNORECASE)  # rose, respectively 4% and 5%


def direction_at(text: str, figure: FigureMention) -> str:
    """``up`` or ``down`` where a percentage is a change in that direction, by the words around it; empty for a level.

    Examples
    --------
    >>> text = "Exports fell by 4% and unemployment fell to 3%."
    >>> [direction_at(text, FigureMention(n, n + 2, text[n : n + 2], 4, "pct")) for n in (16, 44)]
    ['down', '']
    """
    if figure.unit == TIMES:
        return "up" if figure.value > 1 else "down"
    if figure.unit.partition("/")[0] not in ("pct", "pp"):
        return ""
    if sign := own_sign(text, figure):
        return sign
    before = _IN_TURN.sub(" ", text[max(0, figure.start - REACH) : figure.start])
    for found in (
        _NOUN_AFTER.match(text, figure.end),
        _COMPARED_AFTER.match(text, figure.end),
        _NOUN_OF.search(before),
        _NOUN_NEAR.search(before),
        _COMPARED_BEFORE.search(before),
    ):
        if found:
            return _way(found)
    if far := _NOUN_FAR.search(text[max(0, figure.start - 110) : figure.start]):
        return _way(far)
    if _LEVEL_AFTER.match(text, figure.end) and not _RIGHT_BEFORE.search(before):
        return ""
    if leader := leader_of(text, figure):
        return direction_at(text, leader)
    if rate := _RATE_AT.search(before):
        return _way(rate)
    if _LEVEL.search(before):
        return ""
    if headed := _HEADED.search(text[max(0, figure.start - 2 * REACH) : figure.start]):
        return _way(headed)
    up, down = _UP.search(before), _DOWN.search(before)
    if up and down:
        return "up" if up.start() > down.start() else "down"
    return "up" if up else "down" if down else ""


def _way(found: re.Match[str]) -> str:
    return "down" if found["down"] else "up"


def own_sign(text: str, figure: FigureMention) -> str:
    """``up`` or ``down`` by a plus or minus right before a figure's number: *+4%*, *-4.5 €*, *minus 3 percent*.

    >>> own_sign("Prices (-4%)", FigureMention(9, 11, "4%", 4, "pct"))
    'down'
    """
    before, first = text[max(0, figure.start - 12) : figure.start], text[figure.start : figure.start + 1]
    if first == "+" or re.search(r"(?:^|[\s(])\+[$€£]?$", before):
        return "up"
    words = figure.unit in ("pct", "pp") and re.search(
        r"(?<!al )(?<!lo )\b(?:minus|menos)\s$", before.casefold()
    )  # al menos 4%: a bound
    if words or first in ("-", "−", "–") or re.search(r"(?:^|[\s(])[-−–][$€£]?$", before):
        return "down"
    return ""


_CHANGED = re.compile(
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)})|(?P<down>{either('direction', 'down', *LANGUAGES)}))"
    rf"\s(?:(?:by|en|un|una)\s)?{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_OR_THAT = re.compile(  # grew by 48% or EUR 1 billion, fell in June by 8% or 2,899 arrivals
    rf"(?<![\d.,])(?P<share>[\d.,]+\s?(?:%|pc|per\s?cent|por\sciento))\s(?:or|o)\s{_pattern('hedge')}?$", re.IGNORECASE
)
_BY_OBJECT = re.compile(  # cut costs in Sweden by $3m; not a rise driven by $3m
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)})|(?P<down>{either('direction', 'down', *LANGUAGES)}))"
    rf"(?:\s(?!{_STOPS}\b)[\w’'-]+){{1,6}}?(?<!ed)(?<!en)(?<!led)\s(?:by|en)\s{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_ANY_WAY = rf"(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)})\b"
_IN_BRACKETS = re.compile(  # the biggest falls were to Peru (by $3m) and Chile (by $2m)
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)}|{_pattern('rise')}s?)"
    rf"|(?P<down>{either('direction', 'down', *LANGUAGES)}|{_pattern('fall')}s?))\b"
    rf"(?:(?!{_ANY_WAY})[^.;]|(?-i:\.(?=\S|\s[^A-ZÁÉÍÓÚ])))*\((?:by|en)\s{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_CHANGE_OF = re.compile(  # con una caída de US$ 188 millones
    rf"\b(?:an?|un[ao]?)\s{_NOT_BOUND}(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))(?:\s\w+)?\s(?:of|de)\s{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_NOUN_NEXT = re.compile(  # a $4.7 billion or 19.4% rise
    rf"(?:\sor\s[\d.]+\s?(?:%|per\s?cent))?\s{_YEARLY}(?:(?P<down>fall|drop|decline|decrease)|(?P<up>rise|increase|jump))\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?:higher|lower|less|more|add\w*)\b", re.IGNORECASE)
_COMPARATIVE = re.compile(  # $4m less than in May, $4m or 3% less
    rf"(?:\s(?:or|o)\s(?:un\s)?[\d.,]+\s?(?:%|per\s?cent|por\sciento))?\s{_pattern('comparative')}\b", re.IGNORECASE
)


_FALL = re.compile(rf"\b{_pattern('fall')}s?\b{_ON}$", re.IGNORECASE)


def changes_by(text: str, figure: FigureMention) -> str:
    """``up`` or ``down`` where a figure is by how much something changed (*fell by $20m*), not how much it was.

    Examples
    --------
    >>> text = "Sales fell by $20m to $80m."
    >>> [changes_by(text, FigureMention(n, n + 4, text[n : n + 4], 20, "usd")) for n in (14, 22)]
    ['down', '']
    """
    before = text[max(0, figure.start - REACH) : figure.start]
    of_money = figure.unit not in ("pct", "pp")
    if of_money and (sign := own_sign(text, figure)) and (sign == "up" or _DOWN.search(before) or _FALL.search(before)):
        return sign
    found = _CHANGED.search(before)
    if found and of_money and (_COMPARED.match(found.group()) or _in_places(found, figure)):
        found = None  # of the higher 540 bcm; fell in five countries
    if found is None and re.search(r"\((?:by|en)\s", before[-20:]):
        found = _last_in_brackets(text, figure)
    found = found or _CHANGE_OF.search(before)
    if found is None and of_money and (share := _OR_THAT.search(before)):
        start, end = (figure.start - len(before) + at for at in share.span("share"))
        return direction_at(text, FigureMention(start, end, share["share"], 0.0, "pct"))
    if found is None and of_money:
        found = _NOUN_NEXT.match(text, figure.end)
    if found is None and _is_measured(figure):
        found = _BY_OBJECT.search(before)
        if found is None and (leader := leader_of(text, figure)):
            return changes_by(text, leader)
    return "" if found is None else "up" if found["up"] else "down"


def _last_in_brackets(text: str, figure: FigureMention) -> re.Match[str] | None:
    """The last word of change before a figure that stands in brackets after *by*."""
    return _IN_BRACKETS.search(text[max(0, figure.start - 2 * REACH) : figure.start])


def _is_measured(figure: FigureMention) -> bool:
    """Whether a figure is in money or a measure, not a count of things."""
    return figure.unit.partition("/")[0] in CLOSED - {"pct", "pp"}


def _in_places(found: re.Match[str], figure: FigureMention) -> bool:
    """Whether a count comes after Spanish *en*, which may say where: *cayeron en 5 países*."""
    return bool(re.search(r"\sen\s\S*$", found.group())) and not _is_measured(figure)


def is_comparison(text: str, figure: FigureMention) -> bool:
    """Whether an amount is by how much one thing is above another: *$4m less than in May*."""
    return figure.unit not in ("pct", "pp") and bool(_COMPARATIVE.match(text, figure.end))


_MORE = re.compile(rf"\b{_pattern('more')}\s(?:the\s|los\s|las\s)?$", re.IGNORECASE)
_LESS = re.compile(rf"\b{_pattern('less')}\s(?:the\s|los\s|las\s)?$", re.IGNORECASE)
OPERATORS = {"at least": "at least", "at most": "at most", "about": "about"}


def operator_at(text: str, figure: FigureMention) -> str:
    """How the words bound a figure, as ``op`` of a claim's options; empty where they give it as it is."""
    before = text[max(0, figure.start - 30) : figure.start]
    if _MORE.search(before):
        return "more than"
    if _LESS.search(before):
        return "less than"
    return OPERATORS.get(figure.bound, "")
