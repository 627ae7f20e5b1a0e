"""Whether a fit stands at its optimum; what still moves where it does not, and what to try."""

from __future__ import annotations

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.threads import stretches

LEVELS = 50.0
"""An offset that spans more than this, in logs, is probably in levels."""
UNBALANCED = 1e-4
"""Share of a score's parts that may be left where they should cancel; engines leave some 1e-9."""


@np.errstate(over="ignore", invalid="ignore")  # flows that ran away are not balanced
def balanced(design: Design, raw: EngineFit) -> bool:
    """Whether the scores are zero, as they are at the optimum: each a sum of gaps that cancel."""
    if not design.names:
        return True
    sums, sizes = np.zeros(len(raw.tilde)), np.zeros(len(raw.tilde))
    for rows in stretches(len(raw.mu)):
        y, mu, tilde = design.y[rows], raw.mu[rows], raw.tilde[:, rows]
        gap, size = y - mu, y + mu
        if design.weights is not None:
            gap, size = gap * design.weights[rows], size * design.weights[rows]
        sums += tilde @ gap
        sizes += np.abs(tilde) @ size
    return bool((np.abs(sums) <= UNBALANCED * sizes).all())


def remedy(design: Design) -> str:
    """What to try where a fit has not converged."""
    if design.offset is not None and np.ptp(design.offset) > LEVELS:
        return (
            f"The offset spans {np.ptp(design.offset):.3g} and enters the log mean: did you mean its logarithm, as in "
            "offset='log(pop)'?"
        )
    return "Raise max_iterations, or try separation='exact' if some effect runs away."


def unrest(raw: EngineFit, tol: float) -> str:
    """What still moved in the last step of a fit that has not converged."""
    if not np.isfinite(raw.change):
        return "The effects did not settle for the coefficients to move at all: the flows or the offset span too much."
    if raw.change > tol or not np.isfinite(raw.drift):
        return f"A coefficient still moved by {raw.change:.1e} standard deviations of its regressor."
    return f"The coefficients stand still, but the log of a fitted flow still moved by {raw.drift:.1e}."
