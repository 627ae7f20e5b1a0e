"""Columns as plain arrays: numbers, and labels as integer codes. Cheap to send to another process, and safe to use
in one that was forked after polars had threads, as nothing here waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from detente.panel.frames import Table


@dataclass(frozen=True, slots=True)
class Labels:
    """A column of labels: ``codes`` [n] in 0..len(levels)-1, -1 where missing, and the sorted ``levels``."""

    codes: np.ndarray
    levels: np.ndarray


@dataclass(frozen=True, slots=True)
class CodedTable(Table):
    """The columns that a formula reads, as arrays [n]; ``frame`` is None.

    values : float64, nan where missing; labels : by column
    """

    height: int = 0
    values: Mapping[str, np.ndarray] = None  # pyright: ignore[reportAssignmentType]  (a dataclass wants a default here)
    labels: Mapping[str, Labels] = None  # pyright: ignore[reportAssignmentType]

    @property
    def columns(self) -> list[str]:
        return [*dict.fromkeys([*self.values, *self.labels])]

    def __len__(self) -> int:
        return self.height

    def series(self, column: str) -> pl.Series:
        if column in self.values:
            return pl.Series(column, self.values[column])
        if column not in self.labels:
            return Table.series(Table(pl.DataFrame(schema=self.columns), self.name), column)  # raises what is due
        held = self.labels[column]
        cells = [None if code < 0 else held.levels[code] for code in held.codes.tolist()]
        return pl.Series(column, cells, strict=False)

    def numbers(self, column: str) -> np.ndarray:
        return self.values[column] if column in self.values else Table.numbers(self, column)

    def codes(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Codes [n] without gaps and the sorted levels that occur; a missing one has code -1."""
        if column not in self.labels:
            return Table.codes(self, column)
        held = self.labels[column]
        seen = np.zeros(len(held.levels) + 1, bool)
        seen[held.codes] = True  # a missing one marks the last place
        seen[-1] = False
        if seen[:-1].all():
            return held.codes.astype(np.int64), held.levels
        place = np.cumsum(seen) - 1
        place[-1] = -1
        return place[held.codes], held.levels[seen[:-1]]

    def take(self, rows: np.ndarray | slice) -> CodedTable:
        """The table on some rows; slices share memory."""
        labels = {name: Labels(held.codes[rows], held.levels) for name, held in self.labels.items()}
        values = {name: column[rows] for name, column in self.values.items()}
        first: Any = next(iter(values.values()), None)
        if first is None:
            first = next(iter(labels.values())).codes
        return replace(self, height=len(first), values=values, labels=labels)


def coded(table: Table, numbers: Iterable[str], labels: Iterable[str]) -> CodedTable:
    """``table``'s columns as arrays; one that should hold numbers and does not keeps its labels, and is refused later."""
    values: dict[str, np.ndarray] = {}
    wanted = dict.fromkeys(labels)
    for name in dict.fromkeys(numbers):
        dtype = table.series(name).dtype
        if dtype.is_numeric() or dtype in (pl.Boolean, pl.Null):
            values[name] = table.numbers(name)
        else:
            wanted[name] = None
    held = {}
    for name in wanted:
        codes, levels = table.codes(name)
        held[name] = Labels(codes.astype(np.int32), levels)
    return CodedTable(None, table.name, height=len(table), values=values, labels=held)
