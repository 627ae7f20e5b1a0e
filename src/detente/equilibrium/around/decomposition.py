"""Why welfare changes: contributions along the path from baseline to counterfactual, which add up.

The shock is applied in parts (trade-cost factors and tariffs linearly, hats log-linearly) and the exact
local contributions are integrated, so that nothing is approximated to first order. With one sector::

    dln W_j = [dln p_j - sum_k pi_kj dln p_k]  +  sum_k pi_kj db_kj / theta  +  dln A_j
              + psi (dln p_j - dln P_j)  +  [dln E_j - dln Y_j]

With several sectors see ``sector_decomposition``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.equilibrium.armington import Armington
from detente.equilibrium.around.sector_decomposition import sector_path
from detente.equilibrium.assembly import one_sector
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.economy import frozen
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shock import hat_array, partial_array
from detente.equilibrium.solver import one_thread, pinned, solve_model
from detente.errors import NotConverged, SpecificationError


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """Contributions to the log change of real income.

    Attributes
    ----------
    economies : tuple of str
    parts : mapping name -> (n,) array, percent (100 times log points)
    total : (n,) array, percent (100 times log points)
        The exact change of the solve.
    """

    economies: tuple[str, ...]
    parts: Mapping[str, np.ndarray]
    total: np.ndarray

    @property
    def gap(self) -> float:
        """Largest difference between the sum of the parts and the exact change, percent."""
        return float(np.abs(sum(self.parts.values()) - self.total).max())

    def to_frame(self) -> Any:
        """A polars frame by economy: every part and the total, percent (100 times log points)."""
        import polars as pl

        return pl.DataFrame({"economy": list(self.economies), **dict(self.parts), "total": self.total})

    def __repr__(self) -> str:
        return f"Decomposition({', '.join(self.parts)}; adds up to {self.gap:.1g} percent)"


def decompose(out: Counterfactual | SectorCounterfactual, *, steps: int = 16) -> Decomposition:
    """Contributions to welfare along the path from the baseline to a solved counterfactual.

    Parameters
    ----------
    out : Counterfactual or SectorCounterfactual
    steps : int
        Quadrature nodes (one sector), or steps of the path (several sectors; twice as many are solved too
        and the result extrapolated).

    Raises
    ------
    SpecificationError
        For a solution in published mode, or one that did not converge.

    Examples
    --------
    >>> from detente.equilibrium import Economy, solve
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> decompose(solve(eco, {("COL", "VEN"): -0.5})).gap < 1e-9
    True
    """
    many = isinstance(out, SectorCounterfactual)
    if not out.report.ok or out.mode == "published":
        raise SpecificationError("Only an exact, converged solution can be decomposed.", fix='Use mode="exact".')
    if many:
        coarse, fine = sector_path(out, steps), sector_path(out, 2 * steps)
        parts = {name: (4 * fine[name] - coarse[name]) / 3 for name in fine}
    else:
        parts = _path(out, steps)
    parts = {name: frozen(100 * value) for name, value in parts.items() if np.abs(value).max() > 1e-15}
    return Decomposition(out.economies, parts, frozen(100 * np.log(out.welfare_hat)))


def _path(out: Counterfactual, nodes: int) -> dict[str, np.ndarray]:
    """Gauss-Legendre integral of the one-sector contributions, all nodes solved side by side."""
    economy, shock = out.baseline, out.shock
    end = one_sector(economy, shock, out.theta, out.supply_elasticity, out.deficits)
    points, weights = np.polynomial.legendre.leggauss(nodes)
    t = (points + 1)[:, None, None] / 2
    growth = np.expm1(partial_array(shock, economy))
    start_deficit = economy.deficit if out.deficits == "additive" else np.zeros(len(economy))
    log_supply = np.log(end.supply_hat)

    def spread(a: np.ndarray) -> np.ndarray:
        return np.broadcast_to(a, (nodes, *a.shape[1:]))

    model = Armington(
        kernel=economy.import_shares * (1 + t * growth),
        output=spread(end.output),
        supply_hat=np.exp(t[:, 0] * log_supply),
        ratio=spread(end.ratio),
        deficit=start_deficit + t[:, 0] * (end.deficit - start_deficit),
        theta=spread(end.theta),
        psi=spread(end.psi),
    )
    found = solve_model(model, np.zeros((nodes, len(economy))), tolerance=1e-12, max_steps=2000)
    if not (found.gap < 1e-9).all():
        raise NotConverged("A point on the path has no solution.", state=out, fix="Decompose a smaller shock.")
    moved = end.deficit[0] - start_deficit
    slopes = [
        _slopes(
            model.take(np.array([k])),
            found.u[k : k + 1],
            growth / (1 + t[k] * growth),
            log_supply[0],
            moved,
        )
        for k in range(nodes)
    ]
    total = {name: np.sum([w / 2 * s[name] for w, s in zip(weights, slopes)], axis=0) for name in slopes[0]}
    total["productivity"] = np.log(hat_array(shock.productivity_hat, economy, "productivity"))
    if out.deficits == "multiplicative":  # welfare is read from output there
        del total["transfers"]
    return total


def _slopes(
    model: Armington, u: np.ndarray, db: np.ndarray, dsupply: np.ndarray, ddeficit: np.ndarray
) -> dict[str, np.ndarray]:
    """Contributions per unit of the path at one point, from the linearised equilibrium."""
    theta, psi = float(model.theta[0, 0]), float(model.psi[0, 0])
    now, flows = model.state(u), model.flows(u)[0]
    shares = flows / now.expenditure[0]
    by_price, by_index = (part[0] for part in model.partials(u))
    with one_thread():
        direct = (shares * db).sum(axis=0) / theta
        through = model.by_output(u)[0]
        spend = model.spending_by_output(now)[0]
        forced = (flows * db).sum(axis=1) - by_index @ direct + through @ dsupply + shares @ ddeficit
        du = np.linalg.solve(pinned(by_price + by_index @ shares.T), -forced)
    dv = shares.T @ du - direct
    response = psi * (du - dv)
    dy = du + response + dsupply
    de = spend @ dy + ddeficit / now.expenditure[0]
    return {
        "terms_of_trade": du - shares.T @ du,
        "trade_costs": direct,
        "productivity": np.array(dsupply),
        "supply_response": response,
        "transfers": de - dy,
    }
