"""The counts of people inside the package, as ``scripts/build_people.py`` wrote them.

``movers.parquet``, ``foreign_born.parquet`` and ``protected.parquet`` have one row a dyad: ``origin``,
``destination``, ``years`` (bit t stands for the t-th year of ``people.json``) and ``persons``, a list with one count a
year set, to four significant digits. ``circumstances.parquet`` has ``economy, year, gdp_per_head_cents, conflict``.
``people.json`` says what they are: who is counted, citations, licences, and the steps that a change of definition made.
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

from detente.errors import UsageError, did_you_mean

POPULATIONS = ("movers", "foreign_born", "protected")
FILES = (*(f"{name}.parquet" for name in POPULATIONS), "circumstances.parquet", "people.json")


@dataclass(frozen=True, slots=True)
class PeopleTable:
    """The counts of one population, as columns of positions.

    Attributes
    ----------
    population : ``movers`` (five-year flows), ``foreign_born`` or ``protected`` (stocks).
    economies : codes, sorted; years : ascending, the first of the five for flows.
    year, origin, destination : (n,) positions of each count above zero.
    persons : (n,) whole persons, four significant digits.
    facts : what, cite, licence, period and whether it is a stock.
    """

    population: str
    economies: tuple[str, ...]
    years: tuple[int, ...]
    year: NDArray[np.intp]
    origin: NDArray[np.intp]
    destination: NDArray[np.intp]
    persons: NDArray[np.float64]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DefinitionBreak:
    """A step of a count of protected persons at which most of them changed category: in part at least no movement.

    Attributes
    ----------
    origin, destination, year : the count, and the first year of the new category.
    before, after : UNHCR's category of most persons: ``refugees``, ``asylum_seekers``, ``oip`` (others in need of
        international protection) or ``ooc`` (others of concern).
    """

    origin: str
    destination: str
    year: int
    before: str
    after: str


def people_files() -> dict[str, bytes]:
    """The files by name, as bytes (for hashes).

    Examples
    --------
    >>> len(people_files())
    5
    """
    folder = files("detente.data.people")
    return {name: folder.joinpath(name).read_bytes() for name in FILES}


@cache
def people_facts() -> Mapping[str, Any]:
    """``people.json``: for each population what it is, whose, under which licence and in which years.

    Examples
    --------
    >>> people_facts()["protected"]["licence"]
    'CC BY 4.0'
    """
    return MappingProxyType(json.loads(_raw("people.json")))


@cache
def people_table(population: str) -> PeopleTable:
    """The counts of one population, decoded once a process.

    Raises
    ------
    UsageError : there is no such population.

    Examples
    --------
    >>> people_table("movers").years
    (1990, 1995, 2000, 2005, 2010, 2015)
    """
    if population not in POPULATIONS:
        raise UsageError(
            f"There is no population '{population}'.{did_you_mean(population, POPULATIONS)}",
            fix=f"Ask for one of {', '.join(POPULATIONS)}.",
        )
    facts = people_facts()[population]
    frame = pl.read_parquet(BytesIO(_raw(f"{population}.parquet")))
    years = tuple(int(year) for year in facts["years"])
    economies = tuple(sorted(set(frame["origin"]) | set(frame["destination"])))
    place = {code: k for k, code in enumerate(economies)}
    ends = [frame[side].replace_strict(place, return_dtype=pl.Int64).to_numpy() for side in ("origin", "destination")]
    dyad, year = np.nonzero((frame["years"].to_numpy()[:, None] >> np.arange(len(years))) & 1 == 1)
    persons = frame["persons"].explode().to_numpy().astype(float)
    return PeopleTable(
        population, economies, years, year, ends[0][dyad], ends[1][dyad], persons, MappingProxyType(facts)
    )


@cache
def definition_breaks() -> tuple[DefinitionBreak, ...]:
    """Every step of UNHCR's counts that a change of category made, in whole or in part.

    Examples
    --------
    >>> [b.year for b in definition_breaks() if (b.origin, b.destination) == ("VEN", "COL")]
    [2017, 2018]
    """
    return tuple(DefinitionBreak(str(o), str(d), int(y), str(b), str(a)) for o, d, y, b, a in people_facts()["breaks"])


@cache
def circumstances() -> pl.DataFrame:
    """Columns economy, year, gdp_per_head (constant 2015 US$, null where unknown), conflict (0 none, 1 minor, 2 war).

    Examples
    --------
    >>> circumstances().columns
    ['economy', 'year', 'gdp_per_head', 'conflict']
    """
    frame = pl.read_parquet(BytesIO(_raw("circumstances.parquet")))
    return frame.select(
        pl.col("economy").cast(pl.String), pl.col("year").cast(pl.Int64),
        (pl.col("gdp_per_head_cents") / 100).alias("gdp_per_head"), pl.col("conflict").cast(pl.Int64),
    )  # fmt: skip


def _raw(name: str) -> bytes:
    return files("detente.data.people").joinpath(name).read_bytes()
