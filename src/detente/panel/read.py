"""Read a panel from a frame, a Parquet or CSV file, or CEPII's BACI as it is published."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente import economies as names
from detente.errors import (
    AmbiguousColumn,
    DataError,
    DuplicateRows,
    EmptySample,
    InvalidFlow,
    UnreadableFile,
    first_five,
)
from detente.language import Joined, Number, Text
from detente.panel.columns import USD_MN_PER_UNIT, find_roles
from detente.panel.frames import read_table
from detente.panel.panel import Panel, ReadReport

if TYPE_CHECKING:
    import polars as pl

UNITS = {"usd_mn": 1.0, "kusd": 1e-3, "usd": 1e-6, "usd_bn": 1e3}


def read_panel(
    data: Any,
    *,
    exporter: str | None = None,
    importer: str | None = None,
    year: str | None = None,
    trade: str | None = None,
    unit: str | None = None,
    absent: str = "zero",
    codes_as_of: int | None = None,
    name: str | None = None,
    source: str = "",
    progress: Callable[[float], None] | None = None,
) -> Panel:
    """Flows by year, origin and destination from a table.

    Parameters
    ----------
    data : a pandas, polars or pyarrow frame; a path to CSV or Parquet with named
        columns; or CEPII's BACI (a zip, a folder or a CSV with ``t,i,j,k,v,q``).
    exporter, importer, year, trade : column names, found by themselves where they
        are the field's usual ones.
    unit : ``usd_mn``, ``kusd``, ``usd`` or ``usd_bn``; taken from the column's
        name (``value_kusd``) where it says so, else US$ million is assumed and noted.
    absent : ``"zero"`` if an absent row means no trade, ``"missing"`` if it means unknown.
    codes_as_of : a year; codes in use then are mapped to today's where one became one.
    progress : told the share of BACI's yearly files that was read.

    Returns
    -------
    Panel
        flows ``[t, i, j]`` in million current US$.

    Raises
    ------
    UnreadableFile, UnknownColumn, AmbiguousColumn, UnknownEconomy, InvalidFlow, DuplicateRows, EmptySample

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"exporter": ["COL", "VEN"], "importer": ["VEN", "COL"],
    ...                       "year": [2008, 2008], "trade": [6091.0, 1198.0]})
    >>> read_panel(frame).flow("COL", "VEN")
    array([6091.])
    """
    if absent not in ("zero", "missing"):
        raise DataError(f"absent='{absent}' is not known.", fix="Use absent='zero' or absent='missing'.")
    notes: list[str] = []
    frame, label, baci_notes = _frame(data, progress)
    notes += baci_notes
    columns = frame.columns
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        raise UnreadableFile(
            f"{label} has one column, '{columns[0][:60]}'.", why="Its cells seem to be separated by semicolons or tabs.",
            fix="Save it with commas between the cells (and points for decimals).",
        )  # fmt: skip
    if not baci_notes and {"t", "i", "j", "k", "v"} <= set(columns) and frame["i"].dtype.is_integer():
        raise UnreadableFile(
            f"{label} has BACI's columns t, i, j, k, v with numeric codes in a table.",
            fix="Give the CSV file, its folder or the zip, so that BACI's country file is read with it.",
        )
    roles = find_roles(columns, origin=exporter, destination=importer, period=year, value=trade)
    chosen = {
        "exporter": str(roles.origin),
        "importer": str(roles.destination),
        "year": str(roles.period),
        "trade": str(roles.value),
    }
    frame, n_read = _tidy(frame, chosen, label, notes, aggregate=roles.sector is not None)
    scale = _scale(chosen["trade"], unit, notes, known=bool(baci_notes))
    if codes_as_of is not None:
        frame = _modernise(frame, codes_as_of, notes)
    _check_codes(frame, chosen)
    return _dense(frame, scale, absent, n_read, notes, name or label, source)


def _frame(data: Any, progress: Callable[[float], None] | None) -> tuple[pl.DataFrame, str, list[str]]:
    """The table as polars, what to call it, and BACI's notes where it was BACI."""

    if isinstance(data, str | Path):
        from detente.panel import baci

        path = Path(data)
        if path.exists() and baci.is_baci(path):
            frame, notes = baci.read_totals(path, progress)
            return frame, path.name, notes
        return read_table(path).frame.to_polars(), path.name, []
    return read_table(data).frame.to_polars(), "the frame", []


