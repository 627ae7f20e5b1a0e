"""Solving an economy with sectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from detente.equilibrium.assembly import cut_off, groups
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.certificate import Certificate, Status
from detente.equilibrium.sectors.assembly import export_taxes, new_tariffs, sector_effects, sector_model
from detente.equilibrium.sectors.behaviour import PLAIN, Behaviour, absorbed
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.model import Sectors
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.arrays import hat_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import ROUNDING, Solution, solve_model
from detente.errors import SpecificationError


@dataclass(frozen=True, slots=True, eq=False)
class SectorSetting:
    """What a counterfactual with sectors assumes."""

    economy: SectorEconomy
    shock: Shock
    deficits: str
    mode: str = "exact"
    behaviour: Behaviour = PLAIN
    tolerance: float = 1e-12
    max_steps: int = 2000


def solve_sectors(setting: SectorSetting) -> SectorCounterfactual:
    """Solve; the caller checks the options and raises on the status.

    Accounts that truncation left open are first closed by a solve without a shock, at the deficits that the flows
    have; under the balanced rule that first solve also takes deficits to zero.
    """
    if setting.economy.n_truncated or setting.deficits == "balanced":
        rule = "balanced" if setting.deficits == "balanced" else "additive"
        plain = setting.behaviour._replace(pass_through=1.0)
        first = _solve(replace(setting, shock=Shock(), deficits=rule, mode="exact", behaviour=plain))
        if not first.report.ok:
            return first
        setting = replace(setting, economy=first.economy)
    return _solve(setting)


def _solve(setting: SectorSetting) -> SectorCounterfactual:
    began, economy, shock = perf_counter(), setting.economy, setting.shock
    tariff = new_tariffs(economy, shock)
    model = sector_model(economy, shock, tariff, setting.deficits, setting.behaviour, apart=True)
    left = np.asarray(((economy.flows > 0) & np.isfinite(sector_effects(economy, shock))).any(axis=0))
    parts = groups(left, economy.economies)
    start = model.start(economy.spending)
    if cut_off(parts, model.deficit, float(economy.flows.sum())) is not None:
        nothing = Solution(np.full_like(start, np.nan), np.array([np.inf]), np.array([0]))
        return read_out(setting, model, tariff, nothing, parts, began, owing=True)
    if len(parts) == 1:
        rule = "additive" if setting.deficits == "balanced" else setting.deficits
        closed = not economy.n_truncated
        origin = sector_model(economy, Shock(), economy.tariff, rule, setting.behaviour) if closed else None
        found = solve_model(model, start, tolerance=setting.tolerance, max_steps=setting.max_steps, origin=origin)
        return read_out(setting, model, tariff, found, parts, began)
    states, gaps, used = np.array(start), [], 0
    for members in parts:
        at = _places(members, len(economy), len(economy.sectors))
        found = solve_model(model.part(members), start[:, at], tolerance=setting.tolerance, max_steps=setting.max_steps)
        states[:, at] = found.u
        gaps.append(found.gap[0])
        used += int(found.iterations[0])
    return read_out(setting, model, tariff, Solution(states, np.array([max(gaps)]), np.array([used])), parts, began)


def _places(members: np.ndarray, n: int, sectors: int) -> np.ndarray:
    """Where the unknowns of some economies stand in a state of all."""
    cells = (n * np.arange(sectors)[:, None] + members).ravel()
    return np.concatenate([members, n + cells, n + n * sectors + cells])


def read_out(
    setting: SectorSetting,
    model: Sectors,
    tariff: np.ndarray,
    found: Solution,
    parts: list[np.ndarray],
    began: float,
    owing: bool = False,
) -> SectorCounterfactual:
    """Arrays to a labelled result with its certificate."""
    economy, deficits = setting.economy, setting.deficits
    wage, prices, spending = model.split(found.u)
    now = model.evaluate(wage, prices, spending)
    income, residuals = _apart(model, found.u, parts, now.income)
    base = economy.income if deficits != "balanced" else economy.wages + economy.revenue
    index = np.exp((economy.final * prices).sum(axis=0))
    earned = (now.paid + now.revenue) / (economy.wages + economy.revenue)
    money = earned if deficits == "multiplicative" else income / base
    report = _certificate(setting, found, (income, residuals), parts, began, owing)
    given = hat_array(setting.shock.labour_hat, economy, "labour")
    labour = (now.paid / (economy.wages * np.exp(wage))) ** (1 / (1 + setting.behaviour.scale))
    return SectorCounterfactual(
        baseline=economy,
        shock=setting.shock,
        deficits=deficits,
        mode=setting.mode,
        wage_hat=read_only(now.paid / economy.wages / labour),
        index_hat=read_only(index),
        income_hat=read_only(income / base),
        welfare_hat=read_only(money / index / given),
        cost_hat=read_only(np.exp(now.log_cost)),
        price_hat=read_only(np.exp(prices)),
        flows=read_only(model.flows(found.u)),
        tariff=read_only(tariff),
        report=report,
        supply_elasticity=setting.behaviour.supply,
        revenue_use=setting.behaviour.revenue,
        export_tax=_kept(export_taxes(economy, setting.shock)),
        labour_hat=read_only(labour),
        scale=setting.behaviour.scale,
        pass_through=setting.behaviour.pass_through,
        absorbed=_kept(absorbed(economy, tariff, setting.behaviour.pass_through)),
    )


def _certificate(
    setting: SectorSetting,
    found: Solution,
    told: tuple[np.ndarray, np.ndarray],
    parts: list[np.ndarray],
    began: float,
    owing: bool,
) -> Certificate:
    """How the solve ended; ``told`` is final spending (n,) and market gaps (S + 1, n)."""
    income, residuals = told
    names = setting.economy.economies
    negative = {} if found.reached is None else found.negative[0]
    reached = 1.0 if found.reached is None else float(found.reached[0])
    return Certificate(
        status=Status.CUT_OFF if owing else _status(found, income, bool(negative), setting),
        iterations=int(found.iterations[0]),
        residuals=read_only(residuals),
        walras=float(residuals.sum()),
        tolerance=setting.tolerance if found.gap[0] < setting.tolerance else max(setting.tolerance, ROUNDING),
        seconds=perf_counter() - began,
        gap=float(found.gap[0]),
        path=reached,
        negative=tuple((names[k], at) for k, at in negative.items()),
        parts=tuple(tuple(names[k] for k in part) for part in parts) if len(parts) > 1 else (),
    )


def _kept(wedge: np.ndarray | None) -> np.ndarray | None:
    return None if wedge is None else read_only(wedge)


def _apart(model: Sectors, u: np.ndarray, parts: list[np.ndarray], income: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Final spending (n,) and market gaps (S + 1, n), each part by its own accounts."""
    if len(parts) == 1:
        return income, model.residual(u)
    n, sectors = income.size, model.value_added.shape[0]
    income, residuals = np.array(income), np.empty((sectors + 1, n))
    for members in parts:
        part, state = model.part(members), u[:, _places(members, n, sectors)]
        income[members], residuals[:, members] = part.spending(state)[0], part.residual(state)
    return income, residuals


def _status(found: Solution, income: np.ndarray, was_negative: bool, setting: SectorSetting) -> Status:
    """How a solve ended."""
    if not np.isfinite(found.u).all():
        return Status.NOT_FINITE
    solved = bool(found.gap[0] < max(setting.tolerance, ROUNDING))
    if (solved and (income <= 0).any()) or (not solved and was_negative):
        return Status.NEGATIVE_EXPENDITURE
    if solved:
        return Status.CONVERGED
    return Status.PATH_ENDS if found.iterations[0] < setting.max_steps else Status.MAX_STEPS


def check_published(deficits: str, shock: Shock) -> None:
    """Raise unless the published recipe covers what is asked."""
    if deficits not in ("balanced", "additive"):
        raise SpecificationError(
            "The published recipe holds deficits fixed, or first solves for balanced trade.",
            fix='Use deficits="balanced" or "additive".',
        )
    if any(value == -np.inf for value in shock.partial.values()):
        raise SpecificationError(
            "The published recipe is first-order and says nothing about a closed border.",
            fix='Use mode="exact".',
        )
