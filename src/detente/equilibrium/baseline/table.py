"""From a frame with one row per flow to labels and arrays: the only place that sees columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from detente.data.units import UNITS, unit_in
from detente.errors import DuplicateRows, EmptySample, InvalidFlow, UnknownColumn, first_five, how_many
from detente.panel.columns import KNOWN, USD_MN_PER_UNIT, find_roles
from detente.panel.frames import Table, read_table

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class FlowRows:
    """Rows of one year with their roles found.

    Attributes
    ----------
    rows : polars frame with columns origin, destination, value, and where asked for sector and tariff
    kind : how to hand frames back (an empty table of the caller's kind)
    year : int or None
    unit : the unit that the value column's own name tells, or ``usd_mn``
    n_dropped : rows left out on request
    """

    rows: pl.DataFrame
    kind: Table
    year: int | None
    unit: str
    n_dropped: int

    def labels(self, role: str) -> list[str]:
        """A column of codes as text; an empty one is an error."""
        values = self.rows[role]
        if values.null_count() or any(v != v for v in values):
            raise InvalidFlow(f"The {role} is missing in some rows.", fix="Name every economy or drop the rows.")
        return [str(v) for v in values]

    def spread(self, role: str, axes: Sequence[tuple[str, Sequence[str]]]) -> tuple[np.ndarray, int]:
        """A column by (role, labels) axes in a dense array, absent cells 0, and how many were absent."""
        keys = list(zip(*(self.labels(name) for name, _ in axes)))
        values = self.rows[role].to_numpy()
        wrong = np.flatnonzero(~np.isfinite(values) | (values < 0))
        if wrong.size:
            shown = first_five(f"{' -> '.join(keys[r])}: {values[r]}" for r in wrong)
            raise InvalidFlow(
                f"{how_many(wrong.size, 'flow is', 'flows are')} negative, infinite or missing: {shown}.",
                why="A missing flow is never taken for a zero.",
                fix="Drop the row if the source says that absent means zero, or fill it in.",
            )
        places = [{label: k for k, label in enumerate(labels)} for _, labels in axes]
        shape = tuple(len(labels) for _, labels in axes)
        flat = np.ravel_multi_index(
            [np.array([place[key[d]] for key in keys]) for d, place in enumerate(places)], shape
        )
        cells, first, counts = np.unique(flat, return_index=True, return_counts=True)
        if counts.max(initial=1) > 1:
            again = [" -> ".join(keys[r]) for r in first[counts > 1]]
            raise DuplicateRows(
                f"{how_many(len(again), 'cell appears', 'cells appear')} more than once: {first_five(again)}.",
                fix="Add the rows up, or choose one year or sector.",
            )
        dense = np.zeros(int(np.prod(shape)))
        dense[flat] = values
        return dense.reshape(shape), dense.size - cells.size


def read_flows(
    frame: Any,
    *,
    year: int | None = None,
    drop: Sequence[str] = (),
    tariff: str | None = None,
    by_sector: bool = False,
    **given: str | None,
) -> FlowRows:
    """Read any frame or path; columns are found by their usual names or given by role."""
    table = long_form(read_table(frame))
    needed = ("origin", "destination", "value", *(("sector",) if by_sector else ()))
    roles = find_roles(table.columns, needed=needed, called={}, **given)
    rows = pl.DataFrame(
        {
            "origin": table.series(str(roles.origin)),
            "destination": table.series(str(roles.destination)),
            "value": table.numbers(str(roles.value)),
            **({"sector": table.series(str(roles.sector))} if by_sector else {}),
            **({"tariff": table.numbers(tariff)} if tariff is not None else {}),
        }
    )
    rows, year = _one_year(rows, None if roles.period is None else table.series(roles.period), year)
    dropped = [drop] if isinstance(drop, str) else list(drop)
    kept = rows.filter(~pl.col("origin").is_in(dropped) & ~pl.col("destination").is_in(dropped)) if dropped else rows
    if kept.height == 0:
        raise EmptySample("No rows are left.", fix="Check the table and the economies to drop.")
    return FlowRows(
        rows=kept,
        kind=Table(table.frame.head(0)),
        year=year,
        unit=_unit_told(str(roles.value)),
        n_dropped=rows.height - kept.height,
    )


def _unit_told(column: str) -> str:
    """The unit of dollars that a column's name tells; millions where it tells none.

    >>> _unit_told("trade_usd"), _unit_told("v"), _unit_told("trade")
    ('usd', 'kusd', 'usd_mn')
    """
    told = unit_in(column)
    factor = USD_MN_PER_UNIT.get(column.casefold(), told.factor if told is not None else 1.0)
    return next(unit.name for unit in UNITS.values() if unit.factor == factor)


def long_form(table: Table) -> Table:
    """A square table with labels (first column: origins, the others: destinations by name) as one row per flow."""
    columns = table.columns
    if not 3 <= len(columns) <= len(table) + 1:
        return table
    origins = [str(value) for value in table.series(columns[0])]
    if sorted(origins) != sorted(columns[1:]):
        return table
    values = np.array([table.numbers(column) for column in columns[1:]]).T
    n = len(origins)
    data = {
        "origin": np.repeat(origins, n).tolist(),
        "destination": columns[1:] * n,
        "value": values.ravel(),
    }
    return Table(read_table(table.like(data)).frame, table.name)


def _one_year(rows: pl.DataFrame, period: pl.Series | None, year: int | None) -> tuple[pl.DataFrame, int | None]:
    """The rows of the year asked for, or of the only one there is."""
    if period is None:
        if year is not None:
            raise UnknownColumn(
                f"The year {year} was asked for, but no column is known as the year.",
                fix=f"Leave the year out, or name the column: {', '.join(KNOWN['period'])}.",
            )
        return rows, None
    try:
        known = sorted({int(y) for y in period.drop_nulls().unique()})
    except (TypeError, ValueError):
        raise InvalidFlow(f"Column '{period.name}' does not hold years.", fix="Write years as numbers.") from None
    if year is None and len(known) > 1:
        raise EmptySample(
            f"Column '{period.name}' holds {len(known)} years ({known[0]} to {known[-1]}).",
            why="A baseline is one year.",
            fix=f"Choose one: year={known[-1]}.",
        )
    if year is None:
        return rows, (known[0] if known else None)
    if year not in known:
        raise EmptySample(f"There are no rows for year {year}.", fix=f"Years present: {first_five(known)}.")
    keep = np.array([y is not None and int(y) == year for y in period])
    return rows.filter(keep), year


def same_kind(kind: Table | None, frame: pl.DataFrame) -> Any:
    """``frame`` as the kind of frame the economy came from; polars if it came from arrays or a path."""
    return frame if kind is None else kind.of_same_kind(frame)
