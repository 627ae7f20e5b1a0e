"""A study's own GDP: a CSV with columns economy, year, gdp_usd_mn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from detente.economies import check_codes
from detente.errors import DuplicateRows, StudyError, UnknownColumn, first_five
from detente.panel import Panel, read_table

COLUMNS = ("economy", "year", "gdp_usd_mn")


def read_gdp(path: Path, panel: Panel) -> np.ndarray:
    """GDP ``[t, i]`` on a panel's years and economies, US$ million; nan where the file has none.

    Raises
    ------
    UnreadableFile, UnknownColumn, UnknownEconomy, StudyError, DuplicateRows
    """
    frame = read_table(path).frame.to_polars()
    for column in COLUMNS:
        if column not in frame.columns:
            raise UnknownColumn.named(column, frame.columns, where=path.name)
    check_codes(frame["economy"].unique(), column=f"{path.name}: economy")
    years, values = (_numbers(frame[name], path) for name in ("year", "gdp_usd_mn"))
    place = {code: k for k, code in enumerate(panel.economies)}
    at = {year: t for t, year in enumerate(panel.years)}
    gdp = np.full((len(at), len(place)), np.nan)
    seen, again = set(), []
    for line, (code, year, value) in enumerate(zip(frame["economy"], years, values), 2):
        if value is None:
            continue
        if not 0 < value < np.inf:
            raise StudyError(
                f"{path.name}, line {line}: the GDP of {code} is {value:g}.", fix="Give US$ million, above zero."
            )
        if (code, year) in seen:
            again.append(f"{code} {year:g} (line {line})")
        seen.add((code, year))
        if code in place and year in at:
            gdp[at[year], place[code]] = value
    if again:
        raise DuplicateRows(f"{path.name} has more than one GDP for {first_five(again)}.", fix="Keep one row each.")
    return gdp


def _numbers(column: pl.Series, path: Path) -> list[float | None]:
    """The cells as numbers; an empty one is None."""
    numbers = column.cast(pl.Float64, strict=False)
    wrong = (numbers.is_null() & column.is_not_null()).arg_true()
    if len(wrong):
        raise StudyError(
            f"{path.name}, line {wrong[0] + 2}, column '{column.name}': '{column[wrong[0]]}' is not a number.",
            fix="Write plain numbers with a point for decimals.",
        )
    return numbers.to_list()
