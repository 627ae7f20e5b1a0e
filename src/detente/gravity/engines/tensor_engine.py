"""Poisson regression with two- or three-way effects on the dense tensor.

The coefficients are found by Newton's method on the profile likelihood: for given
coefficients the effects solve their margin equations exactly (`tensor.balance`), and
the profile Hessian is that of the regressors less their weighted fixed effects
(`projection`). After each step the effects start where the linearised problem puts them.
All steps but the last are taken in single precision where that works, the last ones in double.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial, reduce
from operator import add

import numpy as np

from detente.gravity.blocks.newton import (
    FLOOR,
    MIDDLE,
    NEAR,
    ROUGH,
    Climb,
    begin,
    climb,
    climb_in_double,
    climb_in_single,
    finish,
    profile_of,
)
from detente.gravity.collinear import Collinear
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.projection import Removed
from detente.gravity.engines.sector_tensor import Profile, SectorTensor, Units
from detente.gravity.engines.threads import halves, side_by_side


class SectorTensors:
    """The cells of every sector, all in memory; see :class:`Parts`."""

    def __init__(self, sectors: Sequence[SectorTensor]) -> None:
        self.sectors = sectors
        self._held = [sector.scales for sector in sectors]

    def __iter__(self) -> Iterator[SectorTensor]:
        return iter(self.sectors)

    def __len__(self) -> int:
        return len(self.sectors)

    @property
    def single(self) -> bool:
        return self.sectors[0].y.dtype == np.float32

    @property
    def settled(self) -> bool:
        return all(sector.settled for sector in self.sectors)

    @property
    def absorbed(self) -> bool:
        return self.sectors[0].absorbed is not None

    def solve(self, coef: np.ndarray, tol: float) -> float:
        return sum(sector.solve(coef, tol) for sector in self.sectors)

    def hold(self) -> None:
        self._held = [sector.scales for sector in self.sectors]

    def advance(self, coef: np.ndarray, move: np.ndarray, tol: float) -> float:
        for sector, scales in zip(self.sectors, self._held):
            sector.scales = sector.shifted(scales, move)
        return self.solve(coef + move, tol)

    def total(self) -> float:
        return sum(sector.total() for sector in self.sectors)

    def profile(self, tol: float) -> Profile:
        return reduce(add, (sector.profile(tol) for sector in self.sectors))

    def absorb(self, tol: float) -> None:
        for sector in self.sectors:
            sector.absorb(tol)

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        grams, norms = zip(*(sector.sample_moments(tol) for sector in self.sectors))
        return np.sum(grams, axis=0), np.sum(norms, axis=0)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def fit_on_tensor(
    design: Design,
    layout: Layout,
    *,
    tol: float = 1e-9,
    max_iterations: int = 50,
    start: np.ndarray | None = None,
) -> EngineFit | Collinear:
    """Fit by Newton on the profile likelihood.

    ``start`` [k] are coefficients to begin from. Larch, Wanner, Yotov & Zylkin (2019) alternate the same
    two parts; here the second one is a full Newton step.
    """
    coef = np.zeros(len(design.names)) if start is None else np.array(start, float)
    if not len(coef):
        sectors = sectors_of(design, layout)
        sectors.solve(coef, tol)
        return _gathered(design, layout, sectors, Climb(coef, 0.0, 1.0, 0.0, 0, True), np.zeros((0, 0)), coef)
    sectors, near, begun = _head_start(design, layout, coef, max_iterations)
    at = begin(sectors, near, tol if begun else ROUGH)
    at.done, at.converged = begun, begun > 0
    if not begun:
        at = climb_in_double(sectors, at, tol, max_iterations, design.names)
        if at.refused is not None:
            return at.refused
        sectors.solve(at.coef, tol if at.converged else 1e-3)
    hessian, step = finish(sectors, at, tol, max_iterations, design.names)
    if at.refused is not None:
        return at.refused
    return _gathered(design, layout, sectors, at, hessian, step)


def _head_start(
    design: Design, layout: Layout, coef: np.ndarray, max_iterations: int
) -> tuple[SectorTensors, np.ndarray, int]:
    """SectorTensors in double at coefficients near the solution, found in single precision; steps made, 0 where it failed.

    The cells in single precision are gone before those in double are made.
    """
    units = Units.of(design)
    singles = sectors_of(design, layout, units)
    at = climb_in_single(singles, coef * units.spread, max_iterations)
    if at is None:
        del singles
        return sectors_of(design, layout), coef, 0
    near, found = at.coef / units.spread, [(single.scales, single.removed) for single in singles]
    del singles
    sectors = sectors_of(design, layout)
    for sector, (scales, removed) in zip(sectors, found):
        sector.adopt(scales, removed, near, units)
    return sectors, near, at.done


def refit_with_weights(
    design: Design, layout: Layout, fit: EngineFit, draws: Iterable[np.ndarray]
) -> Iterator[np.ndarray]:
    """Coefficients [k] of fits whose rows are weighted by each of ``draws`` [n], starting from ``fit``.

    In single precision where that holds the margins: a draw errs by some 1e-6 standard deviations of a regressor.
    """
    units = Units.of(design)
    work = sectors_of(design, layout, units)
    start, spread = fit.coef * units.spread, units.spread
    if not np.isfinite(begin(work, start, FLOOR).best) or not work.settled:
        work, start, spread = sectors_of(design, layout), fit.coef, np.ones_like(spread)
        begin(work, start, FLOOR)
    profile_of(work, MIDDLE)
    kept = [(sector.y, sector.base, sector.scales, sector.last_removed) for sector in work]
    for draw in draws:
        for sector, weight, (y, base, scales, removed) in zip(work, layout.spread(draw.astype(float)), kept):
            weight = weight.astype(y.dtype)
            sector.reweight(y * weight, base * weight, scales, removed)
        at = begin(work, start, ROUGH)
        at.done = 1  # what is collinear was seen in the fit
        climb(work, at, NEAR, FLOOR, 20)
        yield at.coef / spread if at.converged else np.full(len(start), np.nan)


def sectors_of(design: Design, layout: Layout, units: Units | None = None) -> SectorTensors:
    """The cells of every sector; with ``units`` in single precision and in these."""
    prior = np.ones_like(design.y) if design.weights is None else design.weights
    base = prior if design.offset is None else prior * np.exp(design.offset)
    flow, dtype = (design.y * prior, "d") if units is None else (design.y * prior / units.flow, "f")
    flows, weights = (layout.spread(rows, out=np.empty(layout.shape, dtype)) for rows in (flow, base))
    X = np.empty((len(design.names), *flows.shape), dtype)

    def fill(columns: slice) -> None:
        for k in range(columns.start, columns.stop):
            column = design.X[k]
            layout.spread(column if units is None else (column - units.centre[k]) / units.spread[k], out=X[k])

    side_by_side(fill, halves(len(X), X.size))
    return SectorTensors([SectorTensor.of(y, w, X[:, s], layout.pairs) for s, (y, w) in enumerate(zip(flows, weights))])


def without_effects(layout: Layout, sectors: SectorTensors, n: int) -> np.ndarray:
    """The regressors less their effects at the last solution, by row: [k, n]."""
    tilde = np.empty((len(sectors.sectors[0].X), n))

    def fill(columns: slice) -> None:
        buffer = np.empty((1, *layout.shape[1:])) if len(sectors) == 1 else None
        for k in range(columns.start, columns.stop):
            cells = []
            for sector in sectors:
                gone = sector.removed
                only = Removed(gone.a[k : k + 1], gone.g[k : k + 1], gone.p[k : k + 1], 0)
                cells.append(sector.projector.residual(sector.X[k : k + 1], only, out=buffer)[0])
            tilde[k] = layout.gather(cells)

    side_by_side(fill, halves(len(tilde), tilde.size))
    return tilde


def _gathered(design, layout, sectors: SectorTensors, at: Climb, hessian, step) -> EngineFit:
    """Rows again; the last step, too short to change anything but the effects linearly, is taken here."""
    tilde = without_effects(layout, sectors, len(design.y))
    mu = layout.gather([sector.mu for sector in sectors])
    if design.weights is not None:
        mu = mu / design.weights  # rows of weight zero were left out
    coef, scales, drift = at.coef, [sector.scales for sector in sectors], np.inf
    if np.isfinite(step).all():
        move = step @ tilde
        drift = float(np.abs(move).max(initial=0.0))
        coef = coef + step
        mu *= np.exp(move, out=move)
        scales = [sector.shifted(scale, step) for sector, scale in zip(sectors, scales)] if len(step) else scales
    scales = [sector.with_absorbed(scale, coef) for sector, scale in zip(sectors, scales)]
    effects = partial(layout.log_effects, design, scales)
    converged = at.converged and sectors.settled
    return EngineFit(coef, mu, tilde, hessian, effects, at.done, converged, at.change, drift)
