"""Weighted least-squares removal of fixed effects from the columns of a tensor.

For weights ``w`` and columns ``x``, minimise ``sum w (x - a[t,i] - g[t,j] - p[i,j])**2``.
Pair effects are eliminated exactly; what is left is solved for all columns at once by
conjugate gradients in the space of effects, preconditioned by one symmetric
Gauss-Seidel sweep within each year (Correia 2017 uses the same pair of ideas on rows).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import iadd
from typing import TypeAlias

import numpy as np

from detente.gravity.engines.threads import halves, side_by_side

Room: TypeAlias = tuple[np.ndarray, np.ndarray]
"""Two arrays [k, i, j] and [k, j, i] to work in."""
EDGE = 1e-10
"""Share of a column's sum of squares below which what pairs leave of it is rounding, not variation."""

WIDE = 1 << 19
"""Numbers of all columns that are weighted at once: fewer cost time in calls, more memory."""
LENGTH = 1024
"""Cells multiplied at once for a Gram matrix."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Effects taken out of K columns: ``a`` [k, t, i], ``g`` [k, t, j], ``p`` [k, i, j]."""

    a: np.ndarray
    g: np.ndarray
    p: np.ndarray
    iterations: int


@dataclass(frozen=True, slots=True)
class Sums:
    """Weighted sums of K columns: ``a`` [k, t, i], ``g`` [k, t, j], ``p`` [k, i, j] (zeros without pairs)."""

    a: np.ndarray
    g: np.ndarray
    p: np.ndarray


