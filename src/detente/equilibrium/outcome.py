"""How a solve ended: arrays read out to a labelled result with its certificate, or the error that its status names."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import numpy as np

from detente.equilibrium.assembly import Solved, SolveSetting, still_owing
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.certificate import Certificate, Status
from detente.equilibrium.counterfactual import Counterfactual, sufficient_statistic_gap
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.shocks.arrays import deficit_array, hat_array, partial_array
from detente.equilibrium.solver import ROUNDING
from detente.errors import NoEquilibrium, NotConverged, first_five


def read_out(found: Solved, setting: SolveSetting, began: float) -> Counterfactual:
    """Arrays to a labelled result with its certificate."""
    economy, shock, deficits = setting.economy, setting.shock, setting.deficits
    output, expenditure = found.output, found.expenditure
    money = output if deficits == "multiplicative" else expenditure
    before = economy.output if deficits == "multiplicative" else economy.expenditure
    labour = hat_array(shock.labour_hat, economy, "labour")
    real_price = found.log_price - found.log_index
    own_costs = np.diag(partial_array(shock, economy)) if found.own_effects is None else found.own_effects
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.diag(found.flows) / expenditure / (np.diag(economy.flows) / economy.expenditure)
        acr_gap = sufficient_statistic_gap(real_price, np.log(own) - own_costs, setting.theta)
    names = economy.economies
    report = Certificate(
        status=status_of(found, setting.tolerance, setting.max_steps),
        iterations=found.iterations,
        residuals=read_only(found.demand - output),
        walras=float(expenditure.sum() - output.sum()),
        tolerance=setting.tolerance if found.gap < setting.tolerance else max(setting.tolerance, ROUNDING),
        seconds=perf_counter() - began,
        acr_gap=acr_gap,
        gap=found.gap,
        path=found.reached,
        negative=tuple((names[k], at) for k, at in found.negative.items()),
        parts=tuple(tuple(names[k] for k in part) for part in found.parts) if len(found.parts) > 1 else (),
    )
    return Counterfactual(
        baseline=economy,
        shock=shock,
        theta=float(setting.theta),
        supply_elasticity=float(setting.psi),
        deficits=deficits,
        mode="exact",
        price_hat=read_only(np.exp(found.log_price)),
        index_hat=read_only(np.exp(found.log_index)),
        output_hat=read_only(output / economy.output),
        expenditure_hat=read_only(expenditure / economy.expenditure),
        welfare_hat=read_only(money / before / np.exp(found.log_index) / labour),
        flows=read_only(found.flows),
        expenditure_scale=float(found.scale.mean()),
        report=report,
    )


def status_of(found: Solved, tolerance: float, max_steps: int) -> Status:
    """How a solve ended."""
    if found.owing is not None:
        return Status.CUT_OFF
    if not np.isfinite(found.log_price).all():
        return Status.NOT_FINITE
    solved = found.gap < max(tolerance, ROUNDING)
    if (solved and (found.expenditure <= 0).any()) or (not solved and found.negative):
        return Status.NEGATIVE_EXPENDITURE
    if solved:
        return Status.CONVERGED
    return Status.PATH_ENDS if found.iterations < max_steps else Status.MAX_STEPS


def raise_unless_solved(out: Any, throw: bool = True) -> Any:
    """The result, or the error its status names."""
    report = out.report
    if not throw or report.status in (Status.CONVERGED, Status.STOPPED_LOOSE):
        return out
    if report.status is Status.CUT_OFF:
        part = min((part for part in report.parts if owed_by(out, part)), key=len)
        raise still_owing(part, owed_by(out, part), out)
    if report.status is Status.NEGATIVE_EXPENDITURE:
        raise NoEquilibrium(no_equilibrium(out), state=out, why=OWES, fix=OTHER_RULES)
    reached = f"{report.iterations} iterations, largest unbalanced market {report.residual:,.3g} in money"
    if report.status is Status.PATH_ENDS:
        raise NotConverged(
            f"The solutions followed from the baseline end at {report.path:.1%} of the shock ({reached}).",
            state=out,
            why="Beyond it the rule that is asked for may leave no equilibrium; none was found.",
            fix=OTHER_RULES,
        )
    raise NotConverged(
        f"The solve is {report.status.value} ({reached}).",
        state=out,
        fix="Raise max_steps, or look at the state with throw=False.",
    )


def owed_by(out: Any, part: tuple[str, ...]) -> float:
    """The deficit (positive) or surplus that a part would have to keep, US$ million; zero where it has none."""
    deficit = deficit_array(out.shock, out.baseline)[[out.baseline.index(code) for code in part]].sum()
    return float(deficit) if abs(deficit) > 1e-9 * out.baseline.flows.sum() else 0.0


OWES = "Its surplus, which this rule holds fixed, is larger than what it would earn after the shock."


OTHER_RULES = 'Use deficits="multiplicative" or "balanced", or a smaller shock.'


def no_equilibrium(out: Any) -> str:
    """The sentence that names the economies whose spending turns negative, and when."""
    hats = out.income_hat if isinstance(out, SectorCounterfactual) else out.on_host.expenditure_hat
    seen = dict(out.report.negative) | {
        out.economies[k]: 1.0 for k in np.flatnonzero(hats <= 0) if not out.report.negative
    }
    named = first_five(f"{code} (from {at:.0%} of the shock)" if at < 1 else code for code, at in seen.items())
    return f"There is no equilibrium: expenditure would be negative for {named} under the {out.deficits} rule."
