"""Changes told in words: *doubled*, *halved*, *a tenfold rise*, *fell by a third*."""

from __future__ import annotations

import re
from collections.abc import Iterator

from detente.record.draft.language.figures import FigureMention
from detente.record.draft.language.words import LANGUAGES, either, table

TIMES = "times"
"""Unit of a multiple: how many times as much as before."""


def _groups(section: str) -> str:
    """One expression of the words of every language, with a group for each number."""
    numbers = dict.fromkeys(name for language in LANGUAGES for name in table(language)[section])
    return "|".join(f"(?P<n{name}>{either(section, name, *LANGUAGES)})" for name in numbers)


_MULTIPLE = re.compile(rf"\b(?:{_groups('multiples')})\b", re.IGNORECASE)
_FOLD = re.compile(
    r"\b(?P<n>\d+(?:\.\d+)?|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty)[\s-]?fold\b", re.I
)
_NAMES = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty")
_SPANISH = ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
_SMALL: dict[str, int] = dict(zip(_NAMES, (*range(2, 11), 12, 20), strict=True))
_SMALL |= dict(zip(_SPANISH, range(2, 11), strict=True))
_TIMES = rf"\d+(?:[.,]\d+)?|{'|'.join((*_NAMES[:9], *_SPANISH))}"
_BY_TIMES = re.compile(
    rf"\b(?:{either('direction', 'up', *LANGUAGES)})"
    r"\s(?:(?:by|en|unas?)\s)?(?:more\sthan\s|almost\s|nearly\s|about\s|over\s|más\sde\s|casi\s)?"
    rf"(?P<n>{_TIMES})\s(?:times|veces)\b",
    re.I,
)
_TIMES_MORE = re.compile(  # 2.3 times higher, three times as many, se multiplicó por 14
    rf"\b(?P<n>{_TIMES})"
    r"\s(?:times\s(?:more|higher|larger|greater|bigger|as\s(?:much|many|high|large|big))|veces\s(?:más|mayor(?:es)?|superior(?:es)?))\b"
    r"|\b(?:multipli(?:ed|es)\sby|multiplic\w+\s(?:casi\s)?por)\s(?:more\sthan\s|almost\s|más\sde\s|casi\s)?"
    rf"(?P<by>{_TIMES})(?![\w.,]*\d|\s?%)",
    re.I,
)
_SHARE = re.compile(
    rf"\b(?:(?P<up>{either('direction', 'up', *LANGUAGES)})|(?P<down>{either('direction', 'down', *LANGUAGES)}))"
    rf"\s(?:(?:by|en)\s)?(?:about\s|almost\s|nearly\s|more\sthan\s|over\s|casi\s|más\sde\s)?(?P<part>{_groups('parts')})\b"
    rf"(?!\s(?:of|de)\b)",
    re.IGNORECASE,
)
_NEARLY = re.compile(r"\b(?:almost|nearly|about|roughly|casi|cerca\sde)\s(?:se\s)?$", re.IGNORECASE)


def multiples(text: str, start: int, end: int) -> Iterator[FigureMention]:
    """The changes in words of ``text[start:end]``, in reading order by kind.

    Returns
    -------
    iterator of FigureMention
        Unit ``times`` (2 for *doubled*, 0.5 for *halved*), or ``pct`` for a part (33 for *by a third*).

    Examples
    --------
    >>> text = "Exports doubled in 2020 and fell by a third in 2021."
    >>> [(m.text, m.value, m.unit) for m in multiples(text, 0, len(text))]
    [('doubled', 2.0, 'times'), ('a third', 33.0, 'pct')]
    """
    for found in _MULTIPLE.finditer(text, start, end):
        name = next(group for group, word in found.groupdict().items() if word)
        yield _mention(text, found.start(), found.end(), float(name[1:].replace("_", ".")), TIMES)
    for found in _FOLD.finditer(text, start, end):
        number = _SMALL.get(found["n"].lower()) or float(found["n"])
        if number > 1:
            yield _mention(text, found.start(), found.end(), float(number), TIMES)
    for found in _BY_TIMES.finditer(text, start, end):  # increased by more than two times
        number = _SMALL.get(found["n"].lower()) or float(found["n"].replace(",", "."))
        yield _mention(text, found.start("n"), found.end(), float(number), TIMES)
    for found in _TIMES_MORE.finditer(text, start, end):
        name = "n" if found["n"] else "by"
        number = _SMALL.get(found[name].lower()) or float(found[name].replace(",", "."))
        yield _mention(text, found.start(name), found.end(), float(number), TIMES)
    for found in _SHARE.finditer(text, start, end):
        name = next(group for group, word in found.groupdict().items() if word and group[1:].isdigit())
        yield _mention(text, *found.span("part"), float(name[1:]), "pct", bound="about")


def _mention(text: str, start: int, end: int, value: float, unit: str, bound: str = "") -> FigureMention:
    near = bound or ("about" if _NEARLY.search(text[max(0, start - 15) : start]) else "")
    return FigureMention(start, end, text[start:end], value, unit, near)
