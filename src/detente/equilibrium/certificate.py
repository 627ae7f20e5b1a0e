"""The certificate that goes with every solution."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Status(StrEnum):
    """How a solve ended; the value is what a reader sees."""

    CONVERGED = "converged"
    MAX_STEPS = "not converged: the step limit was reached before the tolerance"
    NEGATIVE_EXPENDITURE = "no equilibrium: expenditure would be negative under this deficit rule"
    NOT_FINITE = "not converged: a price left the range of numbers"
    STOPPED_LOOSE = "stopped at the published recipe's tolerance of 0.01"


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What the solver can certify about a solution.

    Attributes
    ----------
    status : Status
    iterations : int
    residuals : array, US$ million
        Demand minus output of every market: (n,) or (sectors, n).
    walras : float, US$ million
        World expenditure minus world output (and, with tariffs, revenue) at the solution.
    tolerance : float
        On the largest market's gap relative to its output.
    seconds : float
    acr_gap : float or None
        Largest log gap to the sufficient statistic of Arkolakis, Costinot and Rodriguez-Clare (2012), where the
        theorem holds: one sector, solved exactly.
    """

    status: Status
    iterations: int
    residuals: np.ndarray
    walras: float
    tolerance: float
    seconds: float
    acr_gap: float | None = None

    @property
    def residual(self) -> float:
        """The largest unbalanced market, US$ million."""
        return float(np.abs(self.residuals).max())

    @property
    def ok(self) -> bool:
        """Whether the tolerance was met."""
        return self.status is Status.CONVERGED

    def __repr__(self) -> str:
        return (
            f"Report({self.status.value}; {self.iterations} iterations, largest unbalanced market "
            f"{self.residual:.3g}, Walras {self.walras:.3g}, {1e3 * self.seconds:.1f} ms)"
        )
