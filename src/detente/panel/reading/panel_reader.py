"""Read a panel from a frame, a file in any official layout, or a table with named columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from detente.data.facts import ABSENT, Flows
from detente.data.registry import recognise, source_named
from detente.data.source import DataSource
from detente.data.store import located
from detente.data.tables.files import Files
from detente.data.tables.streams import has_pattern, stream_of
from detente.errors import AmbiguousColumn, DataError, UnreadableFile, first_five
from detente.panel.frames import read_table
from detente.panel.panel import Panel
from detente.panel.reading.dollars import in_dollars
from detente.panel.reading.named_columns import of_table
from detente.panel.reading.settling import settled

SIDES = ("either", "origin", "destination")


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
    flows = in_dollars(found, rates, label)
    return settled(flows, chosen, label, absent, side, codes_as_of, name, cite, sections)


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
        if has_pattern(files.path) or (files.path.is_dir() and not files.names and stream_of(data) is not None):
            return of_table(read_table(data).frame.to_polars(), str(data), roles, unit, kind, missing), None, str(data)
        names_there = files.names
        known = None
        if source not in (None, "table"):
            known = source_named(str(source))
        elif source is None and not named_columns:
            known = recognise(files)
        if known is not None:
            return *read_flows(data, known.name, progress, sections), Path(data).name
        if (files.path.is_dir() or files.zipped) and stream_of(data) is None:
            raise UnreadableFile(
                f"'{data}' holds no file in a layout that is known ({first_five(names_there)}).",
                fix="Give one of its files, or name its source with source= (on the command line --as).",
            )
        table = read_table(data)
        flows = of_table(table.frame.to_polars(), Path(data).name, roles, unit, kind, missing, table.notes, table.above)
        return flows, None, Path(data).name
    table = read_table(data).frame.to_polars()
    if source is None and not named_columns and {"t", "i", "j", "v"} <= set(table.columns):
        if "k" in table.columns and table["i"].dtype.is_integer():
            raise UnreadableFile(
                "the frame has BACI's columns t, i, j, k, v with numeric codes in a table.",
                fix="Give the CSV file, its folder or the zip, so that BACI's country file is read with it.",
            )
        source = "baci"
    if source not in (None, "table"):
        known = source_named(str(source))
        facts = known.facts_of(table, "the frame")
        if not isinstance(facts, Flows):
            raise DataError(f"{known.title} holds {known.gives}, not flows.", fix="Give a source of flows.")
        return facts, known, "the frame"
    return of_table(table, "the frame", roles, unit, kind, missing), None, "the frame"


def _check_against(known: DataSource, flows: Flows, kind: str | None, unit: str | None) -> None:
    if unit is not None and unit != flows.unit:
        raise AmbiguousColumn(f"{known.title} is in {flows.unit}, not in '{unit}'.", fix="Leave unit out.")
    if kind is not None and kind != flows.kind:
        raise AmbiguousColumn(f"{known.title} holds {flows.kind}, not {kind}.", fix="Leave kind out.")
