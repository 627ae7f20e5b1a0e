"""From rows to the dense array: what an absent row means, who reported, who was not yet there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente import economies as names


def dense(
    frame: pl.DataFrame, economies: Sequence[str], periods: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values ``[t, i, j]`` with NaN where the cell or the row is missing, and which cells have a row.

    Parameters
    ----------
    frame : ``origin, destination, period, value``, one row a cell.
    """
    place = {code: k for k, code in enumerate(economies)}
    at = (
        np.searchsorted(np.asarray(periods), frame["period"].to_numpy()),
        frame["origin"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
        frame["destination"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
    )
    shape = (len(periods), len(economies), len(economies))
    flows, there = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
    flows[at] = frame["value"].fill_null(float("nan")).to_numpy()
    there[at] = True
    return flows, there


def unreported(flows: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cells ``[t, i, j]`` of which nobody told anything: the origin sold nothing to anybody, or the destination
    bought nothing from anybody, in the whole period."""
    traded = flows > 0
    sold, bought = np.any(traded, axis=2), np.any(traded, axis=1)
    return ~(sold[:, :, None] & bought[:, None, :])


def not_there(economies: Sequence[str], years: Sequence[int]) -> NDArray[np.bool_]:
    """Which economies ``[t, i]`` were no state yet, or no longer, in the year (where the table of economies knows)."""
    known = names.table()
    out = np.zeros((len(years), len(economies)), dtype=bool)
    for i, code in enumerate(economies):
        row = known.get(code)
        if row is not None and (row.valid_from or row.valid_to):
            out[:, i] = [not row.used_in(year) for year in years]
    return out


def fill(flows: NDArray[np.float64], there: NDArray[np.bool_], absent: str | None, years: Sequence[int],
         economies: Sequence[str]) -> tuple[NDArray[np.float64], int, int]:  # fmt: skip
    """The array with absent rows filled, how many became zeros and how many zeros became missing.

    Parameters
    ----------
    absent : ``"zero"``: no trade; ``"missing"``: unknown; None: zero between economies that report any flow in the
        period, the one as origin and the other as destination, else missing. A zero of a state that was not there
        (South Sudan before 2011) is missing whatever is said.
    """
    out = flows.copy()
    diagonal = np.eye(flows.shape[1], dtype=bool)
    gaps = ~there & ~diagonal
    unknown = unreported(flows)
    n_zeros = 0
    if absent != "missing":
        zero = gaps if absent == "zero" else gaps & ~unknown
        out[zero] = 0.0
        n_zeros = int(zero.sum())
    away = not_there(economies, years)
    gone = (out == 0) & (away[:, :, None] | away[:, None, :])
    out[gone] = np.nan
    return out, n_zeros - int((gone & ~there).sum()), int((gone & there).sum())
