"""Tables to files for a download: CSV, Parquet, Excel and Word."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente._leaving import SAID, csv_text
from detente.errors import MissingExtra, UsageError, did_you_mean

if TYPE_CHECKING:
    import polars as pl

KINDS = ("csv", "parquet", "xlsx", "docx")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
WORD_ROWS = 200  # a table of thousands of rows is no document


@dataclass(frozen=True, slots=True)
class Download:
    """A file's bytes, its ending and its media type."""

    body: bytes
    ending: str

    @property
    def media(self) -> str:
        return MEDIA[self.ending]


def export(tables: Mapping[str, pl.DataFrame], kind: str, *, title: str = "", notes: Sequence[str] = ()) -> Download:
    """The tables as one file: several CSV or Parquet files come zipped, with the notes beside them.

    Raises
    ------
    UsageError
        An unknown kind.
    MissingExtra
        What writes Excel or Word is not installed.
    """
    if kind not in KINDS:
        raise UsageError(
            f"'{kind[:20]}' is no kind of file.{did_you_mean(kind, KINDS)}",
            fix=f"Use one of {', '.join(KINDS)}.",
        )
    if kind == "xlsx":
        return Download(_excel(tables, title, notes), kind)
    if kind == "docx":
        return Download(_word(tables, title, notes), kind)
    parts = {f"{name}.{kind}": _one(frame, kind) for name, frame in tables.items()}
    if len(parts) == 1:
        return Download(next(iter(parts.values())), kind)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
        archive.writestr("README.txt", "\n".join([title, *notes, *([SAID] if kind == "csv" else [])]) + "\n")
    return Download(packed.getvalue(), "zip")


def _one(frame: pl.DataFrame, kind: str) -> bytes:
    if kind == "csv":
        return csv_text(frame).encode("utf-8")
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def _excel(tables: Mapping[str, pl.DataFrame], title: str, notes: Sequence[str]) -> bytes:
    try:
        import xlsxwriter
    except ImportError:
        raise MissingExtra.needed("xlsxwriter", "export", "An Excel file") from None
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        about = book.add_worksheet("about")
        about.set_column(0, 0, 100, wrap)
        for row, line in enumerate([title, *notes]):
            about.write_string(row, 0, line)
        for name, frame in tables.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, max(0, frame.width - 1), 18)
            for column, label in enumerate(frame.columns):
                sheet.write_string(0, column, label, bold)
            for number, cells in enumerate(frame.iter_rows(), start=1):
                for column, cell in enumerate(cells):
                    _cell(sheet, number, column, cell)
            if frame.height:
                sheet.autofilter(0, 0, frame.height, frame.width - 1)
    return out.getvalue()


def _cell(sheet: Any, row: int, column: int, value: Any) -> None:
    if value is None or value != value:
        return
    if isinstance(value, bool | int | float) and abs(value) != float("inf"):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:32767])


def _word(tables: Mapping[str, pl.DataFrame], title: str, notes: Sequence[str]) -> bytes:
    try:
        import docx
    except ImportError:
        raise MissingExtra.needed("python-docx", "export", "A Word file") from None
    book = docx.Document()
    book.core_properties.title = title[:255]
    book.add_heading(title or "détente", level=1)
    for note in notes:
        book.add_paragraph(_printable(note))
    for name, frame in tables.items():
        book.add_heading(name, level=2)
        if frame.height > WORD_ROWS:
            book.add_paragraph(f"{WORD_ROWS} / {frame.height}")
        shown = frame.head(WORD_ROWS)
        table = book.add_table(rows=1, cols=frame.width, style="Light Grid Accent 1")
        for place, label in zip(table.rows[0].cells, frame.columns):
            place.text = label
        for cells in shown.iter_rows():
            for place, cell in zip(table.add_row().cells, cells):
                place.text = _written(cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _written(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else _printable(str(value))


def _printable(text: str) -> str:
    """Without the control characters that a Word file cannot hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
