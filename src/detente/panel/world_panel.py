"""The panel that ships with the package: goods trade between all economies of BACI, with GDP."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from detente.data import WorldTables, world_tables
from detente.errors import DataError
from detente.language import Joined, Number, Text
from detente.language.text import WrittenOut
from detente.panel.filling import not_there
from detente.panel.panel import Panel, Provenance, ReadReport

NAME = "world panel"
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@cache
def world(since: int = 2000) -> Panel:
    """Goods trade between every economy of CEPII's BACI and GDP, by year.

    Parameters
    ----------
    since : first year, 1995 at the earliest. Before 2000 many economies did not report, so that an absent flow is
        missing there; from 2000 on it is zero between economies that traded with anybody in the year.

    Returns
    -------
    Panel
        flows ``[t, i, j]`` in million current US$ (FOB), diagonal NaN, three significant digits and never below
        US$1,000; gdp ``[t, i]`` in million current US$. The year 2023 is of another release, in which some
        economies have no trade with one another and others stand outside: those cells are NaN.

    Raises
    ------
    DataError : no year of the panel is in ``since`` or later.

    Examples
    --------
    >>> import detente as dt
    >>> float(dt.world().flow("COL", "VEN")[8])    # 2008, US$ million
    6470.0
    """
    tables = world_tables()
    flows = _dense(tables)
    where = np.array(tables.years) >= since
    if not where.any():
        raise DataError(
            f"The {NAME} ends in {tables.years[-1]}; it has no year {since}.", fix="Ask for an earlier year."
        )
    reported = _reporting(flows)
    kept = np.any(reported[where], axis=0)  # an economy of earlier years only leaves
    flows = flows[np.ix_(where, kept, kept)]
    return Panel(
        tuple(code for code, keep in zip(tables.economies, kept) if keep),
        tuple(year for year in tables.years if year >= since),
        flows,
        tables.gdp_usd_mn[where][:, kept],
        name=NAME,
        source=_citation(tables),
        report=_report(tables, flows),
        provenance=_provenance(tables),
        reported=reported[where][:, kept],
    )


def world_gdp(economies: Sequence[str], years: Sequence[int]) -> NDArray[np.float64]:
    """GDP ``[t, i]`` that ships, million current US$, of economies and years; NaN where there is none."""
    tables = world_tables()
    out = np.full((len(years), len(economies)), np.nan)
    place = {code: k for k, code in enumerate(tables.economies)}
    for t, year in enumerate(years):
        if year in tables.years:
            row = tables.gdp_usd_mn[tables.years.index(year)]
            out[t] = [row[place[code]] if code in place else np.nan for code in economies]
    return out


def _dense(tables: WorldTables) -> NDArray[np.float64]:
    """Million US$ ``[t, i, j]``: NaN on the diagonal, where nobody reported, and where the release has false zeros."""
    n = len(tables.economies)
    flows = np.zeros((len(tables.years), n, n))
    flows[tables.year, tables.origin, tables.destination] = tables.value_kusd / 1e3
    silent = ~_reporting(flows)
    flows[silent[:, :, None] | silent[:, None, :]] = np.nan
    place = {code: k for k, code in enumerate(tables.economies)}
    for t, year in enumerate(tables.years):
        if year < tables.facts["absent_is_zero_from"]:
            flows[t][flows[t] == 0] = np.nan
        lists = tables.facts["missing"].get(str(year), {})
        among = [place[code] for code in lists.get("among_each_other", ()) if code in place]
        block = flows[np.ix_([t], among, among)]
        flows[np.ix_([t], among, among)] = np.where(block == 0, np.nan, block)
        outside = [place[code] for code in lists.get("outside", ()) if code in place]
        flows[t, outside] = flows[t, :, outside] = np.nan
    away = not_there(tables.economies, tables.years)
    flows[(flows == 0) & (away[:, :, None] | away[:, None, :])] = np.nan
    flows[:, np.arange(n), np.arange(n)] = np.nan
    return flows


def _reporting(flows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which economies ``[t, i]`` have any flow, out or in."""
    traded = flows > 0
    return np.any(traded, axis=2) | np.any(traded, axis=1)


def _provenance(tables: WorldTables) -> Provenance:
    facts = tables.facts
    return Provenance(
        source="baci",
        release=facts["release"],
        other_releases=tuple((int(year), release) for year, release in facts["other_releases"].items()),
        valuation="fob",
        side="reconciled",
        level="total",
        gdp=_gdp(facts["gdp_vintage"]),
        other_gdp=tuple((int(year), _gdp(vintage)) for year, vintage in facts["other_gdp_vintages"].items()),
    )


def _citation(tables: WorldTables) -> str:
    facts = tables.facts
    others = Joined("; ", parts=[
        Text("panel_source.release", year=year, release=release) for year, release in facts["other_releases"].items()
    ])  # fmt: skip
    vintages = Joined("; ", parts=[
        Text("panel_source.vintage", year=year, vintage=_month(vintage))
        for year, vintage in facts["other_gdp_vintages"].items()
    ])  # fmt: skip
    return Text(
        "panel_source.world", release=facts["release"], others=others, licence=facts["licence"],
        gdp_vintage=_month(facts["gdp_vintage"]), vintages=vintages, gdp_licence=facts["gdp_licence"],
    )  # fmt: skip


def _gdp(vintage: str) -> str:
    return Text("panel_source.gdp", vintage=_month(vintage))


def _month(english: str) -> str:
    """A month such as "August 2026", as each language writes it."""
    name, _, year = english.partition(" ")
    return WrittenOut(english, iso=f"{year}-{MONTHS.index(name) + 1:02d}")


def _report(tables: WorldTables, flows: NDArray[np.float64]) -> ReadReport:
    used = int((flows > 0).sum())
    zeros = int((flows == 0).sum())
    notes: list[str] = [Text("rows.world_zeros", n=Number(f"{zeros:,}"))]
    for year, lists in tables.facts["missing"].items():
        others = Text(
            "rows.world_missing", year=year, release=tables.facts["other_releases"][year],
            among=Number(str(len(lists["among_each_other"]))), outside=Number(str(len(lists["outside"]))),
        )  # fmt: skip
        notes.append(others)
    return ReadReport(used, used, tuple(notes))
