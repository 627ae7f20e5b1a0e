"""Steps that many layouts share: codes to alpha-3, cells to numbers, rows that are no economy's left out."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from detente.data.codes import alpha3, is_aggregate
from detente.data.facts import Count
from detente.errors import InvalidFlow, first_five

MISSING = ("", "NA", "N/A", "n/a", "na", "NaN", ".", "..", "-", "--", ":", "null", "None")


def numbers(cells: pl.Series, what: str, missing: tuple[str, ...] = MISSING) -> pl.Series:
    """Cells as floats; those in ``missing`` are null, thousands commas and spaces are taken out.

    Raises
    ------
    InvalidFlow : a cell is no number.

    Examples
    --------
    >>> numbers(pl.Series(["1,234.5", "NA", "7"]), "value").to_list()
    [1234.5, None, 7.0]
    """
    if cells.dtype.is_numeric():
        return cells.cast(pl.Float64).fill_nan(None)
    text = cells.cast(pl.String).str.strip_chars()
    text = text.set(text.is_in(list(missing)).fill_null(False), None)
    plain = text.str.replace_all(r"^(-?\d{1,3})(?:[, \x{00a0}](\d{3}))+(\.|$)", "$0").str.replace_all(
        r"[\s\x{00a0}]", ""
    )
    thousands = plain.str.contains(r"^-?\d{1,3}(,\d{3})+(\.\d+)?$").fill_null(False)
    plain = (
        plain.to_frame("v")
        .select(pl.when(pl.Series(thousands)).then(pl.col("v").str.replace_all(",", "")).otherwise(pl.col("v")))
        .to_series()
    )
    found = plain.cast(pl.Float64, strict=False)
    bad = (found.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        raise InvalidFlow(
            f"'{cells[bad[0]]}' in {what} is not a number (line {bad[0] + 2}; {len(bad):,} such rows).",
            fix="Write plain numbers with a point for decimals; say what means missing with missing= (on the command line "
            "--missing).",
        )
    return found.fill_nan(None)


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
