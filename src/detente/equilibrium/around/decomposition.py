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
import polars as pl

from detente.equilibrium.armington import Armington
from detente.equilibrium.around.sector_decomposition import sector_path
from detente.equilibrium.assembly import one_sector
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.arrays import hat_array, partial_array
from detente.equilibrium.solver import one_thread, pinned, solve_model
from detente.errors import NotConverged, SpecificationError

ADDS_UP = 1e-10
"""Log points to which the parts of a one-sector path add up where one piece of it is enough."""
MOST_PIECES = 200
"""Pieces into which a path is cut at most."""
MOST_STEPS = 256
"""Steps of a path with sectors at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """Contributions to the log change in real income.

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
        return pl.DataFrame({"economy": list(self.economies), **dict(self.parts), "total": self.total})

    def __repr__(self) -> str:
        return f"Decomposition({', '.join(self.parts)}; adds up to {self.gap:.1g} percent)"


def decompose(out: Counterfactual | SectorCounterfactual, *, steps: int = 16) -> Decomposition:
    """Contributions to welfare along the path from the baseline to a solved counterfactual.

    Parameters
    ----------
    out : Counterfactual or SectorCounterfactual
    steps : int
        Quadrature nodes a piece of the path (one sector), or steps of it (several sectors; twice as many are solved
        too and the result extrapolated). More are taken where the parts do not add up.

    Raises
    ------
    SpecificationError
        For a solution in published mode, or one that did not converge.
    NotConverged
        The parts do not add up however fine the path.

    Examples
    --------
    >>> from detente.equilibrium import Economy, solve
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> decompose(solve(eco, {("COL", "VEN"): -0.5})).gap < 1e-9
    True
    """
    if not out.report.ok or out.mode == "published":
        raise SpecificationError("Only an exact, converged solution can be decomposed.", fix='Use mode="exact".')
    if isinstance(out, SectorCounterfactual):
        parts = _extrapolated(out, steps)
    else:
        out = out.on_host
        parts = _Line(out).parts(steps)
    parts = {name: read_only(100 * value) for name, value in parts.items() if np.abs(value).max() > 1e-15}
    return Decomposition(out.economies, parts, read_only(100 * np.log(out.welfare_hat)))


def _extrapolated(out: SectorCounterfactual, steps: int) -> dict[str, np.ndarray]:
    """The sector contributions from two paths, one twice as fine; finer ones until they add up."""
    coarse, gap = sector_path(out, steps), np.inf
    while steps <= MOST_STEPS:
        fine = sector_path(out, 2 * steps)
        parts = {name: (4 * fine[name] - coarse[name]) / 3 for name in fine}
        gap = float(np.abs(sum(parts.values()) - np.log(out.welfare_hat)).max())
        if gap < 1e-5:
            return parts
        coarse, steps = fine, 2 * steps
    raise NotConverged(
        f"The parts add up to within {100 * gap:.2g} percent only.",
        state=out,
        fix="Decompose a smaller shock, or the two halves of this one.",
    )


class _Line:
    """The shock by degrees in the one-sector model: factors of trade costs and deficits linear, supply geometric."""

    def __init__(self, out: Counterfactual) -> None:
        self.out, economy = out, out.baseline
        self.end = one_sector(economy, out.shock, out.theta, out.supply_elasticity, out.deficits)
        self.growth = np.expm1(partial_array(out.shock, economy))
        self.deficit = economy.deficit if out.deficits == "additive" else np.zeros(len(economy))
        self.log_supply = np.log(self.end.supply_hat)

    def integral(self, a: float, b: float, nodes: int) -> dict[str, np.ndarray]:
        """Gauss-Legendre integral of the contributions from share ``a`` to ``b``, all nodes solved side by side."""
        points, weights = np.polynomial.legendre.leggauss(nodes)
        t = (a + (b - a) * (points + 1) / 2)[:, None, None]
        end, economy = self.end, self.out.baseline

        def spread(values: np.ndarray) -> np.ndarray:
            return np.broadcast_to(values, (nodes, *values.shape[1:]))

        model = Armington(
            kernel=economy.import_shares * (1 + t * self.growth),
            output=spread(end.output),
            supply_hat=np.exp(t[:, 0] * self.log_supply),
            ratio=spread(end.ratio),
            deficit=self.deficit + t[:, 0] * (end.deficit - self.deficit),
            theta=spread(end.theta),
            psi=spread(end.psi),
        )
        found = solve_model(model, np.zeros((nodes, len(economy))), tolerance=1e-12, max_steps=2000)
        if not (found.gap < 1e-9).all():
            raise NotConverged("A point on the path has no solution.", state=self.out, fix="Decompose a smaller shock.")
        moved = end.deficit[0] - self.deficit
        slopes = [
            _slopes(
                model.take(np.array([k])), found.u[k : k + 1], self.growth / (1 + t[k] * self.growth), self.log_supply[0],
                moved,
            )
            for k in range(nodes)
        ]  # fmt: skip
        return {
            name: (b - a) / 2 * np.sum([w * slope[name] for w, slope in zip(weights, slopes)], axis=0)
            for name in slopes[0]
        }

    def parts(self, nodes: int) -> dict[str, np.ndarray]:
        """The contributions over the whole path: in one piece if they add up, else halved where they are uneven.

        Near its end a border closes for good, and what little trade is left there can move prices a lot.
        """
        whole = self.integral(0.0, 1.0, nodes)
        if self.gap(self.named(whole)) < ADDS_UP:
            return self.named(whole)
        done: list[dict[str, np.ndarray]] = []
        left, pieces = [(0.0, 1.0, whole)], 1
        while left:
            a, b, one = left.pop()
            halves = [self.integral(*ends, nodes) for ends in ((a, (a + b) / 2), ((a + b) / 2, b))]
            two = {name: halves[0][name] + halves[1][name] for name in one}
            pieces += 2
            if max(float(np.abs(one[name] - two[name]).max()) for name in one) < ADDS_UP / 10 or pieces > MOST_PIECES:
                done.append(two)
            else:
                left += [(a, (a + b) / 2, halves[0]), ((a + b) / 2, b, halves[1])]
        total = self.named({name: np.sum([piece[name] for piece in done], axis=0) for name in whole})
        if not self.gap(total) < 1e4 * ADDS_UP:
            raise NotConverged(
                f"The parts add up to within {100 * self.gap(total):.2g} percent only.",
                state=self.out,
                why="The path passes so close to autarky that contributions change without bound.",
                fix="Decompose a smaller shock.",
            )
        return total

    def named(self, parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The parts as a reader gets them: productivity is what was given, transfers count where spending is welfare."""
        given = np.log(hat_array(self.out.shock.productivity_hat, self.out.baseline, "productivity"))
        parts = parts | {"productivity": given}
        if self.out.deficits == "multiplicative":  # welfare is read from output there
            del parts["transfers"]
        return parts

    def gap(self, parts: dict[str, np.ndarray]) -> float:
        """How far the parts are from the exact change, log points."""
        return float(np.abs(sum(parts.values()) - np.log(self.out.welfare_hat)).max())


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
