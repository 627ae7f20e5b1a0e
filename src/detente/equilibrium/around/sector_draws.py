"""Uncertainty of a counterfactual with sectors: draws of elasticities, effects, flows and deficit rules, one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from detente._workers import in_order
from detente.equilibrium.around.priors import Coefficients, Prior
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.sectors.tables import TABLES
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solving import solve
from detente.errors import NoEquilibrium, NotConverged

TOGETHER = 16
"""Draws that go to a worker at once."""
DRAWN_CELLS = ("real_output_pct", "employment_pct", "exports_after_usd_mn", "imports_after_usd_mn", "price_pct")
"""Columns of the table by sector that draws keep."""


@dataclass(frozen=True, slots=True, eq=False)
class SectorPlan:
    """What draws of an economy with sectors vary and keep.

    Attributes
    ----------
    draws, seed : how many, from where.
    coefficients : effects added to the shock, drawn.
    theta : factor on every sector's elasticity.
    psi : labour supply.
    flow_error : standard deviation of the log error of international flows.
    rules : deficit rules, equally likely.
    track : dyads whose flow over all sectors to keep.
    options : what ``solve`` takes beside.
    """

    draws: int
    seed: int
    coefficients: Coefficients | None
    theta: Prior
    psi: Prior
    flow_error: float
    rules: Sequence[str]
    track: Sequence[tuple[str, str]] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SectorDraws:
    """Draws of an economy with sectors; not-a-number where a draw has no equilibrium.

    Attributes
    ----------
    welfare_pct : (draws, n), percent.
    parameters : name to (draws,).
    gap : (draws,), the worst market's, relative.
    tracked : dyad to (draws,), US$ million.
    cells : column of the table by sector to (draws, S, n), in its unit.
    """

    welfare_pct: np.ndarray
    parameters: dict[str, np.ndarray]
    gap: np.ndarray
    tracked: dict[tuple[str, str], np.ndarray]
    cells: dict[str, np.ndarray]

    @classmethod
    def joined(cls, parts: Sequence[SectorDraws]) -> SectorDraws:
        """The draws of all parts, in their order."""

        def of(name: str) -> dict[Any, np.ndarray]:
            return {
                key: np.concatenate([getattr(part, name)[key] for part in parts]) for key in getattr(parts[0], name)
            }

        welfare, gap = (np.concatenate([getattr(part, name) for part in parts]) for name in ("welfare_pct", "gap"))
        return cls(welfare, of("parameters"), gap, of("tracked"), of("cells"))

    def keep(self, k: int, out: SectorCounterfactual) -> None:
        """Write down what draw ``k`` gave."""
        self.welfare_pct[k] = 100 * (out.welfare_hat - 1)
        self.gap[k] = out.report.gap if out.report.gap is not None else np.nan
        for dyad, values in self.tracked.items():
            values[k] = out.flow(*dyad)
        if self.cells:
            table = TABLES["sectors"](out)
            for name, values in self.cells.items():
                values[k] = np.reshape(np.asarray(table[name]), values[k].shape)


def draw_sectors(
    economy: SectorEconomy, shock: Shock, plan: SectorPlan, executor: Executor | None = None
) -> SectorDraws:
    """Solve every draw of ``plan``; with more than one sector, the tables by sector are kept as well.

    Draws go to ``executor`` in parts of the same size whoever does them, and none knows of another.
    """
    bare = replace(economy, kind=None)  # a frame's module cannot be sent, nor need it
    parts = [range(k, min(k + TOGETHER, plan.draws)) for k in range(0, plan.draws, TOGETHER)]
    return SectorDraws.joined(in_order(executor, solve_some, [(bare, shock, plan, part) for part in parts]))


def solve_some(economy: SectorEconomy, shock: Shock, plan: SectorPlan, draws: range) -> SectorDraws:
    """The ``draws`` of ``plan`` alone."""
    names = () if plan.coefficients is None else tuple(plan.coefficients.design)
    kept = _empty(economy, plan, names, len(draws))
    picks = []
    for k, draw in enumerate(draws):
        rng = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(4, draw)))
        u, z = rng.random(2), rng.standard_normal(len(names))
        rule = plan.rules[int(rng.integers(len(plan.rules)))]
        factor, supply = float(plan.theta.quantile(u[:1])[0]), float(plan.psi.quantile(u[1:])[0])
        kept.parameters["theta_factor"][k], kept.parameters["supply_elasticity"][k] = factor, supply
        picks.append(rule)
        drawn = _with_noise(economy, factor, plan.flow_error, rng)
        now = shock
        if plan.coefficients is not None:
            for name, b in zip(names, plan.coefficients.draw(z)):
                kept.parameters[name][k] = b
                now = now + Shock({dyad: float(b) * x for dyad, x in plan.coefficients.design[name].items()})
        try:
            kept.keep(k, solve(drawn, now, supply_elasticity=supply, deficits=rule, **plan.options))
        except (NoEquilibrium, NotConverged):
            continue
    kept.parameters["deficits"] = np.array(picks)
    return kept


def _empty(economy: SectorEconomy, plan: SectorPlan, names: tuple[str, ...], draws: int) -> SectorDraws:
    n, many = len(economy), len(economy.sectors) > 1
    return SectorDraws(
        np.full((draws, n), np.nan),
        {name: np.empty(draws) for name in ("theta_factor", "supply_elasticity", *names)},
        np.full(draws, np.inf),
        {(a, b): np.full(draws, np.nan) for a, b in plan.track},
        {name: np.full((draws, len(economy.sectors), n), np.nan) for name in DRAWN_CELLS if many},
    )


def _with_noise(economy: SectorEconomy, factor: float, error: float, rng: np.random.Generator) -> SectorEconomy:
    """The economy with elasticities times ``factor`` and international flows off by a log error of mean one."""
    flows = np.array(economy.flows)
    if error:
        z = rng.standard_normal(flows.shape) * (1 - np.eye(len(economy)))
        flows = flows * np.exp(error * z - error**2 / 2 * (1 - np.eye(len(economy))))
    inputs = np.where(economy.inputs.sum(axis=0) > 0, economy.inputs, np.eye(len(economy.sectors))[:, :, None])
    return SectorEconomy.from_arrays(
        economy.economies, economy.sectors, flows, theta=factor * economy.theta, tariff=economy.tariff,
        value_added=economy.value_added, inputs=inputs, truncate=bool(error or economy.n_truncated),
    )  # fmt: skip
