"""From a multi-regional input-output table, as statistical offices publish it, to an economy with sectors.

The only place that sees the layout of such tables: rows and columns carry an economy and a sector (or a kind of final
demand), in two label columns and header rows (EORA, EXIOBASE, pymrio), or joined in one label (``AUS_C10`` in OECD's
inter-country tables). Columns whose second label is a sector of the rows are intermediate use, the others final
demand; rows without an economy and a sector (value added, taxes, totals) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.equilibrium.economy import as_floats
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.errors import InvalidFlow, UnreadableFile, first_five

Label = tuple[str, str]
TOTALS = {"OUT", "TOTAL", "TOT", "OUTPUT", "GO", "X"}
"""First labels that name no economy."""


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A matrix with an economy and a second label on every row and column."""

    rows: list[Label]
    columns: list[Label]
    values: np.ndarray


def input_output(
    table: Any,
    final: Any = None,
    *,
    theta: ArrayLike,
    truncate: bool = True,
    tariff: Any = 0.0,
    **options: Any,
) -> SectorEconomy:
    """An economy with sectors from a multi-regional input-output table.

    Parameters
    ----------
    table : path, or pandas frame with two levels of labels on rows and columns
        Intermediate use, with the columns of final demand beside it or in ``final``. Files are text, separated by
        commas, semicolons or tabs. Rows sell, columns buy.
    final : path or frame, optional
        Final demand, where it is a table of its own.
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
    whole = labelled(table)
    if final is not None:
        extra = labelled(final)
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


def labelled(table: Any) -> Labelled:
    """A table with its labels, from a frame with two levels of labels or a text file."""
    if isinstance(table, str | Path):
        return _from_text(Path(table))
    index, columns = getattr(table, "index", None), getattr(table, "columns", None)
    if index is None or columns is None or getattr(index, "nlevels", 1) < 2 or getattr(columns, "nlevels", 1) < 2:
        raise UnreadableFile(
            "An input-output table carries an economy and a sector on every row and column.",
            fix="Give a pandas frame with two levels of labels on both, or the path of a text file that has them.",
        )
    rows = [(str(r[0]), str(r[1])) for r in index]
    return Labelled(rows, [(str(c[0]), str(c[1])) for c in columns], as_floats(table.to_numpy(), "the table"))


def _from_text(path: Path) -> Labelled:
    import polars as pl

    try:
        first = path.open(encoding="utf-8-sig").readline()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}.", fix="Give a text file in UTF-8.") from None
    separator = max("\t;,", key=first.count)
    raw = pl.read_csv(path, has_header=False, separator=separator, infer_schema=False, quote_char='"').to_numpy()
    numeric = np.vectorize(_is_number, otypes=[bool])
    left = next((c for c in range(min(4, raw.shape[1])) if _is_number(raw[-1, c])), None)
    top = None if left is None else next((r for r in range(min(5, len(raw))) if _is_number(raw[r, left])), None)
    if left is None or top is None or left == 0 or top == 0:
        raise UnreadableFile(
            f"{path} has no labels on its rows and columns.",
            fix="Rows and columns carry an economy and a sector, in two columns and header rows or joined as AUS_C10.",
        )
    body = raw[top:, left:]
    if not numeric(body).all():
        r, c = np.argwhere(~numeric(body))[0]
        raise InvalidFlow(
            f"{path}, row {top + r + 1}, column {left + c + 1} holds {body[r, c]!r}, not a number.",
            fix="Write 0 where nothing is sold.",
        )
    rows = [_label(list(cells)) for cells in raw[top:, :left]]
    columns = [_label(list(cells)) for cells in raw[: min(top, 2), left:].T]
    keep = [k for k, label in enumerate(rows) if label is not None and label[0].upper() not in TOTALS]
    return Labelled(
        [label for k in keep if (label := rows[k])],
        [label or ("", "") for label in columns],
        body[keep].astype(float),
    )


def _is_number(cell: Any) -> bool:
    try:
        return np.isfinite(float(cell))
    except (TypeError, ValueError):
        return False


def _label(cells: list[Any]) -> Label | None:
    """An economy and a second label, from two cells or from one that joins them; none for a row of totals."""
    words = [str(cell).strip() for cell in cells if cell is not None and str(cell).strip()]
    if len(words) >= 2:
        return words[0], words[1]
    if not words:
        return None
    for mark in ("_", " ", ".", "-"):
        region, _, rest = words[0].partition(mark)
        if rest:
            return region, rest
    return None
