"""A table from a file of any kind that the field uses: CSV, Parquet, Stata, Excel, Arrow, or one of these in a zip."""

from __future__ import annotations

import gzip
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from detente._foreign import check_regular
from detente.data.tables.as_written import begins, header_row, shows_commas, with_decimal_commas
from detente.data.tables.csv_trouble import START, csv_trouble, encoding_trouble, start_trouble
from detente.data.tables.files import Files, extension_of, read_table_file, sheet_frame, sheets_of
from detente.errors import MissingExtra, UnreadableFile, did_you_mean
from detente.language import Number, Text

READABLE = (".parquet", ".pq", ".csv", ".csv.gz", ".tsv", ".dlm", ".txt", ".feather", ".arrow", ".dta", ".xlsx", ".zip")
IN_A_ZIP = ("csv", "tsv", "txt", "parquet", "pq", "feather", "arrow", "xlsx", "dta")
MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", ".", "..")
"""What R, Stata, Excel and the World Bank write for a missing number."""


@dataclass(frozen=True, slots=True)
class FileTable:
    """A table from a file, and what reading it took for granted."""

    frame: pl.DataFrame
    notes: tuple[Text, ...] = ()
    above: int = 0
    """Lines above the header."""


def read_file(path: Path) -> FileTable:
    """The one table of a file.

    Raises
    ------
    UnreadableFile, InvalidFlow, MissingExtra
    """
    if path.is_dir():
        raise UnreadableFile(
            f"'{path}' is a folder and holds no BACI files.", fix="Give a CSV or Parquet file, or BACI's folder."
        )
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UnreadableFile(f"There is no file '{path}'.{did_you_mean(path.name, beside)}", fix="Check the path.")
    check_regular(path)
    name = path.name.lower()
    readers = {"parquet": pl.read_parquet, "pq": pl.read_parquet}
    readers |= {"feather": pl.read_ipc, "arrow": pl.read_ipc}
    kind = name.removesuffix(".gz").rsplit(".", 1)[-1]
    if kind in ("csv", "tsv"):
        return _read_csv(path, "\t" if kind == "tsv" else ",")
    if kind in ("dlm", "txt"):  # delimited, by whatever stands most often in its first line
        return _read_csv(path, max(",\t;|", key=_first_line(path).count))
    if kind == "dta":
        return FileTable(_read_stata(path))
    if kind == "xlsx":
        return _read_sheet(Files(path), path.name)
    if kind == "zip":
        return _read_zip(Files(path))
    if kind not in readers:
        raise UnreadableFile(f"'{path}' is of no known kind.", fix=f"Known are: {', '.join(READABLE)}.")
    try:
        return FileTable(readers[kind](path))
    except (pl.exceptions.PolarsError, OSError) as error:
        what = str(error).partition("\n")[0]
        raise UnreadableFile(f"'{path}' cannot be read as {kind.upper()}: {what}.", fix="Save it again.") from None


def _read_zip(files: Files) -> FileTable:
    """The one table of a zip."""
    tables = [name for name in files.names if extension_of(name) in IN_A_ZIP]
    if len(tables) != 1:
        held = f"{len(tables)} tables" if tables else "no table"
        raise UnreadableFile(
            f"'{files.path}' holds {held}: {', '.join(files.names[:5])}.", fix="Unpack it and give the file you mean."
        )
    if extension_of(tables[0]) == "xlsx":
        return _read_sheet(files, tables[0])
    frame = read_table_file(files, tables[0])
    return _with_points(frame, files.label(tables[0])) if shows_commas(frame) else FileTable(typed(frame))


def _read_sheet(files: Files, name: str) -> FileTable:
    """The first sheet, from the row that names its columns; where it holds no table, the only one that does."""
    sheets, label = sheets_of(files, name), files.label(name)
    alone = len(sheets) == 1
    heads = {sheet: 0 if _names_all(rows, alone) else header_row(rows) for sheet, rows in sheets.items()}
    tables = [sheet for sheet, head in heads.items() if head is not None]
    first = next(iter(sheets), "")
    if first not in tables and len(tables) != 1:
        others = f" Sheets that do: {', '.join(map(repr, tables))}." if tables else ""
        raise UnreadableFile(
            f"The first sheet of {label} has no row that names every column, each once.{others}",
            why="Which column is which is read from there.",
            fix="Put the sheet with the table first, delete titles above it and give every column a name.",
        )
    sheet = first if first in tables else tables[0]
    head = heads[sheet] or 0
    rows = sheets[sheet][head:]
    filled = [k for k, cell in enumerate(rows[0]) if cell and cell.strip()]
    frame = typed(sheet_frame([[row[k] for k in filled] for row in rows if any(row)]))
    notes = [Text("rows.begins", file=label, line=Number(str(head + 1)))] if head else []
    notes += [Text("rows.sheet", file=label, sheet=sheet)] if sheet != first else []
    return FileTable(frame, tuple(notes), head)