def _tidy(
    frame: pl.DataFrame, chosen: dict[str, str], label: str, notes: list[str], *, aggregate: bool
) -> tuple[pl.DataFrame, int]:
    """Columns exporter, importer, year, trade with the right types; every dropped row counted."""
    import polars as pl

    n_read = frame.height
    if n_read == 0:
        raise EmptySample(f"{label} has no rows.", fix="Give a table with one row a flow and year.")
    out = frame.select(pl.col(c).alias(role) for role, c in chosen.items())
    out = out.with_columns(_as_numbers(out[role], chosen[role], label) for role in ("year", "trade"))
    keys = out.select(pl.any_horizontal(pl.col("exporter", "importer", "year").is_null())).to_series()
    if keys.any():
        raise DataError(
            f"{int(keys.sum()):,} rows of {label} lack an exporter, importer or year (first at line {keys.arg_max() + 2}).",
            fix="Fill them in or delete the rows.",
        )
    wrong_year = (out["year"] < 1800) | (out["year"] > 2100)
    if wrong_year.any():
        raise DataError(
            f"{out['year'].filter(wrong_year)[0]:g} in column '{chosen['year']}' of {label} is not a year between 1800 and 2100 "
            f"({int(wrong_year.sum()):,} such rows, first at line {wrong_year.arg_max() + 2}).",
            fix="Mend or delete these rows.",
        )
    if (out["year"] % 1 != 0).any():
        raise DataError(
            f"The column '{chosen['year']}' of {label} holds years that are not whole numbers.",
            fix="A panel has one flow a year: sum parts of years first.",
        )
    out = out.with_columns(
        pl.col("year").cast(pl.Int32), pl.col("exporter", "importer").cast(pl.String).str.strip_chars()
    )
    unknown = out["trade"].is_null() | out["trade"].is_nan()
    infinite = out["trade"].is_infinite().fill_null(False)
    negative = (out["trade"] < 0).fill_null(False)
    for what, mask in (("infinite", infinite), ("negative", negative)):
        if mask.any():
            first = out.row(mask.arg_max(), named=True)
            raise InvalidFlow(
                f"{int(mask.sum()):,} {what} flow{'s' if mask.sum() > 1 else ''} in column '{chosen['trade']}' of {label}, first "
                f"{first['trade']:g} for {first['exporter']}->{first['importer']} in {first['year']} "
                f"(line {mask.arg_max() + 2}).",
                why="A flow of goods is zero or more.",
                fix="Mend or delete these rows; leave the cell empty where the flow is unknown.",
            )
    if unknown.any():
        notes.append(Text("rows.missing", n=Number(f"{int(unknown.sum()):,}")))
        out = out.with_columns(pl.when(unknown).then(float("nan")).otherwise(pl.col("trade")).alias("trade"))
    doubled = out.select(pl.struct("exporter", "importer", "year").is_duplicated()).to_series()
    if doubled.any() and aggregate:
        n = out.height
        out = out.group_by("exporter", "importer", "year").agg(pl.col("trade").sum())
        notes.append(Text("rows.summed", n=Number(f"{n:,}"), flows=Number(f"{out.height:,}")))
    elif doubled.any():
        cases = out.filter(doubled).unique(["exporter", "importer", "year"], maintain_order=True)
        shown = first_five(f"{r['exporter']}->{r['importer']} {r['year']}" for r in cases.iter_rows(named=True))
        raise DuplicateRows(
            f"{int(doubled.sum()):,} rows of {label} repeat an exporter, importer and year: {shown}.",
            why="Summing or choosing among them would be a guess.",
            fix="Sum or drop them first, or keep the column 'sector' that tells them apart.",
        )
    return out, n_read


