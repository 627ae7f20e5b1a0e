"""Errors in the reader's language: sentence patterns with their translation, laid over what was raised in English.

An error is raised where its cause is known; who shows it asks here for other words. A part of it that is a text of
the catalogue is said from there. Patterns of all others stand in ``errors.csv`` of the language's folder: ``{}`` is what
the sentence was filled with, in order and as it is, but for names of economies, the "and 3 more" of a shortened list
and the signs of large numbers. What stands in quotes was typed by somebody and stays. A part without a pattern
leaves the whole error in English, so that no sentence mixes two languages.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Literal

from detente.blocs import blocs
from detente.economies import in_text, name_of, table
from detente.errors import DetenteError, Problem, RecordError
from detente.language.catalogue import Catalogue
from detente.language.registry import LANGUAGES, SOURCE, language_of
from detente.language.text import Filling, Text

_DRAWN = re.compile(r"(\n {4}[^\n]*\n {4} *\^)")
"""What was written, with a mark under the place: words of nobody's language."""
_MORE = re.compile(r"(?P<shown>.+) and (?P<n>\d+) more")
_TYPED_WHOLE = re.compile(r"'[^']*'")
_LISTED = re.compile(r"(, | and )")
_FEW = 12
"""A pattern of fewer letters could take in words that belong to the sentence: it takes names and numbers only."""
TYPED = ("'", "`", "=", "= ", "[")
"""What stands before a blank that holds what somebody typed, or is to type in a file: it stays as it is."""
Blank = Literal["said", "listed", "typed"]
"""What a sentence is filled with: said in the reader's language; a list of names and of words to type; typed."""
NAMED = re.compile(r"[A-Z][A-Za-z]+: ")
"""The class of an error, as a process of its own writes it before the sentence."""
PLACED = re.compile(
    r"(?P<file>[\w.-]+\.(?:csv|toml))(?:, row (?P<row>\d+))?(?:, (?:column|key) '(?P<column>[^']*)')?: (?P<what>.+)",
    re.DOTALL,
)
"""A problem as it writes itself."""
MOST_PROBLEMS = 5
_CLAUSE = re.compile(r"(?:^| )(?:the|is|are|was|of|for|that|with|not|has|no) ")
_SIGNED = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)")
"""A number with signs that differ by language: ``12,345``, ``0.50``."""


class ErrorSentence(Filling):
    """A sentence of an error inside a text: by its pattern in other languages, in English where it has none."""

    def said(self, words: Catalogue) -> str:
        return said_part(str(self), words.language) or str(self)


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
    if isinstance(error, RecordError):
        return _said_record(error, language)
    parts = [part for part in (error.what, error.where, error.why, error.fix) if part]
    told = [part.said(Catalogue(language)) if isinstance(part, Text) else said_part(part, language) for part in parts]
    if language == SOURCE or not parts or any(text is None for text in told):
        return str(error), SOURCE
    return " ".join(text for text in told if text is not None), language


def _said_record(error: RecordError, language: str) -> tuple[str, str]:
    """The first problems of a record and how many more there are."""
    words, told = Catalogue(language), [said_problem(one, language) for one in error.problems[:MOST_PROBLEMS]]
    if any(spoken == SOURCE for _, spoken in told):
        return str(error), SOURCE
    lines = [words("record.problems_are", n=len(error.problems)), *(text for text, _ in told)]
    more = len(error.problems) - MOST_PROBLEMS
    return "\n  ".join([*lines, *([words("record.and_more", n=more)] if more > 0 else [])]), language


def said_problem(problem: Problem, language: str, *, placed: bool = True) -> tuple[str, str]:
    """One thing wrong in a file, and its language: where it stands (unless that is seen), what it is, what to do."""
    told, spoken = said_sentence(f"{problem.what} {problem.fix}".strip(), language)
    if not placed:
        return told, spoken
    if spoken == SOURCE:
        return str(problem), SOURCE
    words, place = Catalogue(language), problem.file
    if problem.row is not None:
        place += f", {words('record.at_row', row=problem.row)}"
    if problem.column:
        kind = "key" if problem.file.endswith(".toml") else "column"
        place += f", {words(f'record.at_{kind}', name=problem.column)}"
    return f"{place}: {told}", language


def said_sentence(text: str, language: str) -> tuple[str, str]:
    """A sentence in English, and its language: as said elsewhere, without the class of an error before it."""
    placed = PLACED.fullmatch(text)
    if placed:
        row = int(placed["row"]) if placed["row"] else None
        return said_problem(Problem(placed["file"], row, placed["column"], placed["what"]), language)
    spoken = said_part(NAMED.sub("", text, count=1) if NAMED.match(text) else text, language)
    return (text, SOURCE) if language == SOURCE or spoken is None else (spoken, language)


