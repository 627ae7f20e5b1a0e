"""What a passport needs for a visit, as ``scripts/build_visas.py`` wrote it.

``visas.parquet`` has one row a passport and destination with ``changes``, a list of numbers: of a change at the t-th reading
to the r-th rule, ``4 t + r``. ``visas.json`` says what the rules are, when they were read, whose they are and under which
licence. A reading says what stood on that day; the day of a change lies between two readings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import Any

import polars as pl

from detente.economies import lookup

RULES = ("free", "on_arrival", "needed", "shut")
FILES = ("visas.parquet", "visas.json")


@dataclass(frozen=True, slots=True)
class VisaRule:
    """What a passport needed for a short visit, at every reading from one day to another.

    Attributes
    ----------
    origin, destination : whose passport, and where to.
    rule : ``free`` (no visa), ``on_arrival`` (a visa on arrival or online), ``needed`` (a visa before travel) or ``shut`` (no
        entry for most, as in the pandemic).
    first, last : ISO days of the first and last reading that say so; the change lies between the reading before and ``first``.
    """

    origin: str
    destination: str
    rule: str
    first: str
    last: str


@cache
def visa_facts() -> Mapping[str, Any]:
    """``visas.json``: what the rules are, the days on which they were read, citation and licence.

    Examples
    --------
    >>> visa_facts()["licence"], len(visa_facts()["days"])
    ('MIT', 53)
    """
    return MappingProxyType(json.loads((files("detente.data.people") / "visas.json").read_text(encoding="utf-8")))


def visa_rules(origin: str, destination: str) -> tuple[VisaRule, ...]:
    """The rules for passports of one economy at the border of another, oldest first; none where nobody read them.

    Parameters
    ----------
    origin, destination : codes or names.

    Raises
    ------
    UnknownEconomy : a name that is none.

    Examples
    --------
    >>> [(one.rule, one.first) for one in visa_rules("TUR", "SYR")]
    [('needed', '2019-11-23'), ('free', '2024-08-03')]
    """
    days = visa_facts()["days"]
    a, b = lookup(origin), lookup(destination)
    found = [divmod(change, len(RULES)) for change in _changes().get((a, b), ())]
    ends = [t - 1 for t, _ in found[1:]] + [len(days) - 1]
    return tuple(VisaRule(a, b, RULES[rule], days[t], days[end]) for (t, rule), end in zip(found, ends))


@cache
def _changes() -> Mapping[tuple[str, str], list[int]]:
    frame = pl.read_parquet(BytesIO((files("detente.data.people") / "visas.parquet").read_bytes()))
    columns = (frame[name].cast(pl.String) for name in ("passport", "destination"))
    return MappingProxyType(dict(zip(zip(*columns), frame["changes"].to_list())))
