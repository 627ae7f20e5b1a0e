"""Figures in a list that share one word of change: *fell 4% in Peru, 5% in Chile and 6% in Bolivia*."""

from __future__ import annotations

import re

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either

REACH = 130
"""Characters before a figure in which the one that leads it may stand."""
_PCT = r"(?P<number>\d[\d.,]*)\s?(?:%|pct\b|pc\b|per\s?cent|por\s?ciento)(?:\s\([^)]*\))?"
_MONEY = (
    r"(?P<number>(?:[A-Z]{0,3}[$€£]\s?)?\d[\d.,]*(?:\s?(?:million|billion|millones|miles\sde\smillones|mn|bn|m|b)\b)?"
    r"(?:\s(?:de\s)?(?:dollars|euros|d[óo]lares|pesos|tonnes|tons|toneladas)\b)?)(?:\s\([^)]*\))?"
)
_WORD = r"(?:(?:19|20)\d\d\b|[^\W\d][\w’'&.-]*|\(\w+\))"
_AND = r"(?:and|y|e|or|o)"
_RATE = r"(?:\s(?:per|a|al|por)\s(?:year|month|day|año|mes|día))?"
_BY = r"(?:(?:by|a|an|un|una|el|del?|en|of|with|con)\s)*"
_WHERE = rf"(?:\s(?:in|to|from|for|on|among|at|en|a|al|hacia|para|de|del|desde|con)\s(?:{_WORD}\s?){{1,6}}?)?"
_HEDGE = rf"{either('pairing', 'hedge', *LANGUAGES)}?"
_ON = rf"{_RATE}{_WHERE}(?:[,;]\s(?:{_AND}\s)?|\s?{_AND}\s){_BY}{_HEDGE}$"
_NEXT, _NEXT_SUM = (re.compile(first + _ON, re.IGNORECASE) for first in (_PCT, _MONEY))
_NAMED = re.compile(  # 4%, pork 5%; avocado, 6%
    rf"{_PCT}{_WHERE}(?:[,;]\s(?:{_AND}\s)?|\s{_AND}\s)(?:{_WORD}\s){{0,5}}{_WORD}[,:]?\s{_BY}{_HEDGE}$", re.IGNORECASE
)
_VERB = re.compile(
    rf"\b(?:{either('direction', 'up', *LANGUAGES)}|{either('direction', 'down', *LANGUAGES)}|{either('lists', 'verbs', *LANGUAGES)}"
    rf"|{either('pairing', 'against', *LANGUAGES)}|{either('pairing', 'break', *LANGUAGES)})\b",
    re.IGNORECASE,
)


def leader_of(text: str, figure: FigureMention) -> FigureMention | None:
    """The figure before another of the same list, whose word of change is its own.

    >>> text = "Sales fell 4% in Peru and 5% in Chile."
    >>> leader_of(text, FigureMention(26, 28, "5%", 5.0, "pct")).text
    '4'
    """
    start = max(0, figure.start - REACH)
    before = text[start : figure.start]
    percent = figure.unit in ("pct", "pp")
    for first, pattern in ((_PCT, _NEXT), (_PCT, _NAMED)) if percent else ((_MONEY, _NEXT_SUM),):
        found = _last(first, pattern, before)
        if found and not _VERB.search(before, found.end("number")):
            a, b = (start + place for place in found.span("number"))
            return FigureMention(a, b, text[a:b], 1.0, figure.unit)
    return None


def _last(first: str, pattern: re.Pattern[str], before: str) -> re.Match[str] | None:
    """The match that begins with the last figure of its kind."""
    starts = [m.start() for m in re.finditer(first, before, re.IGNORECASE)]
    return pattern.match(before, starts[-1]) if starts else None
