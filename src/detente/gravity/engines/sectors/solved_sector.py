"""A solved sector: its effects after a step, and those found in the units of single precision as one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.cells import Scales
from detente.gravity.engines.projection import Removed


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

    def own_hessian(self, hessian: np.ndarray) -> np.ndarray:
        """``hessian`` [k, k] found in these units as that of the flows and regressors themselves."""
        return hessian * self.flow * np.outer(self.spread, self.spread)


@dataclass(frozen=True, slots=True)
class SolvedSector:
    """A sector solved: fitted flows ``mu`` [t, i, j], scales, and effects of the regressors at the end and beforehand."""

    mu: np.ndarray
    scales: Scales
    removed: Removed | None
    absorbed: Removed | None
    pairs: bool

    @property
    def sets(self) -> list[Removed]:
        """All effects that were taken out of the regressors, in their order."""
        return [one for one in (self.absorbed, self.removed) if one is not None]

    def scales_at(self, coef: np.ndarray, step: np.ndarray | None) -> Scales:
        """Scales after the last ``step`` [k] to ``coef`` [k], for the regressors as they were given."""
        scales = self.scales
        if self.removed is not None and step is not None:
            scales = scales_after(scales, self.removed, step, self.pairs)
        return scales if self.absorbed is None else scales_after(scales, self.absorbed, coef, self.pairs)


def scales_after(scales: Scales, removed: Removed, move: np.ndarray, pairs: bool) -> Scales:
    """``scales`` after the coefficients move [k], as the linearised margins have it."""
    effects = (removed.a, removed.g, removed.p)
    a, g, p = (np.exp(-np.tensordot(move.astype(effect.dtype), effect, 1)) for effect in effects)
    return Scales(scales.a * a, scales.g * g, scales.p * p if pairs else scales.p)


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
