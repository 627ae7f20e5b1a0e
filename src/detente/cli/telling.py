"""In which language a command speaks, and what it says: nothing of another language is read unless it is asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from io import StringIO

import click

SOURCE = "en"
"""The language in which sentences are written."""
LANGUAGE_VARIABLE = "DETENTE_LANG"
"""The environment variable that holds the language of commands that are given none."""
_DECIMAL = re.compile(r"(?<![\w.,])[+-]?\d+\.\d+(?:e[+-]?\d+)?(?![\w.])")
"""A number of a table, as English writes it."""


def language_asked(arguments: Sequence[str]) -> str:
    """The language that a command line names with ``--lang`` (the first of several), else that of the environment.

    Read before anything is parsed, so that what is wrong with the command line is said in it, too.

    Examples
    --------
    >>> language_asked(["pair", "IND", "PAK", "--lang", "es"]), language_asked(["check", "--lang=es,en"])
    ('es', 'es')
    >>> language_asked(["check", "--lang", "xx"])
    'en'
    """
    given = [os.environ.get(LANGUAGE_VARIABLE, "")]
    for word, after in zip(arguments, (*arguments[1:], "")):
        given += [after] if word == "--lang" else [word.partition("=")[2]] if word.startswith("--lang=") else []
    language = given[-1].split(",")[0].strip()
    if language in ("", SOURCE):
        return SOURCE
    from detente.language import LANGUAGES

    return language if language in LANGUAGES else SOURCE


def language_here() -> str:
    """The language of the command that is running."""
    context = click.get_current_context(silent=True)
    asked = context.find_object(dict) if context else None
    return (asked or {}).get("language", SOURCE)


def sentence_here(text: str, language: str) -> str:
    """A sentence of the command line in the language asked for, or in English where it has no words for it."""
    if language == SOURCE:
        return text
    from detente.language.error_words import said_part, said_sentence

    return said_part(text, language) or said_sentence(text, language)[0]


def here(text: str) -> str:
    """Words of a command's, or a text of the catalogue, in the language of the command that is running."""
    language = language_here()
    if language == SOURCE:
        return text
    from detente.language import Catalogue, Text, said

    if isinstance(text, Text):
        return said(text, Catalogue(language))
    return "\n".join(sentence_here(line, language) for line in text.split("\n"))


def usage_error(error: click.ClickException, language: str) -> str:
    """What click says of a command line that it cannot read, in the language asked for."""
    shown = StringIO()
    error.show(file=shown)
    lines = shown.getvalue().rstrip("\n").split("\n")
    for k, line in enumerate(lines):
        head, colon, rest = line.partition(": ")
        parts = [f"{head}:", rest] if colon and head in ("Usage", "Error") else [line]
        lines[k] = " ".join(sentence_here(part, language) for part in parts)
    return "\n".join(lines)


def tell(sentence: str, *, err: bool = False) -> None:
    """Print a sentence of ours in the language that was asked for; a line without words in it in English."""
    click.echo(here(sentence), err=err)


def tell_table(text: str) -> None:
    """Print a table with the sentences around it: said in the language asked for, numbers with its decimal sign."""
    language = language_here()
    click.echo("\n".join(line if language == SOURCE else _signed(line, language) for line in text.split("\n")))


def _signed(line: str, language: str) -> str:
    from detente.language import Catalogue

    told, decimal = here(line), Catalogue(language)("number.decimal")
    for number in _DECIMAL.findall(line):
        told = re.sub(rf"(?<![\w.,]){re.escape(number)}(?![\w.])", number.replace(".", decimal), told)
    return told
