"""Fill in the flows that a file leaves out because they are zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.errors import DuplicateRows, EmptySample, first_five, how_many
from detente.panel.columns import find_roles
from detente.panel.frames import read_table


@dataclass(frozen=True, slots=True)
class Completed:
    """A table with a row for every dyad and period.

    frame : of the caller's kind; n_rows : rows given; n_added : zeros filled in
    empty : other columns, which are null in the rows added
    """

    frame: Any
    n_rows: int
    n_added: int
    empty: tuple[str, ...] = ()

    def to_frame(self) -> Any:
        """The completed table."""
        return self.frame

    def summary(self) -> str:
        """How many rows were given and added."""
        text = f"{self.n_added:,} absent pairs filled with zero beside the {self.n_rows:,} rows given."
        if self.n_added and self.empty:
            text += (
                f" Their {', '.join(self.empty[:5])}{' and others' if len(self.empty) > 5 else ''} are missing: join them "
                "afterwards, as a fit leaves out rows where a regressor is missing."
            )
        return text

    def __repr__(self) -> str:
        return f"Completed({self.summary()})"


def complete(
    data: Any,
    *,
    internal: bool | None = None,
    origin: str | None = None,
    destination: str | None = None,
    period: str | None = None,
    value: str | None = None,
    sector: str | None = None,
) -> Completed:
    """Add a row with a zero flow for every dyad and period that has none.

    Only right where the source leaves out zeros, as BACI does. A row that is there with a missing flow
    stays missing. Other columns of an added row are null: join them afterwards.

    Parameters
    ----------
    data : frame or path
    internal : whether economies' trade with themselves is completed too; None does so if the data have any
    origin, destination, period, value : column names, where they are not the known ones
    sector : column; given, every sector is completed

    Returns
    -------
    Completed : ``to_frame()`` is the table, the given rows first; ``n_added`` says how many were added.

    Raises
    ------
    DuplicateRows, EmptySample, UnknownColumn, AmbiguousColumn

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"exporter": ["A", "B"], "importer": ["B", "C"], "year": [1, 1], "trade": [1.0, 2.0]})
    >>> complete(flows).n_added
    4
    """
    table = read_table(data)
    if not len(table):
        raise EmptySample(f"There are no rows in {table.name}.")
    roles = find_roles(table.columns, origin=origin, destination=destination, period=period, value=value, sector=sector)
    from_, to, at, amount = roles.found()
    keys = [from_, to, at] + ([sector] if sector else [])
    whole = pl.DataFrame([table.series(c) for c in table.columns])
    doubled = whole.select(keys).filter(whole.select(keys).is_duplicated()).unique(maintain_order=True)
    if doubled.height:
        raise DuplicateRows(
            f"{how_many(doubled.height, 'pair and period appears', 'pairs and periods appear')} more than once: "
            f"{first_five('-'.join(map(str, row)) for row in doubled.iter_rows())}.",
            fix="Sum them, or name the column that tells them apart with sector=...",
        )
    economies = np.union1d(whole[from_].drop_nulls(), whole[to].drop_nulls())
    if internal is None:
        internal = bool((whole[from_] == whole[to]).any())
    grid = pl.DataFrame({from_: economies}).join(pl.DataFrame({to: economies}), how="cross")
    grid = grid if internal else grid.filter(pl.col(from_) != pl.col(to))
    for key in keys[2:]:
        grid = grid.join(whole.select(pl.col(key).drop_nulls().unique().sort()), how="cross")
    grid = grid.cast({key: whole.schema[key] for key in keys})
    added = grid.join(whole.select(keys), on=keys, how="anti")
    added = added.with_columns(pl.lit(0).cast(whole.schema[amount]).alias(amount))
    frame = pl.concat([whole, added], how="diagonal")
    empty = tuple(name for name in table.columns if name not in (*keys, amount))
    return Completed(table.of_same_kind(frame), whole.height, added.height, empty)
