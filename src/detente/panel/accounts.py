"""Which economies have accounts that an equilibrium can use, and the rest of the world made of all others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.economies import ROW
from detente.errors import MissingInternalTrade, first_five, how_many
from detente.panel.panel import Panel
from detente.panel.world_panel import world_gdp


def usable_accounts(
    flows: NDArray[np.float64], gdp: NDArray[np.float64], ratio: float, codes: tuple[str, ...]
) -> NDArray[np.bool_]:
    """Economies (n,) with GDP, most flows on record and exports below their output (``ratio`` times GDP).

    Parameters
    ----------
    flows : (n, n), from i to j, million US$; gdp : (n,), the same unit.
    """
    abroad = np.where(np.eye(len(gdp), dtype=bool), np.nan, flows)
    known = np.isfinite(abroad)
    partners = (known.any(1) | known.any(0)).sum() - 1
    told = (known.sum(1) > partners / 2) & (known.sum(0) > partners / 2)
    with np.errstate(invalid="ignore"):
        usable = np.isfinite(gdp) & told & (np.nansum(abroad, axis=1) < ratio * gdp)
    return usable & (np.array(codes) != ROW)


def merged_accounts(
    flows: NDArray[np.float64], gdp: NDArray[np.float64], usable: NDArray[np.bool_], codes: tuple[str, ...], year: int
) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Codes, flows and GDP of the usable economies and of the rest of the world, which all others are merged into.

    The rest of the world has as much GDP for each dollar exported as the usable economies have together; its trade
    with itself leaves the table.

    Raises
    ------
    MissingInternalTrade : flows between usable economies are missing.
    """
    abroad = np.where(np.eye(len(gdp), dtype=bool), 0.0, flows)
    inside = abroad[np.ix_(usable, usable)]
    holes = np.argwhere(np.isnan(inside))
    kept = tuple(c for c, k in zip(codes, usable) if k)
    if holes.size:
        shown = first_five(f"{kept[i]}->{kept[j]}" for i, j in holes)
        raise MissingInternalTrade(
            f"{how_many(len(holes), f'flow of {year} is', f'flows of {year} are')} missing between economies with accounts: {shown}.",
            where="study.toml: equilibrium.years",
            why="Taken as zeros they would be borders that are closed.",
            fix="Choose a year in which they were reported.",
        )
    if usable.all():
        return kept, inside.copy(), gdp.copy()
    n = len(kept)
    out = np.zeros((n + 1, n + 1))
    out[:n, :n] = inside
    out[:n, n] = np.nansum(abroad[usable][:, ~usable], axis=1)
    out[n, :n] = np.nansum(abroad[~usable][:, usable], axis=0)
    output = gdp[usable]
    if out[n].sum() <= 0 or out[:, n].sum() <= 0:
        return kept, inside.copy(), output
    rest = output.sum() / inside.sum() * out[n].sum() if inside.sum() > 0 else out[n].sum()
    return (*kept, ROW), out, np.append(output, rest)


def newest_with_accounts(panel: Panel, codes: Sequence[str], ratios: Sequence[float]) -> int | None:
    """Position of the newest year in which all of ``codes`` have usable accounts and no flow between usable economies
    is missing; None where there is none.

    Parameters
    ----------
    ratios : of gross output to GDP, on each of which the accounts have to be usable.
    """
    gdp = panel.gdp if panel.gdp is not None else world_gdp(panel.economies, panel.years)
    places = [panel.index(code) for code in codes]
    for t in reversed(range(len(panel.years))):
        usable = np.logical_and.reduce(
            [usable_accounts(panel.flows[t], gdp[t], ratio, panel.economies) for ratio in ratios]
        )
        among = panel.flows[t][np.ix_(usable, usable)][~np.eye(int(usable.sum()), dtype=bool)]
        if np.all(usable[places]) and np.isfinite(among).all():
            return t
    return None
