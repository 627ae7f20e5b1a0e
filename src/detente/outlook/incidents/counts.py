"""Counts of incidents by period, from a user's own export of ACLED, UCDP or a plain table; nothing of it ships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.data.facts import Events
from detente.data.registry import recognise, sources
from detente.data.tables.files import Files, read_table_file
from detente.errors import SpecificationError, UnknownColumn, UsageError
from detente.record.period import Period

Floats = NDArray[np.float64]
EVERY = {"month": 12, "quarter": 4, "year": 1}
"""Kinds of period, and how many make a year."""
VIOLENT = ("Battles", "Violence against civilians", "Explosions/Remote violence")
"""ACLED's types that are incidents; protests and strategic developments are not."""


@dataclass(frozen=True, slots=True)
class IncidentCounts:
    """Incidents by period.

    Attributes
    ----------
    names : tuple of str
        The D series: pairs, places.
    every : ``month``, ``quarter`` or ``year``
    periods : tuple of str
        The T periods in order, without a gap.
    counts : (T, D) array
        A period without an incident inside the span that was covered is a zero.
    """

    names: tuple[str, ...]
    every: str
    periods: tuple[str, ...]
    counts: Floats

    @classmethod
    def of_dates(
        cls, dates: Iterable[str], every: str = "month", since: str | None = None, until: str | None = None,
        name: str = "incidents",
    ) -> IncidentCounts:  # fmt: skip
        """From one date an incident; the span covered is from the first to the last of them unless it is given.

        Parameters
        ----------
        dates : ISO days or months; a coarser date than the period cannot be counted.
        since, until : first and last day that the source covers.

        Raises
        ------
        SpecificationError
            No incident, a date that is coarser than the period, or a span that ends before it begins.

        Examples
        --------
        >>> IncidentCounts.of_dates(["2024-01-05", "2024-03-01", "2024-03-09"]).counts[:, 0].tolist()
        [1.0, 0.0, 2.0]
        """
        _check_every(every)
        days = [_whole(text, every) for text in dates]
        first = min(days, default=None) if since is None else Period.parse(since).first
        last = max(days, default=None) if until is None else Period.parse(until).last
        if first is None or last is None or not days:
            raise SpecificationError("There is no incident to count.", fix="Give a file that has some of the two.")
        if last < first:
            raise SpecificationError(f"The span covered ends on {last}, before it begins on {first}.")
        start, end = _place(first, every), _place(last, every)
        values = np.zeros((end - start + 1, 1))
        for day in days:
            if first <= day <= last:
                values[_place(day, every) - start, 0] += 1
        return cls((name,), every, tuple(_label(k, every) for k in range(start, end + 1)), values)

    @property
    def a_year(self) -> int:
        """Periods in a year."""
        return EVERY[self.every]

    def next_labels(self, n: int) -> list[str]:
        """Names of the n periods after the last."""
        last = place_of(self.periods[-1], self.every)
        return [_label(last + k, self.every) for k in range(1, n + 1)]


def read_incidents(
    path: str | Path, *, pair: tuple[str, str] | None = None, every: str = "month", source: str | None = None,
    since: str | None = None, until: str | None = None,
) -> IncidentCounts:  # fmt: skip
    """Counts from a file: ACLED's or UCDP's export, recognised by its columns, or a table with ``date`` or ``period, count``.

    Parameters
    ----------
    path : the file.
    pair : count only what both economies (alpha-3) have a part in; everything in the file unless given.
    every : ``month``, ``quarter`` or ``year``.
    source : the layout, where it is not to be recognised: ``acled``, ``ucdp``.
    since, until : what the export covers; from its first to its last incident unless given. Give ``until``: a quiet end
        is otherwise taken for the end of the file.

    Raises
    ------
    UnreadableFile, UnknownColumn
    SpecificationError
        Nothing to count.
    """
    files = Files(Path(path))
    layout = source or _recognised(files)
    if layout is None:
        return _plain(files, every, since, until)
    if layout not in sources() or sources()[layout].gives != "events":
        raise UsageError(f"'{layout}' is no source of events.", fix="Use acled, ucdp or gdelt.")
    facts = sources()[layout].facts_in(files)
    assert isinstance(facts, Events)  # by the registry's word ``gives``
    frame = facts.frame
    if layout == "acled":
        frame = frame.filter(pl.col("kind").is_in(VIOLENT))
    if pair is not None:
        both = pl.col("actors").fill_null("").str.split(";")
        frame = frame.filter(both.list.contains(pair[0]) & both.list.contains(pair[1]))
        if frame.is_empty():
            raise SpecificationError(
                f"No incident in {Path(path).name} names both {pair[0]} and {pair[1]}.",
                why="A count of somebody else's incidents says nothing of the two.",
                fix="Count everything in the file by leaving the pair out (on the command line: --all).",
            )
    name = "-".join(pair) if pair else Path(path).stem
    return IncidentCounts.of_dates(frame["date"].to_list(), every, since, until, name)


def _recognised(files: Files) -> str | None:
    found = recognise(files)
    return found.name if found is not None and found.gives == "events" else None


def _plain(files: Files, every: str, since: str | None, until: str | None) -> IncidentCounts:
    """A table of incidents (``date``) or of counts (``period, count``)."""
    table = read_table_file(files, files.names[0], None)
    named = {c.strip().casefold(): c for c in table.columns}
    name = files.path.stem
    if {"period", "count"} <= named.keys():
        dates = []
        for period, count in table.select(named["period"], named["count"]).iter_rows():
            n = _whole_count(count, str(period))
            dates += [str(period)] * n
        spans = [Period.parse(str(p)) for p in table[named["period"]]]
        if len({s.first for s in spans}) < len(spans):
            raise SpecificationError("A period stands twice in the table of counts.", fix="Add the two rows up.")
        return IncidentCounts.of_dates(
            dates, every, since or min(spans).first.isoformat(), until or max(s.last for s in spans).isoformat(), name
        )
    if "date" in named:
        return IncidentCounts.of_dates([str(d) for d in table[named["date"]]], every, since, until, name)
    raise UnknownColumn(
        f"{files.path.name} is neither ACLED's nor UCDP's export and has no column 'date'.",
        where=f"The columns are: {', '.join(table.columns)}.",
        fix="Give a column date with a row an incident, or columns period and count.",
    )


def _whole_count(value: object, period: str) -> int:
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if number < 0 or number != int(number):
        raise SpecificationError(f"The count of {period} is {value}.", fix="Incidents are whole numbers, 0 for none.")
    return int(number)


def _check_every(every: str) -> None:
    if every not in EVERY:
        raise SpecificationError(f"every={every!r} is no period.", fix=f"Use {', '.join(EVERY)}.")


def _whole(text: str, every: str) -> date:
    """The first day of a date that is no coarser than the period."""
    when = Period.parse(text)
    if _place(when.first, every) != _place(when.last, every):
        raise SpecificationError(
            f"The date {text} is coarser than a {every}.", fix="Leave it out, or count by year (every='year')."
        )
    return when.first


def _place(day: date, every: str) -> int:
    return day.year * EVERY[every] + (day.month - 1) * EVERY[every] // 12


def _label(place: int, every: str) -> str:
    year, part = divmod(place, EVERY[every])
    return {"month": f"{year}-{part + 1:02d}", "quarter": f"{year}-Q{part + 1}", "year": str(year)}[every]


def place_of(label: str, every: str) -> int:
    """Where a period stands among all of its kind: ``2024-03``, ``2024-Q1`` or ``2024``."""
    part = label[5:].lstrip("Q") or "1"
    return int(label[:4]) * EVERY[every] + int(part) - 1
