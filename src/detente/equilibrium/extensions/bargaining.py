"""Two governments and the border between them: payoffs, best responses, bargains, revealed bounds.

Each side sets one lever, its policy on imports from the other. Payoffs are changes of real income in the
one-sector equilibrium. Nash (1950) maximises the weighted product of gains over the threat point, Kalai and
Smorodinsky (1975) equalises gains relative to the best each could get. What a side forgoes by an observed
choice bounds from below what it must have valued it at for reasons outside the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detente.equilibrium.assembly import groups, one_sector
from detente.equilibrium.baseline.checks import read_only
from detente.equilibrium.baseline.economy import Economy, one_sector_only
from detente.equilibrium.extensions.agreements import Bargain
from detente.equilibrium.options import check_options
from detente.equilibrium.sectors.economy import SectorEconomy
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.shocks.values import CLOSED, check_effect
from detente.equilibrium.solver import solve_model
from detente.equilibrium.solving import balanced, solve
from detente.errors import InvalidShock, NoEquilibrium, SpecificationError

BORDER_LEVELS = (0.0, -0.25, -0.5, -1.0, -2.0, -4.0, CLOSED)


TARIFF_LEVELS = tuple(np.linspace(0.0, 0.6, 13).round(3).tolist())


CHUNK = 32


def bargain(
    economy: Economy,
    one: str,
    other: str,
    *,
    lever: str = "border",
    levels: Sequence[float] | None = None,
    theta: float = 5.0,
    supply_elasticity: float = 0.0,
    deficits: str = "multiplicative",
) -> Bargain:
    """Solve the equilibrium for every pair of policies of two sides.

    Parameters
    ----------
    economy : Economy
    one, other : str
    lever : {"border", "tariff"}
        A friction that burns what it stops, or a tariff whose revenue is kept; there are no tariffs before.
    levels : sequence, optional
        Log points of the partial effect on imports (``CLOSED`` is one of the defaults), or rates.

    Examples
    --------
    >>> eco = Economy.from_arrays(["COL", "VEN", "ROW"],
    ...                           [[90.0, 2.0, 8.0], [1.0, 50.0, 4.0], [9.0, 3.0, 900.0]])
    >>> game = bargain(eco, "COL", "VEN")
    >>> game.nash((CLOSED, CLOSED)).levels
    (0.0, 0.0)
    >>> [bound.pct > 0 for bound in game.implied_cost((CLOSED, CLOSED))]
    [True, True]
    """
    one_sector_only(economy, "bargain")
    check_options(theta, supply_elasticity, deficits, "exact", Shock())
    if one == other:
        raise InvalidShock(f"Both sides are {one}.", fix="Name two economies.")
    at = economy.index(one), economy.index(other)
    if lever not in ("border", "tariff"):
        raise SpecificationError(f"lever={lever!r} is not known.", fix='Use "border" or "tariff".')
    default = BORDER_LEVELS if lever == "border" else TARIFF_LEVELS
    grid = np.asarray(default if levels is None else levels, dtype=float)
    if grid.ndim != 1 or grid.size < 2 or len(set(grid.tolist())) != grid.size:
        raise SpecificationError("Give at least two different levels.")
    if lever == "border":
        payoffs, gap = _border_surface(economy, at, grid, theta, supply_elasticity, deficits)
    else:
        if supply_elasticity:
            raise SpecificationError("The tariff lever knows no supply elasticity.", fix="Leave it at zero.")
        payoffs, gap = _tariff_surface(economy, (one, other), grid, theta, deficits)
    spending = economy.expenditure
    return Bargain(
        (one, other),
        lever,
        read_only(grid),
        read_only(payoffs),
        (float(spending[at[0]]), float(spending[at[1]])),
        gap,
    )


def _border_surface(
    economy: Economy, at: tuple[int, int], grid: np.ndarray, theta: float, psi: float, deficits: str
) -> tuple[np.ndarray, float]:
    """Payoffs (2, g, g) in percent, many cells solved side by side, and the worst gap."""
    names = (economy.economies[at[0]], economy.economies[at[1]])
    for level in grid:
        check_effect(float(level), names[::-1], False)
    if deficits == "balanced":
        economy = balanced(economy, theta, psi)
    first, second = (axis.ravel() for axis in np.meshgrid(grid, grid, indexing="ij"))
    if np.isinf(grid).any() and not _hangs_together(economy, at):
        return _cell_by_cell(economy, names, (first, second), theta, psi, deficits)
    base = one_sector(economy, Shock(), theta, psi, deficits)
    g, n = grid.size, len(economy)
    hats, worst = [], 0.0
    for k in range(0, g * g, CHUNK):
        rows = slice(k, min(k + CHUNK, g * g))
        size = rows.stop - rows.start
        wide = base.take(np.zeros(size, dtype=int))
        kernel = np.array(wide.kernel)
        kernel[:, at[1], at[0]] *= np.exp(first[rows])
        kernel[:, at[0], at[1]] *= np.exp(second[rows])
        model = replace(wide, kernel=kernel)
        found = solve_model(model, np.zeros((size, n)), tolerance=1e-11, max_steps=2000, origin=wide)
        now = model.state(found.u)
        bad = ~found.ok(1e-11) | (now.expenditure <= 0).any(axis=1)
        if bad.any():
            cell = k + int(np.flatnonzero(bad)[0])
            raise NoEquilibrium(
                f"With {names[0]} at {first[cell]:g} and {names[1]} at {second[cell]:g} there is no equilibrium.",
                state=found,
                why=f"The {deficits} rule holds surpluses fixed that trade would no longer carry.",
                fix='Use deficits="balanced", or other levels.',
            )
        money = now.output / model.output if deficits == "multiplicative" else now.expenditure / economy.expenditure
        hats.append((money / np.exp(now.log_index))[:, list(at)])
        worst = max(worst, float(found.gap.max()))
    surface = 100 * (np.concatenate(hats) - 1)
    return surface.T.reshape(2, g, g), worst


def _hangs_together(economy: Economy, at: tuple[int, int]) -> bool:
    """Whether the world still trades in both directions everywhere once the two sides close their borders."""
    left = economy.flows > 0
    left[at[0], at[1]] = left[at[1], at[0]] = False
    try:
        return len(groups(left, economy.economies)) == 1
    except InvalidShock:
        return False


def _cell_by_cell(
    economy: Economy, names: tuple[str, str], levels: tuple[np.ndarray, np.ndarray], theta: float, psi: float, rule: str
) -> tuple[np.ndarray, float]:
    """Payoffs where a closed border cuts a side off from the world: nothing pays for trade that one side refuses."""
    g = round(levels[0].size ** 0.5)
    payoffs, worst = np.empty((2, g * g)), 0.0
    for k, (mine, theirs) in enumerate(zip(*levels)):
        shut = np.isinf(mine) or np.isinf(theirs)
        shock = {(names[1], names[0]): CLOSED if shut else mine, names: CLOSED if shut else theirs}
        out = solve(economy, shock, theta=theta, supply_elasticity=psi, deficits=rule)
        payoffs[:, k] = [out.welfare_pct[code] for code in names]
        worst = max(worst, out.report.gap or 0.0)
    return payoffs.reshape(2, g, g), worst


def _tariff_surface(
    economy: Economy, sides: tuple[str, str], grid: np.ndarray, theta: float, deficits: str
) -> tuple[np.ndarray, float]:
    """Payoffs (2, g, g) in percent with tariff revenue, one solve a cell, and the worst gap."""
    start = SectorEconomy.from_arrays(economy.economies, ["all"], economy.flows[None], theta=theta)
    if deficits == "balanced":  # solved once here; afterwards there are no deficits to hold
        start, deficits = solve(start, {}, deficits="balanced").baseline, "additive"
    one, other = sides
    payoffs = np.empty((2, grid.size, grid.size))
    worst = 0.0
    for a, mine in enumerate(grid):
        for b, theirs in enumerate(grid):
            shock = Shock(tariff={(other, one): float(mine), (one, other): float(theirs)})
            out = solve(start, shock, deficits=deficits)
            payoffs[:, a, b] = [out.welfare_pct[code] for code in sides]
            worst = max(worst, out.report.gap or 0.0)
    return payoffs, worst
