"""``solve``: a baseline and a shock in, a certified counterfactual out."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import Any

import numpy as np

from detente.equilibrium.armington import Armington
from detente.equilibrium.certificate import Report, Status
from detente.equilibrium.counterfactual import Counterfactual, sufficient_statistic_gap
from detente.equilibrium.economy import Economy, frozen, one_sector_only
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.sectors.solving import SectorCounterfactual, check_published, solve_sectors
from detente.equilibrium.shock import (
    Shock,
    check_connected,
    deficit_array,
    hat_array,
    partial_array,
)
from detente.equilibrium.solver import Solution, solve_model
from detente.errors import (
    InvalidShock,
    NotConverged,
    SpecificationError,
    UnbalancedAccounts,
    did_you_mean,
    first_five,
)

DEFICITS = ("multiplicative", "additive", "universal", "balanced")


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
    tolerance: float = 1e-12,
    max_steps: int = 2000,
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
    throw : bool
        Raise if there is no solution; otherwise return what was reached, with its status.
    tolerance : float
        On the largest market gap relative to that economy's output.

    Raises
    ------
    InvalidShock, SpecificationError, UnbalancedAccounts, NotConverged

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> out = solve(eco, {("COL", "VEN"): -0.5}, theta=5.0)
    >>> round(out.welfare_pct["VEN"], 3), out.report.status.value
    (-0.166, 'converged')
    """
    began = perf_counter()
    shock = Shock.read(shock)
    if isinstance(economy, SectorEconomy):
        check_sector_options(theta, supply_elasticity, deficits, mode, shock)
        options = {"deficits": deficits, "mode": mode, "tolerance": tolerance, "max_steps": max_steps}
        return raise_unless_solved(solve_sectors(economy, shock, **options), throw)
    one_sector_only(economy, "solve")
    theta = 5.0 if theta is None else theta
    check_options(theta, supply_elasticity, deficits, mode, shock)
    if mode == "published":
        return raise_unless_solved(follow_recipe(economy, shock, theta, reference, began), throw)
    if deficits == "balanced":
        first = balanced_first(economy, theta, supply_elasticity, tolerance, max_steps)
        if not first.report.ok:
            return raise_unless_solved(first, throw)
        economy = first.economy
    model = one_sector(economy, shock, theta, supply_elasticity, deficits)
    found = solve_model(model, np.zeros((1, len(economy))), tolerance=tolerance, max_steps=max_steps)
    out = read_out(model, found, economy, shock, theta, supply_elasticity, deficits, tolerance, began)
    return raise_unless_solved(out, throw)


