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
_AFTER = re.compile(
    r"(?P<own>['’]s\s)|(?P<far>,?\s(?:with|con|during|at|after|following|durante|en|tras)\s(?:the|an?|la|el|una?|su|their|his)\s)|\s"
)
_LOOSE_ENDS = re.compile(
    r"[;:]|\b(?:but|which|that|who|is|are|has|have|will|would|due|expected|que|es|son|ha|han|se espera)\b",
    re.IGNORECASE,
)


def noun_of(text: str, start: int, end: int, date: DateMention, language: str) -> re.Match[str] | None:
    """The deed as a noun that a date of ``text[start:end]`` belongs to; its class is the match's last group.

    >>> from detente.record.draft.language.dates import find_dates
    >>> text = "Trade fell after the closure of the border in August 2019."
    >>> noun_of(text, 0, len(text), find_dates(text, "en")[0], "en").group()
    'closure'
    """
    words = lexicon(language)
    found = _before(text, max(start, date.start - REACH), date, language, _PHRASE_ENDS)
    after = _AFTER.match(text, date.end, end)
    if found is not None or after is None:
        return found
    until = min(end, after.end() + BESIDE)
    if after["own"]:
        return words.noun.search(text, after.end(), until) or words.thing.search(text, after.end(), until)
    return (words.noun.search if after["far"] else words.noun.match)(text, after.end(), until)


def noun_around(text: str, start: int, date: DateMention, language: str) -> re.Match[str] | None:
    """The deed as a noun with an aside before its day: *the visit of the king, the first in years, in May 1998*."""
    return _before(text, max(start, date.start - 2 * REACH), date, language, _LOOSE_ENDS)


def _before(text: str, start: int, date: DateMention, language: str, ends: re.Pattern[str]) -> re.Match[str] | None:
    words = lexicon(language)
    found = None
    for match in words.noun.finditer(text, start, date.start):
        between = text[match.end() : date.start]
        if match.lastgroup == NAMED and not _OF_ITS_DAY.fullmatch(between):
            continue
        if (
            match.lastgroup in ("opening", "closing")
            and _OF_ITS_DAY.fullmatch(between)
            and len(between) <= len(" of the ")
        ):
            continue  # the close of 2018 is the year's
        ended = (ends.search(between) and between != ", ") or words.past.search(between)
        if not ended and not is_wished(text, match.start(), language):
            found = match
    return found
