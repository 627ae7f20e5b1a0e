"""The rows of a record as typed values, for code that looks at one at a time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from detente.errors import StudyError
from detente.language import own
from detente.record.period import Period
from detente.record.reading import split_list
from detente.record.states.vocabulary import StateChange, parse_sets
from detente.record.verdicts.numbers import Wording


def _number(cell: float | None) -> float:
    return math.nan if cell is None else float(cell)


def _period(cell: str | None) -> Period | None:
    return Period.parse(cell) if cell else None


@dataclass(frozen=True, slots=True)
class Source:
    """Who published what, and when.

    ``date`` is that of the copy at hand; ``published`` the day it first came out.
    """

    id: str
    title: str
    publisher: str
    date: Period | None
    kind: str
    cites: tuple[str, ...]
    url: str
    published: Period | None = None
    accessed: Period | None = None
    archived_url: str = ""
    quotation: str = ""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Source:
        """From a row of ``sources``."""
        dated = None if row["date"] == "n.d." else _period(row["date"])
        return cls(
            row["source_id"],
            row["title"],
            row["publisher"],
            dated,
            row["kind"],
            tuple(split_list(row["cites"])),
            row["url"] or "",
            _period(row.get("first_published")) or dated,
            _period(row.get("accessed")),
            row.get("archived_url") or "",
            row.get("quotation") or "",
        )


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when announced, when in effect, what it set."""

    id: str
    date: Period
    announced: Period | None
    title: str
    kind: str
    direction: str
    actors: tuple[str, ...]
    subsystems: tuple[str, ...]
    sets: tuple[StateChange, ...]
    source_ids: tuple[str, ...]

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Event:
        """From a row of ``events``."""
        start = Period.parse(row["date"])
        end = _period(row["end_date"])
        return cls(
            row["event_id"],
            Period(start.first, end.last) if end else start,
            _period(row["announced"]),
            own(row, "title"),
            row["kind"],
            row["direction"],
            tuple(split_list(row["actors"])),
            tuple(split_list(row["subsystems"])),
            tuple(parse_sets(row["sets"] or "")),
            tuple(split_list(row["source_ids"])),
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one source, with its period, unit and basis.

    ``text`` is the number as written, whose digits tell how far it was rounded.
    """

    id: str
    series: str
    period: Period
    value: float
    text: str
    low: float
    high: float
    unit: str
    basis: str
    kind: str
    status: str
    preferred: bool
    source_id: str
    derivation: str
    note: str

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Figure:
        """From a row of ``figures``."""
        return cls(
            row["figure_id"],
            row["series"],
            Period.parse(row["period"]),
            float(row["value"]),
            format(float(row["value"]), ".12g"),
            _number(row["low"]),
            _number(row["high"]),
            row["unit"],
            row["basis"],
            row["kind"],
            row["status"],
            _number(row["preferred"] or None) == 1,
            row["source_id"],
            row["derivation"] or "",
            row["note"] or "",
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says, and how the record can test it."""

    id: str
    source_id: str
    paragraph: str
    text: str
    type: str
    subsystem: str
    attributed_to: str
    date: Period | None
    value: str
    unit: str
    state: str
    test: str
    target: str
    options: Mapping[str, str]
    why_not: str
    note: str

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Claim:
        """From a row of ``claims``; no column holds a verdict, and none is read."""
        words = {
            name: row[name] or ""
            for name in (
                *("paragraph", "subsystem", "attributed_to", "value", "unit", "state"),
                *("test", "target"),
            )
        } | {name: own(row, name) for name in ("why_not", "note")}
        return cls(
            id=row["claim_id"],
            source_id=row["source_id"],
            text=own(row, "claim"),
            type=row["type"],
            date=_period(row["date"]),
            options=read_options(row["options"]),
            **words,
        )

    def option(self, name: str, default: str = "") -> str:
        """One of the ``name=value`` pairs of the options cell."""
        return self.options.get(name, default)

    @property
    def when(self) -> Period:
        """The date, for tests that need one; the check of a record sees to it that they have it."""
        if self.date is None:
            raise StudyError(f"The claim '{self.id}' has no date.", why=f"The test '{self.test}' needs one.")
        return self.date

    @property
    def wording(self) -> Wording:
        """The number claimed, with the operator of the options."""
        digits = self.option("digits")
        return Wording(self.value, self.option("op"), self.unit, int(digits) if digits else None)


def read_options(cell: str | None) -> Mapping[str, str]:
    """The ``name=value`` pairs of an options cell, in their order.

    Examples
    --------
    >>> dict(read_options("op=about;basis=fob"))
    {'op': 'about', 'basis': 'fob'}
    """
    pairs = (part.partition("=") for part in split_list(cell))
    return MappingProxyType({name.strip(): value.strip() for name, _, value in pairs})
