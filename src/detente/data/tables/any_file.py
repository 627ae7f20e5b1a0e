"""A table from a file of any kind that the field uses: CSV, Parquet, Stata, Excel, Arrow, or one of these in a zip."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import polars as pl

from detente._foreign import check_regular
from detente.data.tables.csv_trouble import START, csv_trouble, encoding_trouble, start_trouble
from detente.data.tables.files import Files, extension_of, read_table_file
from detente.errors import MissingExtra, UnreadableFile, did_you_mean

READABLE = (".parquet", ".pq", ".csv", ".csv.gz", ".tsv", ".dlm", ".txt", ".feather", ".arrow", ".dta", ".xlsx", ".zip")
IN_A_ZIP = ("csv", "tsv", "txt", "parquet", "pq", "feather", "arrow", "xlsx", "dta")
MISSING = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", ".", "..")
"""What R, Stata, Excel and the World Bank write for a missing number."""


def read_file(path: Path) -> pl.DataFrame:
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
        return _read_stata(path)
    if kind == "xlsx":
        return _read_sheet(Files(path), path.name)
    if kind == "zip":
        return _read_zip(Files(path))
    if kind not in readers:
        raise UnreadableFile(f"'{path}' is of no known kind.", fix=f"Known are: {', '.join(READABLE)}.")
    try:
        return readers[kind](path)
    except (pl.exceptions.PolarsError, OSError) as error:
        what = str(error).partition("\n")[0]
        raise UnreadableFile(f"'{path}' cannot be read as {kind.upper()}: {what}.", fix="Save it again.") from None


def _read_zip(files: Files) -> pl.DataFrame:
    """The one table of a zip."""
    tables = [name for name in files.names if extension_of(name) in IN_A_ZIP]
    if len(tables) != 1:
        held = f"{len(tables)} tables" if tables else "no table"
        raise UnreadableFile(
            f"'{files.path}' holds {held}: {', '.join(files.names[:5])}.", fix="Unpack it and give the file you mean."
        )
    if extension_of(tables[0]) == "xlsx":
        return _read_sheet(files, tables[0])
    return typed(read_table_file(files, tables[0]))


def _read_sheet(files: Files, name: str) -> pl.DataFrame:
    """The first sheet, whose first row names the columns."""
    frame = read_table_file(files, name)
    if frame.width and frame.columns == [str(k) for k in range(frame.width)]:
        raise UnreadableFile(
            f"The first row of {files.label(name)} does not name every column, each once.",
            why="Which column is which is read from there.",
            fix="Delete titles above the table and give every column a name.",
        )
    return typed(frame)


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


def _read_csv(path: Path, separator: str) -> pl.DataFrame:
    """The table, with types from its first rows or, where later ones differ, from all of them."""
    refuse_no_text(path)
    try:
        frame = pl.read_csv(path, separator=separator, infer_schema_length=10_000)
    except OSError as error:
        raise UnreadableFile(f"'{path}' cannot be read: {error}.", fix="Check its permissions.") from None
    except pl.exceptions.PolarsError:
        _refuse_other_mark(path, separator)
        found = csv_trouble((gzip.decompress if path.suffix == ".gz" else bytes)(path.read_bytes()), separator)
        if found is not None:
            raise UnreadableFile(f"'{path}' cannot be read as CSV: {found[0]}.", fix=found[1]) from None
        frame = pl.read_csv(path, separator=separator, infer_schema_length=None)
    return typed(_of_columns(path, frame))


def refuse_no_text(path: Path) -> None:
    """Raise where a file, unpacked if its name ends in ``.gz``, does not begin like a table in text.

    Raises
    ------
    UnreadableFile
    """
    check_regular(path)
    try:
        with (gzip.open if path.suffix.lower() == ".gz" else open)(path, "rb") as file:
            start = file.read(START)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"'{path}' cannot be read: {error}.", fix="Check its permissions.") from None
    if found := start_trouble(start) or encoding_trouble(start.partition(b"\n")[0]):
        raise UnreadableFile(f"'{path}' cannot be read as CSV: {found[0]}.", fix=found[1])


def _of_columns(path: Path, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame``, unless its one column shows that other marks than expected stand between the cells."""
    mark = next((m for m in ";\t|," if frame.width == 1 and m in frame.columns[0]), None)
    if mark is None:
        return frame
    raise _other_mark(path, mark)


def _refuse_other_mark(path: Path, separator: str) -> None:
    """Raise where the header has no ``separator`` but another mark: commas further down are decimal ones."""
    head = "" if path.suffix == ".gz" else _first_line(path)
    mark = next((m for m in ";\t|" if m in head), None)
    if mark is not None and separator not in head:
        raise _other_mark(path, mark)


def _other_mark(path: Path, mark: str) -> UnreadableFile:
    return UnreadableFile(
        f"'{path}' has {'tabs' if mark == chr(9) else repr(mark)} between its cells.",
        fix="Save it with commas (tabs in a .tsv), and points in its numbers.",
    )
