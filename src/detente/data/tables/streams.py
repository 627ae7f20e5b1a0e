"""Tables that come in batches and need never be in memory at once.

Paths with wildcards, Hive folders (``data/year=2020/part-0.parquet``), lazy frames, relations of DuckDB, Arrow datasets,
scanners and record-batch readers, and generators or lists of frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl

from detente.data.tables.any_file import READABLE, read_file
from detente.errors import EmptySample, UnknownColumn, UnreadableFile, did_you_mean

ROWS = 1 << 20
"""Rows that are wanted of a batch."""
SCANNED = (".parquet", ".pq")
ALONE = (*SCANNED, ".arrow", ".feather")
"""Kinds of a single file that can be read in batches."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A table in batches.

    columns : their names; name : what to call it in messages; height : how many rows, None where that is not known
    native : a frame of the caller's kind without rows, None for polars
    read : called with names of columns, gives frames with these (and perhaps others); once only unless ``again``
    """

    columns: tuple[str, ...]
    name: str
    height: int | None
    native: Any
    read: Callable[[Sequence[str]], Iterator[Any]]
    again: bool

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """The table's ``columns``, batch by batch, each a frame.

        Raises
        ------
        UnknownColumn, UnreadableFile
        """
        for column in columns:
            if column not in self.columns:
                raise UnknownColumn.named(column, self.columns, where=self.name)
        try:
            yield from self.read(list(columns))
        except (pl.exceptions.PolarsError, OSError) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise _unreadable(self.name, error) from error  # a generator's own fault keeps its place


def stream_of(data: Any, alone: bool = False) -> Stream | None:
    """``data`` as a stream, or None where it is a whole table (a frame, or one file unless ``alone``).

    Raises
    ------
    UnreadableFile : a pattern that no file matches, files of no known kind. EmptySample : no batch comes.
    """
    if isinstance(data, str | Path):
        return _of_path(Path(data), alone)
    if isinstance(data, pl.LazyFrame):
        return _of_lazy(data, "the data", None)
    if hasattr(data, "project") and (hasattr(data, "to_arrow_reader") or hasattr(data, "fetch_record_batch")):
        return _of_relation(data)
    schema = getattr(data, "schema", None) or getattr(data, "projected_schema", None)
    if hasattr(data, "to_batches") and hasattr(data, "projected_schema"):  # an Arrow scanner, its columns chosen
        return _of_arrow(data, schema, lambda columns: data.to_batches(), True)
    if hasattr(data, "to_batches") and not hasattr(data, "to_pandas"):  # an Arrow dataset
        return _of_arrow(data, schema, lambda columns: data.to_batches(columns=columns, batch_size=ROWS), True)
    if hasattr(data, "read_next_batch"):  # a record-batch reader
        return _of_arrow(data, schema, lambda columns: iter(data), False)
    if isinstance(data, Iterator) or (isinstance(data, list | tuple) and data and hasattr(data[0], "columns")):
        return _of_frames(data)
    return None


def has_pattern(path: Path) -> bool:
    """Whether a path stands for several by its wildcards, and is no file's own name.

    >>> has_pattern(Path("flows/*.parquet"))
    True
    """
    return any(mark in str(path) for mark in "*?[") and not path.exists()


def _of_path(path: Path, alone: bool) -> Stream | None:
    if has_pattern(path):
        root = Path(path.anchor or ".")
        files = sorted(p for p in root.glob(str(path.relative_to(path.anchor))) if p.is_file())
        if not files:
            raise UnreadableFile(f"No file matches '{path}'.", fix="Check the folder and the wildcards.")
    elif path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in SCANNED and p.is_file())
        if not files:
            return None
    elif alone and path.is_file() and path.suffix.lower() in ALONE:
        files = [path]
    else:
        return None
    return _of_files(files, f"'{path}'")


def _of_files(files: list[Path], name: str) -> Stream:
    """Parquet files as one table, with what their Hive folders say; of other kinds one file after the other."""
    kinds = {p.suffix.lower() for p in files}
    try:
        if kinds <= set(SCANNED):
            return _of_lazy(pl.scan_parquet(files, hive_partitioning=_hive(files)), name, len)
        if kinds <= {".arrow", ".feather"}:
            return _of_lazy(pl.scan_ipc(files), name, len)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(name, error) from None
    odd = [p for p in files if not p.name.lower().endswith(READABLE)]
    if odd:
        raise UnreadableFile(
            f"'{odd[0]}' is of no known kind.", where=f"{len(odd)} of {len(files)} files that {name} matches.",
            fix=f"Known are: {', '.join(READABLE)}.{did_you_mean(odd[0].suffix, READABLE)}",
        )  # fmt: skip
    first = read_file(files[0]).frame

    def read(columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        for path in files:
            frame = first if path == files[0] else read_file(path).frame
            for column in columns:
                if column not in frame.columns:
                    raise UnknownColumn.named(column, frame.columns, where=f"'{path}'")
            yield frame.select(columns)

    return Stream(tuple(first.columns), name, None, None, read, True)


def _hive(files: list[Path]) -> bool:
    return all(any("=" in part for part in path.parts[:-1]) for path in files)


def _of_lazy(plan: pl.LazyFrame, name: str, count: Any) -> Stream:
    try:
        columns = tuple(plan.collect_schema().names())
        height = None if count is None else plan.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(name, error) from None
    return Stream(columns, name, height, None, lambda wanted: _collected(plan.select(wanted)), True)


def _collected(plan: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """Batches in the order of the rows."""
    return iter(plan.collect_batches(chunk_size=ROWS, maintain_order=True))


def _of_arrow(data: Any, schema: Any, read: Callable[[Sequence[str]], Iterator[Any]], again: bool) -> Stream:
    def frames(columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        for batch in read(columns):
            batch = getattr(batch, "record_batch", batch)  # a scanner's come with their fragment
            if batch.num_rows:
                yield pl.DataFrame(pl.from_arrow(batch.select(columns)))

    height = data.count_rows() if again and hasattr(data, "count_rows") else None
    return Stream(tuple(schema.names), "the data", height, schema.empty_table(), frames, again)


def _of_relation(relation: Any) -> Stream:
    """A query of DuckDB, which runs when the batches are asked for and reads only the columns that are."""

    def reader(columns: Sequence[str], rows: Any = relation) -> Any:
        named = ", ".join('"' + column.replace('"', '""') + '"' for column in columns)
        chosen = rows.project(named)
        try:
            return (chosen.to_arrow_reader if hasattr(chosen, "to_arrow_reader") else chosen.fetch_record_batch)(ROWS)
        except ImportError:
            raise UnreadableFile(
                "DuckDB hands its rows over through pyarrow, which is not installed.",
                fix="python -m pip install pyarrow",
            ) from None

    schema = reader(relation.columns, relation.limit(0)).schema  # without a row: the query has not begun
    return _of_arrow(relation, schema, reader, True)


def _of_frames(frames: Any) -> Stream:
    again = not isinstance(frames, Iterator)
    coming = iter(frames)
    first = next(coming, None)
    if first is None:
        raise EmptySample("The generator gave no frame.", fix="Give a generator of frames or record batches.")
    first = _as_frame(first)

    def read(columns: Sequence[str]) -> Iterator[Any]:
        later = iter(frames[1:]) if again else coming
        for frame in chain([first], map(_as_frame, later)):
            held = [str(c) for c in frame.columns]
            for column in columns:
                if column not in held:
                    raise UnknownColumn.named(column, held, where="a batch of the data")
            yield frame[list(columns)] if not hasattr(frame, "select") else frame.select(columns)

    names = getattr(first, "column_names", None) or first.columns
    return Stream(tuple(str(c) for c in names), "the data", None, _emptied(first), read, again)


def _as_frame(piece: Any) -> Any:
    """A batch as a frame: record batches become polars frames, others stay."""
    return pl.DataFrame(pl.from_arrow(piece)) if hasattr(piece, "num_rows") else piece


def _emptied(frame: Any) -> Any:
    return None if isinstance(frame, pl.DataFrame) else frame[:0]


def _unreadable(name: str, error: Exception) -> UnreadableFile:
    files = isinstance(error, pl.exceptions.PolarsError)
    return UnreadableFile(
        f"{name} cannot be read: {str(error).partition(chr(10))[0]}.",
        fix="Check that its files have the same columns." if files else "Check that it is there and may be read.",
    )