def _names_all(rows: list[list[str | None]], alone: bool) -> bool:
    """Whether the first row names every column once; one column is a table where the workbook has no other sheet."""
    head = rows[0] if rows else []
    return len(head) > (0 if alone else 1) and all(head) and len(set(head)) == len(head)


def typed(frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` with numbers where a column of texts holds nothing else but marks of missing values.

    A column with other words stays as it is: ``NA`` among countries' codes is Namibia.

    >>> typed(pl.DataFrame({"x": ["1.5", "NA", ""], "iso2": ["NA", "ZA", "BW"]})).rows()
    [(1.5, 'NA'), (None, 'ZA'), (None, 'BW')]
    """
    changed = []
    for series in frame.get_columns():
        if series.dtype != pl.String:
            continue
        bare = series.str.strip_chars()
        present = bare.set(bare.is_in(MISSING), None) if bare.is_in(MISSING).any() else bare
        numbers = present.cast(pl.Float64, strict=False)
        if numbers.null_count() == present.null_count() < len(series):
            whole = present.cast(pl.Int64, strict=False)
            changed.append(whole if whole.null_count() == present.null_count() else numbers)
    return frame.with_columns(changed)


def _first_line(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as lines:
            return lines.readline(START)
    except OSError as error:
        raise UnreadableFile(f"'{path}' cannot be read: {error}.", fix="Check its permissions.") from None


def _read_stata(path: Path) -> pl.DataFrame:
    """A Stata file: its values as they are, labelled ones by their label where each has one."""
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtra.needed("pandas", "dev", "Reading a Stata file") from None
    try:
        frame: Any = pd.read_stata(path, convert_categoricals=False)
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise UnreadableFile(
            f"'{path}' cannot be read as a Stata file: {error}.", fix="Save it again, or as CSV or Parquet."
        ) from None
    return pl.DataFrame({str(name): frame[name].to_list() for name in frame.columns})


def _read_csv(path: Path, separator: str) -> FileTable:
    """The table, with types from its first rows or, where later ones differ, from all of them."""
    start = start_of_text(path)
    head, whole = start.decode("utf-8-sig", "replace"), len(start) < START
    first = next(iter(head.splitlines()), "").split(separator)
    above = begins(head, whole) if sum(bool(cell.strip()) for cell in first) < 2 else None
    if above is not None:
        return _scanned(path, *above)
    try:
        return _scanned(path, separator, 0)
    except UnreadableFile:
        if (above := begins(head, whole)) in (None, (separator, 0)):
            raise
        return _scanned(path, *above)


def _scanned(path: Path, separator: str, above: int) -> FileTable:
    """The table that begins below ``above`` lines."""
    options: dict[str, Any] = {"separator": separator, "skip_lines": above}
    try:
        frame = pl.read_csv(path, infer_schema_length=10_000, **options)
    except OSError as error:
        raise UnreadableFile(f"'{path}' cannot be read: {error}.", fix="Check its permissions.") from None
    except pl.exceptions.PolarsError:
        found = csv_trouble((gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes()), separator, above)
        if found is not None:
            raise UnreadableFile(f"'{path}' cannot be read as CSV: {found[0]}.", fix=found[1]) from None
        frame = pl.read_csv(path, infer_schema_length=None, **options)
    notes = (Text("rows.begins", file=path.name, line=Number(str(above + 1))),) if above else ()
    if separator == "," or not shows_commas(frame):
        return FileTable(typed(frame), notes, above)
    table = _with_points(pl.read_csv(path, infer_schema=False, **options), path.name)
    return FileTable(table.frame, notes + table.notes, above)


def _with_points(frame: pl.DataFrame, label: str) -> FileTable:
    """A table of texts with numbers, where their commas are shown to be decimal ones."""
    pointed = with_decimal_commas(frame, label, MISSING)
    said = () if pointed is frame else (Text("rows.decimal_commas", file=label),)
    return FileTable(typed(pointed), said)


def start_of_text(path: Path) -> bytes:
    """The first ``START`` bytes of a table in text, unpacked if its name ends in ``.gz``.

    Raises
    ------
    UnreadableFile : it does not begin like one.
    """
    check_regular(path)
    try:
        with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
            start = file.read(START)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"'{path}' cannot be read: {error}.", fix="Check its permissions.") from None
    if found := start_trouble(start) or encoding_trouble(start.partition(b"\n")[0]):
        raise UnreadableFile(f"'{path}' cannot be read as CSV: {found[0]}.", fix=found[1])
    return start
