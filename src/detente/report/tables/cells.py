"""A row of a table of the page: its cells by name, as plain text."""

from __future__ import annotations

from typing import Any

import polars as pl

Row = dict[str, Any]


def rows(frame: pl.DataFrame) -> list[Row]:
    """Rows as dictionaries; absent cells are ``""`` so that nothing reads ``None``."""
    return [{name: "" if cell is None else cell for name, cell in row.items()} for row in frame.iter_rows(named=True)]
