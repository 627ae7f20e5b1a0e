"""From a frame with one row per flow to labels and arrays: the only place that sees columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import (
    AmbiguousColumn,
    DuplicateRows,
    EmptySample,
    InvalidFlow,
    UnknownColumn,
    UnreadableFile,
    first_five,
)

ROLES = {
    "origin": ("exporter", "origin", "iso_o", "isoexp", "exp", "i"),
    "destination": ("importer", "destination", "iso_d", "isoimp", "imp", "j"),
    "value": ("trade", "flow", "value", "value_usd_mn", "value_kusd", "v"),
    "year": ("year", "t", "time", "period"),
}


def open_frame(frame: Any) -> Any:
    """A narwhals frame over ``frame``; a path is read with polars (Parquet or CSV)."""
    import narwhals as nw

    if isinstance(frame, str | Path):
        import polars as pl

        path = Path(frame)
        if not path.is_file():
            raise UnreadableFile(f"There is no file '{path}'.", fix="Check the path.")
        reader = pl.read_parquet if path.suffix.lower() in {".parquet", ".pq"} else pl.read_csv
        try:
            frame = reader(path)
        except Exception as problem:
            raise UnreadableFile(
                f"'{path}' cannot be read: {problem}.", fix="Give a Parquet or a comma-separated file."
            ) from problem
    try:
        return nw.from_native(frame, eager_only=True)
    except TypeError as problem:
        raise UnreadableFile(
            f"A {type(frame).__name__} is not a table of flows.",
            fix="Give a pandas, polars or pyarrow frame, or the path of a Parquet or CSV file.",
        ) from problem


def column(role: str, given: str | None, columns: Sequence[str], *, needed: bool = True) -> str | None:
    """The column that plays ``role``: the one given, else the only recognised name."""
    if given is not None:
        if given not in columns:
            raise UnknownColumn.named(given, columns)
        return given
    found = [c for c in columns if c.casefold() in ROLES[role]]
    if len(found) > 1:
        raise AmbiguousColumn(
            f"The columns {' and '.join(repr(c) for c in found)} could both be the {role}.",
            fix=f"Name the one you mean: {role}='{found[0]}'.",
        )
    if not found and needed:
        raise UnknownColumn(
            f"No column is recognised as the {role}.",
            fix=f"Name it with {role}=...; the columns are: {', '.join(columns)}.",
        )
    return found[0] if found else None


def one_year(table: Any, name: str | None, year: int | None) -> tuple[Any, int | None]:
    """The rows of one year: the one asked for, or the only one there is."""
    import narwhals as nw

    if name is None:
        if year is not None:
            raise UnknownColumn(f"year={year} was asked for, but no column is recognised as the year.")
        return table, None
    years = sorted(int(y) for y in table[name].unique().to_list() if y is not None)
    if year is None:
        if len(years) > 1:
            raise EmptySample(
                f"Column '{name}' holds {len(years)} years ({years[0]} to {years[-1]}).",
                why="A baseline is one year.",
                fix=f"Choose one: year={years[-1]}.",
            )
        return table, (years[0] if years else None)
    table = table.filter(nw.col(name) == year)
    if len(table) == 0:
        raise EmptySample(f"There are no rows for year {year}.", fix=f"Years present: {first_five(years)}.")
    return table, year


def without(table: Any, names: Sequence[str], drop: Sequence[str]) -> tuple[Any, int]:
    """The rows that do not involve the economies in ``drop``, and how many went."""
    import narwhals as nw

    if isinstance(drop, str):
        drop = (drop,)
    before = len(table)
    for name in names if drop else ():
        table = table.filter(~nw.col(name).is_in(list(drop)))
    if len(table) == 0:
        raise EmptySample("No rows are left.", fix="Check the table and the economies to drop.")
    return table, before - len(table)


def numbers(table: Any, name: str) -> np.ndarray:
    """A column as floats; text is an error, an empty cell becomes not-a-number."""
    try:
        return np.array([np.nan if v is None else v for v in table[name].to_list()], dtype=float)
    except (TypeError, ValueError):
        raise InvalidFlow(
            f"Column '{name}' holds text where numbers are needed.", fix="Convert it, or name another column."
        ) from None


def labels(table: Any, name: str) -> list[str]:
    """A column of codes as text; an empty one is an error."""
    values = table[name].to_list()
    if any(v is None or v != v for v in values):
        raise InvalidFlow(f"Column '{name}' has empty cells.", fix="Name every economy or drop the rows.")
    return [str(v) for v in values]


def spread(
    values: np.ndarray, keys: Sequence[tuple[str, ...]], axes: Sequence[dict[str, int]]
) -> tuple[np.ndarray, int]:
    """Values by their labels in a dense array (absent cells 0) and the number of absent cells."""
    shape = tuple(len(axis) for axis in axes)
    wrong = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if wrong.size:
        shown = first_five(f"{' -> '.join(keys[r])}: {values[r]}" for r in wrong)
        raise InvalidFlow(
            f"{wrong.size} flows are negative, infinite or missing: {shown}.",
            why="A missing flow is never taken for a zero.",
            fix="Drop the row if the source says that absent means zero, or fill it in.",
        )
    index = [np.array([axis[k[d]] for k in keys]) for d, axis in enumerate(axes)]
    flat = np.ravel_multi_index(index, shape)
    cells, first, counts = np.unique(flat, return_index=True, return_counts=True)
    if counts.max(initial=1) > 1:
        again = first[counts > 1]
        raise DuplicateRows(
            f"{again.size} cells stand more than once: {first_five(' -> '.join(keys[r]) for r in again)}.",
            fix="Add the rows up, or choose one year or sector.",
        )
    dense = np.zeros(int(np.prod(shape)))
    dense[flat] = values
    return dense.reshape(shape), dense.size - cells.size
