"""A setting of the desk as the draws that the report makes too: :mod:`detente.run.what_if.scenario_bands` does the drawing.

What stands at the study's own choice is as uncertain as the study says: the GDP range, the ratios of output to GDP and
the deficit rules are pooled. A choice that the reader makes is held. The trade elasticity is drawn around the one
chosen, a lever with the spread of its cases, the pair's residual as in the report.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.equilibrium import Shock
from detente.run.what_if.baseline import Baseline
from detente.run.what_if.scenario_bands import DRAWS, Move, draw, drawn_on, of_pair, pair_moves
from detente.web.desk.desk_solver import DeskSolver, settled
from detente.web.desk.levers import CLOSED, levers
from detente.web.desk.settings import Setting


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """5% and 95% points over the draws that were solved.

    Attributes
    ----------
    flow : (2, 2) US$ million; direction, end. Not-a-number where there is no band.
    income : economy to both ends, percent.
    n : draws solved; 0 where the draws would have no width, because comparable pairs may stop trading altogether.
    """

    flow: NDArray[np.float64]
    income: dict[str, tuple[float, float]]
    n: int


def bands(solver: DeskSolver, setting: Setting, n: int = DRAWS) -> Bands:
    """The bands of a setting around its central path; the same setting gives the same bands."""
    moved = moves(solver, setting)
    if moved is None:
        nothing = (float("nan"), float("nan"))
        return Bands(np.full((2, 2), np.nan), dict.fromkeys(solver.dyad, nothing), 0)
    how = {"psi": setting.psi, "deficits": solver.rules(setting), "tariffs": levied(solver, setting), "draws": n,
           "pass_through": setting.pass_through}  # fmt: skip
    if setting.sector and solver.table is not None:
        drawn = of_pair([drawn_on(solver.table.economy, solver.dyad, moved, theta=1.0, **how)], solver.dyad)
    else:
        drawn = draw(pool(solver, setting), solver.dyad, moved, theta=setting.theta, **how)
    flow = np.array([drawn.points(drawn.exports_usd_mn[code])[::2] for code in solver.dyad], dtype=float)
    income = np.array([drawn.points(drawn.welfare_pct[code])[::2] for code in solver.dyad], dtype=float)
    ends = {code: (settled(low), settled(high)) for code, (low, high) in zip(solver.dyad, income)}
    return Bands(flow, ends, drawn.draws - drawn.failed)


def pool(solver: DeskSolver, setting: Setting) -> list[Baseline]:
    """The baselines that a setting leaves open: those of the study where it stands at the study's middle."""
    return [solver.baseline_of(setting.year, case, ratio) for case, ratio in solver.open_baselines(setting)]


def levied(solver: DeskSolver, setting: Setting) -> Shock | None:
    """The tariffs of a setting, certain as chosen; None without any."""
    if not any(setting.tariffs):
        return None
    return Shock(tariff=dict(zip(solver.flows_of(setting), setting.tariffs)))


def moves(solver: DeskSolver, setting: Setting) -> tuple[Move, ...] | None:
    """What a setting moves beside tariffs, with how uncertain each size is; None where that is not known."""
    both = solver.flows_of(setting)
    if setting.closed:
        return (Move("goods", CLOSED, 0.0, both),)
    sizes = [(lever, setting.effects.get(lever.id, 0.0)) for lever in levers()]
    moved = tuple(Move(lever.id, size, lever.error(size), both) for lever, size in sizes if size)
    if setting.sector:  # a stated effect on one sector is certain: no residual of a sector is known
        stated = zip(both, (setting.there, setting.back))
        return (*moved, *(Move(">".join(ends[:2]), size, 0.0, (ends,)) for ends, size in stated if size))
    own = dict(zip(solver.directions, (setting.there, setting.back)))
    pair = pair_moves(own, setting.year, solver.residual, solver.spread)
    return None if pair is None else (*moved, *pair)
