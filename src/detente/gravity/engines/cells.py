"""The sums over cells that a three-way scaling needs, for any weights or for a tensor with few gaps.

Where nearly every cell counts alike, the sums over all cells are products of small matrices, from which what the
gaps would add is taken away: a sweep costs a tenth of one that reads the whole tensor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

BLOCK = 1 << 19
"""Cells that are worked on at a time."""
MOST_GAPS = 0.05
"""Gaps, as a share of all cells, up to which their sums are taken away rather than the others summed."""
LEAST_LEFT = 1e-5
"""Share of a sum that must be left after the gaps were taken away: less, and its digits are lost."""


class Cells(Protocol):
    """Weights [t, i, j] and what a sweep asks of them, the scales ``a`` [t, i], ``g`` [t, j], ``p`` [i, j] given."""

    def pair_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray) -> np.ndarray:
        """[i, j]: scales that meet the pair margins, given those of the years."""
        ...

    def year_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray, p: np.ndarray, inner: int) -> None:
        """Alternate ``a`` and ``g`` within each year, in place, ``inner`` times, to meet their margins."""
        ...

    def fitted(self, observed: Margins, scales: Scales) -> Margins:
        """The margins that scales give."""
        ...


@dataclass(frozen=True, slots=True)
class Scales:
    """Effects in levels: ``a`` [t, i], ``g`` [t, j], ``p`` [i, j]."""

    a: np.ndarray
    g: np.ndarray
    p: np.ndarray


@dataclass(frozen=True, slots=True)
class Margins:
    """Observed sums over unmasked cells: ``a`` [t, i], ``g`` [t, j], ``p`` [i, j]."""

    a: np.ndarray
    g: np.ndarray
    p: np.ndarray


class Weighted:
    """Any weights [t, i, j]; a few years at a time, so that the working set stays in cache."""

    def __init__(self, weight: np.ndarray) -> None:
        self.weight = weight
        years = min(len(weight), max(1, BLOCK // max(1, weight[0].size)))
        self._room = np.empty((years, *weight.shape[1:]), weight.dtype)

    def _blocks(self) -> Iterator[tuple[slice, np.ndarray]]:
        """Blocks of years, each with its part of the room to work in."""
        for t in range(0, len(self.weight), len(self._room)):
            yield slice(t, t + len(self._room)), self._room[: len(self.weight) - t]

    def pair_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray) -> np.ndarray:
        """See :class:`Cells`."""
        total = np.zeros_like(observed.p)
        for block, part in self._blocks():
            np.multiply(self.weight[block], g[block, None, :], out=part)
            total += np.matmul(a[block].T[:, None, :], part.transpose(1, 0, 2))[:, 0]
        total += observed.p == 0  # 0 / 1 where nothing is observed
        return observed.p / total

    def year_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray, p: np.ndarray, inner: int) -> None:
        """See :class:`Cells`."""
        empty_a, empty_g = ((m == 0).astype(self.weight.dtype) for m in (observed.a, observed.g))
        for block, part in self._blocks():
            np.multiply(self.weight[block], p, out=part)
            for _ in range(inner):
                across = np.matmul(part, g[block, :, None])[:, :, 0]
                np.divide(observed.a[block], across + empty_a[block], out=a[block])
                down = np.matmul(a[block, None, :], part)[:, 0]
                np.divide(observed.g[block], down + empty_g[block], out=g[block])

    def fitted(self, observed: Margins, scales: Scales) -> Margins:
        """See :class:`Cells`."""
        found = Margins(np.empty(scales.a.shape), np.empty(scales.g.shape), np.zeros(scales.p.shape))
        cells = np.empty(scales.p.shape)
        for t, weight in enumerate(self.weight):
            np.multiply(weight, scales.p, out=cells)
            cells *= scales.a[t][:, None]
            cells *= scales.g[t]
            found.a[t], found.g[t] = cells.sum(1), cells.sum(0)
            found.p[:] += cells
        return found


class DigitsLost(ArithmeticError):
    """The gaps of a :class:`NearlyAll` hold nearly all of a sum."""


@dataclass(frozen=True, slots=True)
class NearlyAll:
    """Weight one in every cell of T x N x N but the ``gaps`` (t, i, j), whose weight is zero.

    A gap at which a scale is zero anyway may be left out. Every method raises :class:`DigitsLost` where the gaps hold
    nearly all of a sum.
    """

    gaps: tuple[np.ndarray, np.ndarray, np.ndarray]

    @classmethod
    def of(cls, used: np.ndarray, observed: Margins) -> NearlyAll | None:
        """Of a mask [t, i, j]; None where it has too many gaps for that to pay."""
        live = (observed.a > 0)[:, :, None] & (observed.g > 0)[:, None, :] & (observed.p > 0)
        t, i, j = np.nonzero(live & ~used)
        return cls((t, i, j)) if len(t) <= MOST_GAPS * used.size else None

    def pair_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray) -> np.ndarray:
        """See :class:`Cells`."""
        t, i, j = self.gaps
        return observed.p / _less(a.T @ g, (i, j), a[t, i] * g[t, j], observed.p)

    def year_scales(self, observed: Margins, a: np.ndarray, g: np.ndarray, p: np.ndarray, inner: int) -> None:
        """See :class:`Cells`."""
        t, i, j = self.gaps
        in_gaps = p[i, j]
        for _ in range(inner):
            np.divide(observed.a, _less(g @ p.T, (t, i), in_gaps * g[t, j], observed.a), out=a)
            np.divide(observed.g, _less(a @ p, (t, j), in_gaps * a[t, i], observed.g), out=g)

    def fitted(self, observed: Margins, scales: Scales) -> Margins:
        """See :class:`Cells`."""
        t, i, j = self.gaps
        a, g, p = scales.a, scales.g, scales.p
        return Margins(
            a * _less(g @ p.T, (t, i), p[i, j] * g[t, j], observed.a),
            g * _less(a @ p, (t, j), p[i, j] * a[t, i], observed.g),
            p * _less(a.T @ g, (i, j), a[t, i] * g[t, j], observed.p),
        )


def _less(
    whole: np.ndarray, at: tuple[np.ndarray, np.ndarray], amounts: np.ndarray, observed: np.ndarray
) -> np.ndarray:
    """``whole`` less the ``amounts`` added up ``at`` its places; 1 where nothing is ``observed``."""
    taken = np.bincount(at[0] * whole.shape[1] + at[1], amounts, whole.size).reshape(whole.shape)
    left = np.where(observed > 0, whole - taken, 1.0)
    if (left < LEAST_LEFT * taken).any():
        raise DigitsLost("The gaps hold nearly all of a sum.")
    return left
