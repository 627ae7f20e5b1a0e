"""What leaving dyads out of the totals of their origins and destinations does to the effects of one year.

An effect is what is sold (or bought) over what the other effects lead one to expect; without one flow it moves by
log((R - X) / (R - mu)), R the total, X the flow and mu its expected value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.residuals import Effects

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Totals:
    """One year's flows that the fit used, and what it expects of them; 0 in the other cells.

    Attributes
    ----------
    flows, fitted : (N, N) arrays, million US$
    used : (N, N) bool
    """

    flows: Floats
    fitted: Floats
    used: NDArray[np.bool_]

    @classmethod
    def of(cls, flows: Floats, effects: Effects, year: int) -> Totals:
        """Of ``flows`` (N, N) in the year at position ``year`` of the fit."""
        used = effects.used[year]
        with np.errstate(invalid="ignore"):
            fitted = effects.origin[year][:, None] * effects.destination[year][None, :] * effects.pair
        return cls(np.where(used, flows, 0.0), np.where(used, fitted, 0.0), used)

    def moved(self) -> tuple[Floats, Floats]:
        """(N, N) each: by how much the effects of its origin and of its destination move without each dyad, log points."""
        sides = []
        for axis in (1, 0):
            rest = self.flows.sum(axis=axis, keepdims=True) - self.flows
            fitted = self.fitted.sum(axis=axis, keepdims=True) - self.fitted
            with np.errstate(divide="ignore", invalid="ignore"):
                move = np.log(np.where(rest > 0, rest, np.nan)) - np.log(np.where(fitted > 0, fitted, np.nan))
            sides.append(np.where(self.used, move, 0.0))
        return sides[0], sides[1]
