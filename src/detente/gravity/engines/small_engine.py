"""Poisson regression on all parameters at once: the last resort for small problems.

In very sparse panels some effects are all but separated: the weights span so many orders of magnitude
that neither the margins nor the weighted projections settle, though the estimates exist. The log
likelihood is concave, so damped Newton steps in an orthonormal basis of the regressors and dummies find
them; that costs rows times the square of the levels.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import qr, solve_triangular

from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.row_projection import RowProjector, blocks_of

LARGEST = 1e9
"""Up to this many rows times levels squared it is tried: some seconds."""
RANK = 1e-9
"""Directions whose singular value is below this share of the largest are combinations of others."""

SUNK = 1e-60
"""Square root of a weight, relative to the largest, below which its flow has run away for good."""


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def fit_small(design: Design, *, tol: float = 1e-9, max_iterations: int = 200) -> EngineFit | None:
    """Fit, or None where the problem is too large or the steps do not end."""
    blocks = blocks_of(design)
    n, k = len(design.y), len(design.names)
    if not k or n * (k + sum(block.n for block in blocks)) ** 2 > LARGEST:
        return None
    dummies = np.hstack([d.toarray() for d in RowProjector(blocks).dummies]) if blocks else np.zeros((n, 0))
    inside = _basis(dummies)
    alone = design.X.T - inside @ (inside.T @ design.X.T)
    basis = np.hstack([inside, _basis(alone / np.linalg.norm(alone, axis=0))])
    if basis.shape[1] < inside.shape[1] + k:
        return None
    prior = np.ones(n) if design.weights is None else design.weights
    offset = np.zeros(n) if design.offset is None else design.offset
    index, drift, done = _climb(design.y / design.y.mean(), prior, offset, basis, max_iterations)
    if not drift <= 1e-6:
        return None
    index = index + np.log(design.y.mean())
    mu = np.exp(index)
    w = prior * mu
    inner = inside * np.sqrt(w)[:, None]
    tilde = design.X.T - inside @ np.linalg.lstsq(inner, design.X.T * np.sqrt(w)[:, None], rcond=1e-15)[0]
    coef = np.linalg.lstsq(alone, index - offset, rcond=None)[0]

    def log_effects() -> tuple[np.ndarray, ...]:
        levels = np.linalg.lstsq(dummies, index - offset - coef @ design.X, rcond=RANK)[0]
        return tuple(np.split(levels, np.cumsum([block.n for block in blocks])[:-1]))

    hessian = tilde.T @ (w[:, None] * tilde)
    return EngineFit(coef, mu, np.ascontiguousarray(tilde.T), hessian, log_effects, done, True, min(drift, tol), drift)


def _basis(columns: np.ndarray) -> np.ndarray:
    """Orthonormal basis [n, r] of what ``columns`` [n, m] span."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > RANK * size.max(initial=0.0)]


def _climb(y, prior, offset, basis, max_iterations: int) -> tuple[np.ndarray, float, int]:
    """Log fitted flows [n], their last change and the steps made."""
    total = basis.T @ (np.log((y + y.mean()) / 2) - offset)
    index, drift, done = offset + basis @ total, np.inf, 0
    reached = _likelihood(y, prior, index)
    while drift > 1e-9 and done < max_iterations:
        done += 1
        move = _newton(basis, np.sqrt(prior * np.exp(index)), y * np.exp(-index) - 1)
        if move is None:  # a flow has sunk to nothing and takes its direction along: no optimum
            return index, np.inf, done
        step, last = basis @ move, drift
        drift = float(np.abs(step).max())
        if not np.isfinite(drift) or (drift < 1e-6 and drift >= last):  # rounding has set the limit
            break
        new = _likelihood(y, prior, index + step)
        for _ in range(30):
            if new >= reached - 1e-12 * (abs(reached) + 1):
                break
            step = step / 2
            new = _likelihood(y, prior, index + step)
        index, reached = index + step, new
    return index, drift, done


def _newton(basis: np.ndarray, root: np.ndarray, gap: np.ndarray) -> np.ndarray | None:
    """Least squares of ``root * gap`` [n] on ``root * basis`` [n, r], or None where a column is lost.

    The rows span dozens of orders of magnitude. Sorted by size, Householder's QR with column pivoting loses
    none of them to rounding of the others (Cox & Higham 1998, BIT 38(1)).
    """
    order = np.argsort(-root)
    rows = root[order, None] * basis[order]
    if not (np.isfinite(rows).all() and np.isfinite(gap).all()):
        return None
    rotated, triangle, columns = qr(rows, mode="economic", pivoting=True)
    if not (np.abs(np.diag(triangle)) > SUNK * root[order[0]]).all():
        return None
    move = np.empty(basis.shape[1])
    move[columns] = solve_triangular(triangle, rotated.T @ (root * gap)[order], check_finite=False)
    return move


def _likelihood(y: np.ndarray, prior: np.ndarray, index: np.ndarray) -> float:
    value = float((prior * (y * index - np.exp(index))).sum())
    return value if np.isfinite(value) else -np.inf
