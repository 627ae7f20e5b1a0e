"""The panels of people that ship with the package: who moved, who lives where, who is protected."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from detente.data import PeopleTable, people_table
from detente.language import Number, Text
from detente.panel.filling import not_there
from detente.panel.panel import Panel, Provenance, ReadReport

SOURCES = {"movers": "abel_cohen", "foreign_born": "desa", "protected": "unhcr"}


@cache
def people(population: str = "movers") -> Panel:
    """People between all economies, one population at a time.

    The populations are not the same people: a refugee may not be born in the country that she fled, and a migrant with
    a residence permit is in no count of refugees. Between the two stocks lies a factor of two to four in one pair as
    in the next; that is a definition, not a contradiction (METHODS B3), so they are never spliced.

    Parameters
    ----------
    population : ``"movers"``, persons who moved in the five years from the year named (flows, 1990 to 2015);
        ``"foreign_born"``, persons who live in the destination and were born in the origin, every five years (stocks,
        1990 to 2020); ``"protected"``, refugees, asylum-seekers and others in need of protection at the end of the
        year (stocks, 1990 to 2024).

    Returns
    -------
    Panel
        flows ``[t, i, j]`` in persons from origin to destination, four significant digits, diagonal NaN. An absent
        flow is zero between economies that existed; an absent stock is NaN. ``panel.stock`` tells stocks,
        ``panel.provenance.population`` the population.

    Raises
    ------
    UsageError : there is no such population.

    Examples
    --------
    >>> import detente as dt
    >>> moved = dt.people("movers")
    >>> float(moved.flow("VEN", "COL")[moved.year_index(2015)])    # in the five years from 2015, persons
    1735000.0
    >>> dt.people("protected").stock
    True
    """
    table = people_table(population)
    stock = bool(table.facts["stock"])
    counts = _dense(table, np.nan if stock else 0.0)
    existed = ~not_there(table.economies, table.years)
    n = len(table.economies)
    if not stock:
        counts[~(existed[:, :, None] & existed[:, None, :])] = np.nan
        counts[table.year, table.origin, table.destination] = table.persons
    counts[:, np.arange(n), np.arange(n)] = np.nan
    used = len(table.persons)
    facts = table.facts
    seen = counts > 0
    return Panel(
        table.economies,
        table.years,
        counts,
        name=f"people: {population}",
        source=f"{facts['cite']}, {facts['licence']}",
        report=ReadReport(used, used, (Text("rows.people", n=Number(str(facts["digits"]))),)),
        kind="persons",
        unit="persons",
        period=str(facts["period"]),
        provenance=Provenance(source=SOURCES[population], level="total", population=population),
        reported=np.logical_or(seen.any(2), seen.any(1)),
        stock=stock,
    )


def _dense(table: PeopleTable, absent: float) -> NDArray[np.float64]:
    n = len(table.economies)
    counts = np.full((len(table.years), n, n), absent)
    counts[table.year, table.origin, table.destination] = table.persons
    return counts
