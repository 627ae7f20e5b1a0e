"""Which way a figure tells that something went, and how its words bound it."""

from __future__ import annotations

import re

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either
from detente.record.draft.tying.multiples import TIMES

REACH = 60
"""Characters between a word of change and the figure it changes by."""


def _pattern(name: str) -> str:
    return either("pairing", name, *LANGUAGES)


_ON = r"(?:[^,;:.]|(?<=\d)[.,](?=\d))*"
"""The rest of a part of a sentence; a decimal mark does not end it."""
_UP = re.compile(rf"\b{either('direction', 'up', *LANGUAGES)}\b{_ON}$", re.IGNORECASE)
_DOWN = re.compile(rf"\b{either('direction', 'down', *LANGUAGES)}\b{_ON}$", re.IGNORECASE)
_LEVEL = re.compile(
    r"\b(?:to|at|a|al|hasta|from|desde|del?|reaching|of|as\slow\sas|as\shigh\sas)\s(?:un\s|el\s|about\s|some\s)?$",
    re.IGNORECASE,
)
_YEARLY = r"(?:(?:year[- ]on[- ]year|on[- ]year|annual|yearly|interanual)\s)?"
_NOUN_AFTER = re.compile(
    rf"\)?[\s-]{_YEARLY}(?:(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')})))\b", re.IGNORECASE
)
_NOUN_OF = re.compile(
    rf"\b(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))s?(?:\s\w+)?"
    rf"\s(?:(?:was|fue|amounted\sto|came\sto)\s(?:of\s|de\s)?|(?:of|del?)\s)(?:un\s)?{_pattern('hedge')}?(?<=\s)$",
    re.IGNORECASE,
)


_NOUN_FAR = re.compile(  # a fall in car sales of 4%, bajas del 37% en las exportaciones y del 3%
    rf"\b(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))s?(?:\s\w+)?\s(?:of|in|del?)\s[^.;]{{1,80}}\s(?:(?:y|and)\s)?(?:of|del?)\s(?:una?\s|el\s)?$",
    re.IGNORECASE,
)
_LISTED = re.compile(  # fell 19.8% and 13.9%, de un 0,6 % y el 3,1 %
    r"(?P<number>\d[\d.,]*)\s?(?:%|pc|per\s?cent|por\sciento)(?:\s\([^)]*\))?,?\s(?:(?:and|y|or|o)\s)?(?:(?:by|of|a|un|una|el|del?|en)\s)*$",
    re.IGNORECASE,
)


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
    clause = text[max(0, figure.start - REACH) : figure.start]
    after = _NOUN_AFTER.match(text, figure.end)
    of = _NOUN_OF.search(clause)
    for found in (after, of):
        if found:
            return "down" if found["down"] else "up"
    if far := _NOUN_FAR.search(text[max(0, figure.start - 110) : figure.start]):
        return "down" if far["down"] else "up"
    listed = _LISTED.search(clause)
    if listed and re.search(r"(?:\b(?:and|y|or|o|by|un|una|el)\s|,\s)$", clause):
        start = figure.start - len(clause) + listed.start("number")
        return direction_at(
            text, FigureMention(start, start + len(listed["number"]), listed["number"], 1.0, figure.unit)
        )
    if _LEVEL.search(clause):
        return ""
    if re.search(r"(?:^|[\s(])\+$", clause) or (text[figure.start : figure.start + 1] == "+"):
        return "up"
    if text[figure.start : figure.start + 1] in "-−" or re.search(r"(?:\bminus\s|\bmenos\s|[-−])$", clause):
        return "down"
    up, down = _UP.search(clause), _DOWN.search(clause)
    if up and down:
        return "up" if up.start() > down.start() else "down"
    return "up" if up else "down" if down else ""


_CHANGED = re.compile(
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)})|(?P<down>{either('direction', 'down', *LANGUAGES)}))"
    rf"\s(?:(?:by|en|un|una)\s)?{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_OR_BY = re.compile(  # grew by 48% or EUR 1 billion
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)})|(?P<down>{either('direction', 'down', *LANGUAGES)}))"
    rf"\s(?:(?:by|en|un)\s)?[\d.,]+\s?(?:%|pc|per\s?cent|por\sciento)\s(?:or|o)\s{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_CHANGE_OF = re.compile(  # con una caída de US$ 188 millones
    rf"\b(?:an?|un[ao]?)\s(?:(?P<down>{_pattern('fall')})|(?P<up>{_pattern('rise')}))(?:\s\w+)?\s(?:of|de)\s{_pattern('hedge')}?$",
    re.IGNORECASE,
)
_NOUN_NEXT = re.compile(  # a $4.7 billion or 19.4% rise
    rf"(?:\sor\s[\d.]+\s?(?:%|per\s?cent))?\s{_YEARLY}(?:(?P<down>fall|drop|decline|decrease)|(?P<up>rise|increase|jump))\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"(?:higher|lower|less|more)\b", re.IGNORECASE)
_COMPARATIVE = re.compile(rf"\s{_pattern('comparative')}\b", re.IGNORECASE)


def changes_by(text: str, figure: FigureMention) -> str:
    """``up`` or ``down`` where a figure is by how much something changed (*fell by $20m*), not how much it was.

    Examples
    --------
    >>> text = "Sales fell by $20m to $80m."
    >>> [changes_by(text, FigureMention(n, n + 4, text[n : n + 4], 20, "usd")) for n in (14, 22)]
    ['down', '']
    """
    found = _CHANGED.search(text[max(0, figure.start - 60) : figure.start])
    if found and figure.unit not in ("pct", "pp") and _COMPARED.match(found.group()):
        found = None  # of the higher 540 bcm
    found = found or _OR_BY.search(text[max(0, figure.start - 60) : figure.start])
    found = found or _CHANGE_OF.search(text[max(0, figure.start - 60) : figure.start])
    if found is None and figure.unit not in ("pct", "pp"):
        found = _NOUN_NEXT.match(text, figure.end)
    return "" if found is None else "up" if found["up"] else "down"


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
