"""What any engine hands back: the numbers a Poisson fit consists of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class EngineFit:
    """A Poisson fit on n rows with K regressors; weights multiply flows and means alike.

    coef : [k]
    mu : [n] fitted flow in the unit of y (without the weights)
    tilde : [k, n] regressors less their fixed effects, under weights (prior weight times mu)
    hessian : [k, k] tilde' W tilde
    effects : called, gives one [level] array of log effects for each fixed effect of the design, in the
        order of its codes; slopes follow their effect
    iterations, converged, change : Newton or IRLS steps, whether they met the tolerance, last change of a
        coefficient in standard deviations of its regressor
    drift : largest change of a log fitted flow in the last step; a separated row moves by about one
    """

    coef: np.ndarray
    mu: np.ndarray
    tilde: np.ndarray
    hessian: np.ndarray
    effects: Callable[[], tuple[np.ndarray, ...]]
    iterations: int
    converged: bool
    change: float
    drift: float

    def moved_back(self, constant: float) -> EngineFit:
        """The same fit when every regressor is counted from zero again: the first effect falls by ``constant``."""

        def effects() -> tuple[np.ndarray, ...]:
            first, *others = self.effects()
            return (first - constant, *others)

        return replace(self, effects=effects)
