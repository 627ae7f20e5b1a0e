"""The help of a command in the language that is asked for: its sentences stand in ``help.csv`` of a language's folder."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache

import click

from detente.cli.telling import SOURCE, language_here

AS_WRITTEN = "\b"
"""What click has before a paragraph whose lines stay as they are."""
_AFTER = re.compile(r"(?P<help>.*?)(?P<gap> *)(?:\[(?P<facts>[^\[\]]*)\])?", re.DOTALL)
"""The help of an option, and what click says of it: its default, that it is required."""


class HelpFormatter(click.HelpFormatter):
    """Click's formatter, which is given every text before it is laid out: each is said in the reader's language first."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, said("Usage: ") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(said(heading))

    def write_text(self, text: str) -> None:
        super().write_text("\n\n".join(map(_paragraph, re.split(r"\n\s*\n", text))))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(term, _of_option(text)) for term, text in rows], col_max, col_spacing)


class HelpContext(click.Context):
    """Click's context with that formatter."""

    formatter_class = HelpFormatter


def said(text: str) -> str:
    """A text of the help in the language asked for, or as it is where that has none."""
    language = language_here()
    return text if language == SOURCE else words_of(language).get(text, text)


@cache
def words_of(language: str) -> Mapping[str, str]:
    """The texts of the help in one language, by their English."""
    from detente.language import LANGUAGES

    file = LANGUAGES.folders[language] / "help.csv"
    if not file.is_file():
        return {}
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["english"]: row["translation"] for row in rows}


def _paragraph(text: str) -> str:
    if text.startswith(AS_WRITTEN):
        return "\n".join(_line(line) for line in text.split("\n"))
    return _line(" ".join(text.split()))


def _line(text: str) -> str:
    """One line; an example is a command, which is nobody's language."""
    if text.startswith("Example: detente "):
        return said("Example: ") + text.removeprefix("Example: ")
    return said(text)


def _of_option(text: str) -> str:
    found = _AFTER.fullmatch(text)
    if found is None or found["facts"] is None:
        return said(text)
    facts = [_fact(fact) for fact in found["facts"].split("; ")]
    return f"{said(found['help'])}{found['gap']}[{'; '.join(facts)}]"


def _fact(fact: str) -> str:
    named, colon, value = fact.partition("default: ")
    return said(colon) + value if colon and not named else said(fact)
