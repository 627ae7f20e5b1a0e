"""Files of sources: one file, a zip or a folder behind one face, and tables read by their extension."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import polars as pl

from detente._foreign import DATA, check_regular, parse_json
from detente.data.tables.archives import Limits, check_archive
from detente.data.tables.csv_trouble import START, UTF_16, csv_trouble, start_trouble
from detente.errors import MissingExtra, UnreadableFile, did_you_mean

TABLES = (
    ".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".dat", ".parquet", ".pq", ".xlsx", ".dta", ".feather", ".arrow",
)  # fmt: skip
READABLE = (*TABLES, ".json", ".zip")
UNPACKED = Limits(entries=20_000, member=1 << 35, unpacked=1 << 38)  # a release of BACI has 27 files of 300 MB
HEAD = 20_000  # bytes looked at to recognise a layout


@dataclass(frozen=True)
class Files:
    """What a path holds: itself, the members of its zip, or the files of its folder.

    Attributes
    ----------
    path : as given.
    """

    path: Path

    @property
    def zipped(self) -> bool:
        return self.path.is_file() and self.path.suffix.lower() == ".zip"

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the files, sorted; of the file itself where there is one only.

        Raises
        ------
        UnreadableFile : nothing is there, or the zip is damaged.
        """
        if self.path.is_dir():
            return tuple(sorted(p.name for p in self.path.iterdir() if p.is_file()))
        if not self.path.exists():
            beside = [p.name for p in self.path.parent.iterdir()] if self.path.parent.is_dir() else []
            raise UnreadableFile(
                f"There is no file '{self.path}'.{did_you_mean(self.path.name, beside)}", fix="Check the path."
            )
        check_regular(self.path)
        if not self.zipped:
            return (self.path.name,)
        check_archive(self.path, UNPACKED)
        try:
            with zipfile.ZipFile(self.path) as archive:
                return tuple(sorted(n for n in archive.namelist() if not n.endswith("/") and "__MACOSX" not in n))
        except (zipfile.BadZipFile, OSError):
            raise UnreadableFile(f"{self.path} is not a zip archive.", fix="Download it again.") from None

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """One of the files, for reading; what is gzipped is unpacked on the way.

        Raises
        ------
        UnreadableFile : it is damaged, encrypted or packed in an unusual way.
        """
        try:
            if self.zipped:
                with zipfile.ZipFile(self.path) as archive, archive.open(name) as packed:
                    yield _unpacked(packed, name)
            else:
                with check_regular(self.path / name if self.path.is_dir() else self.path).open("rb") as plain:
                    yield _unpacked(plain, name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, gzip.BadGzipFile):
            raise UnreadableFile(
                f"{self.label(name)} is damaged, encrypted or packed in an unusual way.", fix="Download it again."
            ) from None

    def json(self, name: str, of_whom: str = "") -> Any:
        """The JSON value in one of the files, of bearable size and depth.

        Raises
        ------
        UnreadableFile : it is none; ``of_whom`` says whose answer it should have been.
        """
        with self.open(name) as handle:
            raw = handle.read(DATA + 1)
        if len(raw) > DATA:
            raise UnreadableFile(
                f"{self.label(name)} is larger than {DATA >> 20:,} MB.", fix="Ask for fewer rows at once."
            )
        try:
            return parse_json(decoded(raw)[0], self.label(name))
        except UnreadableFile as error:
            raise UnreadableFile(
                f"{self.label(name)} is no answer of {of_whom}. {error.what}" if of_whom else error.what,
                fix="Download it again.",
            ) from None

    def label(self, name: str) -> str:
        """What to call one of the files in a message."""
        return f"{self.path.name}/{name}" if self.zipped or self.path.is_dir() else self.path.name

    def head(self, name: str) -> str:
        """The first characters of a file, in whatever encoding it seems to have; "" for binary ones."""
        with self.open(name) as handle:
            raw = handle.read(HEAD)
        return "" if b"\x00" in raw and not raw.startswith(UTF_16) else decoded(raw)[0]


