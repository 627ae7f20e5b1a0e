"""What a line between two economies can carry, by date: bounds where nothing better can be told, and the term that binds.

Exact for one line: ``0 <= flow <= 1{intact} min(capacity, contract, surplus of the origin, demand of the destination)``
over the terms that are known (findings on gas and air: no method did better than such bounds, and no panel of many pairs
exists on which one could be scored). A term of which sources give several values is a range; the bound is then the
highest that any of them allows, beside the one that all of them allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from detente.errors import SpecificationError

TERMS = ("capacity", "contract", "surplus", "demand")
EVER, NEVER = date.min, date.max
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LineTerms:
    """What is known of one line over some time.

    Attributes
    ----------
    line, family, origin, destination, unit : str
        ``family`` is what flows: gas, electricity, ...
    terms : mapping of ``capacity``, ``contract``, ``surplus``, ``demand`` to (least, most), in ``unit``
        Those that are known; of one value both ends are the same. Without any, only days without the line have a bound.
    valid : (date, date)
        First and last day on which these terms hold; ``date.min`` and ``date.max`` where there is no limit.
    intact : (date, date)
        First and last day on which the line stands; outside it carries nothing.
    sources : tuple of str
    if_ : str
        What is assumed; empty where it is on record.
    """

    line: str
    family: str
    origin: str
    destination: str
    unit: str
    terms: dict[str, Span]
    valid: tuple[date, date] = (EVER, NEVER)
    intact: tuple[date, date] = (EVER, NEVER)
    sources: tuple[str, ...] = ()
    if_: str = ""

    @property
    def same_line(self) -> tuple[str, str, str, str, str]:
        """What makes two rows speak of one line under one assumption."""
        return self.family, self.origin, self.destination, self.line, self.if_


@dataclass(frozen=True, slots=True)
class LineBound:
    """What a line can have carried, or can carry, over some days.

    Attributes
    ----------
    line, family, origin, destination, unit, if_ : str
    first, last : date
        ``date.min`` and ``date.max`` where there is no limit.
    low : float
        Nothing: no term obliges a line to carry.
    high : float
        The most that any reading of the terms allows.
    high_least : float
        The most that every reading allows; equal to ``high`` where sources agree.
    binds : tuple of str
        The terms that may be the limit: ``line`` (not intact), ``capacity``, ``contract``, ``surplus``, ``demand``. More
        than one where their ranges overlap.
    sources : tuple of str
    """

    line: str
    family: str
    origin: str
    destination: str
    unit: str
    if_: str
    first: date
    last: date
    low: float
    high: float
    high_least: float
    binds: tuple[str, ...]
    sources: tuple[str, ...]


def line_bounds(rows: Iterable[LineTerms]) -> tuple[LineBound, ...]:
    """Bounds of every line over every stretch of days with the same terms.

    Parameters
    ----------
    rows : of one or several lines.

    Returns
    -------
    tuple of LineBound
        By line and date; days of which no row tells have none.

    Raises
    ------
    SpecificationError
        Two rows of one line hold on the same day, their units differ, or a term is none or negative.

    Examples
    --------
    >>> gas = LineTerms("north", "gas", "NOR", "SWE", "mn_m3", {"capacity": (9.0, 10.0), "contract": (4.0, 4.0)},
    ...                 valid=(date(2020, 1, 1), date(2021, 12, 31)), intact=(EVER, date(2020, 12, 31)))
    >>> [(b.first.year, b.high, b.binds) for b in line_bounds([gas])]
    [(2020, 4.0, ('contract',)), (2021, 0.0, ('line',))]
    """
    ordered = sorted(rows, key=lambda r: (*r.same_line, r.valid))
    for row in ordered:
        _check_terms(row)
    for _, group in groupby(ordered, key=lambda r: r.same_line):
        _check_apart(list(group))
    return tuple(bound for row in ordered for bound in _stretches(row))


def _check_terms(row: LineTerms) -> None:
    where = f"The line '{row.line}' from {row.origin} to {row.destination}"
    if not row.terms and row.intact == (EVER, NEVER):
        raise SpecificationError(f"{where} has no term.", fix=f"Give at least one of {', '.join(TERMS)}.")
    for name, (least, most) in row.terms.items():
        if name not in TERMS or not 0 <= least <= most < float("inf"):
            raise SpecificationError(
                f"{where}: {name} = {least:g} to {most:g}.",
                why="What a line can carry is a number of its unit, not below nothing.",
                fix="Give one number, or [least, most].",
            )


def _check_apart(rows: list[LineTerms]) -> None:
    for one, other in pairwise(rows):
        if one.unit != other.unit:
            raise SpecificationError(
                f"The line '{one.line}' is given in {one.unit} and in {other.unit}.",
                why="Bounds in two units cannot be laid side by side.",
                fix="Convert one of them.",
            )
        if other.valid[0] <= one.valid[1]:
            raise SpecificationError(
                f"Two rows of the line '{one.line}' from {one.origin} to {one.destination} hold on {other.valid[0]}.",
                why="Only one set of terms can hold on a day.",
                fix="End the earlier with valid_until, or give the line behind the other one a name of its own.",
            )


def _stretches(row: LineTerms) -> Iterator[LineBound]:
    """The bounds of one row: before, while and after the line is intact."""
    first, last = row.valid
    built, gone = row.intact
    cuts = [first, *(d for d in (built, gone + timedelta(1) if gone < NEVER else None) if d and first < d <= last)]
    for k, start in enumerate(cuts):
        end = cuts[k + 1] - timedelta(1) if k + 1 < len(cuts) else last
        intact = built <= start <= gone
        if row.terms or not intact:
            yield _bound(row, start, end, intact)


def _bound(row: LineTerms, first: date, last: date, intact: bool) -> LineBound:
    high, least, binds = 0.0, 0.0, ("line",)
    if intact:
        high, least = (min(span[end] for span in row.terms.values()) for end in (1, 0))
        binds = tuple(name for name in TERMS if name in row.terms and row.terms[name][0] <= high)
    return LineBound(
        row.line, row.family, row.origin, row.destination, row.unit, row.if_, first, last, 0.0, high, least, binds,
        row.sources,
    )  # fmt: skip