def check_sector_options(theta: float | None, psi: float, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option that a sector economy cannot take."""
    if theta is not None or psi:
        raise SpecificationError(
            "A sector economy carries its own trade elasticities and has no supply elasticity.",
            fix="Set theta when building it.",
        )
    check_words(deficits, mode)
    if mode == "published":
        check_published(deficits, shock)
    if shock.deficit and deficits != "additive":
        raise InvalidShock("A deficit can be set under the additive rule only.", fix='Use deficits="additive".')


def check_words(deficits: str, mode: str) -> None:
    """Raise unless the deficit rule and the mode are known."""
    for what, word, known in (("deficits", deficits, DEFICITS), ("mode", mode, ("exact", "published"))):
        if word not in known:
            raise SpecificationError(
                f"{what}={word!r} is not known.{did_you_mean(word, known)}", fix=f"Use one of {known}."
            )


def check_options(theta: float, psi: float, deficits: str, mode: str, shock: Shock) -> None:
    """Raise a named error on an option out of its domain."""
    for what, value in (("theta", theta), ("supply_elasticity", psi)):
        if not isinstance(value, int | float | np.number):
            raise SpecificationError(f"{what} is {value!r}, not a number.")
    if not np.isfinite(theta) or theta <= 0:
        raise SpecificationError(
            f"theta is {theta}.", why="The trade elasticity sigma - 1 must be above zero.", fix="Try 5."
        )
    if not np.isfinite(psi) or psi < 0:
        raise SpecificationError(f"The supply elasticity is {psi}.", fix="Give zero or more.")
    check_words(deficits, mode)
    if shock.tariff:
        raise InvalidShock(
            "This economy carries no tariffs.", fix="Use a SectorEconomy (one sector is enough) for tariffs."
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
    from detente.equilibrium.extensions.published_recipe import STOP, published_loop

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
    report = Report(
        status=Status.STOPPED_LOOSE if found.stopped else Status.MAX_STEPS,
        iterations=found.passes,
        residuals=frozen(found.flows.sum(axis=1) - output),
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
        price_hat=frozen(found.price_hat),
        index_hat=frozen(found.index_hat),
        output_hat=frozen(found.price_hat),
        expenditure_hat=frozen(found.price_hat),
        welfare_hat=frozen(found.price_hat / found.index_hat),
        flows=frozen(found.flows),
        expenditure_scale=1.0,
        report=report,
    )


def one_sector(economy: Economy, shock: Shock, theta: float, psi: float, deficits: str) -> Armington:
    """Labels to arrays: the one-sector system with a batch of one."""
    n = len(economy)
    effects = partial_array(shock, economy)
    check_connected((economy.flows > 0) & np.isfinite(effects), economy.economies)
    scaled = deficits in ("multiplicative", "universal")
    return Armington(
        kernel=(economy.import_shares * np.exp(effects))[None],
        output=economy.output[None],
        supply_hat=(
            hat_array(shock.productivity_hat, economy, "productivity") * hat_array(shock.labour_hat, economy, "labour")
        )[None],
        ratio=(economy.expenditure / economy.output if scaled else np.ones(n))[None],
        deficit=(deficit_array(shock, economy) if deficits == "additive" else np.zeros(n))[None],
        theta=np.full((1, 1), float(theta)),
        psi=np.full((1, 1), float(psi)),
    )


def balanced_first(
    economy: Economy, theta: float, psi: float, tolerance: float = 1e-12, max_steps: int = 2000
) -> Counterfactual:
    """The solve that takes an economy to balanced trade, all else equal."""
    model = one_sector(economy, Shock(), theta, psi, "balanced")
    found = solve_model(model, np.zeros((1, len(economy))), tolerance=tolerance, max_steps=max_steps)
    return read_out(model, found, economy, Shock(), theta, psi, "balanced", tolerance, perf_counter())


def balanced(economy: Economy, theta: float, psi: float) -> Economy:
    """The economy that would be observed without deficits, all else equal."""
    return raise_unless_solved(balanced_first(economy, theta, psi)).economy


def read_out(
    model: Armington,
    found: Solution,
    economy: Economy,
    shock: Shock,
    theta: float,
    psi: float,
    deficits: str,
    tolerance: float,
    began: float,
) -> Counterfactual:
    """Arrays to a labelled result with its certificate."""
    u, now = found.u, model.state(found.u)
    output, expenditure = now.output[0], now.expenditure[0]
    status = Status.CONVERGED if found.ok(tolerance)[0] else Status.MAX_STEPS
    if not np.all(np.isfinite(u)):
        status = Status.NOT_FINITE
    elif np.any(expenditure <= 0):
        status = Status.NEGATIVE_EXPENDITURE
    money = output if deficits == "multiplicative" else expenditure
    before = economy.output if deficits == "multiplicative" else economy.expenditure
    labour = hat_array(shock.labour_hat, economy, "labour")
    flows, real_price = model.flows(u)[0], u[0] - now.log_index[0]
    own = np.diag(flows) / expenditure / (np.diag(economy.flows) / economy.expenditure)
    own_costs = np.diag(partial_array(shock, economy))
    with np.errstate(divide="ignore", invalid="ignore"):
        acr_gap = sufficient_statistic_gap(real_price, np.log(own) - own_costs, theta)
    report = Report(
        status=status,
        iterations=int(found.iterations[0]),
        residuals=frozen(now.demand[0] - output),
        walras=float(expenditure.sum() - output.sum()),
        tolerance=tolerance,
        seconds=perf_counter() - began,
        acr_gap=acr_gap,
    )
    return Counterfactual(
        baseline=economy,
        shock=shock,
        theta=float(theta),
        supply_elasticity=float(psi),
        deficits=deficits,
        mode="exact",
        price_hat=frozen(np.exp(u[0])),
        index_hat=frozen(np.exp(now.log_index[0])),
        output_hat=frozen(output / economy.output),
        expenditure_hat=frozen(expenditure / economy.expenditure),
        welfare_hat=frozen(money / before / np.exp(now.log_index[0]) / labour),
        flows=frozen(flows),
        expenditure_scale=float(now.scale[0]),
        report=report,
    )


def raise_unless_solved(out: Any, throw: bool = True) -> Any:
    """The result, or the error its status names."""
    status = out.report.status
    if not throw or status in (Status.CONVERGED, Status.STOPPED_LOOSE):
        return out
    if status is Status.NEGATIVE_EXPENDITURE:
        hats = out.income_hat if isinstance(out, SectorCounterfactual) else out.expenditure_hat
        bad = np.asarray(out.economies)[hats <= 0]
        raise UnbalancedAccounts(
            f"Expenditure would be negative for {first_five(bad)} under the {out.deficits} rule.",
            why="Its surplus is larger than its output after the shock.",
            fix='Use deficits="multiplicative" or "balanced".',
        )
    raise NotConverged(
        f"The solve is {status.value} ({out.report.iterations} iterations, largest unbalanced market "
        f"{out.report.residual:,.3g} in money).",
        state=out,
        fix="Raise max_steps, check the shock, or look at the state with throw=False.",
    )
