"""Exact derivatives of welfare to everything at once, by one adjoint solve.

By the implicit function theorem: with F(u; z) = 0 the market equations and W(u; z) log welfare,
``dW/dz = W_z - mu F_z`` where ``F_u' mu = W_u``. One linear system gives the derivative to all n^2 trade
costs; nothing is solved again. Local: for a closure solve the closure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente.equilibrium.armington import Armington
from detente.equilibrium.assembly import one_sector
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.sectors.jacobian import gradient as sector_gradient
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.arrays import partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import one_thread, pinned
from detente.equilibrium.solving import solve
from detente.errors import SpecificationError


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """Derivatives of one economy's (or a weighted mean of) log welfare at a solution.

    Attributes
    ----------
    economies : tuple of str
    weights : mapping economy -> weight in the mean of log welfare
    partial_effect : (n, n) array
        Per log point of the partial effect of dyad [origin, destination].
    trade_cost : (n, n) array
        Elasticity to the iceberg trade cost of each dyad: ``-theta`` times ``partial_effect``.
    productivity : (n,) array
        Elasticity to each economy's productivity.
    theta, supply_elasticity : float
        Per unit of the elasticity, at given partial effects and a given baseline.
    """

    economies: tuple[str, ...]
    weights: Mapping[str, float]
    partial_effect: np.ndarray
    trade_cost: np.ndarray
    productivity: np.ndarray
    theta: float
    supply_elasticity: float

    def to_frame(self) -> Any:
        """A polars frame by dyad, the border that matters most first; internal pairs left out."""
        n = len(self.economies)
        frame = pl.DataFrame(
            {
                "origin": np.repeat(self.economies, n),
                "destination": np.tile(self.economies, n),
                "partial_effect": self.partial_effect.ravel(),
                "trade_cost": self.trade_cost.ravel(),
            }
        )
        frame = frame.filter(pl.col("origin") != pl.col("destination"))
        return frame.sort(pl.col("trade_cost").abs(), descending=True)

    def __repr__(self) -> str:
        top = self.to_frame().row(0, named=True)
        return (
            f"Sensitivity(of {', '.join(self.weights)}; most to {top['origin']} -> {top['destination']}: "
            f"{top['trade_cost']:+.3g} per unit of log trade cost)"
        )


@dataclass(frozen=True, slots=True, eq=False)
class SectorSensitivity:
    """Derivatives of log welfare in an economy with sectors.

    Attributes
    ----------
    economies, sectors : tuples of str
    weights : mapping economy -> weight in the mean of log welfare
    partial_effect : (S, n, n) array
        Per log point of the partial effect of [sector, origin, destination].
    tariff : (S, n, n) array
        Per unit of log(1 + rate), revenue included, at the solution's own pass-through.
    export_tax : (S, n, n) array
        Per unit of log(1 + rate) of a tax on exports, revenue included.
    productivity : (n,) array
        Elasticity to each economy's productivity.
    theta : (S,) array
        Per unit of each sector's trade elasticity, at given partial effects and a given baseline.
    """

    economies: tuple[str, ...]
    sectors: tuple[str, ...]
    weights: Mapping[str, float]
    partial_effect: np.ndarray
    tariff: np.ndarray
    export_tax: np.ndarray
    productivity: np.ndarray
    theta: np.ndarray

    def to_frame(self) -> Any:
        """A polars frame by sector and dyad, the largest effect of a tariff first; internal pairs left out."""
        s, i, j = (axis.ravel() for axis in np.indices(self.tariff.shape))
        names = np.array(self.economies)
        frame = pl.DataFrame(
            {
                "sector": np.array(self.sectors)[s],
                "origin": names[i],
                "destination": names[j],
                "partial_effect": self.partial_effect.ravel(),
                "tariff": self.tariff.ravel(),
                "export_tax": self.export_tax.ravel(),
            }
        )
        frame = frame.filter(pl.col("origin") != pl.col("destination"))
        return frame.sort(pl.col("tariff").abs(), descending=True)

    def __repr__(self) -> str:
        top = self.to_frame().row(0, named=True)
        where = f"{top['sector']} {top['origin']} -> {top['destination']}"
        return f"SectorSensitivity(of {', '.join(self.weights)}; tariffs matter most on {where})"


def sensitivity(
    at: Counterfactual | Economy | SectorCounterfactual,
    of: str | Mapping[str, float],
    *,
    theta: float = 5.0,
    supply_elasticity: float = 0.0,
    deficits: str = "multiplicative",
) -> Sensitivity | SectorSensitivity:
    """Derivatives of welfare to every dyad's trade cost, every productivity and both elasticities.

    Parameters
    ----------
    at : Counterfactual, Economy or SectorCounterfactual
        Where to take them: a solution (with its own assumptions), or a baseline. With sectors there are
        derivatives to tariffs as well.
    of : str or mapping economy -> weight
        Whose log welfare; a mapping gives a weighted sum.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> sensitivity(eco, "VEN").to_frame().row(0)[:2]
    ('VEN', 'ROW')
    """
    if isinstance(at, SectorCounterfactual):
        return _with_sectors(at, {of: 1.0} if isinstance(of, str) else dict(of))
    if isinstance(at, Economy):
        at = solve(at, theta=theta, supply_elasticity=supply_elasticity, deficits=deficits)
    if not isinstance(at, Counterfactual):
        one_sector_only(at, "sensitivity")
        raise SpecificationError(f"Derivatives are taken at a solution, not at a {type(at).__name__}.")
    if at.mode != "exact" or not at.report.ok:
        raise SpecificationError(
            "Derivatives need an exact, converged one-sector solution or a baseline.",
            fix='Solve with mode="exact" first.',
        )
    at = at.on_host
    weights = {of: 1.0} if isinstance(of, str) else dict(of)
    weight = np.zeros(len(at.economies))
    for code, value in weights.items():
        weight[at.baseline.index(code)] = value
    model = one_sector(at.baseline, at.shock, at.theta, at.supply_elasticity, at.deficits)
    with one_thread():
        parts = gradient(model, np.log(at.price_hat)[None], weight, at.deficits == "multiplicative")
    effect, productivity, by_theta, by_psi = parts
    return Sensitivity(
        economies=at.economies,
        weights=weights,
        partial_effect=read_only(effect),
        trade_cost=read_only(-at.theta * effect),
        productivity=read_only(productivity),
        theta=by_theta,
        supply_elasticity=by_psi,
    )


def _with_sectors(at: SectorCounterfactual, weights: Mapping[str, float]) -> SectorSensitivity:
    """The sector version: one adjoint solve of the whole system."""
    if not at.report.ok:
        raise SpecificationError("Derivatives need a converged solution.")
    weight = np.zeros(len(at.economies))
    for code, value in weights.items():
        weight[at.baseline.index(code)] = value
    model, state = at.system()
    if not model.newton:
        raise SpecificationError(
            f"{len(at.sectors)} sectors and {len(at.economies)} economies are too many for the dense system.",
            fix="Aggregate, or solve again with a small change.",
        )
    moved = np.log((1 + at.tariff) / (1 + at.baseline.tariff))
    with one_thread():
        by_earned = at.deficits == "multiplicative"
        parts = map(read_only, sector_gradient(model, state, weight, by_earned, moved, at.pass_through))
    return SectorSensitivity(at.economies, at.sectors, weights, *parts)


def gradient(
    model: Armington, u: np.ndarray, weight: np.ndarray, by_output: bool
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Derivatives of ``weight @ log welfare`` at log prices u (1, n).

    Returns those by partial effect (n, n), by log productivity (n,), by theta and by psi. ``by_output``
    reads welfare from output (multiplicative rule), else from expenditure.
    """
    theta, psi = float(model.theta[0, 0]), float(model.psi[0, 0])
    now, flows = model.state(u), model.flows(u)[0]
    shares = flows / now.expenditure[0]
    of_output = weight if by_output else weight @ model.spending_by_output(now)[0]
    by_price = (1 + psi) * of_output
    by_index = -psi * of_output - weight
    mu = np.linalg.solve(pinned(model.jacobian(u)[0]).T, by_price + shares @ by_index)
    through = mu @ model.by_output(u)[0]
    index_net = by_index - mu @ model.partials(u)[1][0]
    real = u[0] - now.log_index[0]
    effect = -mu[:, None] * flows - index_net * shares / theta
    spread = u[0][:, None] - now.log_index[0]
    index_by_theta = (shares * spread).sum(axis=0) / theta
    by_theta = index_net @ index_by_theta + mu @ (flows * spread).sum(axis=1)
    return effect, of_output - through, float(by_theta), float((of_output - through) @ real)


def first_order_pct(economy: Economy, shock: Shock | Mapping[tuple, float], of: str, **options: Any) -> float:
    """First-order change in real income, percent, on request only; refuses closures and large effects.

    At two log points the linear formula overstates a loss by a multiple; solve instead.
    """
    shock = Shock.read(shock)
    large = {key: value for key, value in shock.partial.items() if not abs(value) <= 0.25}
    if large:
        raise SpecificationError(
            f"First-order welfare is meaningless for effects as large as {next(iter(large.items()))}.",
            why="For a closed border it overstates the loss about twentyfold.",
            fix="Use solve.",
        )
    found = sensitivity(economy, of, **options)
    return float(100 * (found.partial_effect * partial_array(shock, economy)).sum())
