"""The dated ruptures and reopenings, as typed in the library's own table.

Nothing here is a result: a case says who, when, by which instrument and who says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.errors import SpecificationError, did_you_mean

INSTRUMENTS = ("closure", "payment freeze", "product ban", "conflict", "diplomatic quarrel")
SCOPES = {"closure": ("all trade", "land border"), "product ban": ("all trade", "part of trade")}
"""What an instrument stops, where it may be one or the other. All trade: an embargo, a ban on all that one side buys or
sells, borders closed to every kind of traffic, or a duty that amounts to a ban; a land border: crossings, while other ways
are open; part of trade: some goods, or all at a price."""


READ = ("opening", "passage", "abstract")


@dataclass(frozen=True, slots=True)
class LibrarySource:
    """Who says so, and how much of it was read.

    Attributes
    ----------
    source_id : str
    title : str
        In brackets where it is our description.
    publisher : str
        With ``(copy)`` where a copy of the page was read elsewhere.
    date : str
        ISO date, month or year, or ``n.d.``.
    address : str
        Empty where the page has none worth giving.
    read : str
        ``opening`` of the page, ``passage`` of a longer text, or ``abstract``.
    dates : tuple of str
        Dates of the library that it gives.
    instruments : tuple of str
        Instruments of the library that it describes.
    supports : str
        What it says, in a line.
    """

    source_id: str
    title: str
    publisher: str
    date: str
    address: str
    read: str
    dates: tuple[str, ...]
    instruments: tuple[str, ...]
    supports: str

    def gives(self, date: str) -> bool:
        """Whether a date of the library, to its own precision, stands in this source."""
        return any(d.startswith(date) for d in self.dates)


@dataclass(frozen=True, slots=True)
class LibraryCase:
    """One directed flow with a dated rupture.

    Attributes
    ----------
    case_id : str
        Origin, destination and year of the rupture.
    origin, destination : str
        ISO alpha-3 codes.
    instrument : str
        closure, payment freeze, product ban, conflict or diplomatic quarrel.
    scope : str
        What it stops, by its title and sources: ``all trade``, ``land border`` or ``part of trade``; empty where the
        instrument says it.
    start, reopened : str
        ISO dates of the rupture and, where there was one, of the reopening.
    until : int or None
        Last year that belongs to the case (a new rupture follows); None for no limit.
    panel : str
        The panel its path is computed from: ``baci`` (2000-2020) or ``cow`` (1948-2014).
    region : str
    title, note : str
    source_ids : tuple of str
    """

    case_id: str
    origin: str
    destination: str
    instrument: str
    scope: str
    start: str
    reopened: str
    until: int | None
    panel: str
    region: str
    title: str
    source_ids: tuple[str, ...]
    note: str

    @property
    def start_year(self) -> int:
        return int(self.start[:4])

    @property
    def reopened_year(self) -> int | None:
        return int(self.reopened[:4]) if self.reopened else None


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("detente.attribution.library") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def sources() -> dict[str, LibrarySource]:
    """Sources of the library by id."""
    return {row["source_id"]: _source(row) for row in _rows("sources.csv")}


def _source(row: dict[str, str]) -> LibrarySource:
    cells: dict[str, Any] = dict(row)
    cells |= {name: tuple(filter(None, row[name].split(";"))) for name in ("dates", "instruments")}
    return LibrarySource(**cells)


@cache
def cases() -> tuple[LibraryCase, ...]:
    """All cases, in the order of the table.

    Examples
    --------
    >>> len(cases()) >= 25, "COL-VEN-2009" in {c.case_id for c in cases()}
    (True, True)
    """
    return tuple(_case(row) for row in _rows("cases.csv"))


def _case(row: dict[str, str]) -> LibraryCase:
    return LibraryCase(
        **{
            k: row[k] for k in ("case_id", "origin", "destination", "instrument", "scope", "start", "reopened", "panel")
        },
        until=int(row["until"]) if row["until"] else None,
        region=row["region"],
        title=row["title"],
        source_ids=tuple(row["source_ids"].split(";")),
        note=row["note"],
    )


def choose_cases(words: Iterable[str] = (), *, among: Iterable[LibraryCase] | None = None) -> tuple[LibraryCase, ...]:
    """Cases in which every word is found: an economy, instrument, scope, region, panel, year or ``reopened``.

    Parameters
    ----------
    words : iterable of str
        ``QAT``, ``closure``, ``"Latin America"``, ``2017``, ``cow``, ``reopened``.
    among : iterable of LibraryCase, optional

    Raises
    ------
    SpecificationError
        A word that no case carries.

    Examples
    --------
    >>> [c.case_id for c in choose_cases(["QAT", "closure", "ARE"])]
    ['ARE-QAT-2017', 'QAT-ARE-2017']
    """
    found = tuple(cases() if among is None else among)
    for word in words:
        known = {tag for case in cases() for tag in _tags(case)}
        folded = {tag.casefold() for tag in known}
        if word.casefold() not in folded:
            raise SpecificationError(
                f"No case of the library carries '{word}'.{did_you_mean(word, known)}",
                fix="Filter by economy, instrument, scope, region, panel, year or 'reopened'.",
            )
        found = tuple(c for c in found if word.casefold() in {t.casefold() for t in _tags(c)})
    return found


def _tags(case: LibraryCase) -> set[str]:
    tags = {case.case_id, case.origin, case.destination, case.instrument, case.region, case.panel, case.start[:4]}
    return tags | ({"reopened"} if case.reopened else set()) | ({case.scope} if case.scope else set())
