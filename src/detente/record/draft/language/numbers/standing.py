"""Where a bare number ends, and the sentence in which it stands."""

from __future__ import annotations

import re
from typing import Protocol

GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
"""A number with its thousands apart."""
ENDS = re.compile(r"\s*(?:[.,;:()\x00]|$)|\s(?:in|en|for|and|y|e|or|o|against|frente|compared|from|to|a|desde)\b")
ENDS_COUNT = re.compile(
    rf"{ENDS.pattern}|\s(?:during|over|last|this|since|between|at|by|up|down|including|durante|desde|el|entre|al|while|mientras|del?|of)\b"
)
"""What may follow a bare number, and a bare count."""
CARRY = 160
"""Characters over which an amount in millions may take the currency of the one before it."""


class Placed(Protocol):
    """A figure found before: its place and unit."""

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...

    @property
    def unit(self) -> str:
        """What it is in."""
        ...


def sentence_start(text: str, place: int) -> int:
    """Where the sentence or line begins in which ``place`` is."""
    return max(text.rfind(mark, 0, place) for mark in (". ", "\n", "; ")) + 1
