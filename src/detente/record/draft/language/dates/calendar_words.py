"""Days, months and parts of a year, in English and Spanish, and the stretches of days they name."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

MONTHS = {
    "en": {
        **{name.casefold(): n for n, name in enumerate(calendar.month_name) if n},
        **{name.casefold(): n for n, name in enumerate(calendar.month_abbr) if n},
        "sept": 9,
    },
    "es": {
        **{
            name: n
            for n, name in enumerate(
                [
                    "enero",
                    "febrero",
                    "marzo",
                    "abril",
                    "mayo",
                    "junio",
                    "julio",
                    "agosto",
                    "septiembre",
                    "octubre",
                    "noviembre",
                    "diciembre",
                ],
                1,
            )
        },
        "setiembre": 9,
        **{
            name: n
            for n, name in enumerate(
                ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"], 1
            )
        },
    },
}
WEEKDAYS = {
    "en": {
        **{name.casefold(): n for n, name in enumerate(calendar.day_name)},
        **{"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6},
    },
    "es": {
        **{
            name: n for n, name in enumerate(["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"])
        },
        **{"miercoles": 2, "sabado": 5},
    },
}
ORDER = {
    **{"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4},
    **{"primer": 1, "primero": 1, "primera": 1, "segundo": 2, "segunda": 2, "tercer": 3, "tercero": 3, "cuarto": 4},
    **{"last": 4, "final": 4, "closing": 4, "último": 4, "opening": 1, "latter": 2},
}


def iso(first: date, last: date) -> str:
    """The shortest writing of a stretch of whole days: ``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD`` or ``FROM/TO``.

    >>> iso(date(2030, 1, 1), date(2030, 3, 31)), iso(date(2030, 2, 1), date(2030, 2, 28))
    ('2030-01/2030-03', '2030-02')
    """
    if first == last:
        return first.isoformat()
    whole_months = first.day == 1 and last.day == month_end(last.year, last.month)
    if whole_months and (first.month, last.month) == (1, 12):
        return f"{first.year:04d}" if first.year == last.year else f"{first.year:04d}/{last.year:04d}"
    if whole_months:
        start, stop = first.isoformat()[:7], last.isoformat()[:7]
        return start if start == stop else f"{start}/{stop}"
    return f"{first.isoformat()}/{last.isoformat()}"


def month_end(year: int, month: int) -> int:
    """The last day of a month."""
    return calendar.monthrange(year, month)[1]


def year_of(year: int) -> tuple[date, date]:
    """A year's first and last day."""
    return date(year, 1, 1), date(year, 12, 31)


def month_of(year: int, month: int) -> tuple[date, date]:
    """A month's first and last day; months beyond 1 to 12 carry into other years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1), date(year, month, month_end(year, month))


def months_of(year: int, first: int, last: int) -> tuple[date, date]:
    """From the first day of one month to the last of another."""
    return month_of(year, first)[0], month_of(year, last)[1]


def week_of(day: date) -> tuple[date, date]:
    """Monday to Sunday around ``day``."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
