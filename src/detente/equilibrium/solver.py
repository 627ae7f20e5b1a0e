"""One solver for all models: an accelerated fixed point, and Newton's method where it falters.

A model offers ``move`` (the tatonnement step and the worst relative gap), ``normal`` (fixes the scale) and
``direction`` (Newton's step, from its residual and Jacobian) where ``newton`` says so. Draws are solved side
by side along the leading axis.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import numpy as np


class Model(Protocol):
    """What the solver needs of a model."""

    @property
    def newton(self) -> bool: ...

    def direction(self, u: np.ndarray) -> np.ndarray: ...

    def move(self, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]: ...

    def normal(self, u: np.ndarray) -> np.ndarray: ...

    def take(self, rows: Any) -> Any: ...


ROUNDING = 1e-10
"""Gap that rounding alone can leave where outputs differ by many orders of magnitude."""


class Solution(NamedTuple):
    """Log prices (batch, n), the worst relative gap (batch,), and passes used (batch,)."""

    u: np.ndarray
    gap: np.ndarray
    iterations: np.ndarray

    def ok(self, tolerance: float) -> np.ndarray:
        """Which draws are solved (batch,): to the tolerance, or as closely as rounding allows."""
        return self.gap < max(tolerance, ROUNDING)


_CONTROLLER: list[Any] = []


def one_thread() -> AbstractContextManager:
    """BLAS on one thread: on busy cores more threads make small systems a hundred times slower."""
    if not _CONTROLLER:
        from threadpoolctl import ThreadpoolController

        _CONTROLLER.append(ThreadpoolController())
    return _CONTROLLER[0].limit(limits=1, user_api="blas")


def fixed_point(
    model: Model, start: np.ndarray, *, tolerance: float = 1e-12, max_steps: int = 600, depth: int = 8
) -> Solution:
    """Anderson acceleration (Walker and Ni 2011) of the tatonnement, draws side by side.

    A draw whose gap grows more than tenfold over its best restarts from there with plain steps of half the
    length; short enough ones converge on their own (Alvarez and Lucas 2007).
    """
    u, batch = np.array(start), len(start)
    gap, used = np.full(batch, np.inf), np.full(batch, max_steps)
    active = np.arange(batch)
    part, x = model, u
    steps = np.zeros((batch, depth, x.shape[1]))
    moves = np.zeros_like(steps)
    best, best_gap = x.copy(), np.full(batch, np.inf)
    plain, length = np.zeros(batch, dtype=int), np.ones(batch)
    last_x = last_f = None
    for k in range(max_steps):
        f, error = part.move(x)
        error = np.where(np.isfinite(error), error, np.inf)
        done = error < tolerance
        if done.any():
            u[active[done]], gap[active[done]], used[active[done]] = x[done], error[done], k
            if done.all():
                return Solution(model.normal(u), gap, used)
            keep = ~done
            active, part = active[keep], model.take(active[keep])
            x, f, error, best, best_gap = (a[keep] for a in (x, f, error, best, best_gap))
            plain, length = plain[keep], length[keep]
            steps, moves = steps[keep], moves[keep]
            if last_x is not None:
                last_x, last_f = last_x[keep], last_f[keep]
        better = error < best_gap
        best[better], best_gap[better] = x[better], error[better]
        lost = error > 10 * best_gap
        if last_x is not None:
            slot = k % depth
            steps[:, slot], moves[:, slot] = f - last_f, x - last_x
        plain = np.where(lost, 8, np.maximum(plain - 1, 0))
        steps[plain > 0], moves[plain > 0] = 0.0, 0.0
        if lost.any():
            x, f = x.copy(), f.copy()
            x[lost], length[lost] = best[lost], np.maximum(length[lost] / 2, 0.02)
            f[lost] = part.take(np.flatnonzero(lost)).move(x[lost])[0]
        last_x, last_f = x, f
        x = x + _mix(steps, moves, f, length[:, None])
    u[active], gap[active] = best, best_gap
    return Solution(model.normal(u), gap, used)


def _mix(steps: np.ndarray, moves: np.ndarray, f: np.ndarray, length: np.ndarray) -> np.ndarray:
    """The next move (batch, n): ``f`` less the past steps (batch, depth, n) that cancel it in least squares."""
    gram = steps @ np.swapaxes(steps, 1, 2)
    size = np.trace(gram, axis1=1, axis2=2)[:, None, None]
    gram += (1e-13 * size + 1e-300) * np.eye(steps.shape[1])
    weights = np.linalg.solve(gram, steps @ f[:, :, None])
    left = f - (np.swapaxes(steps, 1, 2) @ weights)[:, :, 0]
    return length * left - (np.swapaxes(moves, 1, 2) @ weights)[:, :, 0]


def newton(model: Any, start: np.ndarray, *, tolerance: float = 1e-12, max_steps: int = 60) -> Solution:
    """Newton's method with halving, one draw at a time; the scale direction is pinned."""
    out = [np.empty_like(start), np.empty(len(start)), np.empty(len(start), dtype=int)]
    for row in range(len(start)):
        part = model.take(np.array([row]))
        u = part.normal(start[row : row + 1])
        gap = part.move(u)[1][0]
        taken = 0
        while gap >= tolerance and taken < max_steps:
            step = part.direction(u)[0]
            size = min(1.0, 2.0 / max(np.abs(step).max(), 1e-300))
            while size > 1e-10:
                trial = part.normal(u + size * step)
                trial_gap = part.move(trial)[1][0]
                if np.isfinite(trial_gap) and trial_gap < (1 - 1e-4 * size) * gap:
                    break
                size /= 2
            else:
                break
            u, gap, taken = trial, trial_gap, taken + 1
        out[0][row], out[1][row], out[2][row] = u[0], gap, taken
    return Solution(*out)


def pinned(jacobian: np.ndarray) -> np.ndarray:
    """The Jacobian made regular by adding its scale in the direction of the common price level."""
    n = len(jacobian)
    return jacobian - np.abs(np.diag(jacobian)).mean() / n


def solve_model(model: Any, start: np.ndarray, *, tolerance: float, max_steps: int) -> Solution:
    """Fixed point first; what it leaves open goes to Newton."""
    with one_thread(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        found = fixed_point(model, start, tolerance=tolerance, max_steps=max_steps)
        open_rows = np.flatnonzero(~(found.gap < tolerance))
        if open_rows.size and model.newton:
            rest = newton(model.take(open_rows), found.u[open_rows], tolerance=tolerance, max_steps=min(60, max_steps))
            better = rest.gap < found.gap[open_rows]
            rows = open_rows[better]
            found.u[rows], found.gap[rows] = rest.u[better], rest.gap[better]
            found.iterations[open_rows] += rest.iterations
    return found
