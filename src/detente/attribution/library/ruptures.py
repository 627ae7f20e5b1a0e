"""Known ruptures and returns, from the library's cases and from the list of diplomatic breaks and border closures.

A dyad with a rupture or a reopening of its own in the years that one asks about is no yardstick for another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.catalogue import cases


@dataclass(frozen=True, slots=True)
class DiplomaticBreak:
    """A break, recall, downgrade or border closure between two states, and its end where one was read.

    Attributes
    ----------
    a, b : str
        ISO alpha-3 codes, unordered.
    initiator : str
        Empty where it was not read.
    start, returned : str
        ISO date, month or year; ``returned`` is empty where no return was read, which is not the same as none.
    kind : str
        ``broken``, ``recalled``, ``downgraded`` or ``closed_border``.
    level_before, level_after, return_form, bloc, reason : str
        ``bloc`` is one decision taken by several, or a wave of them.
    last_reading : str
        Where no return was read: the last date to which a source still speaks of it, or empty.
    directed : str
        ``no`` for a closure that was no decision of one government against the other (health, residents, all borders).
    start_source, return_source : tuple of str
        Ids of the sources read.
    note : str
    """

    a: str
    b: str
    initiator: str
    start: str
    returned: str
    kind: str
    level_before: str
    level_after: str
    return_form: str
    last_reading: str
    directed: str
    bloc: str
    reason: str
    start_source: tuple[str, ...]
    return_source: tuple[str, ...]
    note: str


@cache
def diplomatic_breaks() -> tuple[DiplomaticBreak, ...]:
    """All rows of breaks.csv, in its order (by start).

    Examples
    --------
    >>> found = [b for b in diplomatic_breaks() if {b.a, b.b} == {"COL", "VEN"}]
    >>> any(b.start.startswith("2019-02") for b in found)
    True
    """
    return tuple(_break(row) for row in _rows("breaks.csv"))


@cache
def break_sources() -> dict[str, dict[str, str]]:
    """The sources of the breaks by id: title, publisher, date, address, read, supports."""
    return {row["source_id"]: row for row in _rows("break_sources.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("detente.attribution.library") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _break(row: dict[str, str]) -> DiplomaticBreak:
    kept: dict[str, Any] = {
        name: row[name] for name in DiplomaticBreak.__dataclass_fields__ if not name.endswith("_source")
    }
    several: dict[str, Any] = {
        name: tuple(row[name].split(";")) if row[name] else () for name in ("start_source", "return_source")
    }
    return DiplomaticBreak(**kept, **several)


@cache
def turning_points() -> tuple[tuple[str, str, int], ...]:
    """(origin, destination, year) of every rupture and reopening known, both directions of a break."""
    found: dict[tuple[str, str, int], None] = {}
    for case in cases():
        for date in (case.start, case.reopened):
            if date:
                found[case.origin, case.destination, int(date[:4])] = None
    for one in diplomatic_breaks():
        for date in (one.start, one.returned):
            if date:
                found[one.a, one.b, int(date[:4])] = found[one.b, one.a, int(date[:4])] = None
    return tuple(found)


def ruptured(
    economies: Sequence[str], first: int, last: int, own: Iterable[tuple[str, str, int]] = ()
) -> NDArray[np.bool_]:
    """Dyads with a rupture or reopening in the years ``first`` to ``last``.

    Parameters
    ----------
    economies : sequence of str
        Codes of the N rows and columns; others are passed over.
    first, last : int
    own : iterable of (origin, destination, year)
        Further ones, from a study's own record.

    Returns
    -------
    (N, N) bool array

    Examples
    --------
    >>> ruptured(("ARE", "COL", "QAT"), 2016, 2018).astype(int).tolist()
    [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    """
    at = {code: k for k, code in enumerate(economies)}
    out = np.zeros((len(at), len(at)), dtype=bool)
    for a, b, year in (*turning_points(), *own):
        if first <= year <= last and a in at and b in at:
            out[at[a], at[b]] = True
    return out
