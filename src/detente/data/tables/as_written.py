"""Tables as people write them: titles above the header, any mark between cells, commas for decimals.

What is taken for a header, a mark or a decimal comma is so without a second reading; where there is one, it is an error.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from statistics import mode

import polars as pl

from detente.errors import InvalidFlow, UnreadableFile

MARKS = ",;\t|"
ABOVE = 30  # rows in which a header is looked for
COMMA = r"^[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+$"
POINT = r"^[-+]?(?:\d{1,3}(?:,\d{3})+|\d*)\.\d+(?:[eE][-+]?\d+)?$"
NUMBER = r"^[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?$"  # with commas for decimals
UNCLEAR = r"^[-+]?[1-9]\d{0,2}[.,]\d{3}$"  # its mark parts decimals or thousands


def header_row(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Which row names the columns: the first as wide as most of those below, all of it names, and fuller than what
    stands above; None where there is none.

    >>> header_row([["Trade", "", ""], [], ["from", "to", "trade"], ["A", "B", "1"]])
    2
    """
    filled = [[cell.strip() for cell in row if cell is not None and cell.strip()] for row in rows[:ABOVE]]
    for k, names in enumerate(filled[:-1]):
        below = [len(row) for row in rows[k + 1 : k + 1 + ABOVE] if any(row)]
        named = len(names) > 1 and len(set(names)) == len(names) and not any(map(_numeric, names))
        if named and below and len(names) == mode(below) and all(len(row) < len(names) for row in filled[:k]):
            return k
    return None


def _numeric(cell: str) -> bool:
    return cell.replace(".", "").replace(",", "").lstrip("-+").isdigit()


def begins(head: str, whole: bool) -> tuple[str, int] | None:
    """The mark between cells and how many lines stand above the header, from the first characters of a file.

    ``whole`` says that ``head`` is all of it; else its last line is cut off somewhere.

    >>> begins("Trade\\n\\na;b\\n1;2,5\\n", True)
    (';', 2)
    """
    lines = (head.splitlines() if whole else head.splitlines()[:-1])[: 2 * ABOVE]
    found: dict[int, list[tuple[str, int]]] = {}  # by the number of columns
    for mark in MARKS:
        try:
            rows = list(csv.reader(lines, delimiter=mark))
        except csv.Error:
            continue
        if (k := header_row(rows)) is not None:
            found.setdefault(len(rows[k]), []).append((mark, k))
    widest = found[max(found)] if found else []
    return widest[0] if len(widest) == 1 else None


def shows_commas(frame: pl.DataFrame) -> bool:
    """Whether a cell of text is a number with a comma."""
    texts = [s for s in frame.get_columns() if s.dtype == pl.String]
    return any(_count(s, COMMA) for s in texts)


def with_decimal_commas(frame: pl.DataFrame, label: str, missing: Sequence[str]) -> pl.DataFrame:
    """A frame of texts whose columns of numbers with decimal commas have points; the others as they are, and so is a
    cell without a digit (*n.d.*), which whoever reads the numbers knows as missing or asks back.

    Raises
    ------
    UnreadableFile : some numbers have a decimal comma and others a decimal point.
    InvalidFlow : ``1,234`` or ``1.234`` where nothing shows what the mark is.
    """
    texts = {s.name: s.str.strip_chars() for s in frame.get_columns() if s.dtype == pl.String}
    cells = {
        name: s.filter(s.str.contains(r"\d") & ~s.is_in(list(missing)).fill_null(False)) for name, s in texts.items()
    }
    numbers = {name: s for name, s in cells.items() if len(s) and _count(s, NUMBER) == len(s)}
    comma = next((c for s in numbers.values() for c in _sure(s, COMMA)), None)
    pointed = (s for s in cells.values() if len(s) and _count(s, f"{POINT}|^[-+]?\\d+$") == len(s))
    point = next((c for s in pointed for c in _sure(s, POINT)), None)
    if comma is not None and point is not None:
        raise UnreadableFile(
            f"{label} has decimal commas ('{comma}') and decimal points ('{point}').",
            fix="Write all of its numbers with points.",
        )
    if point is not None:
        return frame
    for name, s in numbers.items():
        told = comma is not None and (_count(s, COMMA) or _count(s, r"\..*\."))
        unclear = None if told else next((c for c in s if re.match(UNCLEAR, c) and (comma or "," in c)), None)
        if unclear is not None:
            bare = unclear.replace(",", "").replace(".", "")
            raise InvalidFlow(
                f"'{unclear}' in column '{name}' of {label} could be {bare} or {unclear.replace(',', '.')}.",
                why="A guess could be wrong a thousandfold.",
                fix="Write plain numbers with a point for decimals and nothing between thousands.",
            )
    if comma is None:
        return frame
    return frame.with_columns(
        s.zip_with(
            ~s.str.contains(NUMBER), s.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        )
        for s in (texts[name] for name in numbers)
    )


def _sure(cells: pl.Series, pattern: str) -> pl.Series:
    """The cells of a pattern that can be read in one way."""
    return cells.filter(cells.str.contains(pattern) & ~cells.str.contains(UNCLEAR))


def _count(cells: pl.Series, pattern: str) -> int:
    return int(cells.str.contains(pattern).fill_null(False).sum())
