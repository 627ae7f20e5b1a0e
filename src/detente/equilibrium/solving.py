"""``solve``: a baseline and a shock in, a certified counterfactual out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, Unpack, overload

import numpy as np

from detente.equilibrium.assembly import SolveSetting, solve_setting
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.certificate import Certificate, Status
from detente.equilibrium.counterfactual import Counterfactual
from detente.equilibrium.extensions.published_recipe import STOP, published_loop
from detente.equilibrium.options import Options, check_options, check_sector_options, not_an_option
from detente.equilibrium.outcome import raise_unless_solved, read_out
from detente.equilibrium.sectors.behaviour import PLAIN, Behaviour
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.sectors.solving import SectorSetting, solve_sectors
from detente.equilibrium.shocks.arrays import partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.errors import SpecificationError

Changes = Shock | Mapping[tuple, float] | None


@overload
def solve(economy: Economy, shock: Changes = None, **options: Unpack[Options]) -> Counterfactual: ...
@overload
def solve(economy: SectorEconomy, shock: Changes = None, **options: Unpack[Options]) -> SectorCounterfactual: ...
@overload
def solve(
    economy: Economy | SectorEconomy, shock: Changes = None, **options: Unpack[Options]
) -> Counterfactual | SectorCounterfactual: ...
def solve(
    economy: Economy | SectorEconomy,
    shock: Shock | Mapping[tuple, float] | None = None,
    *,
    theta: float | None = None,
    supply_elasticity: float = 0.0,
    deficits: str = "multiplicative",
    mode: str = "exact",
    throw: bool = True,
    reference: str | None = None,
    revenue: str = "lump-sum",
    scale: float = 0.0,
    pass_through: float = 1.0,
    tolerance: float = 1e-12,
    max_steps: int = 2000,
    **unknown: Any,
) -> Counterfactual | SectorCounterfactual:
    """Solve a counterfactual exactly.

    Parameters
    ----------
    economy : Economy or SectorEconomy
    shock : Shock or mapping (origin, destination) -> log points
        Partial effects, directed; ``CLOSED`` closes a border exactly.
    theta : float
        Trade elasticity, sigma minus one, above zero; 5 unless given. A sector economy carries its own.
    supply_elasticity : float
        psi, zero or more (Allen, Arkolakis and Takahashi 2020).
    deficits : {"multiplicative", "additive", "universal", "balanced"}
        Expenditure stays in proportion to output; or deficits stay constant in units of world output; or
        as multiplicative with welfare read from expenditure; or the baseline is first solved to balanced
        trade and the shock is measured from there.
    mode : {"exact", "published"}
        ``published`` follows the printed recipe of the Advanced Guide instead (see ``geppml``), which is
        not an exact solution: its certificate shows by how much markets fail to clear.
    reference : str, optional
        The reference economy of the published recipe, ``DEU`` or else the first; results hardly depend on it.
    revenue : {"lump-sum", "income-tax"}
        What tariff revenue pays for, in an economy with sectors: a lump sum, or a lower tax on labour (which
        matters where labour responds to the real wage, by ``supply_elasticity``).
    scale : float
        In an economy with sectors, the elasticity of productivity to employment (external economies of scale).
    pass_through : float
        In an economy with sectors, the share of a tariff's change that reaches buyers, 0 to 1: a
        share r raises their price by ``(1 + t)^r``, and exporters absorb the rest out of their income.
    throw : bool
        Raise if there is no solution; otherwise return what was reached, with its status.
    tolerance : float
        On the largest market gap relative to that economy's output.

    Notes
    -----
    Where the economy was built from an array of torch, CuPy or another library of the array API standard, the system is
    solved on that array's device, in float64 and to the same certificate, and the result's arrays are of that kind.

    Raises
    ------
    InvalidShock, SpecificationError, NotConverged
    NoEquilibrium
        No prices clear the markets: with the economies whose spending would turn negative.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> out = solve(eco, {("COL", "VEN"): -0.5}, theta=5.0)
    >>> round(out.welfare_pct["VEN"], 3), out.report.status.value
    (-0.166, 'converged')
    """
    began = perf_counter()
    if unknown:
        raise SpecificationError(
            not_an_option(next(iter(unknown)), unknown), fix=f"Options: {', '.join(Options.__annotations__)}."
        )
    shock = Shock.read(shock)
    shock.cautions()
    if isinstance(economy, SectorEconomy):
        behaviour = Behaviour(supply_elasticity, revenue, scale, pass_through)
        check_sector_options(theta, behaviour, deficits, mode, shock)
        plan = SectorSetting(economy, shock, deficits, mode, behaviour, tolerance, max_steps)
        return raise_unless_solved(solve_sectors(plan), throw)
    one_sector_only(economy, "solve")
    theta = 5.0 if theta is None else theta
    if Behaviour(0.0, revenue, scale, pass_through) != PLAIN:
        raise SpecificationError(
            "revenue, scale and pass_through belong to an economy that carries tariffs.",
            fix="Give SectorEconomy.of(economy, theta=5.0), which is the same economy with tariffs.",
        )
    check_options(theta, supply_elasticity, deficits, mode, shock)
    if mode == "published":
        return raise_unless_solved(follow_recipe(economy, shock, theta, reference, began).on(economy.arrays), throw)
    setting = SolveSetting(economy, shock, theta, supply_elasticity, deficits, tolerance, max_steps)
    if deficits == "balanced":
        first = balanced_first(setting)
        if not first.report.ok:
            return raise_unless_solved(first.on(economy.arrays), throw)
        setting = replace(setting, economy=first.economy)
    return raise_unless_solved(read_out(solve_setting(setting), setting, began).on(economy.arrays), throw)


def follow_recipe(economy: Economy, shock: Shock, theta: float, reference: str | None, began: float) -> Counterfactual:
    """The published loop with labels and the same certificate."""
    effects = partial_array(shock, economy)
    if np.isinf(effects).any():
        raise SpecificationError(
            "The published recipe cannot close a border.",
            why="It enters trade costs as the offset of a regression.",
            fix='Use mode="exact".',
        )
    code = reference or ("DEU" if "DEU" in economy.economies else economy.economies[0])
    found = published_loop(economy.flows, effects, theta, reference=economy.index(code))
    output = found.price_hat * economy.output
    report = Certificate(
        status=Status.STOPPED_LOOSE if found.stopped else Status.MAX_STEPS,
        iterations=found.passes,
        residuals=read_only(found.flows.sum(axis=1) - output),
        walras=float(found.flows.sum() - output.sum()),
        tolerance=STOP,
        seconds=perf_counter() - began,
    )
    return Counterfactual(
        baseline=economy,
        shock=shock,
        theta=float(theta),
        supply_elasticity=0.0,
        deficits="multiplicative",
        mode="published",
        price_hat=read_only(found.price_hat),
        index_hat=read_only(found.index_hat),
        output_hat=read_only(found.price_hat),
        expenditure_hat=read_only(found.price_hat),
        welfare_hat=read_only(found.price_hat / found.index_hat),
        flows=read_only(found.flows),
        expenditure_scale=1.0,
        report=report,
    )


def balanced_first(setting: SolveSetting) -> Counterfactual:
    """The solve that takes an economy to balanced trade, all else equal."""
    setting = replace(setting, shock=Shock(), deficits="balanced")
    return read_out(solve_setting(setting), setting, perf_counter())


def balanced(economy: Economy, theta: float, psi: float) -> Economy:
    """The economy that would be observed without deficits, all else equal."""
    return raise_unless_solved(balanced_first(SolveSetting(economy, Shock(), theta, psi, "balanced"))).economy
