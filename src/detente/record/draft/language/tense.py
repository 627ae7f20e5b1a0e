"""Whether a date stands in a sentence about what has happened or about what is to come."""

from __future__ import annotations

import re

from detente.record.draft.language.words import LANGUAGES, either


def _pattern(name: str, language: str, more: str = "") -> re.Pattern[str]:
    return re.compile(rf"\b{either('tense', name, language)}\b{more}", re.IGNORECASE)


_FUTURE = {"en": _pattern("future", "en", r"|['’]ll\b"), "es": _pattern("future", "es")}
_SAID = {language: _pattern("said", language) for language in LANGUAGES}
_PAST = {language: _pattern("past", language) for language in LANGUAGES}
_BY = {
    "en": re.compile(r"\b(?:by|before|starting|beginning|effective|from)\s(?:the\s)?$", re.IGNORECASE),
    "es": re.compile(r"\b(?:antes del?|a partir del?|desde|a más tardar(?: el)?)\s(?:el\s|próximo\s)?$", re.IGNORECASE),
}
_CLAUSE = re.compile(r"[.;:!?\n“”\"«»]")
NEAR = 30  # characters between a verb of saying and the day on which it was said


def is_future(text: str, start: int, end: int, language: str, *, dated: bool = True) -> bool:
    """Whether the words around ``text[start:end]`` point forward.

    A day right after a verb of saying is the day of the saying, so it is past
    whatever comes after it; otherwise the words of the clause before the date
    decide, or, for a date that opens its clause, those after it. ``dated`` says that the
    stretch is a date, so that *by* and *from* before it point forward; "by 3.4%" does not.

    >>> is_future("She said on Friday that the border will reopen in June.", 12, 18, "en")
    False
    >>> is_future("She said on Friday that the border will reopen in June.", 50, 54, "en")
    True
    """
    cuts = [m.end() for m in _CLAUSE.finditer(text, max(0, start - 400), start)]
    clause = cuts[-1] if cuts else max(0, start - 400)
    said = [m.end() for m in _SAID[language].finditer(text, clause, start)]
    if said and start - said[-1] <= NEAR and not _FUTURE[language].search(text, said[-1], start):
        between = text[said[-1] : start]
        if not re.search(r"\b(?:that|que)\b", between):
            return False
    begin = said[-1] if said else clause
    before = text[begin:start]
    if _FUTURE[language].search(before):
        return True
    if _PAST[language].search(before):
        return False
    after = re.split(r"[.;:!?\n]", text[end : end + 90], maxsplit=1)[0]
    ahead = _FUTURE[language].search(after)
    if ahead and not _SAID[language].search(after[: ahead.start()]):
        return not _PAST[language].search(after[: ahead.start()])
    return dated and bool(_BY[language].search(before)) and not _PAST[language].search(after)
