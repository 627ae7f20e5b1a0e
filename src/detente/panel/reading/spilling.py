"""Rows that come in batches laid down on disk by block, labels as codes, so that each block can be read by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from detente.errors import DataError, EmptySample
from detente.panel.frames import Table
from detente.panel.reading.coded import CodedTable, Labels, coded
from detente.panel.reading.scratch import seen

FILE = "rows.bin"


@dataclass(frozen=True, slots=True)
class Spilled:
    """Rows on disk by block.

    folder : where; name : of the data in messages; blocks : label of each; heights : [blocks] rows of each
    numbers, labels : columns; levels : by label column, sorted; ranks : by label column, where its first-come codes
    stand among the sorted levels; pieces : [m, 3] block, first byte and rows of each piece of the file
    n_rows : rows that came, those whose block is missing among them
    """

    folder: Path
    name: str
    blocks: tuple[Any, ...]
    heights: np.ndarray
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    levels: dict[str, np.ndarray]
    ranks: dict[str, np.ndarray]
    pieces: np.ndarray
    n_rows: int

    def part(self, block: int) -> CodedTable:
        """The rows of one block, in their order."""
        n = int(self.heights[block])
        values = {name: np.empty(n) for name in self.numbers}
        codes = {name: np.empty(n, np.int32) for name in self.labels}
        with seen(self.folder / FILE).open("rb") as file:
            at = 0
            for _, start, rows in self.pieces[self.pieces[:, 0] == block].tolist():
                file.seek(start)
                for column in (*values.values(), *codes.values()):
                    file.readinto(column[at : at + rows].data.cast("B"))
                at += rows
        labels = {name: Labels(self.ranks[name][held], self.levels[name]) for name, held in codes.items()}
        return CodedTable(None, f"{self.name}, block {self.blocks[block]}", height=n, values=values, labels=labels)

    def only(self, block: int) -> Spilled:
        """What is needed to read one block: little to send to another process."""
        return replace(self, pieces=self.pieces[self.pieces[:, 0] == block])

    def forget(self) -> None:
        """Take the rows off the disk."""
        (self.folder / FILE).unlink(missing_ok=True)


def spill(
    batches: Iterable[Any],
    name: str,
    block: str,
    numbers: Sequence[str],
    labels: Sequence[str],
    folder: Path,
    look: Callable[[CodedTable, int], object] = lambda batch, first: None,
) -> Spilled:
    """Lay down the rows of ``batches`` (frames) by the levels of ``block``, one of the ``labels``.

    ``look`` is shown every batch with the number of its first row; what it raises ends the work.

    Raises
    ------
    EmptySample : no row has a block. DataError : the levels of a column cannot be ordered.
    """
    known: dict[str, dict[Any, int]] = {column: {} for column in labels}
    pieces, n_rows, place = [], 0, 0
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("wb") as file:
        for batch in batches:
            if not len(batch):
                continue
            part = coded(Table(nw.from_native(batch, eager_only=True), name), numbers, labels)
            for column in numbers:
                part.numbers(column)  # words among numbers are named here
            look(part, n_rows)
            n_rows += len(part)
            codes = {column: _first_come(known[column], part.labels[column], column) for column in labels}
            order, starts = _by_block(codes[block])
            columns = [part.values[column] for column in numbers] + list(codes.values())
            if order is not None:
                columns = [column[order] for column in columns]
            for first, last, level in starts:
                pieces.append((level, place, last - first))
                for column in columns:
                    file.write(np.ascontiguousarray(column[first:last]).data.cast("B"))
                    place += column.itemsize * (last - first)
    levels, ranks = {}, {}
    for column in labels:
        levels[column], ranks[column] = _sorted_levels(column, list(known[column]))
    laid = np.array(pieces, np.int64).reshape(-1, 3)
    if not len(laid):
        raise EmptySample(
            f"There are no rows in {name} that name a '{block}'.", fix="Give a table with one flow a row."
        )
    laid[:, 0] = ranks[block][laid[:, 0]]
    heights = np.bincount(laid[:, 0], laid[:, 2], len(levels[block])).astype(np.int64)
    blocks = tuple(levels[block].tolist())
    return Spilled(folder, name, blocks, heights, tuple(numbers), tuple(labels), levels, ranks, laid, n_rows)


def _first_come(known: dict[Any, int], held: Labels, column: str) -> np.ndarray:
    """Codes [n] by the order in which levels first came, -1 where missing; ``known`` learns."""
    try:
        place = [known.setdefault(level, len(known)) for level in held.levels.tolist()]
    except TypeError:  # lists, structs
        raise DataError(
            f"Column '{column}' holds values of type {type(held.levels[0]).__name__}, and labels are single values.",
            fix="Make a column of text or numbers of it.",
        ) from None
    return np.array([*place, -1], np.int32)[held.codes]


def _by_block(codes: np.ndarray) -> tuple[np.ndarray | None, list[tuple[int, int, int]]]:
    """An order of the rows that brings blocks together (None as they are), and (first, last, block) of each run."""
    order = None
    turns = np.flatnonzero(np.diff(codes)) + 1
    if len(turns) > np.ptp(codes) + 1 or (codes < 0).any():
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        turns = np.flatnonzero(np.diff(codes)) + 1
    edges = [0, *turns.tolist(), len(codes)] if len(codes) else [0]
    return order, [(a, b, int(codes[a])) for a, b in pairwise(edges) if codes[a] >= 0]


def _sorted_levels(column: str, found: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Levels in order, and the place of each one ``found``; a last place of -1 is that of missing ones."""
    try:
        series = pl.Series(column, found)
        order = series.arg_sort().to_numpy()
        levels = series.gather(order).to_numpy()
    except (TypeError, pl.exceptions.PolarsError):
        raise DataError(
            f"Column '{column}' holds {', '.join(sorted({type(v).__name__ for v in found}))} in different batches.",
            fix="Give it one type.",
        ) from None
    ranks = np.full(len(found) + 1, -1, np.int32)
    ranks[order] = np.arange(len(found))
    return levels, ranks
