"""Do the Poisson estimates exist? Separated rows, found and proved.

Correia, Guimarães & Zylkin (2019, arXiv 1903.01633): they exist unless some combination
``z = X g`` of regressors and effects is zero wherever ``y > 0`` and non-negative, somewhere
positive, wherever ``y = 0``. Rows with ``z > 0`` are separated: fitted flows tend to zero
there whatever the other coefficients are, and leaving the rows out changes none of them.
Such a ``z`` is the certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import EmptySample
from detente.gravity.collinear import find_collinear
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.estimators.family import POISSON, Family

METHODS = ("auto", "levels", "exact", "rectifier")
EXACT_ROWS, EXACT_COLUMNS = 20_000, 3_000
"""Up to this size "auto" takes the linear program, beyond it the rectifier."""
EPSILON = 1e-5
"""A combination below this is zero."""
TINY, MOVING = 1e-8, 1e-4
"""A zero flow fitted below this share of the smallest positive flow, or a log flow still moving by this
much in the last step, gives reason to search."""


@dataclass(frozen=True, slots=True)
class SeparationCertificate:
    """Rows left out because the estimates would not exist with them.

    rows : [m] positions in the data; z : [m] > 0, the combination that proves it (1 for a level
    without trade); by_level : [m] bool, True where a whole level of an effect has zero flows only
    """

    rows: np.ndarray
    z: np.ndarray
    by_level: np.ndarray

    @classmethod
    def of_levels(cls, design: Design, separated: np.ndarray) -> SeparationCertificate:
        """For rows ``separated`` [n] bool found in levels that have zero flows only."""
        rows = _positions(design, separated)
        return cls(rows, np.ones(len(rows)), np.ones(len(rows), bool))

    def extended(self, design: Design, z: np.ndarray) -> SeparationCertificate:
        """With the rows of ``design`` where ``z`` [n] is positive."""
        more = z > 0
        rows = _positions(design, more)
        return SeparationCertificate(
            np.concatenate([self.rows, rows]),
            np.concatenate([self.z, z[more]]),
            np.concatenate([self.by_level, np.zeros(len(rows), bool)]),
        )

    def to_frame(self) -> Any:
        """row, z, why: one row a separated row (polars)."""
        import polars as pl

        level, mixed = "every flow of one of its effects is zero", "regressors and effects predict the zero"
        why = [level if by_level else mixed for by_level in self.by_level]
        return pl.DataFrame({"row": self.rows, "z": self.z, "why": pl.Series(why, dtype=pl.String)})


def zero_levels(design: Design, layout: Layout | None = None) -> np.ndarray:
    """Rows [n] whose exporter-year, pair or other effect has only zero flows: separated.

    One pass suffices: leaving out zeros changes no other level's sum. ``layout`` saves time where it is known.
    """
    prior = design.y if design.weights is None else design.y * design.weights
    gone = np.zeros(len(design.y), bool)
    if layout is not None:
        empty = [total <= 0 for total in _totals(layout, layout.spread(prior))]
        if not any(level.any() for level in empty):
            return gone
        cells = np.zeros(layout.shape, bool)
        for level in empty:
            cells |= level
        return layout.gather(list(cells))
    for codes, n in _coded(design):
        empty = np.bincount(codes, prior, n) <= 0
        if empty.any():
            gone |= empty[codes]
    return gone


def singletons(design: Design, layout: Layout | None = None) -> np.ndarray:
    """Rows [n] that are alone in a level, found until none is left."""
    gone = np.zeros(len(design.y), bool)
    if layout is not None:
        full = len(design.y) == np.prod(layout.shape)
        counts = layout.shape[1:] if full else _totals(layout, layout.spread(np.ones_like(design.y)))
        if not any(np.any(count == 1) for count in counts):
            return gone
    coded = _coded(design)
    sizes = [np.bincount(codes, minlength=n) for codes, n in coded]
    while any((size == 1).any() for size in sizes):
        for (codes, _), size in zip(coded, sizes):
            alone = np.flatnonzero((size == 1)[codes] & ~gone)
            gone[alone] = True
            for (other, n), less in zip(coded, sizes):
                less -= np.bincount(other[alone], minlength=n)
    return gone


def _coded(design: Design) -> list[tuple[np.ndarray, int]]:
    return [design.codes(effect.columns) for effect in design.effects if effect.intercept]


def _totals(layout: Layout, cells: np.ndarray) -> list[np.ndarray]:
    """Sums of cells [s, t, i, j] by origin-year, destination-year and pair, to be broadcast over the cells."""
    return [cells.sum(axis, keepdims=True) for axis in ((3, 2, 1) if layout.pairs else (3, 2))]


def nonempty(design: Design, what: str) -> Design:
    """The design, or EmptySample if nothing is left after ``what``."""
    if not len(design.y):
        raise EmptySample(
            f"No row is left after {what}.",
            why="Every row was alone in one of its effects or had only zero flows beside it.",
            fix="Use fewer fixed effects or more data; singletons='keep' leaves lone rows in.",
        )
    return design


def looks_separated(design: Design, fit: EngineFit, family: Family = POISSON) -> bool:
    """Whether the fit shows signs of separation.

    These are no convergence, a zero fitted as next to nothing, and a regressor that the sample identifies
    but the fitted flows do not: the rows that identify it have sunk to nothing.
    """
    zero = design.y == 0
    if not zero.any():
        return False
    huge = np.finfo(float).max  # masks by arithmetic: twenty times faster than picking rows
    least_fitted = np.maximum(fit.mu, huge * ~zero).min()
    sunk = bool(least_fitted < TINY * np.maximum(design.y, huge * zero).min())
    return sunk or not fit.converged or fit.drift > MOVING or _unidentified(design, fit, family)


def _unidentified(design: Design, fit: EngineFit, family: Family) -> bool:
    if not design.names:
        return False
    if not np.isfinite(fit.hessian).all():
        return True
    weight = family.weight(fit.mu) if design.weights is None else family.weight(fit.mu) * design.weights
    norms = np.array([column**2 @ weight for column in design.X])
    return find_collinear(fit.hessian, norms, design.names) is not None


def find_separated(design: Design, method: str = "auto") -> np.ndarray:
    """A certificate z [n]: zero where a row is not separated, positive where it is."""
    if not (design.y == 0).any():
        return np.zeros(len(design.y))
    if method == "auto":
        columns = len(design.names) + sum(block.n for block in blocks_of(design))
        method = "exact" if len(design.y) <= EXACT_ROWS and columns <= EXACT_COLUMNS else "rectifier"
    return by_linear_program(design) if method == "exact" else by_rectifier(design)


def by_linear_program(design: Design) -> np.ndarray:
    """The largest set of separated rows, exactly.

    Maximise the sum of s over rows with y = 0, subject to X g >= s and 0 <= s <= 1 there and X g = 0
    where y > 0. Solved sparse by HiGHS.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, eye_array, hstack

    scale = np.abs(design.X).max(1, initial=0.0)
    columns = [csr_array((design.X / np.where(scale > 0, scale, 1.0)[:, None]).T)] if len(design.names) else []
    projector = RowProjector(blocks_of(design))
    matrix = csr_array(hstack([*columns, *projector.dummies], format="csr"))
    zero = np.flatnonzero(design.y == 0)
    n, m = len(design.names) + sum(block.n for block in projector.blocks), len(zero)
    positive = hstack([matrix[np.flatnonzero(design.y > 0)], csr_array((len(design.y) - m, m))], format="csr")
    solved = linprog(
        np.concatenate([np.zeros(n), -np.ones(m)]),
        A_ub=hstack([-matrix[zero], eye_array(m)], format="csr"),
        b_ub=np.zeros(m),
        A_eq=positive,
        b_eq=np.zeros(len(design.y) - m),
        bounds=[(None, None)] * n + [(0, 1)] * m,
        method="highs",
    )
    z = np.zeros(len(design.y))
    if solved.status == 0:
        found = zero[solved.x[n:] > EPSILON]
        z[found] = (matrix @ solved.x[:n])[found]
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


def _positions(design: Design, chosen: np.ndarray) -> np.ndarray:
    return np.flatnonzero(chosen) if design.rows is None else design.rows[chosen]
