"""Economies told by their capitals: *the envoys of Lima and Quito met*."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files


def capitals_in(text: str) -> list[str]:
    """ISO codes of the economies whose capitals a text names, in order.

    >>> capitals_in("Lima recalled its envoy to La Paz.")
    ['PER', 'BOL']
    """
    return list(dict.fromkeys(_codes()[match.group()] for match in _names().finditer(text)))


@cache
def _codes() -> dict[str, str]:
    with files("detente.record.draft.language.deeds").joinpath("capitals.csv").open(encoding="utf-8") as file:
        return {name: row["code"] for row in csv.DictReader(file) for name in row["names"].split(";")}


@cache
def _names() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(_codes(), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{names})(?![\w])")
