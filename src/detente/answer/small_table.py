"""A small table in words, as the answer shows it on a screen, on a page and in the app."""

from __future__ import annotations

from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SmallTable:
    """A table whose cells are words.

    Attributes
    ----------
    title : above it; empty where the question itself is the title.
    columns : names of the cells after the label, for whoever lays the table out.
    head : what those columns are called.
    rows : a label and its cells; a row whose cells are all empty is a heading of the rows below it.
    notes : sentences that stand below it.
    """

    title: str
    columns: Row
    head: Row
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
