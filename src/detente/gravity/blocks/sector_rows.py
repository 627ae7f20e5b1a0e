"""One part of a Poisson fit whose rows are too sparse for a tensor: its rows and the state of its effects."""

from __future__ import annotations

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.engines.scaling_engine import RowMargins
from detente.gravity.engines.sectors.sector_tensor import MAX_INDEX, Profile
from detente.gravity.engines.sectors.solved_sector import Units

FINER = 0.1
"""Projections on rows stop by their own error, those on tensors by what is left: the same words mean a bit more here."""


class SectorRows:
    """All of a part's rows as one :class:`Parts`; with ``units`` in these, though never in single precision."""

    def __init__(self, design: Design, units: Units | None = None) -> None:
        self.projector = RowProjector(blocks_of(design))
        prior = np.ones_like(design.y) if design.weights is None else design.weights
        self.base = prior if design.offset is None else prior * np.exp(design.offset)
        self.X, self.flow = design.X.T, design.y * prior
        if units is not None:
            self.X, self.flow = (self.X - units.centre) / units.spread, self.flow / units.flow
        self.X = np.ascontiguousarray(self.X)
        self.margins = RowMargins(self.projector, self.flow)
        self.scales: list[np.ndarray] = [(m > 0).astype(float) for m in self.margins.observed]
        self._held = self.scales
        self.removed: np.ndarray | None = None
        self.taken_out: np.ndarray | None = None
        self.mu = np.empty_like(self.flow)
        self.single, self.settled = units is not None, True

    @property
    def absorbed(self) -> bool:
        return self.taken_out is not None

    def solve(self, coef: np.ndarray, tol: float) -> float:
        found = self.margins.met(self._weights(coef), self.scales, tol)
        self.settled = found is not None
        if found is None:
            return -np.inf
        self.mu, self.scales = found
        traded = self.flow > 0
        return float(self.flow[traded] @ np.log(np.maximum(self.mu[traded], 1e-300))) - float(self.mu.sum())

    def resume(self, coef: np.ndarray, scales: list[np.ndarray], removed: np.ndarray | None) -> None:
        """Stand again where a solution at ``coef`` left the effects."""
        self.scales, self.removed = scales, removed
        self.mu = self._weights(coef)
        for codes, scale in zip(self.margins.codes, scales):
            self.mu *= scale[codes]

    def _weights(self, coef: np.ndarray) -> np.ndarray:
        index = self.X @ coef
        return self.base * np.exp(np.clip(index, -MAX_INDEX["d"], MAX_INDEX["d"], out=index))

    def hold(self) -> None:
        self._held = self.scales

    def advance(self, coef: np.ndarray, move: np.ndarray, tol: float) -> float:
        self.shift(self._held, move)
        return self.solve(coef + move, tol)

    def shift(self, scales: list[np.ndarray], move: np.ndarray) -> None:
        """Put the effects where the linearised margins move ``scales`` to."""
        if self.removed is not None:
            self.scales = self.margins.shifted(scales, self.removed @ move)

    def total(self) -> float:
        return float(self.mu.sum())

    def gradient(self) -> np.ndarray:
        self.projector.weigh(self.mu)
        return (self.flow - self.mu) @ self._less(self.removed)

    def profile(self, tol: float) -> Profile:
        self.projector.weigh(self.mu)
        tilde, self.removed = self.projector.effects(self.X, self.removed, tol=FINER * tol)
        weighted = self.mu[:, None] * tilde
        return Profile(tilde.T @ (self.flow - self.mu), tilde.T @ weighted, self.mu @ self.X**2)

    def without_effects(self) -> np.ndarray:
        """The regressors less their effects at the last profile: [k, n]."""
        self.projector.weigh(self.mu)
        return np.ascontiguousarray(self._less(self.removed).T)

    def _less(self, effects: np.ndarray | None) -> np.ndarray:
        """The regressors less the effects of the other sets and, under the weights set, of the eliminated one."""
        left = self.X.copy()
        if len(self.projector.others) and effects is not None:
            left -= self.projector.rest(effects)
        if self.projector.first is not None:
            left -= self.projector.means(left)[self.margins.codes[self.projector.first]]
        return left

    def absorb(self, tol: float) -> None:
        self.projector.weigh((self.base > 0).astype(float))
        self.X, self.taken_out = self.projector.effects(self.X, tol=FINER * tol)
        self.removed, self.scales = None, [(m > 0).astype(float) for m in self.margins.observed]

    def absorb_again(self, taken_out: np.ndarray) -> None:
        """What :meth:`absorb` did, from the effects that it found."""
        self.projector.weigh((self.base > 0).astype(float))
        self.X, self.taken_out = self._less(taken_out), taken_out

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        self.projector.weigh((self.base > 0).astype(float))
        exact, _ = self.projector.effects(self.X, tol=FINER * tol)
        return exact.T @ exact, np.einsum("nk,nk->k", self.X, self.X)

    def in_own_units(self, coef: np.ndarray, units: Units) -> tuple[list[np.ndarray], np.ndarray | None]:
        """The effects as those of the flows and regressors themselves, where the coefficients are ``coef`` [k].

        The mean of a regressor belongs to the eliminated set, whose effects follow from the others'.
        """
        scales = list(self.scales)
        first = self.projector.first or 0
        scales[first] = scales[first] * (units.flow * np.exp(-coef @ units.centre))
        return scales, None if self.removed is None else self.removed * units.spread
