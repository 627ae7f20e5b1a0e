"""Blocs and regions: what they are called, and who was a member on a day.

The names stand in ``blocs.csv``; the members in ``bloc_members.csv``, which ``scripts/build_blocs.py`` writes.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Membership:
    """One economy's time in a bloc; ``since`` and ``until`` (the last day) are None where it has no such end."""

    economy: str
    since: date | None
    until: date | None

    def on(self, day: date) -> bool:
        """Whether it was a member on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Bloc:
    """A bloc or a region.

    Attributes
    ----------
    code : what it is called in a study, ``EU``.
    names : by language, the name and the article before it within a sentence.
    aliases : other spellings and codes.
    memberships : who was a member, from when and until when.
    """

    code: str
    names: Mapping[str, tuple[str, str]]
    aliases: tuple[str, ...]
    memberships: tuple[Membership, ...]

    def members(self, day: date) -> tuple[str, ...]:
        """Codes of the members on a day, sorted.

        Examples
        --------
        >>> "GBR" in blocs()["EU"].members(date(2019, 12, 31)), "GBR" in blocs()["EU"].members(date(2020, 12, 31))
        (True, False)
        """
        return tuple(sorted(m.economy for m in self.memberships if m.on(day)))


@cache
def blocs() -> Mapping[str, Bloc]:
    """Every bloc and region that is known, by its code.

    Examples
    --------
    >>> blocs()["MERCOSUR"].members(date(2014, 6, 30))
    ('ARG', 'BRA', 'PRY', 'URY', 'VEN')
    """
    members: dict[str, list[Membership]] = {}
    for row in _rows("bloc_members.csv"):
        since, until = (date.fromisoformat(row[end]) if row[end] else None for end in ("from", "until"))
        members.setdefault(row["bloc"], []).append(Membership(row["economy"], since, until))
    return MappingProxyType(
        {
            row["code"]: Bloc(
                row["code"],
                MappingProxyType({"en": (row["name"], row["article"]), "es": (row["name_es"], row["article_es"])}),
                tuple(filter(None, row["aliases"].split(";"))),
                tuple(members[row["code"]]),
            )
            for row in _rows("blocs.csv")
        }
    )


def bloc_named(word: str) -> Bloc | None:
    """The bloc of a code or a name in any language and any case; None where it is none.

    Examples
    --------
    >>> bloc_named("european union").code, bloc_named("UE").code, bloc_named("France")
    ('EU', 'EU', None)
    """
    return _spellings().get(_fold(word))


@cache
def _spellings() -> Mapping[str, Bloc]:
    found: dict[str, Bloc] = {}
    for bloc in blocs().values():
        for word in (bloc.code, *(name for name, _ in bloc.names.values()), *bloc.aliases):
            found.setdefault(_fold(word), bloc)
    return found


def _fold(word: str) -> str:
    return " ".join(word.replace("_", " ").casefold().split())


def _rows(name: str) -> list[dict[str, str]]:
    with files("detente").joinpath(name).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
