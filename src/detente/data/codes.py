"""Codes of economies as the sources write them, turned into ISO alpha-3."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import polars as pl

from detente import economies
from detente.errors import UnknownEconomy

# Numbers of UN Comtrade and BACI that are not ISO's: 251 France with Monaco, 842 USA with Puerto Rico, ...
COMTRADE_NUMBERS = {58: "BEL", 251: "FRA", 381: "ITA", 490: "TWN", 579: "NOR", 699: "IND", 757: "CHE", 842: "USA",
                    891: "SCG", 530: "ANT", 736: "SDN", 711: "XZA"}  # fmt: skip
# Alpha codes of one source that mean another economy, or none, elsewhere
IMF = {"KOS": "XKX", "WBG": "PSE"}
EUROSTAT = {"EL": "GRC", "UK": "GBR", "XK": "XKX", "XS": "SRB", "XI": "", "XC": "ESP", "XL": "ESP"}
COMTRADE = {"S19": "TWN", "ZA1": "XZA"}


@cache
def by_number() -> Mapping[int, str]:
    """ISO and Comtrade numbers to alpha-3 codes; Comtrade's own where the two differ."""
    iso = {row.numeric: code for code, row in economies.table().items() if row.numeric is not None}
    return iso | COMTRADE_NUMBERS


@cache
def by_letters() -> Mapping[str, str]:
    """Two-letter ISO codes to alpha-3 codes."""
    return {row.alpha2: code for code, row in economies.table().items() if row.alpha2}


def alpha3(cells: pl.Series, own: Mapping[str, str] | None = None) -> pl.Series:
    """Alpha-3 codes of cells in two letters, three letters or numbers; what is none of them stays as it is.

    Parameters
    ----------
    own : codes of the source that differ from ISO's, upper case, to alpha-3 ("" for none).

    Examples
    --------
    >>> alpha3(pl.Series(["CO", "170", "VEN", "EL"]), EUROSTAT).to_list()
    ['COL', 'COL', 'VEN', 'GRC']
    """
    mapping = {cell: _one(str(cell), own or {}) for cell in cells.unique().drop_nulls().to_list()}
    return cells.replace_strict(mapping, default=None, return_dtype=pl.String)


def _one(cell: str, own: Mapping[str, str]) -> str:
    text = cell.strip().upper()
    if text in own:
        return own[text]
    if text.isdecimal():
        return by_number().get(int(text), text)
    return by_letters().get(text, text) if len(text) == 2 else text


LISTED = {
    "democratic republic of congo": "COD", "congo": "COG", "macedonia, fyr": "MKD", "the gambia": "GMB",
    "the bahamas": "BHS", "hong kong, china": "HKG", "st. vincent": "VCT",
}  # fmt: skip
"""What lists of events call economies, beside the names they are looked up by; the *Congo* of UCDP is the smaller."""


def code_named(name: str) -> str:
    """The code of an economy that a list of events names, what it adds in brackets left out; empty if it is none.

    >>> code_named("Myanmar (Burma)"), code_named("Korea, North"), code_named("Tribesmen")
    ('MMR', 'PRK', '')
    """
    bare = name.partition("(")[0].strip()
    last, _, first = bare.partition(", ")
    for spelt in (bare, f"{first} {last}") if first else (bare,):
        if code := LISTED.get(spelt.casefold()):
            return code
        try:
            return economies.lookup(spelt)
        except UnknownEconomy:
            continue
    return ""


def codes_named(words: Iterable[str]) -> dict[str, str]:
    """The codes that words stand for by name: those that are no code, and name one economy of today.

    Two letters are a code where no word is anything else. A name of two economies, of a former one or of none is left out.

    >>> codes_named(["CHL", "Perú", "Congo", "Soviet Union", "Atlantis", "BR"]), codes_named(["BR", "CL"])
    ({'Perú': 'PER'}, {'BR': 'BRA', 'CL': 'CHL'})
    """
    cells = list(words)
    others = [cell for cell in cells if not economies.is_current(cell)]
    if others and all(cell.upper() in by_letters() for cell in cells):
        return {cell: by_letters()[cell.upper()] for cell in others}
    plain = {cell: economies.folded(cell) for cell in others}
    named = {cell: economies.spellings().get(word) for cell, word in plain.items() if word not in economies.AMBIGUOUS}
    return {cell: code for cell, code in named.items() if code is not None and economies.is_current(code)}
