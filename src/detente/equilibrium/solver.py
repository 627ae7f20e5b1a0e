"""One solver for all models: an accelerated fixed point, Newton's method where it falters, then a path.

A model offers ``move`` (the tatonnement step and the worst relative gap), ``normal`` (fixes the scale) and, where
``newton`` says so, ``look`` (the gap, and Newton's step for who asks), ``towards`` (the same model part of the way from another) and
``spending`` (whose sign tells whether a solution is an equilibrium). Draws are solved side by side along the
leading axis.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

import numpy as np
from threadpoolctl import ThreadpoolController

from detente._arrays import chosen, copied, eye, gathered, host, like, namespace, rows_of, solved
from detente.equilibrium.path import ROUNDING, follow


class Tatonnement(Protocol):
    """What the fixed point needs of a model."""

    def move(self, u: np.ndarray, /) -> tuple[np.ndarray, np.ndarray]: ...

    def normal(self, u: np.ndarray, /) -> np.ndarray: ...

    def take(self, rows: Any, /) -> Any: ...


class Model(Tatonnement, Protocol):
    """What Newton's method and the path need beside."""

    @property
    def newton(self) -> bool: ...

    def look(self, u: np.ndarray, /) -> tuple[float, Callable[[], np.ndarray]]: ...

    def towards(self, origin: Any, share: float) -> Any: ...

    def spending(self, u: np.ndarray, /) -> np.ndarray: ...


QUICK_STEPS = 100
"""Passes of the fixed point before Newton's method takes over; ordinary cases need 10 to 40."""


class Solution(NamedTuple):
    """Log prices (batch, n), the worst relative gap (batch,), and passes used (batch,).

    ``reached`` (batch,) is the share of the shock up to which a path was followed, one where none was needed;
    ``negative`` holds for each draw the economies whose spending turned negative on the path, with that share.
    """

    u: np.ndarray
    gap: np.ndarray
    iterations: np.ndarray
    reached: np.ndarray | None = None
    negative: tuple[dict[int, float], ...] = ()

    def ok(self, tolerance: float) -> np.ndarray:
        """Which draws are solved (batch,): to the tolerance, or as closely as rounding allows."""
        return self.gap < max(tolerance, ROUNDING)


_CONTROLLER: list[Any] = []


def one_thread() -> AbstractContextManager:
    """BLAS on one thread: on busy cores more threads make small systems a hundred times slower."""
    if not _CONTROLLER:
        _CONTROLLER.append(ThreadpoolController())
    return _CONTROLLER[0].limit(limits=1, user_api="blas")


def fixed_point(
    model: Tatonnement, start: np.ndarray, *, tolerance: float = 1e-12, max_steps: int = 600, depth: int = 8
) -> Solution:
    """Anderson acceleration (Walker and Ni 2011) of the tatonnement, draws side by side.

    A draw whose gap grows more than tenfold over its best restarts from there with plain steps of half the
    length; short enough ones converge on their own (Alvarez and Lucas 2007).
    """
    batch = start.shape[0]
    gap, used = np.full(batch, np.inf), np.full(batch, max_steps)
    active, ended = np.arange(batch), []
    part, x = model, start
    steps, moves = (like(start, np.zeros((batch, depth, start.shape[1]))) for _ in range(2))
    best, best_gap = x, np.full(batch, np.inf)
    plain, length = np.zeros(batch, dtype=int), np.ones(batch)
    last_x = last_f = None
    for k in range(max_steps):
        f, error = part.move(x)
        error = host(error)
        error = np.where(np.isfinite(error), error, np.inf)
        done = error < tolerance
        if done.any():
            gap[active[done]], used[active[done]] = error[done], k
            ended.append((active[done], rows_of(x, done)))
            if done.all():
                return Solution(model.normal(gathered(ended)), gap, used)
            keep = ~done
            active, part = active[keep], model.take(active[keep])
            error, best_gap, plain, length = (a[keep] for a in (error, best_gap, plain, length))
            x, f, best, steps, moves = (rows_of(a, keep) for a in (x, f, best, steps, moves))
            if last_x is not None and last_f is not None:
                last_x, last_f = rows_of(last_x, keep), rows_of(last_f, keep)
        better = error < best_gap
        best, best_gap = chosen(better, x, best), np.where(better, error, best_gap)
        lost = error > 10 * best_gap
        if last_x is not None and last_f is not None:
            slot = k % depth
            steps[:, slot, :], moves[:, slot, :] = f - last_f, x - last_x
        plain = np.where(lost, 8, np.maximum(plain - 1, 0))
        if plain.any():
            steps, moves = chosen(plain > 0, 0.0, steps), chosen(plain > 0, 0.0, moves)
        if lost.any():
            length = np.where(lost, np.maximum(length / 2, 0.02), length)
            rows, others = np.flatnonzero(lost), np.flatnonzero(~lost)
            x = chosen(lost, best, x)
            f = gathered([(others, rows_of(f, others)), (rows, part.take(rows).move(rows_of(x, rows))[0])])
        last_x, last_f = x, f
        x = x + _mix(steps, moves, f, like(x, length[:, None]))
    ended.append((active, best))
    gap[active] = best_gap
    return Solution(model.normal(gathered(ended)), gap, used)


