"""What a reader gives: flows between economies, series of economies, or events. Never a panel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from detente.errors import DataError, how_many
from detente.language import Number, Text

ABSENT = ("zero", "missing")


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows as a source holds them, one row each.

    Attributes
    ----------
    frame : columns ``origin``, ``destination`` (text), ``period`` (whole numbers, see ``data.periods``), ``value``
        (float, null where the cell is missing) and, where the source has them, ``product`` (text) and ``side``.
    unit, kind : of ``value``, see ``data.units``.
    period : ``year``, ``quarter``, ``month`` or ``five years``.
    absent : what a row that is not there means: ``"zero"``, ``"missing"``, or None where nobody says.
    stock : the values are stocks (persons living somewhere on a day), not flows.
    valuation, side, level, release : as in ``panel.Provenance``.
    internal : the source has each economy's trade with itself.
    population : of persons, which of them are counted, where the source says so.
    money : the currency of ``value`` where it is not US dollars; such flows have to be turned into dollars first.
    notes : one sentence for everything left out or chosen.
    rows : of the file.
    """

    frame: pl.DataFrame
    unit: str
    kind: str
    period: str = "year"
    absent: str | None = None
    stock: bool = False
    valuation: str = ""
    side: str = ""
    level: str = "total"
    release: str = ""
    internal: bool = False
    money: str = "USD"
    notes: tuple[str, ...] = ()
    rows: int = 0
    population: str = ""

    def with_notes(self, *notes: str) -> Flows:
        """The same flows with further notes."""
        return replace(self, notes=(*self.notes, *notes))


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of economies by period: GDP, population, exchange rates.

    Attributes
    ----------
    frame : ``economy`` (alpha-3), ``period``, ``indicator``, ``value``.
    vintage : when the publisher made them, as far as the file says.
    """

    frame: pl.DataFrame
    period: str = "year"
    vintage: str = ""
    notes: tuple[str, ...] = ()
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Events:
    """Events and states of dyads, for the record.

    Attributes
    ----------
    frame : ``id`` (the source's own), ``date`` and ``end_date`` (ISO), ``actors`` (alpha-3 codes with ``;`` between),
        ``kind`` (the source's own word), ``title``, ``note``.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    rows: int = 0

    def __post_init__(self) -> None:
        refuse_no_days(self.frame["date"])
        refuse_no_days(self.frame["end_date"])


def refuse_no_days(cells: pl.Series) -> None:
    """Raise where a cell is no year, month or day; a spreadsheet's serial numbers and ``05/03/2021`` are none.

    Raises
    ------
    DataError
    """
    odd = cells.filter(cells.is_not_null() & ~cells.cast(pl.String).str.contains(ISO))
    if odd.len():
        raise DataError(
            f"'{odd[0]}' is no date ({how_many(odd.len(), 'such cell')}).",
            why="A serial number means another day in another spreadsheet, and a day may stand before the month or after.",
            fix="Write dates as 2021-03-05; in a spreadsheet, give the column that form, then save it as CSV.",
        )


ISO = r"^[12]\d{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"


@dataclass(slots=True)
class Count:
    """Rows left out on the way, by reason."""

    notes: list[str] = field(default_factory=list)

    def drop(self, frame: pl.DataFrame, keep: pl.Expr, why: str, **values: str) -> pl.DataFrame:
        """``frame`` where ``keep`` holds; the others are counted under the catalogue's ``rows.<why>``."""
        kept = frame.filter(keep.fill_null(False))
        gone = frame.height - kept.height
        if gone:
            self.notes.append(Text(f"rows.{why}", n=Number(f"{gone:,}"), **values))
        return kept
