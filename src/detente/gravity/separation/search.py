"""Which rows are separated: an exact linear program, and the iterative rectifier for large problems."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack

from detente.gravity.design import Design
from detente.gravity.engines.row_projection import RowProjector, blocks_of

METHODS = ("auto", "levels", "exact", "rectifier")
EXACT_ROWS, EXACT_COLUMNS = 20_000, 3_000
"""Up to this size "auto" takes the linear program, beyond it the rectifier."""
EPSILON = 1e-5
"""A combination below this is zero."""


def find_separated(design: Design, method: str = "auto") -> np.ndarray:
    """A certificate z [n]: zero where a row is not separated, positive where it is."""
    if not (design.y == 0).any():
        return np.zeros(len(design.y))
    if method == "auto":
        method = "exact" if is_small(design) else "rectifier"
    return by_linear_program(design) if method == "exact" else by_rectifier(design)


def is_small(design: Design) -> bool:
    """Whether the exact search is a matter of a second or two."""
    if len(design.y) > EXACT_ROWS:
        return False
    return len(design.names) + sum(block.n for block in blocks_of(design)) <= EXACT_COLUMNS


def by_linear_program(design: Design) -> np.ndarray:
    """The largest set of separated rows, exactly.

    Maximise the sum of s over rows with y = 0, subject to X g >= s and 0 <= s <= 1 there and X g = 0
    where y > 0. Solved sparse by HiGHS.
    """
    from scipy.optimize import linprog  # 0.2 s that most fits never need

    scale = np.abs(design.X).max(1, initial=0.0)
    columns = [csr_array((design.X / np.where(scale > 0, scale, 1.0)[:, None]).T)] if len(design.names) else []
    projector = RowProjector(blocks_of(design))
    matrix = csr_array(hstack([*columns, *projector.dummies], format="csr"))
    zero = np.flatnonzero(design.y == 0)
    n, m = len(design.names) + sum(block.n for block in projector.blocks), len(zero)
    positive: Any = hstack([matrix[np.flatnonzero(design.y > 0)], csr_array((len(design.y) - m, m))], format="csr")
    zeros: Any = hstack([-matrix[zero], eye_array(m)], format="csr")  # Any: the stubs leave out sparse constraints
    solved = linprog(
        np.concatenate([np.zeros(n), -np.ones(m)]),
        A_ub=zeros,
        b_ub=np.zeros(m),
        A_eq=positive,
        b_eq=np.zeros(len(design.y) - m),
        bounds=[(None, None)] * n + [(0, 1)] * m,
        method="highs",
    )
    z = np.zeros(len(design.y))
    if solved.status == 0:
        best = np.asarray(solved.x)
        found = zero[best[n:] > EPSILON]
        z[found] = np.asarray(matrix @ best[:n])[found]
    return z


def by_rectifier(design: Design, *, penalty: float = 1e4, max_iterations: int = 500) -> np.ndarray:
    """The iterative rectifier: regress u on everything, held to zero where y > 0; cut at zero; repeat.

    The original holds the positive rows by a weight of order 1e10. Here the weight is moderate and what
    is left is fed back with the opposite sign (the method of multipliers), which keeps the regressions
    well conditioned. Both halves of a round preserve or raise the inner product of u with any certificate,
    and u starts at one: where there is a certificate the largest u never falls below one, so the search
    ends as soon as it does.
    """
    zero = design.y == 0
    projector = RowProjector(blocks_of(design))
    search = _Held(projector, design.X, ~zero, penalty)
    target = zero.astype(float)
    for _ in range(max_iterations):
        fitted = search.fitted(target)
        fitted[np.abs(fitted) < EPSILON] = 0.0
        if fitted.max() < 0.99:
            break
        if (fitted[zero] >= 0).all():
            found = zero & (fitted > 100 * EPSILON)  # what is still fading is not separated
            proof = _Held(projector, design.X, ~found, penalty).fitted(np.where(found, fitted, 0.0))
            return np.where(found, proof, 0.0) if (proof[found] > 0).all() else np.zeros(len(zero))
        target = np.where(zero, np.maximum(fitted, 0.0), 0.0)
    return np.zeros(len(zero))


class _Held:
    """Regression on all regressors and effects with the rows ``held`` [n] kept at zero."""

    def __init__(self, projector: RowProjector, X: np.ndarray, held: np.ndarray, penalty: float) -> None:
        self.projector, self.held = projector, held
        self.w = np.where(held, penalty, 1.0)
        projector.weigh(self.w)
        scale = np.abs(X).max(1, initial=0.0)
        self.tilde, _ = projector.effects((X / np.where(scale > 0, scale, 1.0)[:, None]).T.copy(), tol=1e-10)
        gram = self.tilde.T @ (self.w[:, None] * self.tilde)
        self.inverse = np.linalg.pinv(gram, rcond=1e-12, hermitian=True)
        self.state: np.ndarray | None = None

    def fitted(self, target: np.ndarray) -> np.ndarray:
        """Fitted values of ``target`` [n]; what the held rows still show is fed back until it is nothing."""
        feedback, fitted = np.zeros(len(target)), np.zeros(len(target))
        for _ in range(50):
            goal = np.where(self.held, feedback, target)
            left, self.state = self.projector.effects(goal[:, None], self.state, tol=1e-9)
            slope = self.inverse @ (self.tilde.T @ (self.w * left[:, 0]))
            fitted = goal - (left[:, 0] - self.tilde @ slope)
            if np.abs(fitted[self.held]).max(initial=0.0) < EPSILON / 10:
                break
            feedback = feedback - np.where(self.held, fitted, 0.0)
        return fitted
