"""Whether a deed has happened: not what may, will, was threatened, wished or denied; and whether a day is its own."""

from __future__ import annotations

import re
from functools import cache

from detente.record.draft.language.tense import is_future
from detente.record.draft.language.words import either

_CUT = re.compile(
    r"\s[–—-]\s|\b(?:when|while|but|although|after|which|cuando|mientras|pero|aunque|después de que|tras que)\s",
    re.IGNORECASE,
)
"""Where a part of a sentence begins whose time is its own."""
_ARTICLE = re.compile(
    r"\b(?:the|an?|its|their|his|her|our|these|those|such|any|some|of|el|la|los|las|un|una|su|sus|del?|al)\s$",
    re.IGNORECASE,
)


_AUXILIARY = r"(?:be|been|ever|have|had|was|were|ser|haber|fue|fueron|sido|ha|han|había|habían|se|\w+(?:ly|mente))"


@cache
def _not(language: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:\b|(?<=\w)){either('events', 'not', language)}\s(?:{_AUXILIARY}\s){{0,3}}$",
        re.IGNORECASE,
    )


@cache
def wished(language: str) -> re.Pattern[str]:
    """Words before an act that ask for it, at the end of a text."""
    return re.compile(rf"\b{either('events', 'wished', language)}\b[^.;:!?]{{0,25}}$", re.IGNORECASE)


@cache
def until(language: str) -> re.Pattern[str]:
    """Words before a date that say how long, not when, at the end of a text."""
    return re.compile(
        rf"\b{either('events', 'until', language)}\s(?:the\s|el\s)?(?:(?:end|start|middle)\sof\s)?$", re.IGNORECASE
    )


def is_unreal(text: str, start: int, end: int, language: str) -> bool:
    """Whether the verb ``text[start:end]`` tells of what has not happened."""
    cut = max((m.end() for m in _CUT.finditer(text, max(0, start - 400), start)), default=0)
    told = text[cut:end]  # what follows a past act, such as "that would open", does not undo it
    return is_denied(text, start, language) or is_future(told, start - cut, end - cut, language, dated=False)


def is_denied(text: str, start: int, language: str) -> bool:
    """Whether the words right before a place deny, threaten or only allow what follows."""
    return _not(language).search(text[max(0, start - 30) : start]) is not None


def is_wished(text: str, start: int, language: str) -> bool:
    """Whether a noun that starts at a place tells of what is asked for, planned or denied."""
    before = text[max(0, start - 45) : start]
    return bool(wished(language).search(before) or is_denied(text, start, language) or _MODAL.search(before))


def is_adjective(text: str, start: int, end: int) -> bool:
    """Whether a form of a verb stands between an article and a noun: *the increased tariffs*, *la firma*."""
    return _ARTICLE.search(text[max(0, start - 8) : start]) is not None


def is_until(text: str, start: int, end: int, language: str) -> bool:
    """Whether the words before a day make it an end or a standard of comparison.

    *Until 1995, when it opened* and *not until Monday* give the day of a deed.
    """
    if _WHEN.match(text, end) or _NOT_UNTIL.search(text[max(0, start - 16) : start]):
        return False
    return until(language).search(text[max(0, start - 16) : start]) is not None


_NOT_UNTIL = re.compile(r"\bnot (?:until|before)\s$|\bno fue hasta(?: el)?\s$", re.IGNORECASE)
_MODAL = re.compile(r"\b(?:to|will|would|can|could|may|might|must|should|shall)\s$", re.IGNORECASE)
_WHEN = re.compile(r",?\s(?:when|cuando)\b")