def _mix(steps: np.ndarray, moves: np.ndarray, f: np.ndarray, length: np.ndarray) -> np.ndarray:
    """The next move (batch, n): ``f`` less the past steps (batch, depth, n) that cancel it in least squares."""
    xp = namespace(f)
    gram = steps @ xp.matrix_transpose(steps)
    size = xp.linalg.trace(gram)[:, None, None]
    gram += (1e-13 * size + 1e-300) * eye(gram, steps.shape[1])
    weights = solved(gram, steps @ f[:, :, None])
    left = f - (xp.matrix_transpose(steps) @ weights)[:, :, 0]
    return length * left - (xp.matrix_transpose(moves) @ weights)[:, :, 0]


NEWTON_FIRST = 160
"""Largest single system that goes to Newton's method at once: there it is quicker than the fixed point."""
NEWTON_STEPS = 15
"""Steps that Newton's method from the baseline is given before a path is followed."""
LONGEST = 3.0
"""Longest step of Newton's method in any part of the state, relative to one plus its size."""


def newton(model: Any, start: np.ndarray, *, tolerance: float = 1e-12, max_steps: int = 60) -> Solution:
    """Newton's method, one draw at a time, with steps shortened to a sane length; the best state is returned.

    The gap may grow on the way: in a curved valley a step that is right in every market but one raises the
    worst gap, and a search that insists on descent gets stuck there.
    """
    xp, batch = namespace(start), start.shape[0]
    out = Solution(copied(start), np.empty(batch), np.zeros(batch, dtype=int))
    for row in range(batch):
        part = model if batch == 1 else model.take(np.array([row]))
        u = start[row : row + 1, :]
        gap, step_from = part.look(u)
        best = gap
        for taken in range(1, max_steps + 1):
            if not gap >= tolerance:
                break
            try:
                step = step_from()
            except np.linalg.LinAlgError:
                break
            size = min(1.0, LONGEST / max(float(xp.max(xp.abs(step) / (1 + xp.abs(u)))), 1e-300))
            u, last = u + size * step, gap
            gap, step_from = part.look(u)
            out.iterations[row] = taken
            if not np.isfinite(gap):
                break
            if gap < best:
                out.u[row, :], best = u[0, :], gap
            if last < ROUNDING and gap > last / 2:
                break
        out.u[row, :] = part.normal(out.u[row : row + 1, :])[0, :]
        out.gap[row] = best if np.isfinite(best) else np.inf
    return out


def krylov(
    slope: Callable[[np.ndarray], np.ndarray], target: np.ndarray, *, tolerance: float = 1e-8, limit: int = 150
) -> np.ndarray:
    """``x`` with ``slope(x) = target``, (n,), by GMRES (Saad and Schultz 1986) without a matrix."""
    size = float(np.linalg.norm(target))
    if size == 0 or not np.isfinite(size):
        return np.zeros_like(target)
    basis = np.empty((limit + 1, target.size))
    basis[0] = target / size
    upper, rest = np.zeros((limit + 1, limit)), np.zeros(limit + 1)
    turns: list[tuple[float, float]] = []
    rest[0], used = size, 0
    for k in range(limit):
        new = slope(basis[k])
        column = np.zeros(k + 2)
        for _ in range(2):  # twice is enough to stay orthogonal
            along = basis[: k + 1] @ new
            column[: k + 1] += along
            new = new - along @ basis[: k + 1]
        column[k + 1] = height = float(np.linalg.norm(new))
        for i, (c, s) in enumerate(turns):
            column[i], column[i + 1] = c * column[i] + s * column[i + 1], c * column[i + 1] - s * column[i]
        length = float(np.hypot(column[k], column[k + 1]))
        if length == 0 or not np.isfinite(length):
            break
        c, s = column[k] / length, column[k + 1] / length
        turns.append((c, s))
        column[k], rest[k], rest[k + 1] = length, c * rest[k], -s * rest[k]
        upper[: k + 1, k], used = column[: k + 1], k + 1
        if abs(rest[k + 1]) < tolerance * size or height < 1e-14:
            break
        basis[k + 1] = new / height
    weights = np.linalg.solve(upper[:used, :used], rest[:used])
    return weights @ basis[:used]


