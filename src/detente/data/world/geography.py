"""How far apart economies lie and who borders whom, from public-domain shapes, as ``scripts/build_geography.py`` wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
import polars as pl
from numpy.typing import NDArray


@cache
def geography() -> pl.DataFrame:
    """Distance and land borders of every two economies, and of each to itself.

    Returns
    -------
    polars.DataFrame
        ``origin, destination``, ``distance_km`` (mean great-circle distance between points spread evenly over the land
        of both, three significant digits, at least 1) and ``neighbours`` (whether they share a land border). From
        Natural Earth 1:50m (public domain), so France has French Guiana and its borders. Economies without a shape
        have no row.

    Examples
    --------
    >>> pair = geography().filter(origin="COL", destination="VEN")
    >>> pair["distance_km"][0], pair["neighbours"][0]
    (990, True)
    """
    half = pl.read_parquet(BytesIO(files("detente.data.world").joinpath("geography.parquet").read_bytes()))
    half = half.rename({"a": "origin", "b": "destination"})
    back = half.filter(pl.col("origin") != pl.col("destination"))
    back = back.select(origin="destination", destination="origin", distance_km="distance_km", neighbours="neighbours")
    return pl.concat([half, back]).sort("origin", "destination")


def land_neighbours(economies: Sequence[str]) -> NDArray[np.bool_]:
    """Which of ``economies`` share a land border, (N, N) bool; one without a shape has none.

    Examples
    --------
    >>> int(land_neighbours(("COL", "VEN", "CHL")).sum())
    2
    """
    place = {code: k for k, code in enumerate(economies)}
    out = np.zeros((len(place), len(place)), dtype=bool)
    pairs = geography().filter(pl.col("neighbours")).select("origin", "destination")
    for a, b in pairs.iter_rows():
        if a in place and b in place:
            out[place[a], place[b]] = True
    return out
