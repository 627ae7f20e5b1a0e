"""Years, quarters and months as whole numbers that sort: 2019, 20191, 201901."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from detente.errors import DataError, first_five, how_many

PERIODS = ("year", "quarter", "month", "five years")
YEARS = (1800, 2100)
_FORMS = (
    ("year", re.compile(r"(\d{4})(?:\.0+)?")),
    ("quarter", re.compile(r"(\d{4})[- ]?[QqTt]([1-4])")),
    ("month", re.compile(r"(\d{4})[- /]?[Mm]?(0[1-9]|1[0-2])")),
    ("month", re.compile(r"(\d{4})[-/](0[1-9]|1[0-2])[-/]01")),
)


def read_periods(cells: pl.Series, label: str) -> tuple[pl.Series, str]:
    """Periods as integers and what they are (``year``, ``quarter`` or ``month``).

    Parameters
    ----------
    cells : numbers or text: ``2019``, ``2019-Q1``, ``2019Q1``, ``2019-01``, ``201901``, ``2019M01``.
    label : the column and its file, for the messages.

    Raises
    ------
    DataError : a cell is no period, or two kinds of period stand in one column, or months are written YYMM.

    Examples
    --------
    >>> read_periods(pl.Series(["2019-01", "2019-02"]), "period")[0].to_list()
    [201901, 201902]
    """
    if not (cells.dtype.is_numeric() or cells.dtype in (pl.String, pl.Null)):
        raise DataError(
            f"The {label} holds {cells.dtype} values, and numbers are needed.",
            fix="Write a year as 2020, a month as 2020-01.",
        )
    distinct = cells.unique().drop_nulls().to_list()
    found = {cell: _one(cell) for cell in distinct}
    wrong = sorted((cell for cell, parts in found.items() if parts is None), key=str)
    if wrong:
        bad = cells.is_in(wrong)
        raise DataError(
            f"{first_five(_shown(w) for w in wrong)} in {label} is not a year between {YEARS[0]} and {YEARS[1]}, a quarter "
            f"or a month ({how_many(int(bad.sum()), 'such row')}, first at line {int(bad.arg_max() or 0) + 2}).",
            fix="Write a year as 2019, a quarter as 2019-Q1, a month as 2019-01; a fiscal year has to be mapped to "
            "calendar years first.",
        )
    kinds = {parts[0] for parts in found.values() if parts is not None}
    if len(kinds) > 1:
        raise DataError(
            f"{label} has {' and '.join(f'{kind}s' for kind in sorted(kinds))} in one column.",
            why="A month beside its year would count twice.",
            fix="Keep the rows of one kind of period.",
        )
    values = {cell: parts[1] for cell, parts in found.items() if parts is not None}
    if kinds == {"year"} and looks_like_yymm(values.values()):
        raise DataError(
            f"The years in {label} ({first_five(sorted(values.values()))}) look like months written YYMM.",
            why="Read as years they would be of another century.",
            fix="Write them as 2019-01, or read the file with the layout of its agency (source='customs').",
        )
    return cells.replace_strict(values, return_dtype=pl.Int64), next(iter(kinds), "year")


def period_of(cell: object) -> int | None:
    """One period as a whole number, from ``2019``, ``"2019-Q1"``, ``"2019-01"`` or such a number; None for anything else.

    >>> period_of(2019), period_of("2019-Q1"), period_of("2019-01"), period_of(201901), period_of("2019/20")
    (2019, 20191, 201901, 201901, None)
    """
    if isinstance(cell, int) and cell > 10 * YEARS[1] and cell < 100 * YEARS[0]:  # 20191: no text is read so
        return None
    found = _one(cell)
    return None if found is None else found[1]


def label_of(period: int, kind: str) -> str:
    """A period in words.

    >>> label_of(201903, "month"), label_of(20191, "quarter"), label_of(2019, "year")
    ('2019-03', '2019-Q1', '2019')
    """
    if kind == "month":
        return f"{period // 100:d}-{period % 100:02d}"
    return f"{period // 10}-Q{period % 10}" if kind == "quarter" else f"{period:d}"


def dates_of(period: int, kind: str) -> str:
    """A period as a record dates it: a year, a month, or the first and last month of a quarter.

    >>> dates_of(201903, "month"), dates_of(20191, "quarter"), dates_of(2019, "year")
    ('2019-03', '2019-01/2019-03', '2019')
    """
    if kind != "quarter":
        return label_of(period, kind)
    year, quarter = divmod(period, 10)
    return f"{year}-{3 * quarter - 2:02d}/{year}-{3 * quarter:02d}"


def year_of(period: int, kind: str) -> int:
    """The calendar year that a period is in."""
    return period // {"month": 100, "quarter": 10}.get(kind, 1)


def next_period(period: int, kind: str) -> int:
    """The year, quarter or month after one.

    >>> next_period(20194, "quarter"), next_period(201905, "month"), next_period(2019, "year")
    (20201, 201906, 2020)
    """
    base, last = {"quarter": (10, 4), "month": (100, 12)}.get(kind, (1, 0))
    return period + 1 if kind == "year" or period % base < last else (period // base + 1) * base + 1


def looks_like_yymm(years: Iterable[int]) -> bool:
    """Whether "years" are rather months written YYMM: the last two digits are all 01-12, of 1901-1912 or of two years."""
    ends = {divmod(int(year), 100) for year in years}
    hundreds = {century for century, _ in ends}
    return bool(ends) and all(1 <= end <= 12 for _, end in ends) and (len(hundreds) > 1 or hundreds == {19})


def _one(cell: object) -> tuple[str, int] | None:
    text = str(cell).strip()
    for kind, form in _FORMS:
        match = form.fullmatch(text)
        if match is None or not YEARS[0] <= int(match[1]) <= YEARS[1]:
            continue
        if kind == "year":
            return kind, int(match[1])
        return kind, int(match[1]) * (10 if kind == "quarter" else 100) + int(match[2])
    return None


def _shown(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, float) else f"'{cell}'" if isinstance(cell, str) else str(cell)
