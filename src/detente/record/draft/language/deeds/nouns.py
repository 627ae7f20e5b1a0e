"""Deeds told as nouns that a date follows in the same phrase, or that stand right after it."""

from __future__ import annotations

import re

from detente.record.draft.language.dates import DateMention
from detente.record.draft.language.deeds.lexicon import lexicon
from detente.record.draft.language.deeds.reality import is_wished

REACH = 50
"""Characters between a deed as a noun and its day: *the signing of the treaty on the border in 1998*."""
BESIDE = 45
"""Characters between a day and the deed that it names: *last month's border talks*."""
NAMED = "named"
"""The class of what is called by its day: *the treaty of 1858*."""
_OF_ITS_DAY = re.compile(r"(?:\s[\w-]+){0,3}\s(?:of|del?)\s(?:el\s)?")
_PHRASE_ENDS = re.compile(
    r"[,;:.()–—]|\b(?:and|but|which|that|who|is|are|has|have|will|would|due|expected|y|que|es|son|ha|han|se espera)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(r"(?P<far>['’]s\s|,?\s(?:with|con)\s(?:the|la|el)\s)|\s")


def noun_of(text: str, start: int, end: int, date: DateMention, language: str) -> re.Match[str] | None:
    """The deed as a noun that a date of ``text[start:end]`` belongs to; its class is the match's last group.

    >>> from detente.record.draft.language.dates import find_dates
    >>> text = "Trade fell after the closure of the border in August 2019."
    >>> noun_of(text, 0, len(text), find_dates(text, "en")[0], "en").group()
    'closure'
    """
    words = lexicon(language)
    found = None
    for match in words.noun.finditer(text, max(start, date.start - REACH), date.start):
        between = text[match.end() : date.start]
        if match.lastgroup == NAMED and not _OF_ITS_DAY.fullmatch(between):
            continue
        ended = (_PHRASE_ENDS.search(between) and between != ", ") or words.past.search(between)
        if not ended and not is_wished(text, match.start(), language):
            found = match
    after = _AFTER.match(text, date.end, end)
    if found is not None or after is None:
        return found
    if after["far"]:
        return words.noun.search(text, after.end(), min(end, after.end() + BESIDE))
    return words.noun.match(text, after.end(), end)
