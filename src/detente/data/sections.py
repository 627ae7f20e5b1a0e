"""The sections of the Harmonised System: which chapter is of which, and what they hold in a few words."""

from __future__ import annotations

from types import MappingProxyType

import polars as pl

_UPTO = {
    "I": 5, "II": 14, "III": 15, "IV": 24, "V": 27, "VI": 38, "VII": 40, "VIII": 43, "IX": 46, "X": 49, "XI": 63,
    "XII": 67, "XIII": 70, "XIV": 71, "XV": 83, "XVI": 85, "XVII": 89, "XVIII": 92, "XIX": 93, "XX": 96, "XXI": 97,
}  # fmt: skip
"""The last chapter of each section (World Customs Organization, HS 2022; the same since 1988)."""
UNSPECIFIED = "not specified"
DIGITS = ("2 digits", "4 digits", "6 digits", "8 digits", "10 digits")


def section_of(code: str) -> str:
    """The section of an HS code of two digits or more; chapters 98 and 99 are not specified.

    Examples
    --------
    >>> section_of("2709"), section_of("87"), section_of("99")
    ('V', 'XVII', 'not specified')
    """
    chapter = int(code.replace(".", "")[:2])
    return next((section for section, last in _UPTO.items() if 1 <= chapter <= last), UNSPECIFIED)


SECTIONS = MappingProxyType({f"{chapter:02d}": section_of(f"{chapter:02d}") for chapter in range(1, 100)})
"""Section by chapter."""
ORDER = (*_UPTO, UNSPECIFIED)


def sections(codes: pl.Series) -> pl.Series:
    """The section of each HS code."""
    return (
        codes.str.replace_all(".", "", literal=True)
        .str.head(2)
        .replace_strict(dict(SECTIONS), default=UNSPECIFIED, return_dtype=pl.String)
    )
