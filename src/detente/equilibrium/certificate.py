"""The certificate that goes with every solution."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np


class Status(StrEnum):
    """How a solve ended; the value is what a reader sees."""

    CONVERGED = "converged"
    MAX_STEPS = "not converged: the step limit was reached before the tolerance"
    PATH_ENDS = "not converged: the path of solutions from the baseline ends before the whole shock"
    NEGATIVE_EXPENDITURE = "no equilibrium: expenditure would be negative under this deficit rule"
    CUT_OFF = "no equilibrium: a part that is cut off would have to keep a deficit or surplus with nobody"
    NOT_FINITE = "not converged: a price left the range of numbers"
    STOPPED_LOOSE = "stopped at the published recipe's tolerance of 0.01"


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
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
    gap : float or None
        The worst market's gap relative to its output, which the tolerance bounds.
    path : float
        Share of the shock up to which solutions were followed from the baseline: one unless the path ends.
    negative : tuple of (economy, share)
        Economies whose spending turned negative on the way, with the share of the shock where it was seen.
    parts : tuple of tuples of economies
        Groups between which the shock leaves no trade, solved apart; empty where the world hangs together.
        Prices of one group relative to another are not determined: each keeps its own world output.
    """

    status: Status
    iterations: int
    residuals: np.ndarray
    walras: float
    tolerance: float
    seconds: float
    acr_gap: float | None = None
    gap: float | None = None
    path: float = 1.0
    negative: tuple[tuple[str, float], ...] = ()
    parts: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    @property
    def residual(self) -> float:
        """The largest unbalanced market, US$ million."""
        return float(np.abs(self.residuals).max())

    @property
    def ok(self) -> bool:
        """Whether the tolerance was met."""
        return self.status is Status.CONVERGED

    def __repr__(self) -> str:
        apart = f", {len(self.parts)} parts solved apart" if self.parts else ""
        return (
            f"Certificate({self.status.value}; {self.iterations} iterations, largest unbalanced market "
            f"{self.residual:.3g}, Walras {self.walras:.3g}, {1e3 * self.seconds:.1f} ms{apart})"
        )


Report = Certificate
"""The name this class had; scripts may still use it."""
