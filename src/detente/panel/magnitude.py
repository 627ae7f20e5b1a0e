"""Are these flows of goods of a plausible size? Compared with the world panel, before anything is said of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.data import WorldTables, world_tables
from detente.data.periods import year_of
from detente.errors import InvalidFlow

LARGEST = 5.0  # times the largest flow of the nearest year: no dyad has ever been near it
WORLD = 3.0  # times the world's trade of the nearest year
SAME = 30.0  # times the world panel's own figure of the same dyad and year, in the middle of all such dyads
FEW = 5  # dyads in common below which their middle says nothing
THOUSAND = 0.5  # how near a power of a thousand the middle must be, in steps of a thousand, to be a wrong unit
PERIODS_A_YEAR = {"month": 12, "quarter": 4}


def check_magnitude(
    flows: NDArray[np.float64], economies: Sequence[str], periods: Sequence[int], period: str, label: str
) -> None:
    """Raise where flows ``[t, i, j]`` in million US$ cannot be that.

    Raises
    ------
    InvalidFlow : a flow or a total beyond what the world trades, or flows that are a thousand times those known.
    """
    tables = world_tables()
    known = np.zeros((len(tables.years), len(tables.economies), len(tables.economies)))
    known[tables.year, tables.origin, tables.destination] = tables.value_kusd / 1e3
    off_diagonal = ~np.eye(len(economies), dtype=bool)
    share = 1 / PERIODS_A_YEAR.get(period, 1)
    for t, at in enumerate(periods):
        near = int(np.argmin(np.abs(np.array(tables.years) - year_of(at, period))))
        now = np.where(off_diagonal & np.isfinite(flows[t]), flows[t], 0.0)
        i, j = divmod(int(now.argmax()), len(economies))
        if now[i, j] > LARGEST * known[near].max():
            raise _too_large(f"The flow {economies[i]}->{economies[j]} of {at}", now[i, j], known[near].max(),
                             "the largest between any two economies", tables.years[near], label)  # fmt: skip
        if now.sum() > WORLD * share * known[near].sum() and period == "year":
            raise _too_large(f"The total of {at}", now.sum(), known[near].sum(), "the world's trade in goods",
                             tables.years[near], label)  # fmt: skip
    _against_the_same(flows / share, economies, [year_of(p, period) for p in periods], tables, known, label)


def _against_the_same(
    flows: NDArray[np.float64], economies: Sequence[str], years: Sequence[int], tables: WorldTables,
    known: NDArray[np.float64], label: str,
) -> None:  # fmt: skip
    """The middle ratio to the world panel over the dyads in common, where it can tell a unit from another."""
    place = {code: k for k, code in enumerate(tables.economies)}
    mine = [k for k, code in enumerate(economies) if code in place]
    theirs = [place[economies[k]] for k in mine]
    ratios = []
    for t, year in enumerate(years):
        if year in tables.years:
            ours, world = flows[t][np.ix_(mine, mine)], known[tables.years.index(year)][np.ix_(theirs, theirs)]
            both = (ours > 0) & (world > 0.1)
            ratios.append(np.log10(ours[both] / world[both]))
    found = np.concatenate(ratios) if ratios else np.empty(0)
    if found.size < FEW:
        return
    middle, spread = float(np.median(found)), float(np.subtract(*np.percentile(found, [75, 25])))
    wrong_unit = spread < THOUSAND and abs(middle) > 2.5 and abs(middle / 3 - round(middle / 3)) < THOUSAND / 3
    if middle > np.log10(SAME) or wrong_unit:
        times = f"{10**middle:,.0f}" if middle > 0 else f"1/{10**-middle:,.0f}"
        raise InvalidFlow(
            f"The flows of {label} are {times} times those of the world panel (CEPII BACI) for the same economies and "
            f"years, in the middle of {found.size:,} flows.",
            why="Read in that unit, every sentence about them would be wrong.",
            fix="Give the unit they are in, usd, kusd, usd_mn or usd_bn, with unit= (on the command line --unit).",
        )


def _too_large(what: str, value: float, known: float, which: str, year: int, label: str) -> InvalidFlow:
    return InvalidFlow(
        f"{what} in {label} would be US${value / 1e3:,.0f} billion; {which} was US${known / 1e3:,.0f} billion in {year}.",
        why="The unit or the column cannot be right.",
        fix="Give the unit the values are in, usd or kusd, with unit= (on the command line --unit).",
    )
