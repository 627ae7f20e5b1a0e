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

    A state says so by itself. Words say so unless they give the number as a level ("fell to
    3%"), which a figure below zero belies.
    """
    if claim.unit not in SIGNED or not claim.value or signed(claim):
        return False
    if claim.state or direction_in(claim.text) != DOWN:
        return claim.state == "down"
    return found < 0 or _changed_by(claim)


def in_deficit(claim: Claim) -> bool:
    """Whether an amount without a sign is one below zero: the claim speaks of the deficit of a balance."""
    return is_balance(claim) and not signed(claim) and _speaks_of(claim, "deficit") and not _speaks_of(claim, "surplus")


def signed(claim: Claim) -> bool:
    """Whether the number claimed is written with its sign."""
    return claim.value.strip()[:1] in ("-", "+")


def is_balance(claim: Claim) -> bool:
    """Whether the claim's series is a balance, which may lie on either side of zero."""
    return "balance" in claim.target and bool(claim.value)


def worded(claim: Claim, found: float) -> Wording:
    """The claim's number on the side of zero that its words give it, bounded away from zero where it is below.

    "Shrank by more than 3%" allows a figure of -3.4, and so does -3 with ``op=more than``.
    """
    below = claim.value.strip().startswith("-") and (claim.unit in SIGNED or is_balance(claim))
    if below or fallen(claim, found) or (found < 0 and in_deficit(claim)):
        return claim.wording.turned
    return claim.wording


def other_way(claim: Claim, found: float) -> bool:
    """Whether a figure is a rise where the claim speaks of a fall, however small."""
    return found > 0 and fallen(claim, found)


def _speaks_of(claim: Claim, word: str) -> bool:
    return bool(re.search(rf"\b{either('balance', word, *LANGUAGES)}", claim.text, re.IGNORECASE))


def _changed_by(claim: Claim) -> bool:
    """Whether the claim's words give its number, and not as a level that was reached or left."""
    number = re.escape(claim.value.strip()).replace(r"\.", "[.,]")
    given = re.search(rf"(?<![\d.,]){number}(?![\d]|[.,]\d)", claim.text)
    return bool(given) and not any(
        _level(language).search(claim.text[: given.start()]) for language in _fall_told_in(claim)
    )


def _fall_told_in(claim: Claim) -> list[str]:
    return [n for n in LANGUAGES if re.search(rf"\b{either('direction', 'down', n)}\b", claim.text, re.IGNORECASE)]


@cache
def _level(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b{either('balance', 'level', language)}\s(?:\w+\s)?$", re.IGNORECASE)
