"""Sentences of a text as stretches of it; abbreviations, initials and decimals do not end one."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SHORT = (
    *("mr", "mrs", "ms", "dr", "st", "gen", "col", "sen", "rep", "gov", "lt", "sgt", "prof", "rev", "hon"),
    *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    *("no", "nos", "vs", "inc", "ltd", "co", "corp", "approx", "art", "fig", "vol", "pp", "e.g", "i.e", "cf"),
    *("sr", "sra", "srta", "dra", "lic", "ing", "gral", "núm", "pág", "ud", "uds", "av", "ee", "u.s", "u.k", "u.n"),
)
_END = re.compile(
    r"""[.!?…]+["'”’»)\]]*(?=\s+["'“‘«(\[¿¡—–-]*[A-ZÁÉÍÓÚÑÜ0-9])|"""
    r"""(?:(?<=[a-zñáéíóú]{3}[.!?])|(?<=[\d%)][.!?]))(?=[A-ZÁÉÍÓÚÑ][a-záéíóúñ’']+\s)|\n{2,}|\n(?=[^\n])"""
)
_WORD_BEFORE = re.compile(r"([\w.áéíóúñü]+)$", re.IGNORECASE)
_INITIALS = re.compile(r"(?:^|[\s(])(?:[A-Z]\.)*[A-Z]$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its place in the text, its words, and the paragraph it stands in (from 1)."""

    start: int
    end: int
    text: str
    paragraph: int


def split_sentences(text: str) -> list[Sentence]:
    """The sentences of ``text``, whose paragraphs are separated by blank lines.

    >>> [s.text for s in split_sentences("Mr. Paz met the U.S. envoy. It cost $2.5m. Why?")]
    ['Mr. Paz met the U.S. envoy.', 'It cost $2.5m.', 'Why?']
    """
    found, paragraph, begin = [], 1, 0
    for match in [*_END.finditer(text), None]:
        stop = len(text) if match is None else match.start()
        line = match is None or match.group().startswith("\n")
        if match is not None and not line:
            if _abbreviated(text[max(begin, stop - 20) : stop], match.group()):
                continue
            stop = match.end()
        words = text[begin:stop]
        if words.strip():
            left = len(words) - len(words.lstrip())
            found.append(Sentence(begin + left, begin + len(words.rstrip()), words.strip(), paragraph))
        if match is not None:
            begin = match.end()
            paragraph += match.group().startswith("\n\n")
    return found


def _abbreviated(before: str, mark: str) -> bool:
    """Whether the full stop after ``before`` belongs to an abbreviation or an initial."""
    if mark != ".":
        return False
    if _INITIALS.search(before):
        return True
    word = _WORD_BEFORE.search(before)
    return bool(word) and word.group(1).casefold() in _SHORT
