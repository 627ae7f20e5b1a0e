"""Weighted least-squares removal of any set of fixed effects and varying slopes, row by row.

The largest set of intercepts is eliminated exactly. The rest is solved by conjugate
gradients on its normal equations (Correia 2017), for all columns at once; few enough
levels are preconditioned by their own Cholesky factor, which all but solves them,
many by a symmetric Gauss-Seidel sweep over the sets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, diags_array, hstack

from detente.gravity.design import Design

DENSE_LEVELS = 2500
"""Up to this many levels beside the largest set the normal equations are factorised."""
RIDGE = 1e-7
"""Share of the diagonal added before factorising: the redundant levels make the matrix singular."""
FLOOR = 1e-13
"""Error of effects, relative to the largest value of their column, that rounding leaves at best."""
PATIENCE = 12
"""Steps without progress after which rounding is taken to have set the limit."""


@dataclass(frozen=True, slots=True)
class Block:
    """One column of dummies a level: ``codes`` [n], number of levels, and the slope [n] they multiply."""

    codes: np.ndarray
    n: int
    slope: np.ndarray | None = None


def blocks_of(design: Design) -> list[Block]:
    """The design's effects as blocks, each slope a block of its own after its intercept."""
    blocks = []
    for effect in design.effects:
        codes, n = design.codes(effect.columns)
        if effect.intercept:
            blocks.append(Block(codes, n))
        for name in effect.slopes:
            slope = design.slopes[name]
            centred = slope - slope.mean() if effect.intercept else slope
            blocks.append(Block(codes, n, centred / (centred.std() or 1.0)))
    return blocks