def _as_numbers(cells: pl.Series, column: str, label: str) -> pl.Series:
    """Cells as floats; text that is no number is named with its line."""
    import polars as pl

    if not (cells.dtype.is_numeric() or cells.dtype in (pl.String, pl.Null)):
        raise DataError(
            f"The column '{column}' of {label} holds {cells.dtype} values, and numbers are needed.",
            fix="Write plain numbers; a year as 2020.",
        )
    numbers = cells.cast(pl.Float64, strict=False)
    bad = (numbers.is_null() & cells.is_not_null()).arg_true()
    if len(bad):
        raise InvalidFlow(
            f"'{cells[bad[0]]}' in column '{column}' of {label} is not a number (line {bad[0] + 2}; {len(bad):,} such rows).",
            fix="Write plain numbers with a point for decimals; leave the cell empty where it is unknown.",
        )
    return numbers


def _scale(column: str, unit: str | None, notes: list[str], *, known: bool) -> float:
    named = USD_MN_PER_UNIT.get(column.casefold())
    if column == "v" and not known:
        named = None
    if unit is not None:
        if unit not in UNITS:
            raise DataError(f"The unit '{unit}' is not known.", fix=f"Use one of {', '.join(UNITS)}.")
        if named is not None and named != UNITS[unit]:
            raise AmbiguousColumn(f"The column '{column}' says its unit, and it is not '{unit}'.")
        return UNITS[unit]
    if named is None:
        notes.append(Text("rows.unit", column=column))
        return 1.0
    return named


def _modernise(frame: pl.DataFrame, as_of: int, notes: list[str]) -> pl.DataFrame:
    import polars as pl

    codes = sorted(set(frame["exporter"]) | set(frame["importer"]))
    changed = {c: m for c in codes if (m := names.modern_code(c, as_of)) and m != c}
    if changed:
        pairs = Joined(", ", parts=(Text("rows.pair", old=a, new=b) for a, b in changed.items()))
        notes.append(Text("rows.renamed", pairs=pairs))
    return frame.with_columns(pl.col("exporter", "importer").replace(changed))


def _check_codes(frame: pl.DataFrame, chosen: dict[str, str]) -> None:
    import polars as pl

    for role in ("exporter", "importer"):
        stats = frame.group_by(role).agg(pl.len(), pl.col("year").min().alias("a"), pl.col("year").max().alias("b"))
        years = {c: f"{n:,} rows, {a}-{b}" for c, n, a, b in stats.iter_rows()}
        names.check_codes(years, column=chosen[role], years=years)


def _dense(
    frame: pl.DataFrame, scale: float, absent: str, n_read: int, notes: list[str], name: str, source: str
) -> Panel:
    codes = sorted(set(frame["exporter"].unique()) | set(frame["importer"].unique()))
    years = sorted(frame["year"].unique())
    place = {c: k for k, c in enumerate(codes)}
    n = len(codes)
    flows = np.full((len(years), n, n), 0.0 if absent == "zero" else np.nan)
    flows[:, np.arange(n), np.arange(n)] = np.nan
    at = (
        frame["year"].to_numpy() - years[0] if years[-1] - years[0] + 1 == len(years)
        else np.searchsorted(years, frame["year"].to_numpy()),
        frame["exporter"].replace_strict(place).to_numpy(),
        frame["importer"].replace_strict(place).to_numpy(),
    )  # fmt: skip
    flows[at] = frame["trade"].to_numpy() * scale
    filled = flows.shape[0] * n * (n - 1) - int((at[1] != at[2]).sum())
    if filled and absent == "zero":
        notes.append(Text("rows.zeros", n=Number(f"{filled:,}")))
    elif filled:
        notes.append(Text("rows.absent", n=Number(f"{filled:,}")))
    gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if gaps:
        notes.append(Text("rows.gaps", years=first_five(gaps)))
    return Panel(
        tuple(codes), tuple(years), flows, name=name, source=source,
        report=ReadReport(n_read, frame.height, tuple(notes)),
    )  # fmt: skip
