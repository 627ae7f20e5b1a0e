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
    approach,
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
from detente.gravity.engines.sectors.sector_of_rows import SectorOfRows
from detente.gravity.engines.sectors.sector_tensor import Profile, SectorTensor, at_solution
from detente.gravity.engines.sectors.solved_sector import SolvedSector, Units, scales_after
from detente.gravity.engines.threads import halves, side_by_side


class SectorTensors:
    """The cells of every sector, all in memory; see :class:`Parts`."""

    def __init__(self, sectors: Sequence[SectorTensor]) -> None:
        self.sectors: Sequence[SectorTensor] = sectors
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
            sector.scales = scales_after(scales, sector.removed, move, sector.pairs)
        return self.solve(coef + move, tol)

    def total(self) -> float:
        return sum(sector.total() for sector in self.sectors)

    def gradient(self) -> np.ndarray:
        return reduce(add, (sector.gradient() for sector in self.sectors))

    def profile(self, tol: float) -> Profile:
        return reduce(add, (sector.profile(tol) for sector in self.sectors))

    def ended(self) -> list[SolvedSector]:
        """The solution of every sector, whose cells are let go."""
        solutions = [sector.solution() for sector in self.sectors]
        self.sectors, self._held = [], []
        return solutions

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
    sectors, at = _head_start(design, layout, coef, tol, max_iterations)
    if at.hessian is not None:
        approach(sectors, at, at.hessian, tol)
    else:
        at = climb_in_double(sectors, at, tol, max_iterations, design.names)
        if at.refused is not None:
            return at.refused
        sectors.solve(at.coef, tol if at.converged else 1e-3)
    hessian, step = finish(sectors, at, tol, max_iterations, design.names)
    if at.refused is not None:
        return at.refused
    return _gathered(design, layout, sectors, at, hessian, step)


def _head_start(
    design: Design, layout: Layout, coef: np.ndarray, tol: float, max_iterations: int
) -> tuple[SectorTensors, Climb]:
    """Sectors in double near the solution, found in single precision, with the last Hessian; at the start where it failed.

    The cells in single precision are gone before those in double are made.
    """
    units = Units.of(design)
    singles = sectors_of(design, layout, units)
    found = climb_in_single(singles, coef * units.spread, max_iterations)
    effects = [single.last_removed for single in singles], [single.scales for single in singles]
    del singles
    if found is None or found.hessian is None or found.move is None:
        sectors = sectors_of(design, layout)
        return sectors, begin(sectors, coef, ROUGH)
    one = layout.shape[0] == 1
    sectors = SectorTensors([SectorOfRows.of_rows(design, layout)]) if one else sectors_of(design, layout)
    near = found.coef / units.spread
    for sector, removed, scales in zip(sectors, *effects):
        removed = at_solution(removed)
        sector.adopt(scales_after(scales, removed, found.move, sector.pairs), removed, near, units)
    at = begin(sectors, near, tol)
    at.done, at.converged, at.hessian = found.done, True, units.own_hessian(found.hessian)
    return sectors, at


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
    dtype, scale = ("d", 1.0) if units is None else ("f", units.flow)
    flow = design.y if design.weights is None else design.y * design.weights
    flows, X = layout.cells(dtype=dtype), layout.cells(len(design.names), dtype=dtype)
    layout.spread(flow, flows, scale=scale)
    if design.weights is None and design.offset is None:
        weights = layout.occupied()
    else:
        prior = np.ones_like(design.y) if design.weights is None else design.weights
        base = prior if design.offset is None else prior * np.exp(design.offset)
        weights = layout.spread(base, layout.cells(dtype=dtype))

    def fill(columns: slice) -> None:
        for k in range(columns.start, columns.stop):
            centre, spread = (0.0, 1.0) if units is None else (float(units.centre[k]), float(units.spread[k]))
            layout.spread(design.X[k], X[k], centre=centre, scale=spread)

    side_by_side(fill, halves(len(X), X.size))
    return SectorTensors([SectorTensor.of(y, w, X[:, s], layout.pairs) for s, (y, w) in enumerate(zip(flows, weights))])


def solved_rows(design: Design, layout: Layout, solutions: Sequence[SolvedSector]) -> tuple[np.ndarray, np.ndarray]:
    """Fitted flows [n], without the weights, and the regressors less their effects [k, n], by row."""
    mu, sets = layout.gather([one.mu for one in solutions]), [one.sets for one in solutions]
    if design.weights is not None:
        mu = mu / design.weights  # rows of weight zero were left out
    tilde = np.empty_like(design.X)
    side_by_side(lambda columns: layout.less(design.X, sets, tilde, columns), halves(len(tilde), tilde.size))
    return mu, tilde


def _gathered(
    design: Design, layout: Layout, sectors: SectorTensors, at: Climb, hessian: np.ndarray, step: np.ndarray
) -> EngineFit:
    """Rows again; the last step, too short to change anything but the effects linearly, is taken here."""
    settled, solutions = sectors.settled, sectors.ended()
    mu, tilde = solved_rows(design, layout, solutions)
    coef, drift, last = at.coef, np.inf, step if np.isfinite(step).all() else None
    if last is not None:
        move = step @ tilde
        drift = float(np.abs(move).max(initial=0.0))
        coef = coef + step
        mu *= np.exp(move, out=move)
    scales = [one.scales_at(coef, last) for one in solutions]
    effects = partial(layout.log_effects, design, scales)
    return EngineFit(coef, mu, tilde, hessian, effects, at.done, at.converged and settled, at.change, drift)
