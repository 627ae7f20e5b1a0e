"""Years, quarters and months as whole numbers that sort (2019, 20191, 201901): where they lie on an axis of years.

How they are said is the catalogue's (:class:`~detente.language.catalogue.When`).
"""

from __future__ import annotations

QUARTERS, MONTHS = 10_000, 100_000  # the least number of either kind


def per_year(period: float) -> int:
    """How many periods of its kind make a year: 1, 4 or 12.

    >>> per_year(2019), per_year(20191), per_year(201901)
    (1, 4, 12)
    """
    return 12 if period >= MONTHS else 4 if period >= QUARTERS else 1


def place(period: float) -> float:
    """Where a period begins on an axis of years; a year stands for itself, and so does a place.

    >>> place(2019), place(20193), place(201907), place(2019.5)
    (2019, 2019.5, 2019.5, 2019.5)
    """
    n = per_year(period)
    if n == 1:
        return period
    year, part = divmod(int(period), 10 if n == 4 else 100)
    return year + (part - 1) / n


def follows(earlier: int, later: int) -> bool:
    """Whether ``later`` is the period right after ``earlier``.

    >>> follows(2019, 2020), follows(20194, 20201), follows(201912, 202001), follows(201901, 201903)
    (True, True, True, False)
    """
    n = per_year(earlier)
    return round(place(later) * n) - round(place(earlier) * n) == 1
