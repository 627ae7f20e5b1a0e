"""CSV as spreadsheets of the world save it: semicolons, decimal commas, Latin-1, day/month/year; read, and said aloud."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from detente._foreign import parse_rows
from detente.errors import UnreadableFile
from detente.record.schema import TABLES

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_COMMA = re.compile(r"[+-]?\d{1,3}(?:[.\s]\d{3})+,\d+|[+-]?\d+,\d+")


def understood(raw: bytes, name: str) -> tuple[str, list[str]]:
    """The file as CSV with commas, decimal points and ISO dates, and a catalogue key for each thing that was changed.

    Dates such as 03/04/2022 are read day first, unless one in the file can only be month first.

    Raises
    ------
    UnreadableFile

    Examples
    --------
    >>> understood("figure_id;period;value\\nF1;03/04/2022;1.234,5\\n".encode(), "x.csv")
    ('figure_id,period,value\\nF1,2022-04-03,1234.5\\n', ['semicolons', 'decimal_commas', 'day_first'])
    """
    notes: list[str] = []
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
        if "\ufffd" in text:
            raise UnreadableFile(
                f"{name} is in no encoding that is known here.", fix="Save it as 'CSV UTF-8'."
            ) from None
        notes.append("latin1")
    head = text.partition("\n")[0]
    separator = max(SEPARATORS, key=head.count) if any(head.count(s) for s in SEPARATORS) else ","
    if separator == "," and not notes and not _DAY.search(text):
        return text, []
    rows = [cells for _, cells in parse_rows(text, name, separator)]
    if separator != ",":
        notes.append(SEPARATORS[separator])
    header = [cell.strip() for cell in rows[0]] if rows else []
    table = next((t for t in TABLES.values() if t.key in header), None)
    if table is not None:
        _numbers(rows, [header.index(c) for c in table.numbers if c in header], separator, notes)
        _dates(rows, [header.index(c) for c in table.dates if c in header], notes)
    if not notes:
        return text, []
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue(), notes


def _numbers(rows: list[list[str]], columns: Sequence[int], separator: str, notes: list[str]) -> None:
    """Decimal commas, where commas do not part the cells."""
    if separator == ",":
        return
    changed = False
    for row in rows[1:]:
        for k in columns:
            if k < len(row) and _COMMA.fullmatch(row[k].strip()):
                row[k] = re.sub(r"[.\s]", "", row[k]).replace(",", ".")
                changed = True
    if changed:
        notes.append("decimal_commas")


def _dates(rows: list[list[str]], columns: Sequence[int], notes: list[str]) -> None:
    """Days with slashes or points as ISO dates."""
    places = [
        (row, k, m) for row in rows[1:] for k in columns if k < len(row) and (m := _DAY.fullmatch(row[k].strip()))
    ]
    if not places:
        return
    month_first = any(int(m[2]) > 12 for *_, m in places) and not any(int(m[1]) > 12 for *_, m in places)
    for row, k, m in places:
        day, month = (m[2], m[1]) if month_first else (m[1], m[2])
        row[k] = f"{m[3]}-{int(month):02d}-{int(day):02d}"
    notes.append("month_first" if month_first else "day_first")
