"""The coefficients of a fit by blocks, and what every block adds at the place found."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from detente.gravity.blocks.block import Work
from detente.gravity.blocks.newton import ROUGH, Climb, approach, begin, climb_in_double, climb_in_single, finish
from detente.gravity.blocks.parts import Blocks
from detente.gravity.blocks.preparing import Begun
from detente.gravity.blocks.scoring import Ending, ending_of
from detente.gravity.collinear import Collinear
from detente.gravity.engines.sectors.solved_sector import Units
from detente.gravity.estimators.convergence import UNBALANCED
from detente.gravity.fit import ROUNDING
from detente.gravity.inference.clustering import Clustering


@dataclass(frozen=True, slots=True)
class Climbed:
    """Where Newton's method ended.

    names, coef, hessian, step : of the k regressors that are in; step is the last one, part of ``coef``
    dropped : the others with the reason; blocks : at the place before the last step; endings : of each block after it
    """

    names: tuple[str, ...]
    coef: np.ndarray
    hessian: np.ndarray
    step: np.ndarray
    dropped: dict[str, str]
    converged: bool
    iterations: int
    blocks: Blocks
    endings: list[Ending]


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def climbed(
    works: Sequence[Work],
    begun: Sequence[Begun],
    executor: Executor | None,
    tol: float,
    most: int,
    clustering: Clustering,
    inside: bool,
) -> Climbed:
    """Fit, leaving out collinear regressors by name; ``begun`` are the blocks that have rows."""
    names = works[0].names
    kept, dropped = tuple(range(len(names))), {}
    mean = sum(one.weighted for one in begun) / sum(one.weight for one in begun)
    while True:
        units, centre = _units(begun, kept)
        looked = [replace(work, kept=kept, centre=centre) for work in works]
        named = tuple(names[k] for k in kept)
        found = _found(looked, units, executor, tol, most, named)
        if not isinstance(found, Collinear):
            break
        dropped |= {named[k]: reason for k, reason in zip(found.positions, found.reasons)}
        kept = tuple(k for place, k in enumerate(kept) if place not in found.positions)
    blocks, at, hessian, step = found
    taken = np.where(np.isfinite(step), step, 0.0)
    endings = blocks.each(ending_of, blocks.state, taken, clustering, inside, mean)
    unbalanced = np.sum([one.unbalanced for one in endings], axis=0)
    balanced = bool((np.abs(unbalanced[:, 0]) <= UNBALANCED * unbalanced[:, 1]).all())
    converged = at.converged and blocks.settled and balanced
    return Climbed(named, at.coef + taken, hessian, taken, dropped, converged, at.done, blocks, endings)


def _found(
    works: Sequence[Work], units: Units, executor: Executor | None, tol: float, most: int, names: Sequence[str]
) -> tuple[Blocks, Climb, np.ndarray, np.ndarray] | Collinear:
    """Newton's method as on a tensor in memory: see :func:`fit_on_tensor`."""
    coef = np.zeros(len(names))
    if not len(coef):
        blocks = Blocks(works, executor)
        blocks.solve(coef, tol)
        return blocks, Climb(coef, 0.0, 1.0, 0.0, 0, True), np.zeros((0, 0)), coef
    single = Blocks([replace(work, units=units) for work in works], executor)
    start = climb_in_single(single, coef, most)
    if start is not None and start.hessian is not None and start.move is not None:
        near = start.coef / units.spread
        blocks = single.in_double(near, start.move, units)
        at = begin(blocks, near, tol)
        at.done, at.converged = start.done, True
        approach(blocks, at, units.own_hessian(start.hessian), tol)
    else:
        blocks = Blocks(works, executor)
        at = climb_in_double(blocks, begin(blocks, coef, ROUGH), tol, most, names)
        if at.refused is not None:
            return at.refused
        blocks.solve(at.coef, tol if at.converged else 1e-3)
    hessian, step = finish(blocks, at, tol, most, names)
    return (blocks, at, hessian, step) if at.refused is None else at.refused


def _units(begun: Sequence[Begun], kept: Sequence[int]) -> tuple[Units, np.ndarray]:
    """Units for single precision, and the means [k] of regressors that vary little around a large one."""
    n = sum(one.n_used for one in begun)
    sums = np.array([one.sums for one in begun])[:, list(kept)]
    total, squares = sums[:, :, 0].sum(0), sums[:, :, 1].sum(0)
    mean, range_ = total / n, sums[:, :, 3].max(0, initial=-np.inf) - sums[:, :, 2].min(0, initial=np.inf)
    far = (range_ < 0.1 * np.abs(mean)) & (range_ > ROUNDING * np.abs(mean))
    variance = squares / n - mean**2
    spread = np.where(variance > 1e-9 * mean**2, np.sqrt(np.maximum(variance, 0.0)), range_ / 4)
    centre = np.where(far, mean, 0.0)
    spread = np.where(spread > 1e-6 * np.abs(mean - centre), spread, 1.0)
    return Units(sum(one.y for one in begun) / n, mean - centre, np.where(spread > 0, spread, 1.0)), centre
