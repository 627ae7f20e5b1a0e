"""Two identities that split the change of one flow (METHODS A6.7, numbers only).

Shift-share: ``d ln X = d ln(X / M) + d ln M`` with M the destination's total imports.
Three-way model: ``d ln X = d ln origin + d ln destination + d ln residual``, where the
origin and destination effects are known up to one common factor a year. The common
factor is given to the world, so that every part is free of the normalisation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """The change of one flow between two years, in log points.

    Attributes
    ----------
    log_change : float
        ln(flow_to / flow_from); minus infinity when the later flow is zero.
    share_part, demand_part : float
        Change of the origin's share in the destination's imports, and of those imports. Add up to
        ``log_change``.
    origin_part, destination_part, world_part : float
        Three-way model: the origin's effect and the destination's effect, each relative to the
        trade-weighted average of its kind, and that average.
    dyad_part : float
        The change of the dyad's residual. The four parts add up to ``log_change``.
    """

    log_change: float
    share_part: float
    demand_part: float
    origin_part: float
    destination_part: float
    world_part: float
    dyad_part: float

    @property
    def supply_demand_part(self) -> float:
        """Everything of the change that the dyad shares with the two economies' other trade."""
        return self.origin_part + self.destination_part + self.world_part

    @property
    def dyad_pct(self) -> float:
        """The dyad's part as a percentage of the change; nan where the change is too small to divide by."""
        if not np.isfinite(self.log_change) or abs(self.log_change) < 0.05:
            return float("nan")
        return 100.0 * self.dyad_part / self.log_change


def shift_share(flows: Floats, i: int, j: int, start: int, end: int) -> tuple[float, float]:
    """Share and demand parts of ``ln X[end,i,j] - ln X[start,i,j]``.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
        Missing cells (nan) do not count as imports.
    i, j : int
        Origin and destination.
    start, end : int
        Positions of the two years.

    Returns
    -------
    tuple of float
        (share part, demand part), log points.

    Examples
    --------
    >>> x = np.array([[[0, 4.0], [1, 0]], [[0, 1.0], [1, 0]]])
    >>> share, demand = shift_share(np.pad(x, ((0, 0), (0, 1), (0, 1)), constant_values=4.0), 0, 1, 0, 1)
    >>> round(share, 3), round(demand, 3)
    (-0.916, -0.47)
    """
    imports = _imports(flows, j)
    with np.errstate(divide="ignore", invalid="ignore"):
        demand = np.log(imports[end]) - np.log(imports[start])
        total = np.log(flows[end, i, j]) - np.log(flows[start, i, j])
    return float(total - demand), float(demand)


def _imports(flows: Floats, j: int) -> Floats:
    """Imports of ``j`` from abroad by year, (T,), million US$."""
    column = np.array(flows[:, :, j])
    column[:, j] = 0.0
    return np.nansum(column, axis=1)


def split(
    flows: Floats, origin: Floats, destination: Floats, path: Floats, i: int, j: int, start: int, end: int
) -> Split:
    """All parts of the change of one flow.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
    origin, destination : (T, N) arrays
        Multiplicative effects of the three-way fit.
    path : (T,) array
        ln(actual / counterfactual) of i -> j.
    i, j, start, end : int
        The dyad and the positions of the two years.

    Returns
    -------
    Split
    """
    share, demand = shift_share(flows, i, j, start, end)
    abroad = np.where(np.eye(flows.shape[1], dtype=bool), 0.0, np.nan_to_num(flows[start]))
    origin_part, origin_mean = _against_average(origin, abroad.sum(axis=1), i, start, end)
    destination_part, destination_mean = _against_average(destination, abroad.sum(axis=0), j, start, end)
    with np.errstate(invalid="ignore"):  # recorded zeros at both ends: unknown
        own = float(path[end] - path[start])
    return Split(
        log_change=share + demand,
        share_part=share,
        demand_part=demand,
        origin_part=origin_part,
        destination_part=destination_part,
        world_part=origin_mean + destination_mean,
        dyad_part=own,
    )


def _against_average(effect: Floats, weight: Floats, k: int, start: int, end: int) -> tuple[float, float]:
    """Log change of ``effect[:, k]`` against the weighted average change, and that average."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.log(effect[end]) - np.log(effect[start])
    counts = np.isfinite(change) & (weight > 0)
    mean = float(np.average(change[counts], weights=weight[counts])) if counts.any() else 0.0
    return float(change[k]) - mean, mean
