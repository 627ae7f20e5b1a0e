"""Why welfare changes with several sectors: contributions along the path from baseline to counterfactual.

With I final spending, V wages, C flows as customs value them, at prices q (cost times one plus what the origin
levies, l) and tariffs at rate tau, F flows at cost c, D spending beyond earnings, N employment beyond the labour L
that is given::

    I dln W = [sum C_out dln q - sum C_in dln q]                              terms of trade
              + sum tau (1 + l) (dF - F dln c) + sum l_out (dF - F dln c)     volume of trade
              + sum C (1 + tau) db / theta + sum Y dln A                      trade costs, productivity
              + V dln N - (I - V) dln L + dD                                  supply response, labour, transfers

Without taxes of the origin the first two parts are those of Caliendo and Parro (2015, equation 16). Under the
multiplicative rule welfare is read from earnings E instead of spending I: there the transfers are what the deficit
gains beyond the share of earnings that it stands for, ``dD - I dln(I / E)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from detente.equilibrium.sectors.assembly import sector_effects, sector_model
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.arrays import deficit_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import solve_model
from detente.errors import NotConverged

Point = Mapping[str, np.ndarray]


def sector_path(out: SectorCounterfactual, steps: int) -> dict[str, np.ndarray]:
    """Trapezoid sums of the contributions over ``steps`` steps: (n,) each, log points.

    Raises
    ------
    NotConverged
        A point on the path has no solution.
    """
    path = _Path.of(out)
    state, last, parts = path.end.start(out.baseline.spending), None, {}
    for t in np.linspace(0, 1, steps + 1):
        model, given = path.at(t)
        found = solve_model(model, state, tolerance=1e-12, max_steps=2000)
        if not found.gap[0] < 1e-9:
            raise NotConverged("A point on the path has no solution.", state=out, fix="Decompose a smaller shock.")
        state = found.u
        here = _point(model, state, given, out.scale)
        for name, value in _step(last, here, out.deficits == "multiplicative").items() if last is not None else ():
            parts[name] = parts.get(name, 0.0) + value
        last = here
    return parts


class _Given(NamedTuple):
    """Tariffs, levies, factors of trade costs and the kernel without these factors, (S, n, n) each."""

    rate: np.ndarray
    levy: np.ndarray
    b: np.ndarray
    free: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """The shock by degrees: factors of trade costs, tariffs and levies linear, the rest geometric."""

    out: SectorCounterfactual
    end: Sectors
    shares: np.ndarray
    factor: np.ndarray
    deficit: np.ndarray

    @classmethod
    def of(cls, out: SectorCounterfactual) -> _Path:
        economy = out.baseline
        end = sector_model(economy, out.shock, out.tariff, out.deficits, out.behaviour)
        shares = economy.flows * (1 + economy.tariff) / np.where(end.used, economy.spending, 1.0)[:, None, :]
        start = deficit_array(Shock(), economy) if out.deficits == "additive" else np.zeros(len(economy))
        return cls(out, end, shares, np.exp(sector_effects(economy, out.shock)), start)

    def at(self, t: float) -> tuple[Sectors, _Given]:
        """The system at share ``t`` of the way, with what the shock has reached there."""
        economy, end = self.out.baseline, self.end
        rate = economy.tariff + t * (self.out.tariff - economy.tariff)
        levy = np.zeros_like(rate) if end.levy is None else t * end.levy
        b = 1 + t * (self.factor - 1)
        free = self.shares * ((1 + rate) * (1 + levy) / (1 + economy.tariff)) ** -economy.theta[:, None, None]
        model = replace(
            end,
            kernel=free * b,
            net=free * b / (1 + rate) / (1 + levy),
            productivity=t * end.productivity,
            labour=end.labour**t,
            deficit=self.deficit + t * (end.deficit - self.deficit),
            levy=None if end.levy is None else levy,
        )
        return model, _Given(rate, levy, b, free)


def _point(model: Sectors, state: np.ndarray, at: _Given, scale: float) -> dict[str, np.ndarray]:
    """What the contributions need at one point of the path."""
    rate, levy, b, free = at
    wage, prices, spending = model.split(state)
    now, flows = model.evaluate(wage, prices, spending), model.flows(state)
    customs = flows * (1 + levy)
    weight = np.exp(-model.theta * now.log_cost) / model.theta
    given = np.log(model.labour) / (1 + scale)
    return {
        "cost": now.log_cost,
        "flows": flows,
        "customs": customs,
        "levied": np.log1p(levy),
        "wedge": rate * (1 + levy),
        "levy": levy,
        "per_b": weight[:, :, None] * free * (spending / now.sourcing)[:, None, :],
        "b": b,
        "sales": now.sales,
        "paid": now.paid,
        "income": now.income,
        "earned": now.paid + now.revenue,
        "ability": -model.productivity,
        "given": given,
        "employed": (np.log(now.paid / model.wages) - wage) / (1 + scale) - given,
        "scale": np.full(len(given), scale),
    }


def _step(a: Point, b: Point, by_earned: bool) -> dict[str, np.ndarray]:
    """Contributions between two neighbouring points, by the trapezoid rule: (n,) each."""

    def mean(values: str, extra: str | None = None) -> np.ndarray:
        ends = [x[values] * (1.0 if extra is None else x[extra]) / x["income"] for x in (a, b)]
        return (ends[0] + ends[1]) / 2

    def outward(values: str, extra: str | None = None) -> np.ndarray:
        """As ``mean``, but over the income of the origin."""
        ends = [x[values] * (1.0 if extra is None else x[extra]) / x["income"][:, None] for x in (a, b)]
        return (ends[0] + ends[1]) / 2

    def change(name: str) -> np.ndarray:
        return b[name] - a[name]

    cost = change("cost")[:, :, None]
    price = cost + change("levied")
    real = change("flows")  # less the part that is a change of cost
    bought = (mean("wedge") * real).sum(axis=(0, 1)) - (mean("flows", "wedge") * cost).sum(axis=(0, 1))
    sold = (outward("levy") * real).sum(axis=(0, 2)) - (outward("flows", "levy") * cost).sum(axis=(0, 2))
    deficits = [x["income"] - x["earned"] for x in (a, b)]
    transfers = (1 / a["income"] + 1 / b["income"]) / 2 * (deficits[1] - deficits[0])
    if by_earned:
        ratio = [np.log(x["income"] / x["earned"]) for x in (a, b)]
        transfers = transfers - (ratio[1] - ratio[0])
    employed = change("employed")
    return {
        "terms_of_trade": (outward("customs") * price).sum(axis=(0, 2)) - (mean("customs") * price).sum(axis=(0, 1)),
        "volume_of_trade": bought + sold,
        "trade_costs": (mean("per_b") * change("b")).sum(axis=(0, 1)),
        "productivity": (mean("sales") * change("ability")).sum(axis=0),
        "labour": mean("paid") * change("given") - change("given"),
        "supply_response": mean("paid") * employed,
        "economies_of_scale": mean("paid") * a["scale"] * (employed + change("given")),
        "transfers": transfers,
    }