def said_part(text: str, language: str) -> str | None:
    """A part of an error in another language, line by line and sentence by sentence, or None where a pattern is missing."""
    told = [piece if _DRAWN.fullmatch(piece) else _lines(piece, language) for piece in _DRAWN.split(text)]
    return None if None in told else "".join(piece for piece in told if piece is not None)


def _lines(text: str, language: str) -> str | None:
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


def _matched(text: str, language: str) -> str | None:
    place = LANGUAGES.folders.get(language)
    return None if place is None else _matched_in(text, language, place)


@lru_cache(maxsize=4096)
def _matched_in(text: str, language: str, place: Traversable) -> str | None:
    for pattern, blanks, translation in _patterns(place):
        found = pattern.fullmatch(text)
        if found and not _takes_words(pattern, found.groups(), blanks):
            fills = [
                _quoted(fill, language) if how == "typed" else _filling(fill, language, ours=how == "said")
                for fill, how in zip(found.groups(), blanks, strict=True)
            ]
            told = _joined(translation.format(*fills), language) if blanks else translation
            begins = translation.startswith("{}") and fills[0] != found[1]  # a word of ours begins the sentence
            return told[:1].upper() + told[1:] if begins and text[0].isupper() else told
    return None


def _joined(text: str, language: str) -> str:
    for joint, joined in language_of(language).joints:
        text = joint.sub(joined, text)
    return text


def _takes_words(pattern: re.Pattern[str], fills: tuple[str, ...], blanks: tuple[Blank, ...]) -> bool:
    """Whether a pattern of few words fits only because its blanks take in words of another sentence."""
    few = sum(letter.isalpha() for letter in pattern.pattern) < _FEW
    return few and any(_CLAUSE.search(fill) for fill, how in zip(fills, blanks, strict=True) if how != "typed")


def _quoted(fill: str, language: str) -> str:
    """What stands in quotes: as it was typed, but for the name that a panel of ours goes by."""
    words, key = Catalogue(language), f"panel_name.{fill.replace(' ', '_')}"
    return words(key) if key in words.strings() else fill


def _filling(fill: str, language: str, *, ours: bool = True) -> str:
    """What a sentence was filled with: names, lists, large numbers and words of ours as the language writes them."""
    words = Catalogue(language)
    if more := _MORE.fullmatch(fill):
        return words("rows.and_more", shown=_filling(more["shown"], language, ours=ours), n=more["n"])
    if _SIGNED.fullmatch(fill):
        return words.signs(fill)
    names = _names(language) | (_own_words(LANGUAGES.folders[language]) if ours else {})
    pieces = _LISTED.split(fill)
    if all(piece in names or _TYPED_WHOLE.fullmatch(piece) for piece in pieces[::2]):
        told = [names.get(piece, piece) for piece in pieces[::2]]
        return (
            words("answer.and", first=", ".join(told[:-1]), last=told[-1])
            if pieces[-2:-1] == [" and "]
            else ", ".join(told)
        )
    clause = _matched(fill, language) if _CLAUSE.search(fill) or "'" in fill else None
    return fill if clause is None else clause


@cache
def _names(language: str) -> dict[str, str]:
    """The name of each economy, bloc and region in English, alone and with its article, to the same in another language."""
    codes = (*table(), *blocs())
    found = {in_text(code): in_text(code, language) for code in codes}
    return found | {name_of(code): name_of(code, language) for code in codes}


def _blank(before: str, after: str) -> Blank:
    """What a blank holds, by what stands around it."""
    return "typed" if before.endswith(TYPED) or after.startswith("=") else "listed" if before.endswith(": ") else "said"


@cache
def _own_words(place: Traversable) -> dict[str, str]:
    """Words of ours that sentences are filled with: what a column is for, what flows, how periods are counted."""
    return {pattern.pattern.replace("\\", ""): told for pattern, blanks, told in _patterns(place) if not blanks}


@cache
def _patterns(place: Traversable) -> tuple[tuple[re.Pattern[str], tuple[Blank, ...], str], ...]:
    """The patterns of a language, what their blanks hold, and the translations; those with most words first.

    ``place`` is the language's folder.
    """
    file = place / "errors.csv"
    if not file.is_file():
        return ()
    rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))
    rows.sort(key=lambda row: -len(row["english"].replace("{}", "")))
    return tuple(
        (
            re.compile("(.*?)".join(map(re.escape, parts))),
            tuple(_blank(before, after) for before, after in pairwise(parts)),
            row["translation"],
        )
        for row in rows
        for parts in [row["english"].split("{}")]
    )
