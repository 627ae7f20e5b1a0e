"""``solve``: a baseline and a shock in, a certified counterfactual out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, TypedDict, Unpack, overload

import numpy as np

from detente.equilibrium.assembly import Solved, SolveSetting, solve_setting, still_owing
from detente.equilibrium.certificate import Certificate, Status
from detente.equilibrium.counterfactual import Counterfactual, sufficient_statistic_gap
from detente.equilibrium.economy import Economy, one_sector_only, read_only
from detente.equilibrium.extensions.published_recipe import STOP, published_loop
from detente.equilibrium.sectors.behaviour import PLAIN, Behaviour, check_behaviour, check_word
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.result import SectorCounterfactual
from detente.equilibrium.sectors.solving import SectorSetting, check_published, solve_sectors
from detente.equilibrium.shock import Shock, deficit_array, hat_array, partial_array
from detente.equilibrium.solver import ROUNDING
from detente.errors import InvalidShock, NoEquilibrium, NotConverged, SpecificationError, did_you_mean, first_five

DEFICITS = ("multiplicative", "additive", "universal", "balanced")


class Options(TypedDict, total=False):
    """What ``solve`` takes by name."""

    theta: float | None
    supply_elasticity: float
    deficits: str
    mode: str
    throw: bool
    reference: str | None
    revenue: str
    scale: float
    pass_through: float
    tolerance: float
    max_steps: int


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


def not_an_option(name: str, given: Mapping[str, Any]) -> str:
    """What is wrong with an option that solve does not have."""
    if name in ("sigma", "elasticity"):
        sigma = given[name]
        wanted = f" theta={sigma - 1:g}" if isinstance(sigma, int | float) else " theta"
        return f"solve takes the trade elasticity theta = sigma - 1, not {name}: give{wanted}."
    return f"solve has no option '{name}'.{did_you_mean(name, Options.__annotations__)}"


def check_sector_options(theta: float | None, behaviour: Behaviour, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option that a sector economy cannot take."""
    if theta is not None:
        raise SpecificationError(
            "A sector economy carries its own trade elasticities.", fix="Set theta when building it."
        )
    check_supply(behaviour.supply)
    check_words(deficits, mode)
    check_behaviour(behaviour)
    if mode == "published":
        check_published(deficits, shock)
        if behaviour != PLAIN:
            raise SpecificationError(
                "The published recipe knows no labour supply, scale or pass-through.", fix='Use mode="exact".'
            )
    if shock.deficit and deficits != "additive":
        raise InvalidShock("A deficit can be set under the additive rule only.", fix='Use deficits="additive".')


def check_words(deficits: str, mode: str) -> None:
    """Raise unless the deficit rule and the mode are known."""
    check_word("deficits", deficits, DEFICITS)
    check_word("mode", mode, ("exact", "published"))


def check_supply(psi: float) -> None:
    """Raise unless the supply elasticity is a number, zero or more."""
    if not isinstance(psi, int | float | np.number) or not np.isfinite(psi) or psi < 0:
        raise SpecificationError(f"The supply elasticity is {psi!r}.", fix="Give zero or more.")


def check_options(theta: float, psi: float, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option out of its domain."""
    if not isinstance(theta, int | float | np.number):
        raise SpecificationError(f"theta is {theta!r}, not a number.")
    if not np.isfinite(theta) or theta <= 0:
        raise SpecificationError(
            f"theta is {theta}.", why="The trade elasticity sigma - 1 must be above zero.", fix="Try 5."
        )
    check_supply(psi)
    check_words(deficits, mode)
    if shock.trade_policy:
        raise InvalidShock(
            "This economy carries no tariffs.",
            why="Revenue needs a place in the accounts.",
            fix="Give SectorEconomy.of(economy, theta=5.0), which is the same economy with tariffs.",
        )
    if mode == "published" and (psi or deficits != "multiplicative" or set_other(shock)):
        raise SpecificationError(
            "The published recipe knows trade costs only, multiplicative deficits and fixed supply.",
            fix='Use mode="exact" for anything else.',
        )
    if shock.deficit and deficits != "additive":
        raise InvalidShock(
            f"A deficit was set, but under the {deficits} rule deficits follow from output.",
            fix='Use deficits="additive".',
        )


def set_other(shock: Shock) -> bool:
    """Whether a shock goes beyond partial effects."""
    return bool(shock.productivity_hat or shock.labour_hat or shock.deficit)


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
