"""The words for people between two economies: their tables, how numbers of them are said, and who they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from detente.language import Catalogue

Row = dict[str, Any]


class PeopleWords:
    """The tables of one pair, and the words for them in one language."""

    def __init__(
        self,
        frames: Mapping[str, pl.DataFrame],
        words: Catalogue,
        name: Callable[[str], str],
        source: Callable[[str], str],
    ) -> None:
        self.frames, self.words, self.name, self.source = frames, words, name, source

    def rule(self, rule: str) -> str:
        """A rule of visas."""
        return self.words.known("visa_rule", rule)

    def rows(self, table: str, a: str, b: str) -> list[Row]:
        """Rows of a table in one direction."""
        return self.frames[table].filter(origin=a, destination=b).to_dicts()

    def say(self, key: str, **values: Any) -> str:
        """A sentence or word of the group ``people``."""
        return self.words(f"people.{key}", **values)

    def people(self, count: float) -> str:
        """A number of people with their noun."""
        million = count >= 1e6
        return self.say("n_million" if million else "n", value=self.number(count))

    def bare(self, count: float) -> str:
        """A number of people without their noun."""
        number = self.number(count)
        return self.words("number.bare_million", value=number) if count >= 1e6 else number

    def number(self, count: float) -> str:
        """Three significant digits; millions with two decimals."""
        return self.words.number(count / 1e6, 2) if count >= 1e6 else self.words.number(float(f"{count:.3g}"))

    def span(self, low: float, high: float) -> str:
        """A range of numbers of people."""
        return self.words("number.range", low=self.bare(low), high=self.bare(high))
