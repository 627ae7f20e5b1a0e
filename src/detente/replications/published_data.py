"""Where the published data of a replication are, and how they are read."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.errors import UnknownColumn, UnreadableFile


def find(relative: str, data: str | Path | None, obtain: str) -> Path:
    """The data file or folder ``relative``, or an error that says where to get it."""
    if data is not None:
        places = [Path(data)]
    elif os.environ.get("DETENTE_DATA"):
        places = [Path(os.environ["DETENTE_DATA"])]
    else:
        here = Path.cwd().resolve()
        places = [up / folder for up in (here, *here.parents) for folder in ("data", "shared/data")]
    for place in places:
        if (place / relative).exists():
            return place / relative
    raise UnreadableFile(
        f"The published data '{relative}' are not in {places[0]}"
        + (f" or {len(places) - 1} folders like it above." if len(places) > 1 else "."),
        why="They are not part of this package.",
        fix=f"{obtain} Then give data=FOLDER or set DETENTE_DATA.",
    )


def read_columns(path: Path, *columns: str) -> pl.DataFrame:
    """The named columns of a Parquet file, years as integers."""
    try:
        table = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.", fix="Save it again as Parquet.") from None
    for name in columns:
        if name not in table.columns:
            raise UnknownColumn.named(name, table.columns, where=str(path))
    return table.select(columns).with_columns(pl.col("year").cast(pl.Int64))


def read_numbers(folder: Path, name: str) -> NDArray[np.float64]:
    """The table ``name``.txt of a folder."""
    path = folder / f"{name}.txt"
    try:
        return np.loadtxt(path)
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.", fix="Take the file as it was published.") from None
