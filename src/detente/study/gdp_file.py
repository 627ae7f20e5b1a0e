"""A study's own GDP: a CSV with columns economy, year, gdp_usd_mn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from detente.aggregates import is_aggregate
from detente.data import Series, read_series
from detente.data.codes import codes_named
from detente.economies import check_codes
from detente.errors import DuplicateRows, StudyError, UnknownColumn, first_five
from detente.panel import Panel, read_table

COLUMNS = ("economy", "year", "gdp_usd_mn")
GDP = ("NY.GDP.MKTP.CD", "NGDPD")  # current US dollars: the World Bank's and the IMF's name


def read_gdp(path: Path, panel: Panel) -> np.ndarray:
    """GDP ``[t, i]`` on a panel's years and economies, US$ million; nan where the file has none.

    A file of the World Bank's WDI or the IMF's WEO is read as it is; else it has the columns :data:`COLUMNS`.

    Raises
    ------
    UnreadableFile, UnknownColumn, UnknownEconomy, StudyError, DuplicateRows
    """
    published = read_series(path)
    if published is not None:
        return _published(published, panel, path)
    frame = read_table(path).frame.to_polars()
    for column in COLUMNS:
        if column not in frame.columns:
            raise UnknownColumn.named(column, frame.columns, where=path.name)
    frame = frame.filter(~pl.col("economy").is_in([c for c in frame["economy"].unique() if is_aggregate(str(c))]))
    frame = frame.with_columns(pl.col("economy").replace(codes_named(frame["economy"].unique())))
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


def _published(series: Series, panel: Panel, path: Path) -> np.ndarray:
    """GDP of an official file, current US$; what it says of other economies and years is left."""
    frame = series.frame.filter(pl.col("indicator").is_in(GDP))
    if frame.is_empty():
        raise StudyError(
            f"{path.name} has no GDP in current US dollars ({first_five(GDP)}).", fix="Give that indicator."
        )
    place = {code: k for k, code in enumerate(panel.economies)}
    at = {year: t for t, year in enumerate(panel.years)}
    gdp = np.full((len(at), len(place)), np.nan)
    for code, year, value in frame.select("economy", "period", "value").iter_rows():
        if code in place and year in at:
            gdp[at[year], place[code]] = value / 1e6
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
