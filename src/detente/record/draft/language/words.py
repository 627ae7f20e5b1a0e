"""The words the drafting step looks for, from ``en.toml`` and ``es.toml`` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "es")


@cache
def table(language: str) -> dict[str, Any]:
    """All words of a language, by section."""
    return tomllib.loads(
        files("detente.record.draft.language").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    )


def words(language: str, section: str, name: str) -> list[str]:
    """A list of words; empty where the language has none.

    >>> words("es", "attributions", "be")[:2]
    ['era', 'eran']
    """
    return table(language)[section].get(name, "").split()


def either(section: str, name: str, *languages: str) -> str:
    """A regular expression that matches any entry of a list, in one or more languages, as a group without a name."""
    entries = [entry for language in languages for entry in table(language)[section].get(name, ())]
    return f"(?:{'|'.join(entries)})"
