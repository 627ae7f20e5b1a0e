"""Errors in the reader's language: sentence patterns with their translation, laid over what was raised in English.

An error is raised where its cause is known, in English; who shows it asks here for other words. Patterns stand in
``locale/<language>/errors.csv``: ``{}`` is what the sentence was filled with, kept as it is and in order. A part
without a pattern leaves the whole error in English, so that no sentence mixes two languages.
"""

from __future__ import annotations

import csv
import re
from functools import cache
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
    """A part of an error in another language, whole or sentence by sentence, or None where a pattern is missing."""
    whole = _matched(text, language)
    if whole is not None:
        return whole
    told = [_matched(sentence, language) for sentence in re.split(r"(?<=[.?!]) +", text)]
    return None if None in told else " ".join(filter(None, told))


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
        (re.compile("(.*?)".join(map(re.escape, row["english"].split("{}"))), re.DOTALL), row["translation"])
        for row in rows
    )
