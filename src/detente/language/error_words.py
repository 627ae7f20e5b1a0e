"""Errors in the reader's language: sentence patterns with their translation, laid over what was raised in English.

An error is raised where its cause is known, in English; who shows it asks here for other words. Patterns stand in
``locale/<language>/errors.csv``: ``{}`` is what the sentence was filled with, kept as it is and in order. A part
without a pattern leaves the whole error in English, so that no sentence mixes two languages.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files

from detente.errors import DetenteError
from detente.language.registry import SOURCE


def said_error(error: DetenteError, language: str) -> tuple[str, str]:
    """What an error says, and the language it says it in: the one asked for, or English where words are missing.

    Examples
    --------
    >>> from detente.errors import UsageError
    >>> said_error(UsageError("There is no job 7.", fix="Try again."), "es")
    ('No hay ningún trabajo 7. Inténtelo de nuevo.', 'es')
    >>> said_error(UsageError("Nobody foresaw this."), "es")
    ('Nobody foresaw this.', 'en')
    """
    parts = [part for part in (error.what, error.where, error.why, error.fix) if part]
    told = [said_part(part, language) for part in parts]
    if language == SOURCE or not parts or any(text is None for text in told):
        return str(error), SOURCE
    return " ".join(text for text in told if text is not None), language


def said_part(text: str, language: str) -> str | None:
    """A part of an error in another language, line by line and sentence by sentence, or None where a pattern is missing."""
    told = [_line(line, language) for line in text.split("\n")]
    return None if None in told else "\n".join(line for line in told if line is not None)


def _line(line: str, language: str) -> str | None:
    bare = line.strip()
    if not bare:
        return line
    told = _sentences(re.split(r"(?<=[.?!]) +", bare), language)
    return None if told is None else line[: len(line) - len(line.lstrip())] + told


def _sentences(parts: list[str], language: str) -> str | None:
    """The sentences in the fewest words a pattern: the shortest run that has one, and then the rest."""
    if not parts:
        return ""
    for n in range(1, len(parts) + 1):
        told = _matched(" ".join(parts[:n]), language)
        rest = None if told is None else _sentences(parts[n:], language)
        if told is not None and rest is not None:
            return f"{told} {rest}".strip()
    return None


@lru_cache(maxsize=4096)
def _matched(text: str, language: str) -> str | None:
    for pattern, translation in _patterns(language):
        found = pattern.fullmatch(text)
        if found:
            return translation.format(*found.groups())
    return None


@cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The patterns of a language, those with most words of their own first."""
    place = files("detente.language") / "locale" / language / "errors.csv"
    if not place.is_file():
        return ()
    rows = list(csv.DictReader(place.read_text(encoding="utf-8").splitlines()))
    rows.sort(key=lambda row: -len(row["english"].replace("{}", "")))
    return tuple(
        (re.compile("(.*?)".join(map(re.escape, row["english"].split("{}")))), row["translation"]) for row in rows
    )