def _unpacked(handle: IO[bytes], name: str) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=handle) if name.lower().endswith(".gz") else handle)


def decoded(raw: bytes) -> tuple[str, str]:
    """Text and the encoding it was in: UTF-8, UTF-16 with its mark, else Latin-1."""
    if raw.startswith(UTF_16):
        return raw.decode("utf-16", "replace"), "utf-16"
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start >= len(raw) - 3:  # a head that ends inside a character
            return raw[: error.start].decode("utf-8-sig"), "utf-8"
        return raw.decode("latin-1"), "latin-1"


def extension_of(name: str) -> str:
    """The extension that says the kind of table, without ``.gz``: ``csv`` of ``flows.csv.gz``."""
    return name.lower().removesuffix(".gz").rpartition(".")[2]


def header_of(text: str) -> tuple[list[str], str]:
    """The cells of the first line and the mark between them."""
    first = text.lstrip("\ufeff").partition("\n")[0].rstrip("\r")
    mark = max(",;\t|", key=first.count)
    return [cell.strip().strip('"') for cell in first.split(mark)], mark


def read_table_file(files: Files, name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """One table, with the columns asked for (those of them it has) or all, as its extension says.

    CSV and TSV are read as text whatever their separator (comma, semicolon, tab, bar) and encoding (UTF-8, UTF-16,
    Latin-1): the layouts turn cells into numbers, so that ``0101`` keeps its zero and ``NA`` is Namibia where it is.

    Raises
    ------
    UnreadableFile, MissingExtra
    """
    kind = extension_of(name)
    if kind in ("csv", "tsv", "txt", "dat"):
        return _text_table(files, name, columns)
    if kind in ("parquet", "pq", "feather", "arrow"):
        reader = pl.read_parquet if kind in ("parquet", "pq") else pl.read_ipc
        with files.open(name) as handle:
            raw = io.BytesIO(handle.read())
        try:
            frame = reader(raw)
        except (pl.exceptions.PolarsError, OSError) as error:
            what = str(error).partition("\n")[0]
            raise UnreadableFile(f"{files.label(name)} is no {kind} file: {what}.", fix="Save it again.") from None
        return frame if columns is None else frame.select([c for c in frame.columns if c in set(columns)])
    if kind == "xlsx":
        return sheet_frame(next(iter(sheets_of(files, name, "").values())))
    if kind == "dta":
        return _stata(files, name, columns)
    raise UnreadableFile(f"{files.label(name)} is of no known kind.", fix=f"Known are: {', '.join(READABLE)}.")


def _text_table(files: Files, name: str, columns: Sequence[str] | None) -> pl.DataFrame:
    start = _start(files, name)
    if not start.startswith(UTF_16) and (found := start_trouble(start)):
        raise UnreadableFile(f"{files.label(name)} cannot be read: {found[0]}.", fix=found[1])
    head = files.head(name)
    if not head.strip():
        raise UnreadableFile(f"{files.label(name)} is empty.", fix="Give a file with a header and rows.")
    header, mark = header_of(head)
    wanted = None if columns is None else [k for k, cell in enumerate(header) if cell in set(columns)]
    ragged = _one_mark_more(head, mark)
    options: dict[str, Any] = {
        "separator": mark,
        "infer_schema": False,
        "truncate_ragged_lines": ragged,
        "columns": wanted or None,
    }
    source: Path | io.BytesIO
    plain = not files.zipped and not name.endswith(".gz") and decoded(start)[1] == "utf-8"
    if plain:
        source = files.path / name if files.path.is_dir() else files.path
    else:
        with files.open(name) as handle:
            raw = handle.read()
        source = io.BytesIO(decoded(raw)[0].encode())
    try:
        if plain and wanted:  # a large file of which a few columns are asked for is never held as a whole
            names = [header[k] for k in wanted]
            lazy = pl.scan_csv(source, separator=mark, infer_schema=False, truncate_ragged_lines=ragged).select(names)
            return lazy.collect(engine="streaming")
        return pl.read_csv(source, **options)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        with files.open(name) as handle:
            found = csv_trouble(handle.read(), mark)
        what, fix = found or (str(error).partition("\n")[0], "Check the file.")
        raise UnreadableFile(f"{files.label(name)} cannot be read: {what}.", fix=fix) from None


def _one_mark_more(head: str, mark: str) -> bool:
    """Whether every row ends in a mark and the header does not, as in UN Comtrade's downloads: an empty cell too many."""
    header, *rows = head.splitlines()[:-1][:20] or [""]
    return bool(rows) and not header.endswith(mark) and all(row.endswith(mark) for row in rows if row)


def _start(files: Files, name: str) -> bytes:
    with files.open(name) as handle:
        return handle.read(START)


def sheets_of(files: Files, name: str, only: str | None = None) -> dict[str, list[list[str | None]]]:
    """Each sheet's rows as text cells, all of a sheet equally wide; ``only`` that sheet, or the first without it.

    Raises
    ------
    UnreadableFile, MissingExtra
    """
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingExtra.needed("openpyxl", "export", "Reading a spreadsheet") from None
    if not files.zipped:
        check_archive(files.path / name if files.path.is_dir() else files.path, UNPACKED)
    with files.open(name) as handle:
        raw = io.BytesIO(handle.read())
    try:
        book = load_workbook(raw, read_only=True, data_only=True)
        wanted = book.worksheets
        if only is not None:
            wanted = [book[only] if only in book.sheetnames else wanted[0]]
        found = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in wanted}
    except (KeyError, IndexError, OSError, ValueError, zipfile.BadZipFile):
        raise UnreadableFile(f"{files.label(name)} is no spreadsheet.", fix="Save it as .xlsx.") from None
    wide = {title: max(map(len, rows), default=0) for title, rows in found.items()}
    return {
        title: [[_cell(v) for v in (*row, *[None] * (wide[title] - len(row)))] for row in rows]
        for title, rows in found.items()
    }


