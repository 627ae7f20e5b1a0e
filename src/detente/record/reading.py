"""CSV files of a record into frames of text, with every problem of reading named; what was found in one is remembered."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from detente._foreign import TABLE, read_bytes
from detente._same import Same
from detente.errors import Problem, UnreadableFile, did_you_mean, first_five, how_many
from detente.language.controls import clean
from detente.record.schema import RecordTable

FIRST_ROW = 2  # as a spreadsheet counts: the header is row 1


def read_table(path: Path, table: RecordTable, within: Path | None = None) -> tuple[pl.DataFrame, list[Problem]]:
    """Read one file as text columns; cells are stripped and empty cells are null.

    Parameters
    ----------
    within : the folder it may lie in, links followed; that of ``path`` unless given.

    Returns
    -------
    frame : polars.DataFrame
        All columns of ``table.allowed``; empty where the file cannot be read.
    problems : list of Problem
        Encoding, ragged rows, missing, doubled and unknown columns.
    """
    empty = _empty(table)
    if not path.exists() and not path.is_symlink():
        if table.optional:
            return empty, []
        return empty, [Problem(table.file, None, None, "The file is missing.", f"Add {path}.")]
    try:
        raw = read_bytes(path, TABLE, inside=within or path.parent)
    except UnreadableFile as error:
        return empty, [Problem(table.file, None, None, error.what, error.fix)]
    parse = _parsed_once if len(raw) <= SMALL else _parsed
    frame, problems = parse(raw, table, table.allowed)
    return frame, list(problems)


def _empty(table: RecordTable) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(table.allowed, pl.String))


def _parsed(raw: bytes, table: RecordTable, allowed: tuple[str, ...]) -> tuple[pl.DataFrame, Sequence[Problem]]:
    """The table in a file's bytes; ``allowed`` as of now, for languages may be added."""
    empty = _empty(table)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        return empty, [
            Problem(
                table.file,
                row,
                None,
                f"Byte {error.start} is not UTF-8 (0x{raw[error.start]:02x}).",
                "Save the file as 'CSV UTF-8'; mixed encodings cannot be guessed.",
            )
        ]
    if "\x00" in text:
        return empty, [Problem(table.file, None, None, "This is a binary file, not CSV.", "Export it as CSV UTF-8.")]
    try:
        header = next(csv.reader(io.StringIO(text)), [])
    except csv.Error as error:
        return empty, [Problem(table.file, 1, None, f"The header cannot be read: {error}.", "Fix the first line.")]
    problems = _header_problems(header, table)
    if problems and any(p.what.startswith(("There is no column", "The file is empty", "The column")) for p in problems):
        return empty, problems
    try:
        frame = pl.read_csv(io.BytesIO(raw.removeprefix(b"\xef\xbb\xbf")), infer_schema=False)
    except pl.exceptions.PolarsError:
        return empty, [*problems, *_ragged(text, len(header), table.file)]
    frame = frame.rename({name: name.strip() for name in frame.columns})
    known = [name for name in allowed if name in frame.columns]
    frame = frame.select(pl.col(known).str.strip_chars().replace("", None))
    missing = [pl.lit(None, pl.String).alias(name) for name in allowed if name not in known]
    return _without_blank_end(frame.with_columns(missing).select(allowed)), problems


SMALL = 2**20
"""Bytes of a file up to which its table is kept for whoever reads the same bytes again, as each page of the app does."""
_parsed_once = lru_cache(maxsize=16)(_parsed)


def _without_blank_end(frame: pl.DataFrame) -> pl.DataFrame:
    """Blank rows at the end, as spreadsheets leave them, are no rows; the others keep their numbers."""
    filled = frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series().arg_true()
    return frame.head(int(filled[-1]) + 1 if len(filled) else 0)


def _header_problems(header: list[str], table: RecordTable) -> list[Problem]:
    header = [name.strip() for name in header]
    if not any(header):
        return [Problem(table.file, None, None, "The file is empty.", f"Start it with {','.join(table.allowed)}")]
    if len(header) == 1 and (";" in header[0] or "\t" in header[0]):
        what = "There is no column but one: the cells seem to be separated by semicolons or tabs."
        return [Problem(table.file, 1, None, what, "Save it with commas between the cells.")]
    found = [
        Problem(table.file, 1, name, "The column appears twice.", "Keep one.")
        for name in sorted({name for name in header if header.count(name) > 1})
    ]
    for name in table.needed:
        if name not in header:
            hint = did_you_mean(name, [h for h in header if h not in table.allowed])
            found.append(Problem(table.file, 1, name, f"There is no column '{name}'.{hint}", "It is needed."))
    for name in header:
        if name and name not in table.allowed:
            hint = did_you_mean(name, table.allowed)
            found.append(Problem(table.file, 1, name, f"Unknown column '{name}'.{hint}", "Rename or drop it."))
    return found


def _ragged(text: str, width: int, file: str) -> list[Problem]:
    """Rows with more or fewer cells than the header, found the slow and sure way."""
    found, number = [], 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), start=1):
            if row and len(row) != width:
                what = f"The row has {how_many(len(row), 'cell')}; the header has {width}."
                found.append(Problem(file, number, None, what, 'Put cells that hold a comma in "quotes".'))
    except csv.Error as error:
        found.append(Problem(file, number + 1, None, f"The row is not well-formed CSV: {error}.", "Check its quotes."))
    return found or [Problem(file, None, None, "The file is not well-formed CSV.", "Check quotes and commas.")]


MANY = 20  # problems of one kind in one column before the rest is only counted


def problems_where(
    frame: pl.DataFrame,
    table: RecordTable,
    mask: pl.Series,
    column: str,
    what: str | Callable[[str], str],
    fix: str = "",
) -> list[Problem]:
    """One problem per row of ``mask``; ``what`` is a text or a function of the cell."""
    if not mask.any():
        return []
    rows = mask.fill_null(False).arg_true().to_list()
    cells = frame[column]
    found = [
        Problem(table.file, row + FIRST_ROW, column, clean(what(cells[row]) if callable(what) else what), fix)
        for row in rows[:MANY]
    ]
    if len(rows) > MANY:
        more = first_five(row + FIRST_ROW for row in rows[MANY:])
        found.append(
            Problem(table.file, None, column, f"The same in {how_many(len(rows) - MANY, 'further row')} ({more}).", fix)
        )
    return found


def split_list(cell: str | None) -> list[str]:
    """The parts of a ``;``-separated cell, without blanks."""
    return [part for part in (piece.strip() for piece in (cell or "").split(";")) if part]


FEW = 5_000
"""Rows of a table up to which it is kept, with what was found in it."""


def once(check: Callable[..., Iterable[Problem]], frame: pl.DataFrame, *more: Any) -> list[Problem]:
    """``check(frame, *more)``, looked for once as long as these are the same objects.

    A file whose bytes have not changed gives the same frame, and frames are never changed in place: after one row has
    been saved, the other tables of a record need no second look.

    >>> frame = pl.DataFrame({"a": ["x"]})
    >>> looked = []
    >>> def check(frame):
    ...     looked.append(frame)
    ...     return [Problem("a.csv", 2, "a", "It is x.")]
    >>> once(check, frame) == once(check, frame), len(looked)
    (True, 1)
    """
    if len(frame) > FEW:
        return list(check(frame, *more))
    return list(_remembered(check, Same(frame), *map(Same, more)))


@lru_cache(maxsize=64)
def _remembered(check: Callable[..., Iterable[Problem]], *asked: Same[Any]) -> tuple[Problem, ...]:
    return tuple(check(*(one.thing for one in asked)))
