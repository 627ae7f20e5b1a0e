"""A table with named columns as flows: one row a flow, or one a flow and product; every cell a number or named."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.data.codes import codes_named
from detente.data.facts import Count, Flows
from detente.data.tables.lines import Lines
from detente.data.tables.rows import numbers, without_aggregates
from detente.data.units import UNITS, kind_of, unit_in, unit_named
from detente.errors import AmbiguousColumn, DataError, EmptySample, InvalidFlow, how_many
from detente.language import Number, Text, few
from detente.panel.columns import NEEDED, find_roles
from detente.panel.levels import KEYS
from detente.panel.persons import check_persons, is_stock, one_population
from detente.panel.reading.wide import by_year

OUR_NAMES = {"period": "year"}  # what the caller's parameter is called, where it is not the role


def of_table(
    table: pl.DataFrame, label: str, roles: dict[str, Any], unit: str | None, kind: str | None,
    missing: tuple[str, ...], notes: tuple[Text, ...] = (), above: int = 0,
) -> Flows:  # fmt: skip
    """A table with named columns: one row a flow, or one a flow and product; ``above`` lines stand above its header."""
    height = table.height
    table, years = by_year(table)
    lines = Lines(above, height if years else 0)
    found = find_roles(table.columns, needed=NEEDED, called=OUR_NAMES, **roles)
    if table.height == 0:
        raise EmptySample(f"{label} has no rows.", fix="Give a table with one row a flow and year.")
    measured = unit_named(unit) if unit is not None else unit_in(str(found.value))
    if measured is None:
        raise _without_unit("" if years else str(found.value), label)
    stated = unit_in(str(found.value))
    if unit is not None and stated is not None and stated.name != unit:
        raise AmbiguousColumn(
            f"The column '{found.value}' says its unit, and it is not '{unit}'.", fix="Give the right one."
        )
    count = Count()
    count.notes.extend(notes)
    if years:
        count.notes.append(Text("rows.side_by_side", n=Number(str(years))))
    cells = table[str(found.value)]
    if missing and cells.dtype == pl.String:
        told = cells.str.strip_chars().is_in(list(missing))
        if told.any():
            count.notes.append(
                Text("rows.told_missing", n=Number(f"{int(told.sum()):,}"), marks=", ".join(map(repr, missing)))
            )
            cells = cells.set(told, None)
    frame = table.select(
        pl.col(str(found.origin)).cast(pl.String).str.strip_chars().alias("origin"),
        pl.col(str(found.destination)).cast(pl.String).str.strip_chars().alias("destination"),
        pl.col(str(found.period)).alias("period"),
        *([pl.col(found.sector).cast(pl.String).alias("product")] if found.sector else []),
        numbers(cells, f"column '{found.value}' of {label}", missing=("",), decimal=None, lines=lines).alias("value"),
    )
    _check_cells(frame, label, found, lines)
    frame = _by_code(without_aggregates(frame, count), count)
    population = ""
    if measured.kind == "persons":
        check_persons(frame, label, str(found.origin), str(found.destination), lines=lines)
        population = one_population(table, [str(found.origin), str(found.destination), str(found.period)], label)
    return Flows(
        frame, measured.name, kind_of(measured, kind), level="product" if found.sector else "total",
        stock=is_stock(found.value) or is_stock(population), notes=tuple(count.notes), rows=table.height, population=population,
    )  # fmt: skip


def _without_unit(column: str, label: str) -> AmbiguousColumn:
    """The error of a column that does not say its unit, or of columns of years where it has no name."""
    why = "A guess could be wrong a thousandfold, or take persons for dollars."
    if not column:
        return AmbiguousColumn(
            f"The unit of the columns of years in {label} is not stated.", why=why,
            fix=f"Say it with unit= (on the command line --unit): {', '.join(UNITS)}.",
        )  # fmt: skip
    return AmbiguousColumn(
        f"The unit of '{column}' in {label} is not stated.", why=why,
        fix=f"Give unit= (on the command line --unit): {', '.join(UNITS)}; or name the column with it, as trade_usd_mn.",
    )  # fmt: skip


def _by_code(frame: pl.DataFrame, count: Count) -> pl.DataFrame:
    """Economies by code where the table names them, and a note of what was read as what."""
    codes = codes_named(sorted({str(cell) for end in ("origin", "destination") for cell in frame[end].unique()}))
    if not codes:
        return frame
    pairs = (Text("rows.pair", old=name, new=code) for name, code in codes.items())
    count.notes.append(Text("rows.named", pairs=few(pairs)))
    return frame.with_columns(pl.col("origin", "destination").replace(codes))


def _check_cells(frame: pl.DataFrame, label: str, roles: Any, lines: Lines) -> None:
    bare = frame.select(pl.any_horizontal(pl.col(KEYS).is_null())).to_series().arg_true()
    if len(bare):
        lacking = how_many(len(bare), f"row of {label} lacks", f"rows of {label} lack")
        raise DataError(
            f"{lacking} an origin, destination or year (first at line {lines.of(int(bare[0]))}).",
            fix="Fill them in or delete the rows.",
        )
    endless = frame["value"].is_infinite().fill_null(False).arg_true()
    if len(endless):
        a, b, when = frame.select(KEYS).row(endless[0])
        raise InvalidFlow(
            f"Rows with an infinite flow in column '{roles.value}' of {label}: {len(endless):,}, the first for "
            f"{a}->{b} in {when} (line {lines.of(int(endless[0]))}).",
            fix="Fix or delete these rows; leave the cell empty where the flow is unknown.",
        )
    below = (frame["value"] < 0).fill_null(False).arg_true()
    if len(below):
        a, b, when = frame.select(KEYS).row(below[0])
        raise InvalidFlow(
            f"Rows with a negative flow in column '{roles.value}' of {label}: {len(below):,}, the first "
            f"{frame['value'][below[0]]:g} for {a}->{b} in {when} (line {lines.of(int(below[0]))}).",
            why="A flow is zero or more.",
            fix="Fix or delete these rows; leave the cell empty where the flow is unknown.",
        )