def sheet_frame(cells: list[list[str | None]], *, named: bool = True) -> pl.DataFrame:
    """Rows of cells as text columns, named by the first row where it names every column once, else ``0``, ``1``, ..."""
    head = cells[0] if cells else []
    if named and head and all(head) and len(set(head)) == len(head):
        return pl.DataFrame(cells[1:], schema=dict.fromkeys(map(str, head), pl.String), orient="row")
    return pl.DataFrame(cells, schema={str(k): pl.String for k in range(len(head))}, orient="row")


def sheet_rows(files: Files, name: str, sheet: str) -> pl.DataFrame:
    """Every row of a named sheet (the first where there is none of that name), as text; columns ``0``, ``1``, ..."""
    return sheet_frame(next(iter(sheets_of(files, name, sheet).values())), named=False)


def _cell(value: object) -> str | None:
    if value is None:
        return None
    return f"{value:.0f}" if isinstance(value, float) and value == round(value) else str(value)


def _stata(files: Files, name: str, columns: Sequence[str] | None) -> pl.DataFrame:
    try:
        import pandas as pd
    except ImportError:
        raise UnreadableFile(
            f"{files.label(name)} is a Stata file, and reading one needs pandas.", fix="python -m pip install pandas"
        ) from None
    with files.open(name) as handle:
        raw = io.BytesIO(handle.read())
    try:
        with pd.io.stata.StataReader(raw, convert_categoricals=False) as reader:
            have = list(reader.variable_labels())
            frame = reader.read(columns=None if columns is None else [c for c in have if c in set(columns)])
    except (ValueError, struct.error) as error:
        raise UnreadableFile(f"{files.label(name)} is no Stata file: {error}.", fix="Save it again.") from None
    return pl.DataFrame({c: frame[c].tolist() for c in frame.columns}, strict=False)
