"""In one piece or by blocks: decided before the work starts, from what it needs and what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from detente.data.tables.streams import ROWS, Stream, stream_of
from detente.gravity.blocks.choosing import block_column, bytes_of, needed_in_one, refuse_if_too_large
from detente.gravity.formulas.grammar import Formula, parse
from detente.gravity.formulas.reading import Reads, columns_read
from detente.gravity.inference.clustering import Clustering, read_clustering
from detente.panel.frames import Table, kind_of, read_table, table_of

SMALL = 1_000_000
"""Rows up to which nobody asks how much memory there is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is fitted and how.

    table : the rows, or where ``block`` names a column the kind of frame alone; batches : the rows then, n_rows : how many
    there are, None where that is not known; given : bytes of memory to work in
    """

    formula: Formula
    clustering: Clustering
    reads: Reads
    table: Table
    block: str | None = None
    batches: Iterable[Any] = ()
    n_rows: int | None = None
    given: float = float("inf")


def planned(
    data: Any, formula: str, cluster: Any, held: Sequence[str | None], blocks: str | None, memory: str | float | None
) -> Plan:
    """Read what the formula needs of ``data`` at once where that fits, and else go by blocks.

    Raises
    ------
    UsageError : it fits neither way, and how much is needed; ``blocks`` is no column to go by.
    """
    stream = None if isinstance(data, Table) else stream_of(data, alone=True)
    table = read_table(data) if stream is None else kind_of(stream)
    columns = list(table.columns if stream is None else stream.columns)
    parsed = parse(formula, columns)
    clustering = read_clustering(cluster, columns, parsed.effects)
    reads = columns_read(parsed, columns, clustering.ways, held)
    wanted = tuple(dict.fromkeys([*reads.numbers, *reads.labels]))
    height = len(table) if stream is None else stream.height
    one_piece = Plan(parsed, clustering, reads, table)
    if blocks is None and memory is None and stream is None:
        return one_piece
    block = block_column(parsed, blocks, reads, columns)
    if blocks == "auto" and height is not None and height <= SMALL and memory is None:
        block = None
    given = (
        bytes_of(memory) if blocks not in (None, "auto") or height is None or height > SMALL or memory else float("inf")
    )
    terms = len(parsed.terms)
    if blocks in (None, "auto") and height is not None:
        fits = needed_in_one(height, terms) <= given
        if not fits and block is None:
            refuse_if_too_large(
                needed_in_one(height, terms), given, f"A fit of {height:,} rows in one piece", _way_out(parsed)
            )
        block = None if fits else block
    if stream is None:
        rows = iter([]) if block is None else _slices(table, wanted)
        return Plan(parsed, clustering, reads, table if block is None else table.emptied(), block, rows, height, given)
    batches: Iterable[Any] = stream.batches(wanted)
    if blocks in (None, "auto") and height is None:
        taken, others = _until_full(stream.batches(wanted), given, terms)
        if others is None:
            return Plan(parsed, clustering, reads, table_of(_again(stream, taken), wanted))
        if block is None:
            n = sum(len(batch) for batch in taken)
            refuse_if_too_large(
                needed_in_one(n, terms), 0.0, f"A fit of more than {n:,} rows in one piece", _way_out(parsed)
            )
        batches = chain(taken, others)
    elif block is None:
        alone = isinstance(data, str | Path) and Path(data).is_file()
        return Plan(parsed, clustering, reads, read_table(data) if alone else table_of(stream, wanted))
    return Plan(parsed, clustering, reads, table, block, batches, height, given)


def _way_out(formula: Formula) -> str:
    return (
        "Interact every set of effects with one column, as in exporter^year^sector, so that the fit can go by its blocks; "
        "or give memory= a larger size, or fewer rows."
    )


def _slices(table: Table, columns: Sequence[str]) -> Iterator[Any]:
    """A frame that is in memory, bit by bit."""
    frame = table.frame.select(columns)
    for first in range(0, max(len(frame), 1), ROWS):
        yield nw.to_native(frame[first : first + ROWS])


def _until_full(batches: Iterator[Any], given: float, terms: int) -> tuple[list[Any], Iterator[Any] | None]:
    """Batches until they would need more than is ``given``, and the others; None where all of them are there."""
    taken, n = [], 0
    for batch in batches:
        taken.append(batch)
        n += len(batch)
        if n > SMALL and needed_in_one(n, terms) > given:
            return taken, batches
    return taken, None


def _again(stream: Stream, taken: list[Any]) -> Stream:
    return Stream(stream.columns, stream.name, None, stream.native, lambda _: iter(taken), True)
