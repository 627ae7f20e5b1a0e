"""One sector of a Poisson fit on the dense tensor: its cells and the state of its effects.

A sector can be solved for given coefficients (`tensor.balance`) and then gives gradient and
Hessian of the profile likelihood (`projection`). In single precision, and in :class:`Units`, it moves half the bytes:
good for all steps but the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import iadd
from typing import TypeVar

import numpy as np

from detente.gravity.engines.cells import Margins, Scales
from detente.gravity.engines.margins import balance, margins_of, starting_scales
from detente.gravity.engines.projection import Removed, Sums, TensorProjector
from detente.gravity.engines.sectors.solved_sector import SolvedSector, Units, in_own_units
from detente.gravity.engines.threads import halves, side_by_side

State = TypeVar("State")


MAX_INDEX = {"d": 300.0, "f": 60.0}
"""What the regressors may add up to, by precision; more means that a coefficient runs away."""


MAX_SWEEPS = 500
"""Margins that take longer do not settle: some effect runs away, which is looked into afterwards."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Gradient [k] and Hessian [k, k] of the profile likelihood; weighted sums of squares [k]."""

    gradient: np.ndarray
    hessian: np.ndarray
    norms: np.ndarray

    def __add__(self, other: Profile) -> Profile:
        return Profile(self.gradient + other.gradient, self.hessian + other.hessian, self.norms + other.norms)


