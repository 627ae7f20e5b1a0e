"""From labels to arrays and back for the one-sector model: its equations, their solution, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from detente._arrays import ArrayKind, host, like
from detente.equilibrium.armington import Armington, MarketState
from detente.equilibrium.baseline.economy import Economy
from detente.equilibrium.shocks.arrays import deficit_array, hat_array, partial_array
from detente.equilibrium.shocks.shock import Shock
from detente.equilibrium.solver import solve_model
from detente.errors import InvalidShock, NoEquilibrium, first_five


@dataclass(frozen=True, slots=True, eq=False)
class SolveSetting:
    """What a one-sector counterfactual assumes: the baseline, the shock, the elasticities, the deficit rule."""

    economy: Economy
    shock: Shock
    theta: float
    psi: float
    deficits: str
    tolerance: float = 1e-12
    max_steps: int = 2000


class Solved(NamedTuple):
    """A solution of all parts side by side.

    ``log_price``, ``log_index``, ``output``, ``expenditure``, ``demand``, ``scale`` are (n,); ``flows`` is (n, n);
    ``gap``, ``iterations`` and ``reached`` are the worst of the parts; ``negative`` maps the places of economies
    whose spending turned negative on a path to the share of the shock where it did.
    """

    log_price: np.ndarray
    log_index: np.ndarray
    output: np.ndarray
    expenditure: np.ndarray
    demand: np.ndarray
    scale: np.ndarray
    flows: np.ndarray
    gap: float
    iterations: int
    reached: float
    negative: dict[int, float]
    parts: list[np.ndarray]
    own_effects: np.ndarray | None = None
    """Partial effects on trade within each economy (n,), log points; None where not kept."""
    owing: np.ndarray | None = None
    """Places of a part that is cut off and would have to keep a deficit: there is no solution."""


def one_sector(economy: Economy, shock: Shock, theta: float, psi: float, deficits: str) -> Armington:
    """Labels to arrays: the one-sector system with a batch of one.

    Raises
    ------
    InvalidShock
        The shock cuts the world into parts.
    """
    effects = partial_array(shock, economy)
    check_connected((economy.flows > 0) & np.isfinite(effects), economy.economies)
    return system(SolveSetting(economy, shock, theta, psi, deficits), effects)


def system(setting: SolveSetting, effects: np.ndarray) -> Armington:
    """The one-sector system with partial effects (n, n) in log points, a batch of one."""
    economy, shock, n = setting.economy, setting.shock, len(setting.economy)
    scaled = setting.deficits in ("multiplicative", "universal")
    labour = hat_array(shock.labour_hat, economy, "labour")
    additive = setting.deficits == "additive"
    return Armington(
        kernel=(economy.import_shares * np.exp(effects))[None],
        output=economy.output[None],
        supply_hat=(hat_array(shock.productivity_hat, economy, "productivity") * labour)[None],
        ratio=(economy.expenditure / economy.output if scaled else np.ones(n))[None],
        deficit=(deficit_array(shock, economy) if additive else np.zeros(n))[None],
        theta=np.full((1, 1), float(setting.theta)),
        psi=np.full((1, 1), float(setting.psi)),
    )


def baseline_system(model: Armington, flows: np.ndarray, deficits: str) -> Armington:
    """The system that unit prices solve: the same economies with flows (n, n) as they are, and no shock."""
    output, spending = flows.sum(axis=1), flows.sum(axis=0)
    scaled = deficits in ("multiplicative", "universal")
    ones = np.ones_like(output)
    plain = Armington(
        kernel=(flows / spending)[None],
        output=output[None],
        supply_hat=ones[None],
        ratio=(spending / output if scaled else ones)[None],
        deficit=(np.zeros_like(output) if scaled else spending - output)[None],
        theta=host(model.theta),
        psi=host(model.psi),
    )
    return plain.on(ArrayKind.of(model.kernel))


def solve_setting(setting: SolveSetting) -> Solved:
    """Solve the system of a setting; parts between which no trade is left are solved apart.

    Raises
    ------
    InvalidShock
        Trade would be left in one direction only.
    NoEquilibrium
        A part that is cut off would have to run a deficit with nobody.
    """
    economy = setting.economy
    effects = partial_array(setting.shock, economy)
    parts = groups((economy.flows > 0) & np.isfinite(effects), economy.economies)
    model = system(setting, effects)
    if (owing := cut_off(parts, model.deficit[0], float(economy.flows.sum()))) is not None:
        nothing = np.full(len(economy), np.nan)
        none = np.full(economy.flows.shape, np.nan)
        return Solved(
            nothing, nothing, nothing, nothing, nothing, nothing, none, np.inf, 0, 0.0, {}, parts, owing=owing
        )
    solved = join([_solve_part(model, setting, members, len(parts) > 1) for members in parts], parts, len(economy))
    return solved._replace(own_effects=np.diag(effects))


def cut_off(parts: list[np.ndarray], deficit: np.ndarray, world: float) -> np.ndarray | None:
    """The smallest part of the world that is cut off and would have to keep a deficit or surplus; None if none."""
    for members in sorted(parts, key=len) if len(parts) > 1 else ():
        if abs(float(deficit[members].sum())) > 1e-9 * world:
            return members
    return None


def still_owing(codes: Sequence[str], owed: float, state: Any = None) -> NoEquilibrium:
    """The error for a part that is cut off and would have to keep a deficit (positive) or surplus."""
    return NoEquilibrium(
        f"The shock cuts off {first_five(codes)}, which would still have to run a "
        f"{'deficit' if owed > 0 else 'surplus'} of {abs(owed):,.6g}.",
        state=state,
        why="With nobody to trade with there is nobody to lend or borrow.",
        fix='Use deficits="balanced" or "multiplicative", or set these deficits to zero in the shock.',
    )


def _solve_part(model: Armington, setting: SolveSetting, members: np.ndarray, apart: bool) -> Solved:
    flows = setting.economy.flows
    if apart:
        model, flows = model.part(members), flows[np.ix_(members, members)]
    model = model.on(setting.economy.arrays)
    found = solve_model(
        model,
        like(model.kernel, np.zeros((1, members.size))),
        tolerance=setting.tolerance,
        max_steps=setting.max_steps,
        origin=partial(baseline_system, model, flows, setting.deficits),
    )
    reached, negative = 1.0, {}
    if found.reached is not None:
        reached, negative = float(found.reached[0]), found.negative[0]
    state = model.state(found.u)
    flows, now = host(model.flows(found.u, state)), MarketState(*map(host, state))
    return Solved(
        host(found.u)[0], now.log_index[0], now.output[0], now.expenditure[0], now.demand[0],
        np.full(members.size, now.scale[0]), flows[0], float(found.gap[0]), int(found.iterations[0]),
        reached, {int(members[k]): at for k, at in negative.items()}, [members],
    )  # fmt: skip


def join(solved: list[Solved], parts: list[np.ndarray], n: int) -> Solved:
    """Solutions of parts as one of the whole, nothing flowing between them."""
    if len(solved) == 1:
        return solved[0]._replace(parts=parts)
    vectors, flows = np.empty((6, n)), np.zeros((n, n))
    for one, members in zip(solved, parts):
        vectors[:, members] = one[:6]
        flows[np.ix_(members, members)] = one.flows
    return Solved(
        *vectors,
        flows=flows,
        gap=max(one.gap for one in solved),
        iterations=sum(one.iterations for one in solved),
        reached=min(one.reached for one in solved),
        negative={k: at for one in solved for k, at in one.negative.items()},
        parts=parts,
    )


def groups(after: np.ndarray, economies: tuple[str, ...]) -> list[np.ndarray]:
    """The parts into which a shock cuts the world, each an array of places; one part where it hangs together.

    ``after[i, j]`` is true where a flow remains.

    Raises
    ------
    InvalidShock
        Some trade remains in one direction only: nothing would pay for it, so no prices clear the markets.
    """
    links = np.array(after, dtype=bool)
    np.fill_diagonal(links, True)
    if (links.all(axis=0) & links.all(axis=1)).any():  # somebody trades with everyone, both ways
        return [np.arange(len(economies))]
    left, out = np.ones(len(economies), dtype=bool), []
    while left.any():
        start = int(np.flatnonzero(left)[0])
        part = _reached(links | links.T, start)
        for direction in (links, links.T):
            strong = _reached(direction, start)
            if not (strong == part).all():
                few = min(strong & part, ~strong & part, key=lambda side: side.sum())
                raise InvalidShock(
                    f"The shock isolates {first_five(np.asarray(economies)[few])}: what trade is left with the rest of the "
                    "world runs in one direction only.",
                    why="Nothing would pay for it, so no prices clear the markets.",
                    fix="Close the other direction too, or leave both open, if only slightly: an effect such as -10.",
                )
        out.append(np.flatnonzero(part))
        left &= ~part
    return out


def _reached(links: np.ndarray, start: int) -> np.ndarray:
    """Where one gets to from ``start`` along ``links[from, to]``: (n,) bool."""
    seen = np.zeros(len(links), dtype=bool)
    seen[start] = True
    front = seen
    while front.any():
        front = links[front].any(axis=0) & ~seen
        seen = seen | front
    return seen


def check_connected(after: np.ndarray, economies: tuple[str, ...]) -> None:
    """Raise unless every economy still reaches every other through trade, in both directions."""
    parts = groups(after, economies)
    if len(parts) > 1:
        few = min(parts, key=len)
        raise InvalidShock(
            f"The shock isolates {first_five(np.asarray(economies)[few])}: no trade with the rest of the world is left.",
            why="Prices on either side relative to the other are not determined.",
            fix="detente.solve takes such a shock, each part apart; here leave one border open, if only slightly: "
            "a large finite effect such as -10.",
        )
