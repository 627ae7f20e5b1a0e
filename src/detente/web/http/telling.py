"""What was raised or noted in English, said in the reader's language, with the language it is in."""

from __future__ import annotations

from detente.errors import DetenteError, Problem, UsageError
from detente.language.error_words import said_error, said_problem, said_sentence
from detente.language.registry import SOURCE
from detente.language.text import Text, said
from detente.web.http.words import Words


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
    return Told.in_language(*said_error(error, words.language))


def stands_in_words(error: DetenteError) -> bool:
    """Whether an error stands in the reader's words already."""
    return isinstance(error, WordedError) or type(error) is DetenteError


def told_text(text: str, words: Words) -> Told:
    """A sentence in English in the reader's language; the class of an error before it is left out then."""
    return Told.in_language(*said_sentence(text, words.language))


def told_problem(problem: Problem, words: Words, *, placed: bool = True) -> Told:
    """One thing wrong in a file: where it stands (unless the page shows that itself), what it is, what to do."""
    return Told.in_language(*said_problem(problem, words.language, placed=placed))
