"""Why a file cannot be read as CSV: its encoding, its quotes or its rows, with the line."""

from __future__ import annotations

import csv
import io


def csv_trouble(raw: bytes, separator: str = ",") -> tuple[str, str] | None:
    """What is wrong and what to do about it, found the slow and sure way; None where the text is well formed."""
    if not raw.strip():
        return "it is empty", "Give a file with a header and rows."
    if b"\x00" in raw:
        return "it is a binary file", "Export it as CSV."
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return f"line {line} is not UTF-8 (byte 0x{raw[error.start]:02x})", "Save the file as 'CSV UTF-8'."
    return _rows(text, separator)


def _rows(text: str, separator: str) -> tuple[str, str] | None:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width, read = 0, 0
    try:
        for row in rows:
            width = width or len(row)
            if len(row) > width:
                return (
                    f"line {read + 1} has {len(row)} cells and the header {width}",
                    'Put cells that hold a separator in "quotes".',
                )
            read = rows.line_num
    except csv.Error as error:
        return f"the row that begins at line {read + 1} is not well formed ({error})", "Check its quotes."
    return None
