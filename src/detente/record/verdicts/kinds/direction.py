"""Which way a claim says that something went: by its sign, its state or its words."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from detente.record.draft.language.words import LANGUAGES, either, table
from detente.record.rows import Claim
from detente.record.verdicts.numbers import SIGNED, Wording

UP, DOWN, UNTOLD = 1, -1, 0


def direction_in(text: str) -> int:
    """Whether a text speaks of a rise (1), a fall (-1), or of neither or both (0), in any language that drafting reads.

    Examples
    --------
    >>> direction_in("Exports fell 40%"), direction_in("Las ventas crecieron un 5%"), direction_in("Trade was 40%")
    (-1, 1, 0)
    """
    up, down = (bool(_words(way).search(text)) for way in ("up", "down"))
    return UP if up and not down else DOWN if down and not up else UNTOLD


@cache
def _words(way: str) -> re.Pattern[str]:
    known = [language for language in LANGUAGES if "direction" in table(language)]
    return re.compile(rf"\b{either('direction', way, *known)}\b", re.IGNORECASE)


def direction_of(claim: Claim) -> int:
    """The direction of a change that a claim speaks of: its sign, else its state, else its words."""
    value = claim.value.strip()
    if value[:1] in ("-", "+"):
        return DOWN if value.startswith("-") else UP
    if claim.state in ("up", "down"):
        return UP if claim.state == "up" else DOWN
    return direction_in(claim.text)


def size_of(claim: Claim) -> Wording:
    """The size of the change claimed, without its sign."""
    wording = claim.wording
    return replace(wording, value=wording.value.strip().lstrip("+-"))


def fallen(claim: Claim, found: float) -> bool:
    """Whether a percentage without a sign is one below zero: the claim speaks of a fall.

    A state says so by itself; words only where the figure is below zero too, since "fell
    to 3%" speaks of a level.
    """
    if claim.unit not in SIGNED or not claim.value or claim.value.strip()[:1] in ("-", "+"):
        return False
    return claim.state == "down" or (not claim.state and found < 0 and direction_in(claim.text) == DOWN)
