"""Speakers of headlines, set off by a colon or a dash: *INAC: exports fell*, *Exports fell 4% - statistics*."""

from __future__ import annotations

import re

from detente.record.draft.language.credits.speech import OFFICES
from detente.record.verdicts.independence.organisations import default_register

_LONGEST = 160
_ENDS = re.compile(r"[.!?…][\"”»’')]*$")
_FIRST = re.compile(r"(?P<who>[A-ZÁÉÍÓÚÑ][\w.&'’-]*(?:\s[\w.&'’-]+){0,4}):\s(?=[A-ZÁÉÍÓÚÑ“\"'‘«¿]|\d)")
_LAST = re.compile(r"(?:\s[-–—]|:|,?\s\|)\s(?P<who>(?:the\s)?[\w.&'’-]+(?:\s[\w.&'’-]+){0,4})$")
_BRACKETED = re.compile(
    r"(?<![A-Z])\b[a-z\d]\w*\s\((?P<who>[A-Z]{3,7})\)$"
)  # not the short name of what stands before it
_ACRONYM = re.compile(r"[A-Z]{2,7}")
_COUNTS = re.compile(
    r"\b(?:ministry|minister|office|bank|chamber|statistics|data|report|official|officials|agency|study|survey|customs|association|envoy"
    r"|ministerio|banco|cámara|informe|datos|estudio|aduanas|instituto|fuentes|gobierno)\b",
    re.IGNORECASE,
)


def in_headline(text: str) -> tuple[int, int] | None:
    """Where a line without a full stop names its speaker; none where it is no headline or names nobody.

    >>> line = "Exports fell 4% in 2020 - customs office"
    >>> line[slice(*in_headline(line))]
    'customs office'
    """
    if len(text) > _LONGEST or "\n" in text:
        return None
    last = None if _ENDS.search(text) else _LAST.search(text) or _BRACKETED.search(text)
    if last and _somebody(last["who"]):
        return last.span("who")
    first = _FIRST.match(text)
    return first.span("who") if first and _somebody(first["who"]) else None


def _somebody(who: str) -> bool:
    """Whether words name somebody who speaks: an acronym, an office or an institution."""
    if re.search(r"\d", who):
        return False
    return bool(_ACRONYM.fullmatch(who) or OFFICES.search(who) or _COUNTS.search(who) or is_registered(who))


def is_registered(who: str) -> bool:
    """Whether a name is that of a known statistics office, agency or wire: *Eurostat*."""
    register = default_register()
    return any(h in register.organisations for h in register.houses(who))
