"""From a multi-regional input-output table, as statistical offices publish it, to an economy with sectors.

Rows and columns carry an economy and a sector (or a kind of final demand); ``table_layouts`` finds them in the files
of OECD, WIOD, EORA, EXIOBASE and pymrio. Columns whose second label is a sector of the rows are intermediate use, the
others final demand; rows without an economy and a sector (value added, taxes, totals) are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.table_layouts import Labelled, labelled
from detente.errors import InvalidFlow, first_five


def input_output(
    table: Any,
    final: Any = None,
    *,
    theta: ArrayLike,
    labels: Any = None,
    final_labels: Any = None,
    truncate: bool = True,
    tariff: Any = 0.0,
    **options: Any,
) -> SectorEconomy:
    """An economy with sectors from a multi-regional input-output table.

    Parameters
    ----------
    table : path, or pandas frame with two levels of labels on rows and columns
        Intermediate use, with the columns of final demand beside it or in ``final``. Files are text, separated by
        commas, semicolons or tabs, or WIOD's in Stata's format. Rows sell, columns buy.
    final : path or frame, optional
        Final demand, where it is a table of its own.
    labels, final_labels : path, optional
        Labels of rows (and of the columns of intermediate use), and of the columns of final demand, one a line, for
        tables that carry none, as EORA's.
    theta : float or one a sector, in the order of the rows
    truncate : bool
        Negative inventories, value added and final demand become zero, counted and said (see
        ``SectorEconomy.from_arrays``); they occur in every official table.
    tariff, **options
        As in ``SectorEconomy.from_arrays``: ``unit``, ``year``, ``drop``, ``keep_zero_internal``.

    Raises
    ------
    UnreadableFile, InvalidFlow
        No labels, or sectors that differ between economies' rows and columns.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.MultiIndex.from_product([["COL", "ROW"], ["farm", "factory"]])
    >>> buyers = cells.append(pd.MultiIndex.from_product([["COL", "ROW"], ["households"]]))
    >>> z = [[1, 2, 0, 1, 9, 1], [2, 3, 1, 0, 8, 2], [0, 1, 9, 20, 1, 90], [1, 2, 10, 40, 3, 200]]
    >>> eco = input_output(pd.DataFrame(z, index=cells, columns=buyers), theta=4.0)
    >>> eco.sectors, eco.output.tolist()
    (('farm', 'factory'), [[14.0, 121.0], [16.0, 256.0]])
    """
    whole = labelled(table, rows=labels, columns=labels)
    if final is not None:
        extra = labelled(final, rows=labels, columns=final_labels)
        if extra.rows != whole.rows:
            raise InvalidFlow(
                "The rows of final demand are not those of intermediate use.",
                fix="Give both tables with the same rows in the same order.",
            )
        whole = Labelled(whole.rows, whole.columns + extra.columns, np.hstack([whole.values, extra.values]))
    economies = list(dict.fromkeys(region for region, _ in whole.rows))
    sectors = list(dict.fromkeys(sector for _, sector in whole.rows))
    flows, value_added, inputs = accounts(whole, economies, sectors)
    return SectorEconomy.from_arrays(
        economies, sectors, flows, theta=theta, tariff=tariff, value_added=value_added, inputs=inputs,
        truncate=truncate, **options,
    )  # fmt: skip


def accounts(whole: Labelled, economies: list[str], sectors: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flows (S, n, n), value-added shares (S, n) and input shares (S, S, n) of a labelled table."""
    n, s = len(economies), len(sectors)
    place, of_sector = {e: k for k, e in enumerate(economies)}, {x: k for k, x in enumerate(sectors)}
    use = np.zeros((s, n, s, n))  # by [selling sector, origin, buying sector, destination]
    flows = np.zeros((s, n, n))
    at_s = np.array([of_sector[x] for _, x in whole.rows])
    at_i = np.array([place[e] for e, _ in whole.rows])
    found = set()
    for column, (region, name) in enumerate(whole.columns):
        if region not in place:
            continue
        j, values = place[region], whole.values[:, column]
        found.add((region, name in of_sector))
        np.add.at(flows[:, :, j], (at_s, at_i), values)
        if name in of_sector:
            np.add.at(use[:, :, of_sector[name], j], (at_s, at_i), values)
    if lacking := [e for e in economies for kind in (True, False) if (e, kind) not in found]:
        raise InvalidFlow(
            f"There are no columns of intermediate use or of final demand for {first_five(dict.fromkeys(lacking))}.",
            why="Every economy buys inputs and final goods.",
            fix="Give final demand as a second table, or check that rows and columns carry the same names.",
        )
    bought = use.sum(axis=1)  # by [selling sector, buying sector, economy]
    total, output = bought.sum(axis=0), flows.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        value_added = np.where(output > 0, 1 - total / output, 1.0)
        inputs = np.where(total > 0, bought / total, np.eye(s)[:, :, None])
    return flows, np.minimum(value_added, 1.0), inputs
