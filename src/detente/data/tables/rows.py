"""Steps that many layouts share: codes to alpha-3, cells to numbers, rows that are no economy's left out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from detente.aggregates import is_aggregate
from detente.data.codes import alpha3
from detente.data.facts import Count
from detente.data.tables.lines import PLAIN, Lines
from detente.errors import DataError, InvalidFlow, first_five, how_many

MISSING = ("", "NA", "N/A", "n/a", "na", "NaN", ".", "..", "-", "--", ":", "null", "None")


def numbers(
    cells: pl.Series, what: str, missing: tuple[str, ...] = MISSING, decimal: str | None = ".", lines: Lines = PLAIN
) -> pl.Series:
    """Cells as floats; those in ``missing`` are null.

    Parameters
    ----------
    what : the column and its file, for the messages.
    decimal : the mark before decimals. The other one of ``.`` and ``,`` may stand between thousands, as spaces may.
        None where nobody said it: then it is a point, and a comma has to show that it parts thousands.
    lines : on which line of the file a cell stands, for the messages.

    Raises
    ------
    InvalidFlow : a cell is no number, or could be two (``1,234`` where nothing says what the comma is).
    DataError : the cells are neither numbers nor text.

    Examples
    --------
    >>> numbers(pl.Series(["1,234.5", "NA", "7"]), "value").to_list()
    [1234.5, None, 7.0]
    >>> numbers(pl.Series(["1.234,5", "7"]), "value", decimal=",").to_list()
    [1234.5, 7.0]
    """
    if cells.dtype.is_numeric():
        return cells.cast(pl.Float64).fill_nan(None)
    if cells.dtype not in (pl.String, pl.Null, pl.Categorical):
        raise DataError(
            f"{what} holds {cells.dtype} values, and numbers are needed.", fix="Write plain numbers; a year as 2020."
        )
    text = cells.cast(pl.String).str.strip_chars()
    text = text.set(text.is_in(list(missing)).fill_null(False), None)
    plain = _ungrouped(text, "." if decimal == "," else ",")
    if decimal is None:
        _refuse_two_readings(text, what, lines)
    if decimal == ",":
        plain = plain.set(plain.str.contains(r"\.").fill_null(False), "").str.replace(",", ".", literal=True)
    found = plain.cast(pl.Float64, strict=False)
    bad = (found.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        mark = "a comma" if decimal == "," else "a point"
        raise InvalidFlow(
            f"'{cells[bad[0]]}' in {what} is not a number (line {lines.of(int(bad[0]))}; {how_many(len(bad), 'such row')}).",
            fix=f"Write plain numbers with {mark} for decimals; leave the cell empty where it is unknown, or say what means "
            "missing with missing= (on the command line --missing).",
        )
    return found.fill_nan(None)


_SPACES = r" \x{00a0}\x{202f}"


def _ungrouped(text: pl.Series, mark: str) -> pl.Series:
    """Numbers without the marks (``mark`` or a space) between their thousands; other cells as they are."""
    for between in (f"\\{mark}", f"[{_SPACES}]"):
        decimals = r"(?:[.,]\d+)?" if between != "\\." else r"(?:,\d+)?"
        grouped = text.str.contains(rf"^[-+]?\d{{1,3}}(?:{between}\d{{3}})+{decimals}$").fill_null(False)
        bare = text.str.replace_all(between, "")
        text = text.to_frame("t").select(pl.when(grouped).then(bare).otherwise(pl.col("t"))).to_series()
    return text


def _refuse_two_readings(text: pl.Series, what: str, lines: Lines) -> None:
    """Raise where ``1,234`` stands in a column that nowhere shows whether its commas part thousands or decimals."""
    open_ = text.str.contains(r"^[-+]?\d{1,3},\d{3}$").fill_null(False)
    shown = text.str.contains(r"^[-+]?\d{1,3}(?:,\d{3}){2,}$|\.").fill_null(False)
    if open_.any() and not shown.any():
        first = int(open_.arg_max() or 0)
        whole, _, rest = str(text[first]).partition(",")
        rows = how_many(int(open_.sum()), "such row")
        raise InvalidFlow(
            f"'{text[first]}' in {what} could be {whole}{rest} or {whole}.{rest} (line {lines.of(first)}; {rows}).",
            why="A guess could be wrong a thousandfold.",
            fix="Write plain numbers with a point for decimals and nothing between thousands.",
        )


def summed(column: str) -> pl.Expr:
    """The sum of a column's cells that are there; null, not zero, where none is.

    >>> pl.DataFrame({"k": [1, 1, 2], "v": [1.0, None, None]}).group_by("k").agg(summed("v")).sort("k")["v"].to_list()
    [1.0, None]
    """
    return pl.when(pl.col(column).is_null().all()).then(None).otherwise(pl.col(column).sum()).alias(column)


def tidy(frame: pl.DataFrame, count: Count, own: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Columns ``origin`` and ``destination`` as alpha-3 codes; aggregates and rows without a code left out, counted."""
    ends = ("origin", "destination")
    for end in ends:
        if frame[end].null_count():
            frame = count.drop(frame, pl.col(end).is_not_null(), "no_code")
    frame = frame.with_columns(alpha3(frame[end], own).alias(end) for end in ends)
    return without_aggregates(frame, count)


def without_aggregates(frame: pl.DataFrame, count: Count) -> pl.DataFrame:
    """Rows between economies: the world, regions, blocs and areas not elsewhere specified are left out and counted."""
    ends = ("origin", "destination")
    codes = sorted({str(c) for end in ends for c in frame[end].unique().drop_nulls()})
    groups = [c for c in codes if c == "" or is_aggregate(c)]
    if not groups:
        return frame
    shown = first_five(c for c in groups if c) or "an empty code"
    keep = ~pl.col("origin").is_in(groups) & ~pl.col("destination").is_in(groups)
    return count.drop(frame, keep, "aggregates", codes=shown)
