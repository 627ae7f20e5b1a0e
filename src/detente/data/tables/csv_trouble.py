"""Why a file cannot be read as CSV: its encoding, its quotes or its rows, with the line."""

from __future__ import annotations

import csv
import io

START = 1 << 20  # bytes in which the first line of a table ends
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def start_trouble(start: bytes) -> tuple[str, str] | None:
    """Why a file that begins like this cannot be a table in text, told from its first ``START`` bytes alone.

    A reader that looks for lines would hold a file without any as one, however large.

    >>> start_trouble(b"a,b\\n1,\\x00")
    ('it is a binary file', 'Export it as CSV.')
    """
    if start.startswith(UTF_16):
        return "it is UTF-16", "Save the file as 'CSV UTF-8'."
    if b"\x00" in start:
        return "it is a binary file", "Export it as CSV."
    if len(start) >= START and b"\n" not in start[:START]:
        return "its first line does not end within 1 MB", "Give a table with one row a line."
    return None


def csv_trouble(raw: bytes, separator: str = ",", above: int = 0) -> tuple[str, str] | None:
    """What is wrong and what to do about it, found the slow and sure way; None where the text below ``above`` lines is
    well formed."""
    if not raw.strip():
        return "it is empty", "Give a file with a header and rows."
    if found := start_trouble(raw):
        return found
    return encoding_trouble(raw) or _rows(raw.decode("utf-8-sig"), separator, above)


def encoding_trouble(raw: bytes) -> tuple[str, str] | None:
    """The first line that is not UTF-8; None where all are."""
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return f"line {line} is not UTF-8 (byte 0x{raw[error.start]:02x})", "Save the file as 'CSV UTF-8'."
    return None


def _rows(text: str, separator: str, above: int) -> tuple[str, str] | None:
    lines = io.StringIO(text, newline="")
    for _ in range(above):
        lines.readline()
    rows = csv.reader(lines, delimiter=separator, strict=True)
    width, read = 0, above
    try:
        for row in rows:
            width = width or len(row)
            if len(row) > width:
                fix = "Delete titles above the table" if width == 1 else 'Put cells that hold a separator in "quotes"'
                return f"line {read + 1} has {len(row)} cells and the header {width}", f"{fix}."
            read = above + rows.line_num
    except csv.Error as error:
        return f"the row that begins at line {read + 1} is not well formed ({error})", "Check its quotes."
    return None
