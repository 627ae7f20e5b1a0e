"""CSV that leaves: no text in it that a spreadsheet would run.

A cell that begins like a formula gets an apostrophe before it, which spreadsheets take for "this is text". Numbers,
and the record's own words ``+`` and ``-``, stay as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

if TYPE_CHECKING:
    import polars as pl

FORMULA = r"^[\s\x00]*[=+\-@\t\r＝＋－＠]"
HARMLESS = r"^\s*(?:[+\-]|[+\-]?(?:\d[\d.,]*|\.\d+)(?:[eE][+\-]?\d+)?\s?%?)\s*$"
SAID = "Text that a spreadsheet would take for a formula has an apostrophe before it."


def neutralised(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with an apostrophe before every text that begins like a formula.

    >>> import polars as pl
    >>> neutralised(pl.DataFrame({"title": ["=1+1", "-", "-5.5", "Free trade"], "n": [-1, 2, 3, 4]}))["title"].to_list()
    ["'=1+1", '-', '-5.5', 'Free trade']
    """
    begun = frame.select(cs.string().str.contains(FORMULA).any())
    alike = [name for name, any_ in zip(begun.columns, begun.row(0)) if any_] if begun.columns else []
    if not alike:
        return frame
    text = pl.col(alike)
    runs = text.str.contains(FORMULA) & ~text.str.contains(HARMLESS)
    return frame.with_columns(pl.when(runs).then(pl.lit("'") + text).otherwise(text).name.keep())


def csv_text(frame: pl.DataFrame) -> str:
    """The frame as CSV text that is safe to open in a spreadsheet."""
    return neutralised(frame).write_csv()
