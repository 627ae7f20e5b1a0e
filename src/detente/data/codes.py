"""Codes of economies as the sources write them, turned into ISO alpha-3; aggregates are told apart and counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import polars as pl

from detente import economies
from detente.errors import UnknownEconomy


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# The World Bank's groups (WDI country list, region "Aggregates"), and how others write the world and blocs.
WORLD_BANK_GROUPS = _words(
    "AFE AFW ARB CEB CSS EAP EAR EAS ECA ECS EMU EUU FCS HIC HPC IBD IBT IDA IDB IDX LAC LCN LDC LIC LMC LMY LTE MEA "
    "MIC MNA NAC OED OSS PRE PSS PST SAS SSA SSF SST TEA TEC TLA TMN TSA TSS UMC WLD INX"
)
WORLD = _words("W00 XWD WLD WORLD W W1 W0 G001 WLT _T TOTAL ALL TO1")
BLOCS = _words("EU EUN EU2 EU15 EU25 EU27 EU28 EUU EU27_2020 EA EA19 EA20 G7 G20 OECD ASEAN NAFTA EFTA")
NOT_ELSEWHERE = _words("_X X1 X2 A49 A59 A79 E19 E29 F19 F49 F97 N98 O19 R4 R20 R91 S19 XX X90 PUS ZA1 A2 UNSPECIFIED")
# Comtrade's numbers of the world, of blocs and of areas not elsewhere specified
AREA_NUMBERS = frozenset(
    {"0", "97", "129", "221", "290", "471", "472", "473", "492", "527", "536", "568", "577", "636", "637", "697", "837",
     "838", "839", "849", "879", "899", "918"}
)  # fmt: skip
_IMF_GROUP = re.compile(r"G\d{3}|\d?[A-Z]\d{3}|TX\d{3}")
_BLOC = re.compile(r"EU\d{2}(_\d{4})?|EA\d{2}|E\d{1,2}_\d{4}")
# Numbers of UN Comtrade and BACI that are not ISO's: 251 France with Monaco, 842 USA with Puerto Rico, ...
COMTRADE_NUMBERS = {58: "BEL", 251: "FRA", 381: "ITA", 490: "TWN", 579: "NOR", 699: "IND", 757: "CHE", 842: "USA",
                    891: "SCG", 530: "ANT", 736: "SDN", 711: "XZA"}  # fmt: skip
# Alpha codes of one source that mean another economy, or none, elsewhere
IMF = {"KOS": "XKX", "WBG": "PSE"}
EUROSTAT = {"EL": "GRC", "UK": "GBR", "XK": "XKX", "XS": "SRB", "XI": "", "XC": "ESP", "XL": "ESP"}
COMTRADE = {"S19": "TWN", "ZA1": "XZA"}


def is_aggregate(code: str) -> bool:
    """Whether a code is the world, a region, a bloc or "not elsewhere specified" rather than an economy.

    >>> is_aggregate("WLD"), is_aggregate("EU27_2020"), is_aggregate("G001"), is_aggregate("COL")
    (True, True, True, False)
    """
    folded = code.strip().upper()
    if folded in economies.table():
        return False
    if folded.isdecimal():
        return str(int(folded)) in AREA_NUMBERS
    known = folded in WORLD or folded in BLOCS or folded in WORLD_BANK_GROUPS or folded in NOT_ELSEWHERE
    return known or bool(_BLOC.fullmatch(folded) or _IMF_GROUP.fullmatch(folded))


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


def code_named(name: str) -> str:
    """The code of an economy that a list of events names, what it adds in brackets left out; empty if it is none.

    >>> code_named("Myanmar (Burma)"), code_named("Tribesmen")
    ('MMR', '')
    """
    try:
        return economies.lookup(name.partition("(")[0].strip())
    except UnknownEconomy:
        return ""
