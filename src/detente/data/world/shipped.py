"""The tables inside the package: goods trade of every economy, and GDP, as ``scripts/build_world_panel.py`` wrote them.

``goods.parquet`` has one row a dyad that ever traded: ``exporter``, ``importer``, ``years`` (bit t stands for
the t-th year of ``world.json``) and ``code``, a list with one code of :mod:`detente.data.world.three_digits` a year set,
in thousand current US$. ``gdp.parquet`` has ``economy, year, gdp_usd_mn, population``. ``world.json``
says what they are: releases, licences, vintages, and which cells of which year are missing rather than zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.data.world.three_digits import decode

FILES = ("goods.parquet", "gdp.parquet", "world.json")


@dataclass(frozen=True, slots=True)
class WorldTables:
    """What ships, as columns of positions.

    Attributes
    ----------
    economies : codes, sorted; years : ascending.
    year, origin, destination : (n,) positions of each positive flow, as int16: they are kept for good.
    value_kusd : (n,) thousand current US$, three significant digits.
    gdp_usd_mn : (t, i) million current US$, NaN where the World Bank has none.
    facts : ``world.json`` as a mapping: releases by year, citations, licences, vintages, missing cells.
    """

    economies: tuple[str, ...]
    years: tuple[int, ...]
    year: NDArray[np.int16]
    origin: NDArray[np.int16]
    destination: NDArray[np.int16]
    value_kusd: NDArray[np.float64]
    gdp_usd_mn: NDArray[np.float64]
    facts: Mapping[str, Any]


def world_files() -> dict[str, bytes]:
    """The files by name, as bytes (for hashes).

    Examples
    --------
    >>> sorted(world_files())
    ['gdp.parquet', 'goods.parquet', 'world.json']
    """
    folder = files("detente.data.world")
    return {name: folder.joinpath(name).read_bytes() for name in FILES}


@cache
def world_tables() -> WorldTables:
    """The shipped tables, decoded once a process.

    Examples
    --------
    >>> tables = world_tables()
    >>> tables.years[0], tables.years[-1], len(tables.economies) > 200
    (1995, 2023, True)
    """
    raw = world_files()
    facts = json.loads(raw["world.json"])
    years = tuple(int(year) for year in facts["years"])
    goods = pl.read_parquet(BytesIO(raw["goods.parquet"]))
    economies = tuple(sorted(set(goods["exporter"].unique()) | set(goods["importer"].unique())))
    place = {code: k for k, code in enumerate(economies)}
    ends = [goods[side].replace_strict(place, return_dtype=pl.Int16).to_numpy() for side in ("exporter", "importer")]
    has = (goods["years"].to_numpy()[:, None] >> np.arange(len(years))) & 1 == 1
    dyad, year = np.nonzero(has)
    return WorldTables(
        economies,
        years,
        year.astype(np.int16),
        ends[0][dyad],
        ends[1][dyad],
        decode(goods["code"].explode().to_numpy()),
        _gdp(raw["gdp.parquet"], place, years),
        MappingProxyType(facts),
    )


def _gdp(raw: bytes, place: Mapping[str, int], years: tuple[int, ...]) -> NDArray[np.float64]:
    frame = pl.read_parquet(BytesIO(raw)).filter(pl.col("economy").is_in(list(place)), pl.col("year").is_in(years))
    gdp = np.full((len(years), len(place)), np.nan)
    at = {year: t for t, year in enumerate(years)}
    rows = frame["year"].replace_strict(at, return_dtype=pl.Int64).to_numpy()
    gdp[rows, frame["economy"].replace_strict(place, return_dtype=pl.Int64).to_numpy()] = frame["gdp_usd_mn"].to_numpy()
    return gdp