class RowProjector:
    """Fixed effects over n rows; :meth:`weigh` sets the weights, :meth:`effects` solves.

    Effects are held as ``first`` [levels, k] of the eliminated block and ``rest`` [levels, k] of the
    others, stacked in the order of ``blocks``.
    """

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        sizes = [b.n if b.slope is None else -1 for b in blocks]
        self.first = int(np.argmax(sizes)) if blocks and max(sizes) > 0 else None
        self.others = [k for k in range(len(blocks)) if k != self.first]
        self.starts = np.concatenate([[0], np.cumsum([blocks[k].n for k in self.others])]).astype(int)
        self.dummies = [_matrix(b) for b in blocks]
        self.transposed = [d.T.tocsr() for d in self.dummies]
        self.dense = 0 < self.starts[-1] <= DENSE_LEVELS
        if self.dense:
            self.stack = hstack([self.dummies[k] for k in self.others], format="csr")

    def weigh(self, w: np.ndarray) -> None:
        """Set the weights [n]."""
        self.w = w[:, None]
        self.inverse = [_inverse(t.power(2) @ w if b.slope is not None else t @ w)[:, None]
                        for t, b in zip(self.transposed, self.blocks)]  # fmt: skip
        if self.dense:
            self._factorise(w)

    def _factorise(self, w: np.ndarray) -> None:
        weighted = diags_array(w) @ self.stack
        normal = (self.stack.T @ weighted).toarray()
        if self.first is not None:
            cross = self.transposed[self.first] @ weighted
            normal -= (cross.T @ (diags_array(self.inverse[self.first].ravel()) @ cross)).toarray()
        diagonal = np.einsum("ll->l", normal)
        full = np.concatenate([1 / np.maximum(self.inverse[k].ravel(), 1e-300) for k in self.others])
        diagonal += RIDGE * np.where(np.isfinite(full) & (full < 1e299), full, 1.0)
        self.factor = cho_factor(normal, overwrite_a=True, check_finite=False)

    def rest(self, c: np.ndarray) -> np.ndarray:
        """Rows [n, k] that the effects ``c`` [levels, k] of the other blocks add up to."""
        total = np.zeros((len(self.w), c.shape[1]))
        for place, k in enumerate(self.others):
            total += self.dummies[k] @ c[self.starts[place] : self.starts[place + 1]]
        return total

    def means(self, v: np.ndarray) -> np.ndarray:
        """Weighted means [levels, k] of rows ``v`` over the eliminated block."""
        first = self.first or 0
        return self.inverse[first] * (self.transposed[first] @ (self.w * v))

    def totals(self, v: np.ndarray) -> np.ndarray:
        """Weighted sums [levels, k] of rows ``v`` by the other blocks, the eliminated one taken out."""
        if self.first is not None:
            v = v - self.means(v)[self.blocks[self.first].codes]
        weighted = self.w * v
        return np.concatenate([self.transposed[k] @ weighted for k in self.others])

    def smooth(self, r: np.ndarray) -> np.ndarray:
        """The preconditioner."""
        if self.dense:
            return cho_solve(self.factor, r, check_finite=False)
        c = np.zeros_like(r)
        rows = np.zeros((len(self.w), r.shape[1]))
        places = list(range(len(self.others)))
        for place in places + places[-2::-1]:
            k, part = self.others[place], slice(self.starts[place], self.starts[place + 1])
            move = self.inverse[k] * (r[part] - self.transposed[k] @ (self.w * rows))
            c[part] += move
            rows += self.dummies[k] @ move
        return c

    def effects(
        self, x: np.ndarray, start: np.ndarray | None = None, *, tol: float = 1e-9, max_iterations: int = 1000
    ) -> tuple[np.ndarray, np.ndarray]:
        """Residual [n, k] of columns ``x`` [n, k], and the other blocks' effects [levels, k]."""
        c = np.zeros((self.starts[-1], x.shape[1])) if start is None else start
        if len(self.others):
            c = self._conjugate(x, c, tol, max_iterations)
        left = x - self.rest(c) if len(self.others) else x.copy()
        if self.first is not None:
            left -= self.means(left)[self.blocks[self.first].codes]
        return left, c

    def solve(self, sums: list[np.ndarray], *, tol: float = 1e-9, max_iterations: int = 1000) -> np.ndarray:
        """Rows [n, k] of ``D (D'W D)^-1 s`` for ``sums`` by block, each [levels, k].

        This is how the fitted log flows of these rows answer to a change of the effects' equations.
        """
        b = np.concatenate([sums[k] for k in self.others]) if self.others else np.zeros((0, sums[0].shape[1]))
        if self.first is None:
            return self.rest(self._solve(b, np.zeros_like(b), tol, max_iterations))
        lifted = (self.inverse[self.first] * sums[self.first])[self.blocks[self.first].codes]
        if not self.others:
            return lifted
        b = b - np.concatenate([self.transposed[k] @ (self.w * lifted) for k in self.others])
        rows = self.rest(self._solve(b, np.zeros_like(b), tol, max_iterations))
        return lifted + rows - self.means(rows)[self.blocks[self.first].codes]

    def _conjugate(self, x: np.ndarray, c: np.ndarray, tol: float, max_iterations: int) -> np.ndarray:
        size = np.abs(x).max(0, initial=0.0)
        return self._solve(self.totals(x), c, np.maximum(tol * np.minimum(size, 1.0), FLOOR * size), max_iterations)

    def _solve(self, b: np.ndarray, c: np.ndarray, tol: np.ndarray | float, max_iterations: int) -> np.ndarray:
        """Conjugate gradients from ``c`` until the effects are within about ``tol`` [k] of the solution."""
        r = b - self.totals(self.rest(c)) if c.any() else b
        z = self.smooth(r)
        p, size = z, _dot(r, z)
        best, best_c, idle = np.full(c.shape[1], np.inf), c, 0
        for _ in range(max_iterations):
            error = np.abs(z).max(0) / np.maximum(tol, 1e-300)
            better = error < 0.9 * best  # column by column: one at its floor says nothing of the others
            idle = 1 if (better & (best > 1)).any() else idle + 1
            best, best_c = np.where(better, error, best), np.where(better, c, best_c)
            worst = float(best.max(initial=0.0))
            if worst <= 1 or (idle > PATIENCE and worst < 1e3) or idle > 10 * PATIENCE:
                break  # z is about the error of the effects; rounding sets a floor to it
            q = self.totals(self.rest(p))
            step = _safe_ratio(size, _dot(p, q))
            c = c + step * p
            r = r - step * q
            z = self.smooth(r)
            size, last = _dot(r, z), size
            p = z + _safe_ratio(size, last) * p
        return best_c

    def levels(self, v: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, ...]:
        """Effects by block for one column ``v`` [n] whose other blocks' effects are ``c`` [levels]."""
        parts: list[np.ndarray] = [np.empty(0)] * len(self.blocks)
        for place, k in enumerate(self.others):
            parts[k] = c[self.starts[place] : self.starts[place + 1]]
        if self.first is not None:
            left = v[:, None] - (self.rest(c[:, None]) if len(self.others) else 0.0)
            parts[self.first] = self.means(left)[:, 0]
        return tuple(parts)


def _matrix(block: Block):
    n = len(block.codes)
    values = np.ones(n) if block.slope is None else block.slope
    return csr_array((values, block.codes, np.arange(n + 1)), shape=(n, block.n))


def _inverse(sizes: np.ndarray) -> np.ndarray:
    return np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)


def _dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.einsum("lk,lk->k", a, b)


def _safe_ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