@dataclass(slots=True)
class SectorTensor:
    """Flows ``y`` and base weight [t, i, j] (bool where that says all), regressors ``X`` [k, t, i, j], and the state of the effects.

    pairs : whether there are pair effects; margins, scales : observed sums, effects in levels
    weight : base times exp(X coef); mu : fitted flow, both [t, i, j]
    last_removed, last_projector : effects of the regressors under the weights mu, and what takes them out
    settled : whether the margins were met; absorbed : effects that were taken out of X beforehand
    """

    y: np.ndarray
    base: np.ndarray
    X: np.ndarray
    pairs: bool
    margins: Margins
    scales: Scales
    mu: np.ndarray
    weight: np.ndarray
    last_removed: Removed | None = None
    last_projector: TensorProjector | None = None
    settled: bool = True
    absorbed: Removed | None = None

    @property
    def removed(self) -> Removed:
        """Effects of the regressors at the last solution."""
        return at_solution(self.last_removed)

    @property
    def projector(self) -> TensorProjector:
        """The projection under the weights of the last solution."""
        return at_solution(self.last_projector)

    @classmethod
    def of(cls, y: np.ndarray, base: np.ndarray, X: np.ndarray, pairs: bool) -> SectorTensor:
        margins = margins_of_sector(y, pairs)
        return cls(y, base, X, pairs, margins, starting_scales(margins), np.empty_like(y), np.empty_like(y))

    def reweight(self, y: np.ndarray, base: np.ndarray, scales: Scales, removed: Removed | None) -> None:
        """Other flows and weights on the same cells, from the effects of an earlier solution."""
        self.y, self.base, self.last_removed = y, base, removed
        self.margins = margins_of_sector(y, self.pairs)
        live = (self.margins.a > 0, self.margins.g > 0, self.margins.p > 0)
        self.scales = Scales(scales.a * live[0], scales.g * live[1], scales.p * live[2])

    def solve(self, coef: np.ndarray, tol: float) -> float:
        """Solve the margin equations at ``coef``; the profile log likelihood without its constant."""
        along = self._weigh(coef)
        self.scales, _, change = balance(
            self.weight, self.margins, self.scales, tol=tol, max_sweeps=MAX_SWEEPS, pairs=self.pairs
        )
        self.settled = change <= tol
        projector = self._fitted()
        logs = [np.log(s, out=np.zeros_like(s), where=s > 0) for s in (self.scales.a, self.scales.g, self.scales.p)]
        observed = (self.margins.a, self.margins.g, self.margins.p)[: 3 if self.pairs else 2]
        likelihood = sum(float((m * l).sum(dtype=float)) for m, l in zip(observed, logs))
        return likelihood + along - float(projector.size_a.sum(dtype=float))

    def resume(self, coef: np.ndarray, scales: Scales, removed: Removed | None) -> None:
        """Stand again where a solution at ``coef`` left the effects."""
        self.scales, self.last_removed = scales, removed
        self._weigh(coef)
        self._fitted()

    def _weigh(self, coef: np.ndarray) -> float:
        """Weights at ``coef`` [k]; the flows times what the regressors add up to, in all cells together."""
        k, dtype = len(self.X), self.y.dtype
        limit, coef = MAX_INDEX[dtype.char], coef.astype(dtype)

        def weigh(years: slice) -> float:
            along, index = 0.0, np.empty(self.y[0].size, dtype)
            for t in range(years.start, years.stop):
                np.matmul(coef, self.X[:, t].reshape(k, index.size), out=index)
                np.clip(index, -limit, limit, out=index)
                along += float(np.vdot(self.y[t], index))
                np.exp(index, out=index)
                np.multiply(index.reshape(self.y[t].shape), self.base[t], out=self.weight[t])
            return along

        return sum(side_by_side(weigh, halves(len(self.y), self.X.size)))

    def _fitted(self) -> TensorProjector:
        """Fitted flows of the weights and scales, and the projection under them."""
        a, g, p = self.scales.a, self.scales.g, self.scales.p

        def scale(years: slice) -> None:
            for t in range(years.start, years.stop):
                cells = np.multiply(self.weight[t], p, out=self.mu[t])
                cells *= a[t][:, None]
                cells *= g[t]

        side_by_side(scale, halves(len(self.y), self.X.size))
        projector = self.last_projector = TensorProjector(self.mu, self.pairs)
        return projector

    def total(self) -> float:
        """Sum of the fitted flows."""
        return float(self.projector.size_a.sum())

    def profile(self, tol: float) -> Profile:
        """Gradient and Hessian at the effects of the last solution, projections accurate to ``tol``."""
        k, projector = len(self.X), self.projector
        sums, gram, product = self._moments()
        start = None if self.last_removed is None else (self.last_removed.a, self.last_removed.g)
        self.last_removed = None  # its pair effects are let go
        removed = self.last_removed = projector.effects(self.X, start, tol=tol, sums=sums)
        parts = [(sums.a, removed.a), (sums.g, removed.g), (sums.p, removed.p)][: 3 if self.pairs else 2]
        hessian = gram.copy()
        for total, effect in parts:
            hessian -= total.reshape(k, -1) @ effect.reshape(k, -1).T
        return Profile(product - self._from_gaps(projector, removed), (hessian + hessian.T) / 2, np.diag(gram))

    def gradient(self) -> np.ndarray:
        """Gradient at the effects of the last solution: that of :meth:`profile`, less than a third of the work."""
        k, projector = len(self.X), self.projector

        def over(years: slice) -> np.ndarray:
            product, gap = np.zeros(k), np.empty(self.y.shape[1:], self.y.dtype)
            for t in range(years.start, years.stop):
                product += self.X[:, t].reshape(k, gap.size) @ np.subtract(self.y[t], self.mu[t], out=gap).ravel()
            return product

        product = reduce(iadd, side_by_side(over, halves(len(self.y), self.X.size)))
        return product if self.last_removed is None else product - self._from_gaps(projector, self.last_removed)

    def _moments(self) -> tuple[Sums, np.ndarray, np.ndarray]:
        """See :meth:`TensorProjector.moments`."""
        return self.projector.moments(self.X, self.y)

    def _from_gaps(self, projector: TensorProjector, removed: Removed) -> np.ndarray:
        """What is left of the margins counts for the gradient [k], as the effects will move."""
        margins, k = self.margins, len(self.X)
        gaps = [(margins.a - projector.size_a, removed.a), (margins.g - projector.size_g, removed.g)]
        gaps += [(margins.p - projector.size_p, removed.p)] if self.pairs else []
        return reduce(iadd, (effect.reshape(k, -1) @ gap.ravel() for gap, effect in gaps))

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        """Gram matrix [k, k] of the regressors less their effects, and sums of squares [k], every row counting alike.

        No fitted flow enters, which may have sunk to nothing where rows are separated.
        """
        projector = TensorProjector((self.base > 0).astype(float), self.pairs)
        removed = projector.effects(self.X, tol=tol)
        gram = projector.moments(projector.residual(self.X, removed), self.y)[1]
        return gram, np.diag(projector.moments(self.X, self.y)[1])

    def absorb(self, tol: float) -> None:
        """Leave of the regressors what their effects, every row counting alike, do not explain."""
        projector = TensorProjector((self.base > 0).astype(float), self.pairs)
        self.absorbed = projector.effects(self.X, tol=tol)
        self.X = projector.residual(self.X, self.absorbed)
        self.last_removed, self.scales = None, starting_scales(self.margins)

    def adopt(self, scales: Scales, removed: Removed, coef: np.ndarray, units: Units) -> None:
        """Take over effects at the coefficients ``coef`` [k], found on the same cells in ``units``."""
        self.scales, self.last_removed = in_own_units(scales, removed, coef, units, self.pairs)

    def solution(self) -> SolvedSector:
        """What there is to know of it without its cells."""
        return SolvedSector(self.mu, self.scales, self.removed if len(self.X) else None, self.absorbed, self.pairs)


def at_solution(state: State | None) -> State:
    if state is None:
        raise RuntimeError("The sector has no solution yet.")
    return state


def margins_of_sector(y: np.ndarray, pairs: bool) -> Margins:
    margins = margins_of(y)
    return margins if pairs else replace(margins, p=np.ones_like(margins.p))
