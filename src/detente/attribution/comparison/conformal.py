"""Conformal intervals over time (Chernozhukov, Wüthrich & Zhu 2021).

Under the hypothesis that the effect is ``delta`` in every year after the event, subtract
it and fit the counterfactual on *all* years; then the residuals are exchangeable under
moving blocks. The p-value is the share of the T cyclic shifts whose mean absolute residual
over the last years is at least as large. It cannot fall below 1/T: with 21 years no interval
of more than about 95% exists, and this must be read beside the cross-section of placebos.

The counterfactual is the donors' mean path plus a constant (difference in differences):
with more donors than years a synthetic control fitted on all years would leave no residual.
Residuals that wander, as many dyads' do, break the exchangeability: the measured size is in
docs/attribution.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import SpecificationError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Conformal:
    """Interval for a constant effect.

    Attributes
    ----------
    low, high : float
        Ends of the effects that are not rejected, log points; nan where all are rejected.
    level : float
        Of the test (0.1 gives a 90% interval).
    p_zero : float
        p-value of no effect.
    smallest : float
        1/T, the smallest p-value there can be.
    at_edge : bool
        The interval reaches the end of the grid: it may be longer than shown.
    """

    low: float
    high: float
    level: float
    p_zero: float
    smallest: float
    at_edge: bool


def p_value(path: Floats, donors: Floats, event: int, delta: float) -> float:
    """p-value of a constant effect ``delta`` from ``event`` on.

    Parameters
    ----------
    path : (T,) array
    donors : (n, T) array
    event : int
    delta : float
        Log points.
    """
    rest = path - donors.mean(axis=0)
    rest[event:] -= delta
    rest = np.abs(rest - rest.mean())
    length = len(path) - event
    doubled = np.concatenate([rest, rest])
    blocks = np.array([doubled[k : k + length].mean() for k in range(len(path))])
    return float(np.mean(blocks >= blocks[event] - 1e-12))


def conformal_interval(
    path: Floats, donors: Floats, event: int, *, level: float = 0.1, reach: float = 6.0, step: float = 0.1
) -> Conformal:
    """All constant effects between ``-reach`` and ``reach`` that are not rejected at ``level``.

    Raises
    ------
    SpecificationError
        A level below the smallest p-value that T years allow.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> donors = rng.normal(scale=0.1, size=(6, 20))
    >>> path = donors.mean(0) + rng.normal(scale=0.1, size=20) - 1.5 * (np.arange(20) >= 16)
    >>> interval = conformal_interval(path, donors, 16)
    >>> interval.low < -1.5 < interval.high, interval.p_zero
    (True, 0.05)
    """
    donors = donors[np.isfinite(donors).all(axis=1)]
    smallest = 1.0 / len(path)
    if level < smallest:
        raise SpecificationError(
            f"{len(path)} years cannot reject at {level:.0%}: the smallest p-value is {smallest:.1%}.",
            fix=f"Ask for a level of at least {smallest:.1%}, or use the placebo share.",
        )
    grid = np.arange(-reach, reach + step / 2, step)
    kept = grid[[p_value(path, donors, event, d) > level for d in grid]]
    low, high = (float(kept[0]), float(kept[-1])) if kept.size else (float("nan"),) * 2
    at_edge = bool(kept.size and (kept[0] == grid[0] or kept[-1] == grid[-1]))
    return Conformal(low, high, level, p_value(path, donors, event, 0.0), smallest, at_edge)
