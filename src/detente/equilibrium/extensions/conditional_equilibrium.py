"""The conditional equilibrium: trade is redirected while every economy makes and spends what it did.

The first step of modular gravity (Anderson, Larch and Yotov 2018): multilateral resistances answer, outputs and
expenditures do not. With ``X'_ij = a_i X_ij exp(b_ij) g_j`` and sums held, the solution is that of proportional
fitting (Fally 2015); ``g_j^(1/theta)`` is the change of the price index, up to a scale that a reference fixes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.assembly import check_connected
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.extensions.published_recipe import proportional_fit
from detente.equilibrium.options import check_options
from detente.equilibrium.shocks.arrays import partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.errors import InvalidShock, NotConverged


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """Trade after a shock with outputs and expenditures as they were.

    Attributes
    ----------
    baseline : Economy
    flows : (n, n) array, US$ million
    inward_hat, outward_hat : (n,) new over old
        Multilateral resistances: what buyers and sellers face on average. The reference's inward one is one.
    residual : float, US$ million
        Largest gap of a row or column sum.
    """

    baseline: Economy
    flows: np.ndarray
    inward_hat: np.ndarray
    outward_hat: np.ndarray
    residual: float

    def to_frame(self, what: str = "economies") -> Any:
        """A polars frame by economy (exports, resistances), or by dyad with ``what="flows"``."""
        base, names = self.baseline, self.baseline.economies
        if what == "flows":
            n = len(names)
            return pl.DataFrame(
                {
                    "origin": np.repeat(names, n),
                    "destination": np.tile(names, n),
                    f"before_{base.unit}": base.flows.ravel(),
                    f"after_{base.unit}": self.flows.ravel(),
                }
            )
        out = 1 - np.eye(len(names))
        return pl.DataFrame(
            {
                "economy": list(names),
                "exports_pct": 100 * ((self.flows * out).sum(axis=1) / (base.flows * out).sum(axis=1) - 1),
                "imports_pct": 100 * ((self.flows * out).sum(axis=0) / (base.flows * out).sum(axis=0) - 1),
                "inward_hat": self.inward_hat,
                "outward_hat": self.outward_hat,
            }
        )

    def __repr__(self) -> str:
        return f"Conditional({len(self.baseline)} economies, residual {self.residual:.2g})"


def conditional(
    economy: Economy,
    shock: Shock | Mapping[tuple, float] | None = None,
    *,
    theta: float = 5.0,
    reference: str | None = None,
) -> Conditional:
    """Redirect trade with outputs and expenditures held: the conditional beside the full equilibrium of ``solve``.

    Parameters
    ----------
    economy, shock, theta
        As in ``solve``; partial effects only.
    reference : str, optional
        The economy whose inward resistance is held, ``DEU`` or else the first.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> out = conditional(eco, {("COL", "VEN"): 0.5})
    >>> bool(out.flows[0, 1] > 2.0), out.flows.sum(axis=1).round(6).tolist()
    (True, [100.0, 55.0, 912.0])
    """
    one_sector_only(economy, "conditional")
    shock = Shock.read(shock)
    check_options(theta, 0.0, "multiplicative", "exact", shock)
    if shock.productivity_hat or shock.labour_hat or shock.deficit:
        raise InvalidShock("Outputs are held here, so only partial effects can change.", fix="Use solve.")
    effects = partial_array(shock, economy)
    check_connected((economy.flows > 0) & np.isfinite(effects), economy.economies)
    sales, spent = economy.output, economy.expenditure
    a, g = proportional_fit(economy.flows * np.exp(effects), sales, spent)
    flows = a[:, None] * economy.flows * np.exp(effects) * g
    gap = max(np.abs(flows.sum(axis=1) - sales).max(), np.abs(flows.sum(axis=0) - spent).max())
    if not gap < 1e-9 * sales.max():
        raise NotConverged(
            f"Row and column sums are still off by {gap:.3g}.",
            state=flows,
            why="What is left of trade may not be able to carry the deficits.",
            fix="Use solve, in which outputs move, or a smaller shock.",
        )
    code = reference or ("DEU" if "DEU" in economy.economies else economy.economies[0])
    scale = g[economy.index(code)]
    return Conditional(
        baseline=economy,
        flows=read_only(flows),
        inward_hat=read_only((g / scale) ** (1 / theta)),
        outward_hat=read_only((a * scale) ** (1 / theta)),
        residual=float(gap),
    )
