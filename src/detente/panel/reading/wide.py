"""A table with a column a year as one with a row a year."""

from __future__ import annotations

import re

import polars as pl

from detente.panel.columns import find_roles

YEAR = re.compile(r"(?:X|Y|YR)?((?:18|19|20)\d\d)(?: \[YR\d{4}\])?", re.IGNORECASE)
"""A heading that is a year: 2008, R's X2008, the World Bank's 2008 [YR2008]."""
FEWEST = 2


def by_year(table: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """``table`` with columns ``year`` and ``value``, and how many years stood side by side; as it is, and 0, if none did.

    Years are columns where two at least are headed by one each, and no column is known as the year or the flow.

    Examples
    --------
    >>> wide = pl.DataFrame({"origin": ["COL"], "destination": ["VEN"], "2007": [5210.0], "X2008": [6090.0]})
    >>> by_year(wide)[0].rows()
    [('COL', 'VEN', '2007', 5210.0), ('COL', 'VEN', '2008', 6090.0)]
    """
    years = {name: said[1] for name in table.columns if (said := YEAR.fullmatch(name.strip()))}
    others = [name for name in table.columns if name not in years]
    if len(years) < FEWEST or len(set(years.values())) < len(years) or set(others) & {"year", "value"}:
        return table, 0
    known = find_roles(others, needed=())
    if known.period is not None or known.value is not None:
        return table, 0
    if len({table[name].dtype for name in years}) > 1 and any(table[name].dtype == pl.String for name in years):
        table = table.with_columns(pl.col(list(years)).cast(pl.String))
    long = table.unpivot(list(years), index=others, variable_name="year", value_name="value")
    return long.with_columns(pl.col("year").replace(years)), len(years)
