"""One sector of a Poisson fit on the dense tensor: its cells and the state of its effects.

A sector can be solved for given coefficients (`tensor.balance`) and then gives gradient and
Hessian of the profile likelihood (`projection`). In single precision, and in :class:`Units`, it moves half the bytes:
good for all steps but the last.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.cells import Margins, Scales
from detente.gravity.engines.margins import balance, margins_of, starting_scales
from detente.gravity.engines.projection import Removed, TensorProjector
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


@dataclass(frozen=True, slots=True)
class Units:
    """What single precision counts in: flows / ``flow``, regressors (X - ``centre`` [k]) / ``spread`` [k]."""

    flow: float
    centre: np.ndarray
    spread: np.ndarray

    @classmethod
    def of(cls, design: Design) -> Units:
        centre = design.X.mean(1)
        spread = np.sqrt(np.maximum(np.einsum("kn,kn->k", design.X, design.X) / len(design.y) - centre**2, 0.0))
        return cls(float(design.y.mean()), centre, np.where(spread > 1e-6 * np.abs(centre), spread, 1.0))


@dataclass(slots=True)
class SectorTensor:
    """Flows ``y`` and base weight [t, i, j], regressors ``X`` [k, t, i, j], and the state of the effects.

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
        return _solved(self.last_removed)

    @property
    def projector(self) -> TensorProjector:
        """The projection under the weights of the last solution."""
        return _solved(self.last_projector)

    @classmethod
    def of(cls, y: np.ndarray, base: np.ndarray, X: np.ndarray, pairs: bool) -> SectorTensor:
        margins = _margins(y, pairs)
        return cls(y, base, X, pairs, margins, starting_scales(margins), np.empty_like(y), np.empty_like(y))

    def reweight(self, y: np.ndarray, base: np.ndarray, scales: Scales, removed: Removed | None) -> None:
        """Other flows and weights on the same cells, from the effects of an earlier solution."""
        self.y, self.base, self.last_removed = y, base, removed
        self.margins = _margins(y, self.pairs)
        live = (self.margins.a > 0, self.margins.g > 0, self.margins.p > 0)
        self.scales = Scales(scales.a * live[0], scales.g * live[1], scales.p * live[2])

    def solve(self, coef: np.ndarray, tol: float) -> float:
        """Solve the margin equations at ``coef``; the profile log likelihood without its constant."""
        index = self._weigh(coef)
        self.scales, _, change = balance(
            self.weight, self.margins, self.scales, tol=tol, max_sweeps=MAX_SWEEPS, pairs=self.pairs
        )
        self.settled = change <= tol
        projector = self._fitted()
        logs = [np.log(s, out=np.zeros_like(s), where=s > 0) for s in (self.scales.a, self.scales.g, self.scales.p)]
        observed = (self.margins.a, self.margins.g, self.margins.p)[: 3 if self.pairs else 2]
        likelihood = sum(float((m * l).sum(dtype=float)) for m, l in zip(observed, logs))
        return likelihood + float(np.vdot(self.y, index)) - float(projector.size_a.sum(dtype=float))

    def resume(self, coef: np.ndarray, scales: Scales, removed: Removed | None) -> None:
        """Stand again where a solution at ``coef`` left the effects."""
        self.scales, self.last_removed = scales, removed
        self._weigh(coef)
        self._fitted()

    def _weigh(self, coef: np.ndarray) -> np.ndarray:
        """Weights at ``coef`` [k]; what the regressors add up to [t, i, j]."""
        dtype = self.y.dtype
        index, limit, coef = np.empty_like(self.y), MAX_INDEX[dtype.char], coef.astype(dtype)

        def weigh(years: slice) -> None:
            for t in range(years.start, years.stop):
                cells = np.einsum("k,kij->ij", coef, self.X[:, t], out=index[t])
                np.exp(np.clip(cells, -limit, limit, out=cells), out=self.weight[t])
                self.weight[t] *= self.base[t]

        side_by_side(weigh, halves(len(self.y), self.X.size))
        return index

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
        k, projector, margins = len(self.X), self.projector, self.margins
        sums, gram, product = projector.moments(self.X, self.y)
        removed = self.last_removed = projector.effects(self.X, self.last_removed, tol=tol, sums=sums)
        gaps = [margins.a - projector.size_a, margins.g - projector.size_g]
        parts = [(sums.a, removed.a), (sums.g, removed.g)]
        if self.pairs:
            gaps.append(margins.p - projector.size_p)
            parts.append((sums.p, removed.p))
        hessian, gradient = gram.copy(), product.copy()
        for gap, (total, effect) in zip(gaps, parts):
            hessian -= total.reshape(k, -1) @ effect.reshape(k, -1).T
            gradient -= effect.reshape(k, -1) @ gap.ravel()
        return Profile(gradient, (hessian + hessian.T) / 2, np.diag(gram))

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

    def with_absorbed(self, scales: Scales, coef: np.ndarray) -> Scales:
        """``scales`` for the regressors as they were before :meth:`absorb`."""
        if self.absorbed is None:
            return scales
        a, g, p = (np.exp(-np.tensordot(coef, e, 1)) for e in (self.absorbed.a, self.absorbed.g, self.absorbed.p))
        return Scales(scales.a * a, scales.g * g, scales.p * p if self.pairs else scales.p)

    def adopt(self, scales: Scales, removed: Removed, coef: np.ndarray, units: Units) -> None:
        """Take over effects at the coefficients ``coef`` [k], found on the same cells in ``units``."""
        self.scales, self.last_removed = in_own_units(scales, removed, coef, units, self.pairs)

    def shifted(self, scales: Scales, move: np.ndarray) -> Scales:
        """``scales`` after the coefficients move [k], as the linearised margins have it."""
        effects = (self.removed.a, self.removed.g, self.removed.p)
        a, g, p = (np.exp(-np.tensordot(move.astype(effect.dtype), effect, 1)) for effect in effects)
        return Scales(scales.a * a, scales.g * g, scales.p * p if self.pairs else scales.p)


def in_own_units(
    scales: Scales, removed: Removed, coef: np.ndarray, units: Units, pairs: bool
) -> tuple[Scales, Removed]:
    """Effects found in ``units`` as those of the flows and regressors themselves, where the coefficients are ``coef``."""
    level = units.flow * np.exp(-coef @ units.centre)
    a, g, p = (s.astype(float) for s in (scales.a, scales.g, scales.p))
    own = Scales(a, g, p * level) if pairs else Scales(a * level, g, p)
    spread, centre = units.spread[:, None, None], units.centre[:, None, None]
    a, g, p = (spread * effect for effect in (removed.a, removed.g, removed.p))
    return own, Removed(a, g, p + centre, 0) if pairs else Removed(a + centre, g, p, 0)


def _solved(state: State | None) -> State:
    if state is None:
        raise RuntimeError("The sector has no solution yet.")
    return state


def _margins(y: np.ndarray, pairs: bool) -> Margins:
    margins = margins_of(y)
    return margins if pairs else replace(margins, p=np.ones_like(margins.p))
