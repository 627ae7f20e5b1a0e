"""What was raised or noted in English, said in the reader's language, with the language it is in."""

from __future__ import annotations

import re

from detente.errors import DetenteError, Problem, RecordError, UsageError
from detente.language.error_words import said_error, said_part
from detente.language.registry import SOURCE
from detente.language.text import Text, said
from detente.web.http.words import Words

NAMED = re.compile(r"[A-Z][A-Za-z]+: ")  # the class of an error, as a process of its own writes it before the sentence
PLACED = re.compile(
    r"(?P<file>[\w.-]+\.(?:csv|toml))(?:, row (?P<row>\d+))?(?:, (?:column|key) '(?P<column>[^']*)')?: (?P<what>.+)",
    re.DOTALL,
)  # a problem as it writes itself
MOST_PROBLEMS = 5


class WordedError(UsageError):
    """Raised by a page in the reader's own words."""


class Told(str):
    """What went wrong in words, and the language of the words."""

    __slots__ = ("lang",)
    lang: str

    @classmethod
    def in_language(cls, text: str, language: str) -> Told:
        """The words with their language."""
        out = cls(text)
        out.lang = language
        return out


def lang_of(text: str) -> str:
    """The language of what went wrong: what nobody has put into other words is English."""
    return getattr(text, "lang", SOURCE)


def worded(text: str, words: Words) -> Told:
    """A text of the house in the reader's language; what is plain English stays so."""
    return Told.in_language(said(text, words), words.language if isinstance(text, Text) else SOURCE)


def told_error(error: DetenteError, words: Words) -> Told:
    """What an error says in the reader's language, or in English where it has no other words."""
    if stands_in_words(error):
        return Told.in_language(str(error), words.language)
    if isinstance(error, RecordError):
        return told_record(error, words)
    return Told.in_language(*said_error(error, words.language))


def told_record(error: RecordError, words: Words) -> Told:
    """The first problems of a record and how many more there are."""
    told = [told_problem(one, words) for one in error.problems[:MOST_PROBLEMS]]
    if words.language == SOURCE or any(one.lang == SOURCE for one in told):
        return Told.in_language(str(error), SOURCE)
    lines = [words("record.problems_are", n=len(error.problems)), *told]
    more = len(error.problems) - MOST_PROBLEMS
    return Told.in_language(
        "\n  ".join([*lines, *([words("record.and_more", n=more)] if more > 0 else [])]), words.language
    )


def stands_in_words(error: DetenteError) -> bool:
    """Whether an error stands in the reader's words already."""
    return isinstance(error, WordedError) or type(error) is DetenteError


def told_text(text: str, words: Words) -> Told:
    """A sentence in English in the reader's language; the class of an error before it is left out then."""
    placed = PLACED.fullmatch(text)
    if placed:
        row = int(placed["row"]) if placed["row"] else None
        return told_problem(Problem(placed["file"], row, placed["column"], placed["what"]), words)
    spoken = said_part(NAMED.sub("", text, count=1) if NAMED.match(text) else text, words.language)
    if words.language == SOURCE or spoken is None:
        return Told.in_language(text, SOURCE)
    return Told.in_language(spoken, words.language)


def told_problem(problem: Problem, words: Words, *, placed: bool = True) -> Told:
    """One thing wrong in a file: where it stands (unless the page shows that itself), what it is, what to do."""
    what = f"{problem.what} {problem.fix}".strip()
    told = told_text(what, words)
    if not placed:
        return told
    if told.lang == SOURCE:
        return Told.in_language(str(problem), SOURCE)
    place = problem.file
    if problem.row is not None:
        place += f", {words('record.at_row', row=problem.row)}"
    if problem.column:
        kind = "key" if problem.file.endswith(".toml") else "column"
        place += f", {words(f'record.at_{kind}', name=problem.column)}"
    return Told.in_language(f"{place}: {told}", told.lang)
