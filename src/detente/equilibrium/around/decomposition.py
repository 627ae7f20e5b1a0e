"""Why welfare changes: contributions along the path from baseline to counterfactual, which add up.

The shock is applied in parts (trade-cost factors and tariffs linearly, hats log-linearly) and the exact
local contributions are integrated, so that nothing is approximated to first order. With one sector::

    dln W_j = [dln p_j - sum_k pi_kj dln p_k]  +  sum_k pi_kj db_kj / theta  +  dln A_j
              + psi (dln p_j - dln P_j)  +  [dln E_j - dln Y_j]

With several sectors and I final spending, Y output, M imports before tariffs at rate tau, c unit cost::

    I dln W = [sum Y dln c - sum M dln c]  +  sum tau (dM - M dln c)  +  sum M (1 + tau) db / theta
              + sum Y dln A  -  (I - V) dln L  +  dD

whose first two parts are the terms and the volume of trade of Caliendo and Parro (2015, equation 16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.equilibrium.armington import Armington
from detente.equilibrium.assembly import one_sector
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.economy import frozen
from detente.equilibrium.sectors.assembly import sector_effects, sector_model
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shock import Shock, deficit_array, hat_array, partial_array
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
        For a solution in published mode, or sectors under the multiplicative or universal rule.

    Examples
    --------
    >>> from detente.equilibrium import Economy, solve
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> decompose(solve(eco, {("COL", "VEN"): -0.5})).gap < 1e-9
    True
    """
    many = isinstance(out, SectorCounterfactual)
    if not out.report.ok or (out.mode == "published" and not many):
        raise SpecificationError("Only an exact, converged solution can be decomposed.", fix='Use mode="exact".')
    if many and out.deficits not in ("balanced", "additive"):
        raise SpecificationError(
            f"With several sectors the parts do not add up under the {out.deficits} rule.",
            fix='Use deficits="balanced" or "additive".',
        )
    if many:
        coarse, fine = _sector_path(out, steps), _sector_path(out, 2 * steps)
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


def _sector_path(out: SectorCounterfactual, steps: int) -> dict[str, np.ndarray]:
    """Trapezoid sums of the sector contributions over ``steps`` steps."""
    economy = out.baseline
    end = sector_model(economy, out.shock, out.tariff, out.deficits)
    factor = np.exp(sector_effects(economy, out.shock))
    start = deficit_array(Shock(), economy) if out.deficits == "additive" else np.zeros(len(economy))
    shares = economy.flows * (1 + economy.tariff) / np.where(end.used, economy.spending, 1.0)[:, None, :]
    state, last, parts = end.start(economy.spending), None, {}
    for t in np.linspace(0, 1, steps + 1):
        rate = economy.tariff + t * (out.tariff - economy.tariff)
        free = shares * ((1 + rate) / (1 + economy.tariff)) ** -economy.theta[:, None, None]
        b = 1 + t * (factor - 1)
        model = replace(
            end,
            kernel=free * b,
            net=free * b / (1 + rate),
            productivity=t * end.productivity,
            labour=end.labour**t,
            deficit=start + t * (end.deficit - start),
        )
        found = solve_model(model, state, tolerance=1e-12, max_steps=2000)
        if not found.gap[0] < 1e-9:
            raise NotConverged("A point on the path has no solution.", state=out, fix="Decompose a smaller shock.")
        state = found.u
        here = _sector_point(model, state, free, rate, b)
        for name, value in _sector_step(last, here).items() if last is not None else ():
            parts[name] = parts.get(name, 0.0) + value
        last = here
    return parts


def _sector_point(
    model: Sectors, state: np.ndarray, free: np.ndarray, rate: np.ndarray, b: np.ndarray
) -> dict[str, np.ndarray]:
    """What the contributions need at one point of the path; ``free`` is the kernel without ``b``."""
    wage, prices, spending = model.split(state)
    now = model.evaluate(wage, prices, spending)
    weight = np.exp(-model.theta * now.log_cost)
    return {
        "cost": now.log_cost,
        "flows": model.flows(state),
        "rate": rate,
        "per_b": (weight / model.theta)[:, :, None] * free * (spending / now.sourcing)[:, None, :],
        "b": b,
        "sales": now.sales,
        "paid": now.paid,
        "income": now.income,
        "deficit": model.deficit,
        "ability": -model.productivity,
        "labour": np.log(model.labour),
    }


def _sector_step(a: Mapping[str, np.ndarray], b: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Contributions between two neighbouring points, by the trapezoid rule: (n,) each."""

    def integral(weight: str, change: str, over: tuple[int, ...]) -> np.ndarray:
        ends = [x[weight] / x["income"] for x in (a, b)]
        return ((ends[0] + ends[1]) / 2 * (b[change] - a[change])).sum(axis=over)

    shift = (b["cost"] - a["cost"])[:, :, None]
    bought, dutiable = (
        sum((x["flows"] * extra / x["income"]) for x, extra in pairs) / 2
        for pairs in (((a, 1.0), (b, 1.0)), ((a, a["rate"]), (b, b["rate"])))
    )
    sold = integral("sales", "cost", (0,))
    volume = integral("rate", "flows", (0, 1)) - (dutiable * shift).sum(axis=(0, 1))
    return {
        "terms_of_trade": sold - (bought * shift).sum(axis=(0, 1)),
        "volume_of_trade": volume,
        "trade_costs": integral("per_b", "b", (0, 1)),
        "productivity": integral("sales", "ability", (0,)),
        "labour": ((a["paid"] / a["income"] + b["paid"] / b["income"]) / 2 - 1) * (b["labour"] - a["labour"]),
        "transfers": (1 / a["income"] + 1 / b["income"]) / 2 * (b["deficit"] - a["deficit"]),
    }
