"""In one piece or by blocks: decided before the work starts, from what it needs and what there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from detente.data.tables.streams import ROWS, Stream, stream_of
from detente.gravity.blocks.choosing import block_column, bytes_of, needed_in_one, refuse_if_too_large
from detente.gravity.formulas.formula import Formula
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.reading import Reads, columns_read
from detente.gravity.inference.clustering import Clustering, read_clustering
from detente.panel.frames import Table, kind_of, read_table, table_of

SMALL = 1_000_000
"""Rows with two regressors up to which nobody asks how much memory there is."""
LARGE_FILE, READ = 500e6, 2.0
"""Bytes from which on a file that is read at once is looked at, and what it takes in memory, times its size."""


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
    if stream is None and isinstance(data, str | Path):
        _refuse_large_file(Path(data), memory)
    table = read_table(data) if stream is None else kind_of(stream)
    columns = list(table.columns if stream is None else stream.columns)
    parsed = parse(formula, columns)
    clustering = read_clustering(cluster, columns, parsed.effects)
    reads = columns_read(parsed, columns, clustering.ways, held)
    wanted = tuple(dict.fromkeys([*reads.numbers, *reads.labels]))
    height = len(table) if stream is None else stream.height
    terms = _n_regressors(parsed, table if stream is None else None)
    small = height is not None and memory is None and _is_small(height, terms)
    block = None if small and blocks == "auto" else block_column(parsed, blocks, reads, columns)
    given = float("inf") if small and blocks in (None, "auto") else bytes_of(memory)
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


def _n_regressors(formula: Formula, table: Table | None) -> int:
    """How many the terms make; a stream's ``i()`` count as one each, since its levels are not known beforehand."""
    if table is None or len(table) < SMALL // 20:
        return len(formula.terms)
    levels = {f.columns[0] for term in formula.terms for f in term if f.function == "i"}
    counts = {column: table.series(column).n_unique() for column in levels if column in table.columns}
    return sum(prod(counts.get(f.columns[0], 1) for f in term if f.function == "i") for term in formula.terms)


def _is_small(n_rows: int, terms: int) -> bool:
    return needed_in_one(n_rows, terms) <= needed_in_one(SMALL, 2)


def _refuse_large_file(path: Path, memory: str | float | None) -> None:
    """UsageError where a file that can only be read at once is larger than memory."""
    size = path.stat().st_size if path.is_file() else 0
    if size > LARGE_FILE:
        refuse_if_too_large(
            READ * size, bytes_of(memory), f"'{path}' has {size / 1e9:,.1f} GB and is read at once, which",
            "Turn it into Parquet once, which is read in batches: polars.scan_csv(path).sink_parquet('flows.parquet'); "
            "or give that lazy frame itself.",
        )  # fmt: skip


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
        if not _is_small(n, terms) and needed_in_one(n, terms) > given:
            return taken, batches
    return taken, None


def _again(stream: Stream, taken: list[Any]) -> Stream:
    return Stream(stream.columns, stream.name, None, stream.native, lambda _: iter(taken), True)