def pinned(jacobian: np.ndarray) -> np.ndarray:
    """The Jacobian made regular by adding its scale in the direction of the common price level."""
    n = len(jacobian)
    return jacobian - np.abs(np.diag(jacobian)).mean() / n


def solve_model(model: Any, start: np.ndarray, *, tolerance: float, max_steps: int, origin: Any = None) -> Solution:
    """The fixed point, or Newton's method where one draw is small; what is left open goes along a path.

    ``origin`` is the model that ``start`` (batch, n) solves, or makes it; without one no path is followed.
    """
    with one_thread(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        if not model.newton:
            return fixed_point(model, start, tolerance=tolerance, max_steps=max_steps)
        xp, batch = namespace(start), start.shape[0]
        tried = batch == 1 and start.shape[1] <= NEWTON_FIRST
        if tried:
            found = newton(model, start, tolerance=tolerance, max_steps=min(NEWTON_STEPS, max_steps))
        else:
            found = fixed_point(model, start, tolerance=tolerance, max_steps=min(max_steps, QUICK_STEPS))
        poor = host(xp.any(model.spending(found.u) <= 0, axis=-1))
        reached, negative = np.ones(batch), [{} for _ in range(batch)]
        for row in np.flatnonzero(~(found.gap < tolerance) | poor):
            _go_on(model, start, found, int(row), tried, (tolerance, max_steps, origin), (reached, negative))
    return found._replace(reached=reached, negative=tuple(negative))


def _go_on(
    model: Any,
    start: np.ndarray,
    found: Solution,
    row: int,
    tried: bool,
    terms: tuple[float, int, Any],
    kept: tuple[np.ndarray, list[dict[int, float]]],
) -> None:
    """Decide a draw that the first method left open or poor: Newton from the start, then a path; ``found`` changes."""
    tolerance, max_steps, origin = terms
    reached, negative = kept
    left = max_steps - int(found.iterations[row])
    if left <= 0:
        return
    only = np.array([row])
    part, here, xp = model.take(only), rows_of(start, only), namespace(start)
    if tried:
        rest = found._replace(iterations=np.zeros(1, dtype=int))
    else:
        rest = newton(part, here, tolerance=tolerance, max_steps=min(NEWTON_STEPS, left))
    used, u, gap = int(rest.iterations[0]), rest.u, float(rest.gap[0])
    good = rest.ok(tolerance)[0] and bool(xp.all(part.spending(u) > 0))
    if not good and origin is not None and left > used:
        first: Any = origin() if callable(origin) else origin
        walk = follow(part, first.take(only), here, _correct, budget=left - used)
        used += walk.iterations
        if walk.reached == 1 or not rest.ok(tolerance)[0]:
            u, gap = walk.u, walk.gap
        reached[row], negative[row] = walk.reached, walk.negative
    elif not good and left > used:  # no baseline to start from: the fixed point again, and patiently
        again = fixed_point(part, here, tolerance=tolerance, max_steps=left - used)
        used += int(again.iterations[0])
        if again.gap[0] < gap:
            u, gap = again.u, float(again.gap[0])
    if good or gap < found.gap[row] or reached[row] < 1:
        found.u[row, :], found.gap[row] = u[0, :], gap
    found.iterations[row] += used


def _correct(model: Any, guess: np.ndarray, tolerance: float) -> Solution:
    """The corrector of the path: a few Newton steps to the precision that the next step needs."""
    return newton(model, guess, tolerance=tolerance, max_steps=10)
