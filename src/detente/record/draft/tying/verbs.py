"""The verb that a figure stands with: *rose*, *has risen*, *are*, *will reach*."""

from __future__ import annotations

import re
from functools import lru_cache

from detente.record.draft.language.words import either

REACH = 140
"""Characters before a figure in which its verb may stand."""
AFTER = 60
"""Characters behind it, where none stands before."""
TENSES = ("ahead", "perfect", "past", "present")
"""Of what is to come, of what has been, of what was, of how things are; earlier ones win where two begin at one place."""
_PARTS = re.compile(r"[;:()“”\"«»]|[.!?]\s|,\s(?:and|but|while|y|pero|mientras)\s", re.IGNORECASE)


@lru_cache(maxsize=4)
def _pattern(language: str) -> re.Pattern[str]:
    named = (rf"(?P<{tense}>{either('verbs', tense, language)})" for tense in TENSES)
    return re.compile(rf"\b(?:{'|'.join(named)})\b", re.IGNORECASE)


def tense_at(text: str, begin: int, start: int, end: int, until: int, language: str) -> str:
    """Which tense the verb of ``text[start:end]`` has, of a sentence from ``begin`` to ``until``; empty where it has none.

    The verb is the last one before it in its part of the sentence, else the first one behind it.

    >>> text = "Exports have risen by 4% and 300 firms are registered."
    >>> tense_at(text, 0, 22, 24, len(text), "en"), tense_at(text, 25, 29, 32, len(text), "en")
    ('perfect', 'present')
    """
    first = max(begin, start - REACH)
    cuts = [m.end() for m in _PARTS.finditer(text, first, start)]
    for place in (cuts[-1] if cuts else first, first):
        if found := list(_pattern(language).finditer(text, place, start)):
            return str(found[-1].lastgroup)
        if behind := _pattern(language).search(text, end, min(until, end + AFTER)):
            return str(behind.lastgroup)
    return ""
