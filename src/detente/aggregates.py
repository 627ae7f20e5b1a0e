"""What stands among economies and is none: the world, blocs, statistical groups, areas "not elsewhere specified".

``aggregates.csv`` holds them: the World Bank's groups (WDI's list of countries, region "Aggregates"), how other
sources write the world, blocs and unallocated trade, and groups that people name whose members are not listed here.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from detente.blocs import bloc_named, blocs
from detente.errors import first_five

# Comtrade's numbers of the world, of blocs and of areas not elsewhere specified
AREA_NUMBERS = frozenset(
    {"0", "97", "129", "221", "290", "471", "472", "473", "492", "527", "536", "568", "577", "636", "637", "697", "837",
     "838", "839", "849", "879", "899", "918"}
)  # fmt: skip
_IMF_GROUP = re.compile(r"G\d{3}|\d?[A-Z]\d{3}|TX\d{3}")
_BLOC = re.compile(r"EU\d{2}(_\d{4})?|EA\d{2}|E\d{1,2}_\d{4}")


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Something that stands where an economy does: its code, what sort it is, its name.

    ``sort`` is ``world``, ``rest`` (of the world), ``bloc``, ``group`` (of economies), ``area`` (not elsewhere
    specified) or ``part`` (of the economy whose code it has).
    """

    code: str
    sort: str
    name: str


def aggregate_named(word: str) -> Aggregate | None:
    """The aggregate of a code or a name in any case; None where it is none.

    >>> aggregate_named("AFE").name, aggregate_named("middle east").sort, aggregate_named("G001").sort
    ('Africa Eastern and Southern', 'group', 'world')
    >>> aggregate_named("COL") is None
    True
    """
    code = word.strip().upper()
    found = _spellings().get(_folded(word))
    if found is not None:
        return found
    if code.isdecimal() and str(int(code)) in AREA_NUMBERS:
        return Aggregate(code, "world" if int(code) == 0 else "area", "")
    if _BLOC.fullmatch(code):
        return Aggregate("EA" if code.startswith("EA") else "EU", "bloc", "")
    return Aggregate(code, "group", "") if _IMF_GROUP.fullmatch(code) else None


def is_aggregate(code: str) -> bool:
    """Whether a source's code is the world, a region, a bloc or "not elsewhere specified" rather than an economy.

    >>> is_aggregate("WLD"), is_aggregate("EU27_2020"), is_aggregate("Southern Asia"), is_aggregate("COL")
    (True, True, True, False)
    """
    found = aggregate_named(code)
    return bloc_named(code) is not None if found is None else found.sort not in ("rest", "part")


def no_economy(word: str) -> tuple[str, str] | None:
    """What an aggregate is, to follow its word in a sentence, and what to give instead; None of anything else.

    >>> no_economy("Scotland")
    ('has no trade of its own here: it is part of the United Kingdom', 'Its code is GBR.')
    """
    bloc, found = bloc_named(word), aggregate_named(word)
    if bloc is not None:
        members = bloc.members(date.max)
        return (
            f"is a bloc or a region of {len(members)} economies, and one economy is asked for here",
            f"Name one of its members ({first_five(members)}); a pair or a study of its own (detente pair, detente new) "
            "takes a bloc as a side.",
        )
    if found is None:
        return None
    if found.sort in ("world", "rest"):
        return "is the world or the rest of it, not one economy", "Name an economy."
    if found.sort == "area":
        taiwan = found.code in ("S19", "490")
        return (
            "stands for trade with areas not elsewhere specified, not for one economy",
            "In UN Comtrade it is mostly Taiwan: give TWN." if taiwan else "Name an economy.",
        )
    if found.sort == "part":
        return f"has no trade of its own here: it is part of {found.name}", f"Its code is {found.code}."
    if found.sort == "bloc":
        return (
            "is a bloc as it was on another day",
            f"Give {found.code}, with the day as blocs_as_of in study.toml (--as-of on the command line).",
        )
    meant = f" ({found.name})" if found.name and found.name.casefold() != word.casefold() else ""
    return (
        f"is a group of economies{meant}, whose members are not listed here",
        f"Name an economy, or a bloc or region that is known as a side: {', '.join(blocs())}.",
    )


@cache
def _spellings() -> Mapping[str, Aggregate]:
    found: dict[str, Aggregate] = {}
    with files("detente").joinpath("aggregates.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            one = Aggregate(row["code"], row["sort"], row["name"])
            own = () if one.sort == "part" else (one.code, one.name)
            for word in (*own, *filter(None, row["aliases"].split(";"))):
                found.setdefault(_folded(word), one)
    return found


def _folded(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return " ".join(plain.replace(",", " ").casefold().split())
