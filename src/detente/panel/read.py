"""Read a panel from a frame, a file in any official layout, or a table with named columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from detente import economies as names
from detente.data.facts import ABSENT, Count, Flows, Series
from detente.data.periods import read_periods, year_of
from detente.data.registry import recognise, source_named
from detente.data.source import DataSource
from detente.data.store import located
from detente.data.tables.files import Files
from detente.data.tables.rows import without_aggregates
from detente.data.units import UNITS, kind_of, unit_in, unit_named
from detente.errors import (
    AmbiguousColumn,
    DataError,
    DuplicateRows,
    EmptySample,
    InvalidFlow,
    UnreadableFile,
    first_five,
)
from detente.language import Joined, Number, Text, few
from detente.panel.columns import NEEDED, find_roles
from detente.panel.filling import dense, fill
from detente.panel.frames import read_table
from detente.panel.grouping.composition import Composition, composition_of
from detente.panel.levels import KEYS, one_level
from detente.panel.magnitude import check_magnitude
from detente.panel.panel import Panel, Provenance, ReadReport
from detente.panel.persons import check_persons, is_stock

SIDES = ("either", "origin", "destination")
OUR_NAMES = {"period": "year"}  # what the caller's parameter is called, where it is not the role


def read_panel(
    data: Any,
    source: str | None = None,
    kind: str | None = None,
    unit: str | None = None,
    absent: str | None = None,
    *,
    origin: str | None = None,
    destination: str | None = None,
    year: str | None = None,
    value: str | None = None,
    side: str = "either",
    sections: bool = False,
    missing: Sequence[str] = (),
    rates: Any = None,
    codes_as_of: int | None = None,
    name: str | None = None,
    cite: str = "",
    progress: Callable[[float], None] | None = None,
    exporter: str | None = None,
    importer: str | None = None,
    trade: str | None = None,
) -> Panel:
    """Flows by period, origin and destination.

    Parameters
    ----------
    data : a pandas, polars or pyarrow frame; a path to a file, a zip or a folder in an official layout (``detente
        data list``) or to a table (CSV, TSV, Parquet, Excel, Stata) with named columns.
    source : whose layout it is in, where it is not recognised (``"comtrade"``, ``"gravity"``, ...); ``"table"`` for none.
    kind : ``goods``, ``persons``, ``energy``, ``flights`` or ``other``; taken from the source or the unit.
    unit : ``usd``, ``kusd``, ``usd_mn``, ``usd_bn``, ``persons``, ``gwh``, ``mn_m3`` or ``flights``; taken from the
        source or from the column's name (``value_kusd``), else it has to be given.
    absent : ``"zero"`` if an absent row means no trade, ``"missing"`` if it means unknown; None follows the source, and
        without one is zero between economies that report any flow in that period and missing otherwise.
    origin, destination, year, value : column names, found by themselves where they are the field's usual ones
        (exporter, importer and trade are taken for the same).
    side : whose report, where a source has both: the destination's and else the origin's (``"either"``), or one only.
    sections : keep the flows by section of the Harmonised System (or by the source's own sectors) in ``composition``.
    missing : what means missing in the value column beside empty cells, as ``("NA", ".")``.
    rates : exchange rates, a file or frame as the source ``exchange-rates`` has them, for flows in other money.
    codes_as_of : a year; codes in use then are mapped to today's where one became one.
    name, cite : what to call the panel, and its citation.
    progress : told the share of the files read.

    Returns
    -------
    Panel
        flows ``[t, i, j]`` in the unit of their kind: million current US$, persons, GWh or million m³, flights.

    Raises
    ------
    UnreadableFile, UnknownColumn, AmbiguousColumn, UnknownEconomy, InvalidFlow, DuplicateRows, EmptySample, DataError

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({"exporter": ["COL", "VEN"], "importer": ["VEN", "COL"],
    ...                       "year": [2008, 2008], "trade_usd_mn": [6091.0, 1198.0]})
    >>> read_panel(frame).flow("COL", "VEN")
    array([6091.])
    """
    if absent is not None and absent not in ABSENT:
        raise DataError(f"absent='{absent}' is not known.", fix="Use absent='zero' or absent='missing'.")
    if side not in SIDES:
        raise DataError(f"side='{side}' is not known.", fix=f"Use one of {', '.join(SIDES)}.")
    roles = {
        "origin": origin or exporter,
        "destination": destination or importer,
        "period": year,
        "value": value or trade,
    }
    found, chosen, label = _flows_of(data, source, roles, unit, kind, tuple(missing), progress, sections)
    if chosen is not None:
        _check_against(chosen, found, kind, unit)
    flows = _in_dollars(found, rates, label)
    return _panel(flows, chosen, label, absent, side, codes_as_of, name, cite, sections)


def read_flows(
    data: Any, source: str | None = None, progress: Callable[[float], None] | None = None, products: bool = False
) -> tuple[Flows, DataSource]:
    """A file's flows as its source's reader gives them, before anything is chosen or summed; by product where asked.

    Raises
    ------
    UnreadableFile : its layout is not recognised.
    DataError : it holds no flows.
    """
    files = Files(Path(data))
    known = source_named(source) if source else recognise(files)
    if known is None:
        raise UnreadableFile(
            f"The layout of {files.path.name} is not known.",
            fix="Name its source with source= (on the command line --as).",
        )
    facts = known.facts_in(files, progress, products)
    if not isinstance(facts, Flows):
        raise DataError(
            f"{files.path.name} ({known.title}) holds {known.gives}, not flows.",
            fix="Give it where such figures are asked for (gdp under [panel] in study.toml; detente import for events).",
        )
    return facts, known


def _flows_of(
    data: Any, source: str | None, roles: dict[str, str | None], unit: str | None, kind: str | None,
    missing: tuple[str, ...], progress: Callable[[float], None] | None, sections: bool = False,
) -> tuple[Flows, DataSource | None, str]:  # fmt: skip
    """The flows, the source whose layout they had, and what to call them in messages."""
    named_columns = any(roles.values())
    if isinstance(data, str | Path):
        data = located(data)
        files = Files(Path(data))
        names_there = files.names
        known = None
        if source not in (None, "table"):
            known = source_named(str(source))
        elif source is None and not named_columns:
            known = recognise(files)
        if known is not None:
            return *read_flows(data, known.name, progress, sections), Path(data).name
        if files.path.is_dir() or files.zipped:
            raise UnreadableFile(
                f"'{data}' holds no file in a layout that is known ({first_five(names_there)}).",
                fix="Give one of its files, or name its source with source= (on the command line --as).",
            )
        table = read_table(data).frame.to_polars()
        return _of_table(table, Path(data).name, roles, unit, kind, missing), None, Path(data).name
    table = read_table(data).frame.to_polars()
    if source not in (None, "table"):
        known = source_named(str(source))
        facts = known.facts_of(table, "the frame")
        if not isinstance(facts, Flows):
            raise DataError(f"{known.title} holds {known.gives}, not flows.", fix="Give a source of flows.")
        return facts, known, "the frame"
    if source is None and not named_columns and {"t", "i", "j", "v"} <= set(table.columns):
        known = source_named("baci")
        if "k" in table.columns and table["i"].dtype.is_integer():
            raise UnreadableFile(
                "the frame has BACI's columns t, i, j, k, v with numeric codes in a table.",
                fix="Give the CSV file, its folder or the zip, so that BACI's country file is read with it.",
            )
        return known.facts_of(table, "the frame"), known, "the frame"  # type: ignore[return-value]
    return _of_table(table, "the frame", roles, unit, kind, missing), None, "the frame"


def _of_table(
    table: pl.DataFrame, label: str, roles: dict[str, Any], unit: str | None, kind: str | None,
    missing: tuple[str, ...],
) -> Flows:  # fmt: skip
    """A table with named columns: one row a flow, or one a flow and product."""
    found = find_roles(table.columns, needed=NEEDED, called=OUR_NAMES, **roles)
    if table.height == 0:
        raise EmptySample(f"{label} has no rows.", fix="Give a table with one row a flow and year.")
    measured = unit_named(unit) if unit is not None else unit_in(str(found.value))
    if measured is None:
        raise AmbiguousColumn(
            f"The unit of '{found.value}' in {label} is not stated.",
            why="A guess could be wrong a thousandfold, or take persons for dollars.",
            fix=f"Give unit= (on the command line --unit): {', '.join(UNITS)}; or name the column with it, as trade_usd_mn.",
        )
    stated = unit_in(str(found.value))
    if unit is not None and stated is not None and stated.name != unit:
        raise AmbiguousColumn(
            f"The column '{found.value}' says its unit, and it is not '{unit}'.", fix="Give the right one."
        )
    count = Count()
    cells = table[str(found.value)]
    if missing and cells.dtype == pl.String:
        told = cells.str.strip_chars().is_in(list(missing))
        if told.any():
            count.notes.append(
                Text("rows.told_missing", n=Number(f"{int(told.sum()):,}"), marks=", ".join(map(repr, missing)))
            )
            cells = cells.set(told, None)
    frame = table.select(
        pl.col(str(found.origin)).cast(pl.String).str.strip_chars().alias("origin"),
        pl.col(str(found.destination)).cast(pl.String).str.strip_chars().alias("destination"),
        pl.col(str(found.period)).alias("period"),
        *([pl.col(found.sector).cast(pl.String).alias("product")] if found.sector else []),
        _as_numbers(cells, str(found.value), label).alias("value"),
    )
    _check_cells(frame, label, found)
    frame = without_aggregates(frame, count)
    if measured.kind == "persons":
        check_persons(frame, label, str(found.origin), str(found.destination))
    return Flows(
        frame, measured.name, kind_of(measured, kind), level="product" if found.sector else "total",
        stock=is_stock(found.value), notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


def _check_against(known: DataSource, flows: Flows, kind: str | None, unit: str | None) -> None:
    if unit is not None and unit != flows.unit:
        raise AmbiguousColumn(f"{known.title} is in {flows.unit}, not in '{unit}'.", fix="Leave unit out.")
    if kind is not None and kind != flows.kind:
        raise AmbiguousColumn(f"{known.title} holds {flows.kind}, not {kind}.", fix="Leave kind out.")


def _check_cells(frame: pl.DataFrame, label: str, roles: Any) -> None:
    keys = frame.select(pl.any_horizontal(pl.col(KEYS).is_null())).to_series()
    if keys.any():
        raise DataError(
            f"{int(keys.sum()):,} rows of {label} lack an origin, destination or year (first at line {int(keys.arg_max() or 0) + 2}).",
            fix="Fill them in or delete the rows.",
        )
    for what, mask in (("infinite", frame["value"].is_infinite()), ("negative", frame["value"] < 0)):
        mask = mask.fill_null(False)
        if mask.any():
            first = frame.row(int(mask.arg_max() or 0), named=True)
            raise InvalidFlow(
                f"{int(mask.sum()):,} {what} flow{'s' if mask.sum() > 1 else ''} in column '{roles.value}' of {label}, first "
                f"{first['value']:g} for {first['origin']}->{first['destination']} in {first['period']:g} "
                f"(line {int(mask.arg_max() or 0) + 2})."
                if isinstance(first["period"], int | float)
                else f"{int(mask.sum()):,} {what} flows in column '{roles.value}' of {label}.",
                why="A flow is zero or more.",
                fix="Fix or delete these rows; leave the cell empty where the flow is unknown.",
            )


def _as_numbers(cells: pl.Series, column: str, label: str) -> pl.Series:
    """Cells as floats; text that is no number is named with its line."""
    if not (cells.dtype.is_numeric() or cells.dtype in (pl.String, pl.Null)):
        raise DataError(
            f"The column '{column}' of {label} holds {cells.dtype} values, and numbers are needed.",
            fix="Write plain numbers; a year as 2020.",
        )
    text = cells.str.strip_chars().replace("", None) if cells.dtype == pl.String else cells
    numbers = text.cast(pl.Float64, strict=False)
    bad = (numbers.is_null() & text.is_not_null()).arg_true()
    if len(bad):
        raise InvalidFlow(
            f"'{cells[bad[0]]}' in column '{column}' of {label} is not a number (line {bad[0] + 2}; {len(bad):,} such rows).",
            fix="Write plain numbers with a point for decimals; leave the cell empty where it is unknown, or say what means "
            "missing with missing= (on the command line --missing).",
        )
    return numbers.fill_nan(None)


def _in_dollars(flows: Flows, rates: Any, label: str) -> Flows:
    """The same flows in US dollars, with the rate of each period.

    Raises
    ------
    DataError : the flows are in other money and no rates, or none of a period, are given.
    """
    if flows.money == "USD" or flows.kind != "goods":
        return flows
    if rates is None:
        raise DataError(
            f"The values of {label} are in {flows.money}.", why="Flows are compared in US dollars.",
            fix="Give exchange rates with rates= (on the command line --rates): a file of the ECB or of FRED.",
        )  # fmt: skip
    known = source_named("exchange-rates")
    facts = known.facts_in(Files(Path(rates))) if isinstance(rates, str | Path) else known.facts_of(
        read_table(rates).frame.to_polars(), "the rates")  # fmt: skip
    assert isinstance(facts, Series)
    direct, inverse = f"USD/{flows.money}", f"{flows.money}/USD"
    found = facts.frame.filter(pl.col("indicator").is_in([direct, inverse]))
    found = found.with_columns(rate=pl.when(pl.col("indicator") == direct).then("value").otherwise(1 / pl.col("value")))
    periods, period = read_periods(flows.frame["period"], label)
    frame = flows.frame.with_columns(periods.alias("period"))
    if facts.period == "month" and period == "year":
        found = found.with_columns(period=pl.col("period") // 100)
    mean = found.group_by("period").agg(pl.col("rate").mean())
    joined = frame.join(
        mean.with_columns(pl.col("period").cast(pl.Int64)), on="period", how="left", maintain_order="left"
    )
    without = joined.filter(pl.col("rate").is_null())["period"].unique().sort().to_list()
    if without:
        raise DataError(f"The rates have no {direct} for {first_five(without)}.", fix="Give rates of all periods.")
    note = Text("rows.dollars", money=flows.money, source=known.publisher)
    dollars = joined.with_columns(pl.col("value") * pl.col("rate")).drop("rate")
    return replace(flows, frame=dollars, money="USD").with_notes(note)


def _panel(
    flows: Flows, known: DataSource | None, label: str, absent: str | None, side: str, codes_as_of: int | None,
    name: str | None, cite: str, sections: bool = False,
) -> Panel:  # fmt: skip
    """Rows to a panel: sides, levels, codes and periods settled, aggregates and re-imports out, magnitudes checked."""
    notes = list(flows.notes)
    frame, whose = _one_side(flows, side, label, notes)
    periods, period = read_periods(frame["period"], f"column '{'period' if known else 'year'}' of {label}")
    frame = frame.with_columns(periods.alias("period"))
    if flows.period == "five years":
        period = flows.period
    if codes_as_of is not None:
        frame = _modernise(frame, codes_as_of, notes)
    made_of = composition_of(frame, label) if sections else None
    level = flows.level
    if "product" in frame.columns:
        frame, level, said = one_level(frame, label)
        notes += said
    frame = _one_row_a_flow(frame, label)
    frame = _without_own_trade(frame, flows.internal, notes)
    frame = _known_codes(frame, label, known, notes)
    if not frame.height:
        raise EmptySample(f"{label} has no flow between two economies.", fix="Give a table with one row a flow.")
    unknown = frame["value"].is_null()
    if unknown.any():
        notes.append(Text("rows.missing", n=Number(f"{int(unknown.sum()):,}")))
    economies = tuple(sorted(set(frame["origin"]) | set(frame["destination"])))
    labels = tuple(int(p) for p in sorted(frame["period"].unique()))
    unit = unit_named(flows.unit)
    array, there = dense(frame.with_columns(pl.col("value") * unit.factor), economies, labels)
    years = [year_of(p, period) for p in labels]
    filled, zeros, gone = fill(array, there, absent or flows.absent, years, economies)
    _say_filled(filled, there, zeros, gone, labels, period, notes)
    if flows.kind == "goods" and not flows.stock:
        check_magnitude(filled, economies, labels, period, label)
    source = Provenance(
        source=known.name if known else "", release=flows.release, valuation=flows.valuation, side=whose,
        level="total" if level == "words" else level,
    )  # fmt: skip
    return Panel(
        economies, labels, filled, name=name or label, source=cite or (known.cite if known else ""),
        report=ReadReport(flows.rows, frame.height, tuple(notes)), kind=flows.kind, unit=unit.panel_unit,
        period=period, provenance=source, reported=(np.any(array > 0, axis=2) | np.any(array > 0, axis=1)), stock=flows.stock,
        composition=None if made_of is None else _in_panel(made_of, economies, unit.factor),
    )  # fmt: skip


def _in_panel(made_of: Composition, economies: tuple[str, ...], factor: float) -> Composition:
    """Between the panel's economies, in its unit."""
    both = pl.col("origin").is_in(list(economies)) & pl.col("destination").is_in(list(economies))
    frame = made_of.frame.filter(both & (pl.col("origin") != pl.col("destination")))
    return replace(made_of, frame=frame.with_columns(pl.col("value") * factor))


def _one_side(flows: Flows, side: str, label: str, notes: list[str]) -> tuple[pl.DataFrame, str]:
    """One report of each flow: the side asked for, or the destination's and else the origin's."""
    if "side" not in flows.frame.columns:
        return flows.frame, flows.side
    keys = [c for c in flows.frame.columns if c not in ("side", "value")]
    if side != "either":
        frame = flows.frame.filter(pl.col("side") == side).drop("side")
        if not frame.height:
            raise EmptySample(f"{label} has no report of the {side}s.", fix="Leave side out.")
        return frame, side
    bought = flows.frame.filter(pl.col("side") == "destination")
    sold = flows.frame.filter(pl.col("side") == "origin").join(bought.select(KEYS).unique(), on=KEYS, how="anti")
    if bought.height and sold.height:
        notes.append(Text("rows.either_side", n=Number(f"{bought.height:,}"), others=Number(f"{sold.height:,}")))
    whose = "" if bought.height and sold.height else "destination" if bought.height else "origin"
    return pl.concat([bought, sold]).select(*keys, "value"), whose


def _one_row_a_flow(frame: pl.DataFrame, label: str) -> pl.DataFrame:
    doubled = frame.select(pl.struct(KEYS).is_duplicated()).to_series()
    if doubled.any():
        cases = frame.filter(doubled).unique(KEYS, maintain_order=True)
        shown = first_five(f"{r['origin']}->{r['destination']} {r['period']}" for r in cases.iter_rows(named=True))
        raise DuplicateRows(
            f"{int(doubled.sum()):,} rows of {label} repeat an origin, destination and year: {shown}.",
            why="Summing or choosing among them would be a guess.",
            fix="Sum or drop them first, or keep the column 'product' that tells them apart.",
        )
    return frame


def _without_own_trade(frame: pl.DataFrame, internal: bool, notes: list[str]) -> pl.DataFrame:
    """Trade of economies with themselves stays where the table has it of most of them; else it is re-imports."""
    own = frame["origin"] == frame["destination"]
    if not own.any():
        return frame
    with_it, all_ = set(frame["origin"].filter(own)), set(frame["origin"]) | set(frame["destination"])
    if internal or 2 * len(with_it) >= len(all_):
        return frame
    notes.append(Text("rows.own_trade", n=Number(f"{int(own.sum()):,}"), codes=few(sorted(with_it))))
    return frame.filter(~own)


def _modernise(frame: pl.DataFrame, as_of: int, notes: list[str]) -> pl.DataFrame:
    codes = sorted(set(frame["origin"]) | set(frame["destination"]))
    changed = {c: m for c in codes if (m := names.modern_code(c, as_of)) and m != c}
    if changed:
        pairs = Joined(", ", parts=(Text("rows.pair", old=a, new=b) for a, b in changed.items()))
        notes.append(Text("rows.renamed", pairs=pairs))
    return frame.with_columns(pl.col("origin", "destination").replace(changed))


def _known_codes(frame: pl.DataFrame, label: str, known: DataSource | None, notes: list[str]) -> pl.DataFrame:
    """Rows between economies of today; a source's own former states stay, its codes of none are left out and counted.

    Raises
    ------
    UnknownEconomy : in a table of no known source.
    """
    if known is not None:
        codes = set(frame["origin"]) | set(frame["destination"])
        odd = sorted(c for c in codes if c not in names.table() and not names.is_current(c))
        count = Count(notes)
        keep = ~pl.col("origin").is_in(odd) & ~pl.col("destination").is_in(odd)
        return count.drop(frame, keep, "aggregates", codes=few(odd)) if odd else frame
    for role in ("origin", "destination"):
        stats = frame.group_by(role).agg(pl.len(), pl.col("period").min().alias("a"), pl.col("period").max().alias("b"))
        years = {c: f"{n:,} rows, {a}-{b}" for c, n, a, b in stats.iter_rows()}
        names.check_codes(years, column=f"{role} of {label}", years=years)
    return frame


def _say_filled(
    filled: Any, there: Any, zeros: int, gone: int, labels: tuple[int, ...], period: str, notes: list[str]
) -> None:
    absent = int((np.isnan(filled) & ~there & ~np.eye(filled.shape[1], dtype=bool)).sum())
    if zeros:
        notes.append(Text("rows.zeros", n=Number(f"{zeros:,}")))
    if absent:
        notes.append(Text("rows.absent", n=Number(f"{absent:,}")))
    if gone:
        notes.append(Text("rows.not_there", n=Number(f"{gone:,}")))
    gaps = sorted(set(range(labels[0], labels[-1] + 1)) - set(labels)) if period == "year" else []
    if gaps:
        notes.append(Text("rows.gaps", years=few(gaps)))
