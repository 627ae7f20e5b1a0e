"""What a count of persons must be: whole, not negative, of people told apart by ISO codes, and a flow where one is needed."""

from __future__ import annotations

import polars as pl

from detente import economies as names
from detente.data.tables.lines import PLAIN, Lines
from detente.errors import InvalidFlow, SpecificationError, UnknownEconomy, first_five, how_many


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOCK_COLUMNS = _words(
    "stock stocks migrant_stock foreign_born refugees asylum_seekers oip ooc idps displaced protected residents"
)
"""Value columns that hold people who live somewhere on a day, whatever the file says."""
UNHCR_COLUMNS = _words("coo coa")
_UNHCR_ONLY = _words(
    "ALG ANG AUL BAH BAR BZE BER BHU BSN BOT BVI BRU BUL BKF CRB CUR CVI CAM CAR CHD CHI COI COB COS ICO KRN DEN DJB SAL "
    "EGU ERT SWA FIJ FGU GAM GFR GRE GRN GUA GUI HAI HON ICE INS IRE KUW LEB LES MAD MLW MLS MTA MAU MTS MOR MYA NEP NET "
    "NGR NIG MCD PAR PHI POR PUE RSA SPA GAZ STA SUD SWI TIB TOG TRT UAE TAN UKN URU VAN SRV ZAM ZIM"
)
"""Codes that UNHCR alone writes; others of its codes are another country's in ISO (AUS is Austria there)."""
_FEWEST = 2
POPULATION_COLUMNS = _words("population population_type definition concept category counted")
"""Columns of words that say which people a row counts."""


def check_persons(frame: pl.DataFrame, label: str, *columns: str, lines: Lines = PLAIN) -> None:
    """Raise unless the cells are whole persons between economies that ISO codes name.

    Parameters
    ----------
    frame : columns ``origin``, ``destination``, ``value``.
    label, columns : the file and the two columns that the codes stand in, for the messages.
    lines : on which line of the file a row stands.

    Raises
    ------
    InvalidFlow : a fraction of a person.
    UnknownEconomy : codes of UNHCR's own.
    """
    codes = set(frame["origin"]) | set(frame["destination"])
    theirs = sorted(codes & _UNHCR_ONLY)
    if len(theirs) >= _FEWEST or {c.casefold() for c in columns} & UNHCR_COLUMNS:
        raise UnknownEconomy(
            f"The codes in columns {' and '.join(columns)} of {label} are UNHCR's own"
            + (f": {first_five(theirs)}." if theirs else "."),
            why="Some of them are another country's ISO code: AUS is Austria there, ARE is Egypt, MAR is Martinique.",
            fix="Use UNHCR's columns coo_iso and coa_iso, or read the file with source='unhcr'.",
        )
    value = frame["value"]
    broken = ((value - value.round()).abs() > 1e-6).fill_null(False)
    if broken.any():
        first = frame.row(int(broken.arg_max() or 0), named=True)
        counts = how_many(int(broken.sum()), f"count of persons in {label} is", f"counts of persons in {label} are")
        raise InvalidFlow(
            f"{counts} no whole number, first {first['value']:g} for "
            f"{first['origin']}->{first['destination']} (line {lines.of(int(broken.arg_max() or 0))}).",
            why="Thousands of persons read as persons would be wrong a thousandfold.",
            fix="Multiply figures in thousands by 1,000; round estimates to whole persons.",
        )


def one_population(table: pl.DataFrame, keys: list[str], label: str) -> str:
    """Which people a table counts, by its own column of words; empty where it has none.

    Parameters
    ----------
    table : as it was read.
    keys : its columns of origin, destination and period.
    label : the file, for the messages.

    Raises
    ------
    SpecificationError : several populations stand in one table, or one pair's changes from one period to another.
    """
    named = [c for c in table.columns if c.strip().casefold() in POPULATION_COLUMNS and table.schema[c] == pl.String]
    if not named:
        return ""
    column = named[0]
    rows = table.select(
        *(pl.col(c).cast(pl.String).str.strip_chars().alias(k) for c, k in zip(keys, ("a", "b", "when"))),
        pl.col(column).str.strip_chars().fill_null("").alias("who"),
    )
    values = sorted(rows["who"].unique())
    if len(values) == 1:
        return values[0]
    rows = rows.unique(maintain_order=True).sort("a", "b", "when", maintain_order=True)
    steps = rows.with_columns(
        was=pl.col("who").shift(1).over("a", "b"), then=pl.col("when").shift(1).over("a", "b")
    ).filter(pl.col("was").is_not_null(), pl.col("was") != pl.col("who"), pl.col("then") != pl.col("when"))
    many = rows.group_by("a", "b", "when").len().filter(pl.col("len") > 1).height > 0
    spans = [f"'{who}' in {_span(part['when'])}" for who in values if (part := rows.filter(who=who)).height]
    if steps.height and not many:
        a, b, when, who, was, then = steps.row(0)
        n = steps.select("a", "b").unique().height
        raise SpecificationError(
            f"The people counted in {label} change: {a}->{b} counts '{was}' in {then} and '{who}' in {when} (column '{column}'; "
            f"such pairs: {n}).",
            why="A step from one definition to another is in part, or wholly, no movement of people, and would be read as one.",
            fix=f"Keep the rows of one definition ({', '.join(spans[:4])}), or bring the earlier years to the later definition "
            "where one year is counted by both.",
        )
    raise SpecificationError(
        f"{label} counts {len(values)} populations in one table: {first_five(values)} (column '{column}').",
        why="They are different people counted apart; the gap between them is one of definition.",
        fix=f"Keep the rows of one and read the others as panels of their own: {', '.join(spans[:4])}.",
    )


def _span(periods: pl.Series) -> str:
    first, last = min(periods), max(periods)
    return first if first == last else f"{first} to {last}"


def is_stock(column: str | None) -> bool:
    """Whether a column's name says that it holds a stock.

    >>> is_stock("Migrant_Stock"), is_stock("persons")
    (True, False)
    """
    return str(column or "").casefold() in STOCK_COLUMNS


def refuse_stock(name: str, what: str) -> None:
    """Raise: ``what`` needs flows, and ``name`` holds stocks.

    Raises
    ------
    SpecificationError
    """
    raise SpecificationError(
        f"{name} holds stocks, not flows, which {what} needs.",
        why="A stock carries the arrivals of decades: its usual level is a mean over them, so that a year predicted from "
        "everybody else comes out far too low after a rise and far too high after a fall (twice the error of the last "
        "value).",
        fix="Use flows, as dt.people('movers'), or the differences of the stocks; for a missing stock use "
        "detente.outlook.people.nowcast.",
    )


def require_existed(code: str, year: int) -> None:
    """Raise :class:`UnknownEconomy` if ``code`` was no economy in ``year``.

    >>> require_existed("SSD", 2015)
    """
    row = names.table().get(code)
    if row is None or row.used_in(year):
        return
    was = (
        f"it begins in {row.valid_from}" if row.valid_from and year < row.valid_from else f"it ended in {row.valid_to}"
    )
    raise UnknownEconomy(
        f"{names.name_of(code)} ({code}) did not exist in {year}: {was}.",
        why="People counted for it before were counted by somebody else's later borders.",
        fix=f"Ask for {row.valid_from or row.valid_to} or " + ("later." if row.valid_from else "earlier."),
    )
