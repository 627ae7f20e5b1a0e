"""Signs and codes of money that stand beside a number: *US$4m*, *KD 4 million*, *4 million TL*."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from detente.record.draft.language.words import words

CODES = words("en", "units", "currencies")
_ANYWHERE, _LARGE = tomllib.loads(
    files("detente.record.draft.language").joinpath("signs.toml").read_text(encoding="utf-8")
).values()
_NO_SIGNS = {"All", "Cop", "Cup", "Gel", "Mad", "Mop", "Pen", "Ron", "Sos", "Top", "Try"}
"""Codes that are words when written as *Ugx* is."""
_SPELT = {code.title(): code.lower() for code in CODES if code.title() not in _NO_SIGNS}
LARGE = frozenset([*(sign for signs in _LARGE.values() for sign in signs), *_SPELT])
"""Signs that are money only before millions or more."""
SIGNS = {
    **_SPELT,
    **{f"{code}$": code.lower() for code in CODES},
    **{sign: code for signs in (_LARGE, _ANYWHERE) for code, found in signs.items() for sign in found},
}
"""The code of every sign."""
ANY_SIGN = "|".join(re.escape(sign) for sign in sorted([*SIGNS, *CODES], key=len, reverse=True))
BEFORE = re.compile(rf"(?<![A-Za-z])({ANY_SIGN})\s?(?:(?:FOB|CIF)\s)?$")
LONGEST = max(map(len, SIGNS)) + len(" FOB ")
_FREE = [sign for sign in SIGNS if len(sign) > 1 or not sign.isalpha()]
AFTER = re.compile(
    rf"(M\s?)??({'|'.join(re.escape(sign) for sign in sorted([*_FREE, *CODES], key=len, reverse=True))})(?!\w|\s?\d)"
)
"""*20 €*, *1.250 M€*, *4 billion TL*: money that stands after the number, and before no other."""


_WORDS = {"ALL", "CUP", "TOP", "TRY"}
NO_CODE_BEFORE = rf"(?<!\b(?:{'|'.join(code for code in CODES if code not in _WORDS)})\s)"
"""In a regular expression: what follows is no amount, *NOK 1682*."""


def glued() -> str:
    """A regular expression for the place between a sign in letters and the number that follows without a space: *KD|4m*."""
    alike: dict[tuple[int, str], list[str]] = {}
    for sign in sorted(SIGNS):
        if sign[-1].isalpha():
            alike.setdefault((len(sign), r"\b" if sign[0].isalpha() else ""), []).append(re.escape(sign))
    return "|".join(rf"(?<={edge}(?-i:{'|'.join(signs)}))" for (_, edge), signs in alike.items())


def currency_before(text: str, end: int) -> tuple[int, str] | None:
    """Where a currency sign or code that ends at ``end`` begins, and its ISO 4217 code in lower case.

    >>> currency_before("worth US$7bn", 9)
    (6, 'usd')
    """
    found = BEFORE.search(text, max(0, end - LONGEST), end)
    return (found.start(1), code_of(found.group(1))) if found else None


def code_of(sign: str) -> str:
    """The code of a sign, or of a code in capitals.

    >>> code_of("TL"), code_of("USD")
    ('try', 'usd')
    """
    return SIGNS.get(sign) or sign.lower()