class TensorProjector:
    """Fixed effects under weights ``w`` [t, i, j]; ``pairs`` says whether there are pair effects.

    Every product reads ``w`` once for all columns, as a batch of matrix products on views.
    """

    def __init__(self, w: np.ndarray, pairs: bool = True) -> None:
        self.w, self.pairs = w, pairs
        self.wt = np.ascontiguousarray(w.transpose(0, 2, 1))
        self.by_origin = w.transpose(1, 0, 2)  # [i, t, j]
        self.by_destination = self.wt.transpose(1, 0, 2)  # [j, t, i]
        self.size_a, self.size_g = w @ _ones(w, 2), _ones(w, 1) @ w
        self.inverse_a, self.inverse_g = _inverse(self.size_a), _inverse(self.size_g)
        self.size_p = w.sum(0) if pairs else np.zeros(w.shape[1:], w.dtype)
        self.inverse_p = _inverse(self.size_p)

    def pair_sums(self, a: np.ndarray, g: np.ndarray, room: Room) -> np.ndarray:
        """sum_t w (a + g) as [k, i, j], in the first array of ``room``."""
        out, turned = room
        np.matmul(a.transpose(2, 0, 1), self.by_origin, out=out.transpose(1, 0, 2))
        np.matmul(g.transpose(2, 0, 1), self.by_destination, out=turned.transpose(1, 0, 2))
        for sums, others in zip(out, turned):  # one column at a time stays in the cache
            sums += others.T
        return out

    def room(self, k: int) -> Room:
        """Arrays to be used again and again: the system would clear new ones each time."""
        _, n, m = self.w.shape
        return np.empty((k, n, m), self.w.dtype), np.empty((k, m, n), self.w.dtype)

    def year_sums(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """sum_j w p as [k, t, i] and sum_i w p as [k, t, j]."""
        by_origin = np.matmul(self.by_origin, p.transpose(1, 2, 0)).transpose(2, 1, 0)
        return by_origin, np.matmul(self.by_destination, p.transpose(2, 1, 0)).transpose(2, 1, 0)

    def across(self, g: np.ndarray) -> np.ndarray:
        """sum_j w g as [k, t, i]."""
        return np.matmul(self.w, g.transpose(1, 2, 0)).transpose(2, 0, 1)

    def down(self, a: np.ndarray) -> np.ndarray:
        """sum_i w a as [k, t, j]."""
        return np.matmul(self.wt, a.transpose(1, 2, 0)).transpose(2, 0, 1)

    def normal(self, a: np.ndarray, g: np.ndarray, room: Room) -> tuple[np.ndarray, np.ndarray]:
        """Normal equations of the year effects, the pair effects eliminated."""
        ra, rg = self.size_a * a + self.across(g), self.size_g * g + self.down(a)
        if self.pairs:
            p = self.pair_sums(a, g, room)
            p *= self.inverse_p
            ca, cg = self.year_sums(p)
            ra -= ca
            rg -= cg
        return ra, rg

    def smooth(self, ra: np.ndarray, rg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One symmetric Gauss-Seidel sweep within years: the preconditioner."""
        g = self.inverse_g * (rg - self.down(self.inverse_a * ra))
        return self.inverse_a * (ra - self.across(g)), g

    def sums(self, x: np.ndarray) -> Sums:
        """Weighted sums of columns ``x`` [k, t, i, j]."""
        return self.moments(x, self.w)[0]

    def moments(self, x: np.ndarray, y: np.ndarray) -> tuple[Sums, np.ndarray, np.ndarray]:
        """Weighted sums of columns ``x`` [k, t, i, j], their Gram matrix [k, k], and x'(y - w) [k].

        One pass over the cells, some origins at a time.
        """
        k, (years, n, m) = len(x), self.w.shape
        a, p = np.empty((k, years, n), x.dtype), np.zeros((k, n, m), x.dtype)
        size, right = min(n, max(1, WIDE // (k * m))), _ones(self.w, 2)

        def over(origins: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
            g, gram, product = np.zeros((k, years, m), x.dtype), np.zeros((k, k)), np.zeros(k)
            room, gap = np.empty((k, size, m), x.dtype), np.empty((size, m), x.dtype)
            for first in range(origins.start, origins.stop, size):
                some = slice(first, min(first + size, origins.stop))
                part = room if some.stop - first == size else np.empty((k, some.stop - first, m), x.dtype)
                left = np.ones(len(part[0]), x.dtype)
                for t in range(years):
                    columns, w = x[:, t, some], self.w[t, some]
                    np.multiply(columns, w, out=part)
                    np.matmul(part, right, out=a[:, t, some])
                    g[:, t] += np.matmul(left, part)
                    if self.pairs:
                        p[:, some] += part
                    flat = columns.reshape(k, -1)
                    gram += _products(part.reshape(k, -1), flat)
                    product += flat @ np.subtract(y[t, some], w, out=gap[: len(left)]).ravel()
            return g, gram, product

        g, gram, product = (reduce(iadd, parts) for parts in zip(*side_by_side(over, halves(n, x.size))))
        return Sums(a, g, p), gram, product

    def effects(
        self,
        x: np.ndarray,
        start: tuple[np.ndarray, np.ndarray] | None = None,
        *,
        tol: float = 1e-8,
        max_iterations: int = 500,
        sums: Sums | None = None,
    ) -> Removed:
        """Effects that leave ``x`` [k, t, i, j] orthogonal to every dummy, to ``tol`` relative.

        ``start`` holds the year effects of an earlier solution, ``sums`` those of :meth:`sums`, where they are known.
        """
        sums = self.sums(x) if sums is None else sums
        sa, sg, sp = sums.a, sums.g, sums.p
        ba, bg = sa, sg
        if self.pairs:
            ca, cg = self.year_sums(sp * self.inverse_p)
            ba, bg = sa - ca, sg - cg
        a, g = (np.zeros_like(sa), np.zeros_like(sg)) if start is None else start
        floor = EDGE * np.maximum(_dot(sa, sg, sa * self.inverse_a, sg * self.inverse_g), self._pair_energy(sp))

        out, turned = self.room(len(sa))

        def solved(k: slice) -> tuple[np.ndarray, np.ndarray, int]:
            room = out[k], turned[k]
            found = self._conjugate(ba[k], bg[k], a[k], g[k], room, tol, max_iterations, floor[k])
            if self.pairs:
                self.pair_sums(*found[:2], room)
                np.subtract(sp[k], out[k], out=out[k])
                out[k] *= self.inverse_p
            return found

        parts = side_by_side(solved, halves(len(sa), len(sa) * self.w.size))
        a, g = (np.concatenate(part) for part in list(zip(*parts))[:2])
        return Removed(a, g, out if self.pairs else sp, max(part[2] for part in parts))

    def _pair_energy(self, sp: np.ndarray) -> np.ndarray:
        return np.einsum("kij,kij,ij->k", sp, sp, self.inverse_p)[:, None, None]

    def _conjugate(
        self,
        ba: np.ndarray,
        bg: np.ndarray,
        a: np.ndarray,
        g: np.ndarray,
        room: Room,
        tol: float,
        max_iterations: int,
        floor: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """Preconditioned conjugate gradients on every column side by side: year effects and how many iterations."""
        na, ng = self.normal(a, g, room)
        ra, rg = ba - na, bg - ng
        scale = np.maximum(_dot(ba, bg, *self.smooth(ba, bg)), floor)
        za, zg = self.smooth(ra, rg)
        pa, pg, size = za, zg, _dot(ra, rg, za, zg)
        iteration = 0
        while iteration < max_iterations and (np.abs(size) > tol**2 * scale).any():
            iteration += 1
            na, ng = self.normal(pa, pg, room)
            step = _safe_ratio(size, _dot(pa, pg, na, ng))
            a, g = a + step * pa, g + step * pg
            ra, rg = ra - step * na, rg - step * ng
            za, zg = self.smooth(ra, rg)
            size, last = _dot(ra, rg, za, zg), size
            turn = _safe_ratio(size, last)
            pa, pg = za + turn * pa, zg + turn * pg
        return a, g, iteration

    def residual(self, x: np.ndarray, removed: Removed, out: np.ndarray | None = None) -> np.ndarray:
        """``x`` [k, t, i, j] less its effects."""
        out = np.empty_like(x) if out is None else out
        for k in range(len(x)):
            for t in range(x.shape[1]):
                cells = np.subtract(x[k, t], removed.g[k, t], out=out[k, t])
                cells -= removed.a[k, t][:, None]
                if self.pairs:
                    cells -= removed.p[k]
        return out


def _products(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """``a`` [k, n] times ``b`` [k, n], as [k, k]: in lengths that stay in the cache, a third quicker and without the GIL."""
    k, n = a.shape
    whole = n - n % LENGTH
    parts = [z[:, :whole].reshape(k, -1, LENGTH).transpose(1, 0, 2) for z in (a, b)]
    return np.matmul(parts[0], parts[1].transpose(0, 2, 1)).sum(0) + a[:, whole:] @ b[:, whole:].T


def _ones(w: np.ndarray, axis: int) -> np.ndarray:
    """A vector that sums ``w`` along ``axis`` by a matrix product: far faster than a strided sum."""
    return np.ones(w.shape[axis], w.dtype)


def _inverse(sizes: np.ndarray) -> np.ndarray:
    return np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)


def _dot(a: np.ndarray, g: np.ndarray, other_a: np.ndarray, other_g: np.ndarray) -> np.ndarray:
    """Inner product of each column, as [k, 1, 1]."""
    return (np.einsum("kti,kti->k", a, other_a) + np.einsum("ktj,ktj->k", g, other_g))[:, None, None]


def _safe_ratio(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    return np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
