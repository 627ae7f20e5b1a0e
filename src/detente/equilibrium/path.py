"""Following a solution from the baseline to a shock too far away to be reached in one go.

The shock is applied in steps. Each step starts from the line through the last two solutions and is corrected by
Newton's method; a step that fails is halved, an easy one doubled (Allgower and Georg 2003, chapter 2). What the
path meets is kept: the share of the shock up to which there are solutions, and who would have to spend less than
nothing on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from detente._arrays import host, namespace

FIRST_STEP = 0.25
SHORTEST = 1 / 2048
SHORTEST_AFTER_NEGATIVE = 1 / 64
"""Once spending is negative there is no equilibrium at that share, and the search is not drawn out."""
ON_THE_WAY = 1e-8
"""Gap that is good enough for a solution on the way; the last one is held to the solver's own tolerance."""
ROUNDING = 1e-10
"""Gap that rounding alone can leave where outputs differ by many orders of magnitude."""
CLOSING = 4.0
"""Log points by which a flow that will be closed has shrunk half-way."""


class Walk(NamedTuple):
    """Where a path led: state (1, n), gap, corrections made, share reached, first share by poor economy."""

    u: np.ndarray
    gap: float
    iterations: int
    reached: float
    negative: dict[int, float]


def follow(model: Any, origin: Any, start: np.ndarray, correct: Callable[..., Any], *, budget: int) -> Walk:
    """Follow the solution from ``origin``, which ``start`` (1, n) solves, to ``model``.

    ``correct(model, guess, tolerance)`` returns a ``Solution`` with what it reached; ``budget`` bounds the corrections.
    """
    u, share, size, spent, gap = start, 0.0, FIRST_STEP, 0, np.inf
    before: tuple[float, np.ndarray] | None = None
    negative: dict[int, float] = {}
    while share < 1 and spent < budget:
        size = min(size, 1 - share)
        at = share + size
        part = model if at == 1 else model.towards(origin, at)
        guess = u if before is None else u + (u - before[1]) * size / (share - before[0])
        found = correct(part, guess, 1e-12 if at == 1 else ON_THE_WAY)
        spent += max(int(found.iterations[0]), 1)
        if not found.gap[0] < (ROUNDING if at == 1 else ON_THE_WAY):
            size /= 2
            if size < (SHORTEST_AFTER_NEGATIVE if negative else SHORTEST):
                break
            continue
        before, u, share, gap = (share, u), found.u, at, float(found.gap[0])
        for k in np.flatnonzero(host(part.spending(u))[0] <= 0):
            negative.setdefault(int(k), share)
        size *= 2.0 if found.iterations[0] <= 3 else 1.4 if found.iterations[0] <= 6 else 1.0
    return Walk(u, gap if share == 1 else np.inf, spent, share, negative)


def log_between(start: np.ndarray, end: np.ndarray, share: float) -> np.ndarray:
    """Numbers on the geometric line from ``start`` to ``end``, any shape; one that ends at zero fades away."""
    xp = namespace(end)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = xp.log(end / start)
        fading = -CLOSING * share / (1 - share)
        out = start * xp.exp(xp.where(change == -np.inf, fading, share * change))
    return xp.where(start == 0, end * share, out)
