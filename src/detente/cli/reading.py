"""Options that say how a file of flows is to be read; the same for every command that takes ``--data``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.telling import tell
from detente.errors import UsageError, how_many

if TYPE_CHECKING:
    from detente.panel import Panel

KINDS = ("goods", "persons", "energy", "flights", "other")
UNITS = ("usd", "kusd", "usd_mn", "usd_bn", "persons", "gwh", "mn_m3", "flights")
_OPTIONS = (
    click.option(
        "--as", "source", metavar="SOURCE", help="Whose layout the file is in (detente data list); found by itself."
    ),
    click.option(
        "--unit", type=click.Choice(UNITS), help="Unit of the flows, where neither source nor column says it."
    ),
    click.option("--kind", type=click.Choice(KINDS), help="What flows; goods where the unit is money."),
    click.option("--absent", type=click.Choice(("zero", "missing")), help="What a row that is not there means."),
    click.option("--origin", "origin_column", metavar="COLUMN", help="Column of the origin."),
    click.option("--destination", "destination_column", metavar="COLUMN", help="Column of the destination."),
    click.option("--year", "year_column", metavar="COLUMN", help="Column of the year, quarter or month."),
    click.option("--value", "value_column", metavar="COLUMN", help="Column of the flow."),
    click.option(
        "--side", type=click.Choice(("either", "origin", "destination")), help="Whose report, where there are both."
    ),
    click.option(
        "--missing", multiple=True, metavar="TEXT", help="What means missing beside empty cells; may be repeated."
    ),
    click.option("--sections", is_flag=True, help="Keep the flows by section (HS) or sector too: table composition."),
    click.option("--codes-as-of", type=int, metavar="YEAR", help="Map codes in use then to today's."),
    click.option("--rates", metavar="FILE", help="Exchange rates (ECB, FRED), for flows in other money."),
)
_NAMES = {
    "origin_column": "origin",
    "destination_column": "destination",
    "year_column": "year",
    "value_column": "value",
}


as_of_option = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="Whose members a bloc or region has, in every year; those of the panel's last day if left out.",
)  # fmt: skip


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of :data:`_OPTIONS` on a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def reading(given: dict[str, Any]) -> dict[str, Any]:
    """The options as keywords of :func:`detente.read_panel`, those that were given.

    Examples
    --------
    >>> reading({"source": None, "unit": "kusd", "year_column": "t", "missing": ()})
    {'unit': 'kusd', 'year': 't'}
    """
    return {
        _NAMES.get(name, name): list(v) if isinstance(v, tuple) else v
        for name, v in given.items()
        if v not in (None, (), False)
    }


def say_reading(panel: Panel) -> None:
    """Say on standard error what became of the rows of a panel that the caller gave."""
    from detente.language import Text

    tell(Text("rows.panel", counts=panel.report.text()), err=True)


DROP, ZERO = "drop", "zero"
WRITTEN = (".csv", ".csv.gz", ".tsv", ".txt", ".dlm", ".xlsx", ".zip")  # what people write, read with notes


def table_to_fit(data: Path, formula: str, how: dict[str, Any]) -> tuple[Any, list[str]]:
    """What ``detente fit`` fits, and what was done to it, a sentence each.

    Parameters
    ----------
    data : a file as it is, or with options in ``how`` a panel's table with missing flows as nulls.
    how : as :func:`reading` gives it; its ``missing`` may hold ``drop`` or ``zero`` beside marks such as ``NA``.

    Raises
    ------
    UsageError
        Both ``drop`` and ``zero``, or neither a path nor a stored file.
    """
    from detente.data.store import located
    from detente.panel import read_panel, read_table

    said = how.pop("missing", [])
    marks = [mark for mark in said if mark not in (DROP, ZERO)]
    if DROP in said and ZERO in said:
        raise UsageError("--missing drop and --missing zero exclude one another.", fix="Give one of them.")
    path = located(data)
    if not said and not how:
        if not path.name.lower().endswith(WRITTEN):
            return path, []  # it may stream
        table = read_table(path)
        return table, [str(note) for note in table.notes]
    if how:
        panel = read_panel(path, **how, missing=marks)
        rows, notes, flow = panel.to_frame(), [str(note) for note in panel.report.notes], "trade"
        said = said if ZERO in said else [DROP]
    else:
        table, flow = read_table(path), formula.partition("~")[0].strip()
        rows, notes = _marked(table.frame.to_polars(), marks)
        notes = [str(note) for note in table.notes] + notes
    return _without_gaps(rows, flow, said, notes), notes


def _marked(rows: Any, marks: list[str]) -> tuple[Any, list[str]]:
    """The table with cells that mean missing emptied, and columns of numbers that were text for their sake as numbers."""
    import polars as pl

    notes = []
    for name, dtype in rows.schema.items():
        told = rows[name].cast(pl.String).str.strip_chars().is_in(marks) if dtype == pl.String else None
        if told is None or not told.any():
            continue
        cells = rows[name].set(told, None)
        numbers = cells.cast(pl.Float64, strict=False)
        whole = numbers.null_count() == cells.null_count()
        rows = rows.with_columns((numbers if whole else cells).alias(name))
        n = int(told.sum())
        notes.append(f"{how_many(n, 'cell')} of '{name}' ({', '.join(marks)}) {'is' if n == 1 else 'are'} missing.")
    return rows, notes


def _without_gaps(rows: Any, flow: str, said: list[str], notes: list[str]) -> Any:
    """The table with its missing flows left out or made zero, as told."""
    import polars as pl

    if flow not in rows.columns or not (DROP in said or ZERO in said):
        return rows
    gone = rows[flow].is_null() | (rows[flow].is_nan() if rows[flow].dtype.is_float() else False)
    n = int(gone.sum())
    if not n:
        return rows
    if ZERO in said:
        notes.append(
            f"{how_many(n, 'missing flow')} in '{flow}' {'is taken for a zero' if n == 1 else 'are taken for zeros'}, as told."
        )
        return rows.with_columns(pl.when(gone).then(0).otherwise(pl.col(flow)).alias(flow))
    notes.append(f"{how_many(n, 'row')} without a flow in '{flow}' {'is' if n == 1 else 'are'} left out.")
    return rows.filter(~gone)
