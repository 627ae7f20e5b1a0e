"""A record as a workbook with drop-downs, and the rows of one that was filled in."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

import polars as pl

from detente._atomic import write_file
from detente._foreign import read_bytes
from detente.data.tables.archives import Limits, check_archive
from detente.errors import MissingExtra, Problem, UnreadableFile, first_five
from detente.record.exchange.in_plain import in_plain_form
from detente.record.ledger import Ledger
from detente.record.schema import FIGURES, TABLES, RecordTable
from detente.record.states.vocabulary import Vocabulary, default_vocabulary

BASES = (*("fob", "cif", "fob+cif", "fob+fob", "mirror", "importer-side", "baci", "comtrade", "unspecified", "-"),)
"""Offered in the drop-down of a figure's basis; other words are allowed."""
MAX_BYTES = 200_000_000
MAX_UNPACKED = 1_000_000_000
MAX_ENTRIES = 1000
MAX_CELLS = 20_000_000
_MERGED = re.compile(rb"mergeCell\b[^>]{0,100}?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_SPARE_ROWS = 2000
MARKS = "made from"
"""Hidden sheet: table, id and :func:`digest` of every row that the workbook was made from."""

Cells = dict[str, str]
"""A row's cells as text, by column."""


def write_workbook(ledger: Ledger, path: str | Path, *, vocabulary: Vocabulary | None = None) -> Path:
    """Write one sheet per table, with drop-downs for the columns that have a vocabulary.

    Every cell is text, so that no spreadsheet turns a date, an id or a formula-like word
    into something else.

    Raises
    ------
    MissingExtra, OutputError
    """
    return write_file(Path(path), workbook(ledger, vocabulary=vocabulary))


def workbook(ledger: Ledger, *, vocabulary: Vocabulary | None = None) -> bytes:
    """The workbook that :func:`write_workbook` writes.

    Raises
    ------
    MissingExtra
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtra.needed("xlsxwriter", "export", "Writing a workbook") from error
    vocabulary = vocabulary or default_vocabulary()
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    text = book.add_format({"num_format": "@"})
    words_sheet = book.add_worksheet("words")
    words_sheet.hide()
    lists, marked = 0, []
    for name, table in TABLES.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(table.allowed):
            sheet.write_string(0, place, column, head)
            sheet.set_column(place, place, 44 if column in ("title", "claim", "note") else 16, text)
        frame = getattr(ledger, name)
        for number, row in enumerate(_told(frame, table), start=1):
            marked.append((name, row[table.key], digest(name, row)))
            for place, cell in enumerate(row.values()):
                if cell:
                    sheet.write_string(number, place, cell, text)
        for column, words in _offered(name, table, vocabulary).items():
            place = table.allowed.index(column)
            words_sheet.write_column(0, lists, list(words))
            source = f"=words!${_letter(lists)}$1:${_letter(lists)}${len(words)}"
            rule = {"validate": "list", "source": source}
            if column == "basis":
                rule |= {"error_type": "information"}
            sheet.data_validation(1, place, frame.height + _SPARE_ROWS, place, rule)
            lists += 1
    marks = book.add_worksheet(MARKS)
    marks.hide()
    for number, row in enumerate(marked):
        marks.write_row(number, 0, row)
    book.worksheets_objs[1].activate()
    book.worksheets_objs[1].set_first_sheet()
    book.close()
    return held.getvalue()


def _told(frame: pl.DataFrame, table: RecordTable) -> Iterator[Cells]:
    for row in frame.iter_rows(named=True):
        yield {c: "" if row[c] is None else _written(row[c]) for c in table.allowed}


def read_sheets(path: Path) -> tuple[dict[str, dict[int, Cells]], dict[tuple[str, str], str], list[Problem]]:
    """The rows of every sheet by their numbers there, the marks of those it was made from, and what is wrong.

    Raises
    ------
    MissingExtra, UnreadableFile
    """
    try:
        import openpyxl
    except ImportError as error:
        raise MissingExtra.needed("openpyxl", "export", "Reading a workbook") from error
    raw = io.BytesIO(read_bytes(path, MAX_BYTES))
    _refuse_bombs(path)
    try:
        book = openpyxl.load_workbook(raw)
    except Exception as error:  # openpyxl lets zip, XML and key errors through
        raise UnreadableFile(f"'{path.name}' is not an .xlsx workbook.", fix="Save it as .xlsx.") from error
    tables, problems = {}, []
    for name, table in TABLES.items():
        if name not in book.sheetnames:
            if not table.optional:
                problems.append(Problem(f"{path.name}:{name}", None, None, "The sheet is missing."))
            continue
        sheet = book[name]
        if sheet.max_row * sheet.max_column > MAX_CELLS:
            what = f"The sheet reaches to row {sheet.max_row:,} and column {sheet.max_column:,}."
            problems.append(Problem(f"{path.name}:{name}", None, None, what, "Delete what stands far from the table."))
            continue
        for merged in sheet.merged_cells.ranges:
            what = f"The cells {merged.coord} are merged."
            problems.append(Problem(f"{path.name}:{name}", merged.min_row, None, what, "Unmerge and fill them."))
        tables[name] = dict(_rows(sheet, table, f"{path.name}:{name}", problems))
    marks = book[MARKS].iter_rows(max_col=3, values_only=True) if MARKS in book.sheetnames else ()
    return tables, {(str(name), str(id_)): str(mark) for name, id_, mark in marks}, problems


def _refuse_bombs(path: Path) -> None:
    """A small file may unpack to a huge one; what it declares is looked at before a spreadsheet is made of it."""
    if not zipfile.is_zipfile(path):
        return  # no workbook: said by the reader below
    with zipfile.ZipFile(path) as packed:
        unpacked = sum(item.file_size for item in packed.infolist())
    if unpacked > MAX_UNPACKED:
        raise UnreadableFile(f"'{path.name}' unpacks to {unpacked / 1e9:.1f} GB.", fix="Split the record or use CSV.")
    check_archive(path, Limits(MAX_ENTRIES, MAX_UNPACKED, MAX_UNPACKED))
    with zipfile.ZipFile(path) as packed:
        for item in packed.infolist():
            if item.filename.lower().endswith((".xml", ".rels", ".vml")):
                with packed.open(item) as part:
                    _refuse_expansion(part, f"{path.name}: {item.filename}")


def _refuse_expansion(part: IO[bytes], name: str) -> None:
    """XML that declares entities can grow without end, and one merged range can make a billion cells."""
    tail, merged, first = b"", 0, True
    try:
        while chunk := part.read(1 << 20):
            if first and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in chunk[:64]):
                raise UnreadableFile(f"{name} is not UTF-8.", fix="Save the workbook anew as .xlsx.")
            text, first = tail + chunk, False
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise UnreadableFile(
                    f"{name} declares a document type or an entity.",
                    why="No spreadsheet program writes one, and it can expand without end.",
                    fix="Save the workbook anew as .xlsx.",
                )
            merged += sum(_cells(*found) for found in _MERGED.findall(text))
            if merged > MAX_CELLS:
                raise UnreadableFile(f"{name} merges more than {MAX_CELLS:,} cells.", fix="Unmerge them.")
            tail = text[-200:] if len(chunk) == 1 << 20 else b""
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise UnreadableFile(f"{name} is damaged.", fix="Save the workbook anew as .xlsx.") from None


def _cells(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    """Cells of a range such as A1:C7."""

    def column(letters: bytes) -> int:
        place = 0
        for letter in letters:
            place = 26 * place + letter - ord("A") + 1
        return place

    return (abs(column(right) - column(left)) + 1) * (abs(int(bottom) - int(top)) + 1)


def _rows(sheet: Any, table: RecordTable, file: str, problems: list[Problem]) -> Iterator[tuple[int, Cells]]:
    header = [str(cell.value or "").strip() for cell in sheet[1]]
    unknown = [name for name in header if name and name not in table.allowed]
    if unknown:
        problems.append(Problem(file, 1, unknown[0], f"Unknown columns: {first_five(unknown)}.", "Rename them."))
    twice = dict.fromkeys(name for name in header if name and header.count(name) > 1)
    problems.extend(Problem(file, 1, name, "The column appears twice.", "Leave one of them.") for name in twice)
    places = {name: place for place, name in enumerate(header) if name in table.allowed}
    headless = {place for place, name in enumerate(header) if not name}
    for number, row in enumerate(sheet.iter_rows(min_row=2), start=2):
        filled = [cell for cell in row if cell.value is not None and str(cell.value).strip()]
        if not filled:
            continue
        for cell in (cell for cell in filled if cell.column - 1 in headless):
            what = f"The cell {cell.coordinate} stands in a column without a name in row 1."
            problems.append(Problem(file, number, None, what, "Name the column, or delete the cell."))
            headless.remove(cell.column - 1)
        cells = {}
        for column in table.allowed:
            cell = row[places[column]] if column in places and places[column] < len(row) else None
            if cell is not None and cell.data_type == "f":
                what = f"The cell holds a formula ({str(cell.value)[:40]})."
                problems.append(Problem(file, number, column, what, "Paste its value."))
            cells[column] = "" if cell is None or cell.value is None else _as_shown(cell)
        yield number, cells


def _as_shown(cell: Any) -> str:
    """A cell as the CSV has it: a month that a spreadsheet made the first of one is a month, and 7.0 is not 7."""
    value, form = cell.value, re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", cell.number_format or "").casefold()
    if isinstance(value, date) and value.day == 1 and "y" in form and "d" not in form:
        return value.strftime("%Y-%m" if "m" in form else "%Y")
    places = re.fullmatch(r"[#,]*0\.(0+)", form)
    if (
        places
        and not isinstance(value, bool)
        and isinstance(value, int | float)
        and float(shown := f"{value:.{len(places[1])}f}") == value
    ):
        return shown
    return _written(value)


def _written(value: Any) -> str:
    """A value as text: dates without a time, whole numbers without a point."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return str(int(value))
    return format(value, ".15g") if isinstance(value, int | float) else str(value).strip()


def csv_of(table: RecordTable, rows: Iterable[Cells]) -> str:
    """Rows of a table as a record's file."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([table.allowed, *([row[c] for c in table.allowed] for row in rows)])
    return out.getvalue()


def digest(name: str, row: Cells) -> str:
    """What a row says, in 16 letters; numbers that a workbook holds as such are alike in every writing."""
    said = (f"{c}={in_plain_form(TABLES[name], c, cell, exactly=True)}" for c, cell in row.items() if cell)
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def _offered(name: str, table: RecordTable, vocabulary: Vocabulary) -> dict[str, Collection[str]]:
    words = dict(table.words or {})
    if name == "events":
        words["kind"] = tuple(vocabulary.kinds)
    if table is FIGURES:
        words["basis"] = BASES
    return words


def _letter(place: int) -> str:
    return chr(ord("A") + place)
