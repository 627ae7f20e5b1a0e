"""Poisson regression with two- or three-way effects on the dense tensor.

The coefficients are found by Newton's method on the profile likelihood: for given
coefficients the effects solve their margin equations exactly (`tensor.balance`), and
the profile Hessian is that of the regressors less their weighted fixed effects
(`projection`). After each step the effects start where the linearised problem puts them.
All steps but the last are taken in single precision where that works, the last ones in double.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from operator import add

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve, smallest_share
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.projection import Removed
from detente.gravity.engines.sector_tensor import Profile, SectorTensor, Units
from detente.gravity.engines.threads import halves, side_by_side

LOOSE, MIDDLE, TIGHT = 1e-2, 1e-3, 1e-9
"""Relative accuracy of projections: later steps (the Hessian errs by the square), the first, standard errors."""
ROUGH = 1e-2
"""Largest change of a log effect at which margins count as met far from the solution: steps allow for the gap."""
NEAR, NEARER = 3e-4, 1e-8
"""Steps, in standard deviations of a regressor, after which single and double precision stop climbing."""
FLOOR = 1e-5
"""Change of a log effect that single precision can still tell from rounding."""
ABSORBED = 1e-3
"""Share of a regressor's sum of squares left by the effects below which they nearly explain it."""
FARTHEST = 2.0
"""Root mean square of the log flows' moves in one step: more is Newton gone astray."""
SLIP = 0.1
"""Share of its smallest eigenvalue by which the Hessian may err: more, and steps go astray."""


@dataclass(slots=True)
class _Climb:
    """Where Newton's method stands: coefficients [k], profile likelihood, last change, steps made."""

    coef: np.ndarray
    best: float
    total: float
    change: float = np.inf
    done: int = 0
    converged: bool = False
    refused: Collinear | None = None


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
        sectors = _sectors(design, layout)
        _solve(sectors, coef, tol)
        return _gathered(design, layout, sectors, _Climb(coef, 0.0, 1.0, 0.0, 0, True), np.zeros((0, 0)), coef)
    sectors, near, begun = _head_start(design, layout, coef, max_iterations)
    at = _begin(sectors, near, tol if begun else ROUGH)
    at.done, at.converged = begun, begun > 0
    if not begun:
        at = _climb_in_double(sectors, at, tol, max_iterations, design.names)
        if at.refused is not None:
            return at.refused
        _solve(sectors, at.coef, tol if at.converged else 1e-3)
    hessian, step = _finish(sectors, at, tol, max_iterations, design.names)
    if at.refused is not None:
        return at.refused
    return _gathered(design, layout, sectors, at, hessian, step)


def _climb_in_double(
    sectors: Sequence[SectorTensor], at: _Climb, tol: float, max_iterations: int, names: Sequence[str]
) -> _Climb:
    """All Newton steps in double; of regressors that the effects nearly explain only what these leave is used.

    The flows then do not depend on coefficients and effects that are large and cancel.
    """
    profile = _profile(sectors, MIDDLE)
    if _sound(profile, sectors) and is_suspect(profile.hessian, profile.norms):
        at.refused = _collinear(sectors, names)
        if at.refused is not None:
            return at
    if not (np.diag(profile.hessian) > ABSORBED * profile.norms).all():
        for sector in sectors:
            sector.absorb(TIGHT / 10)
        at = _begin(sectors, at.coef, ROUGH)
    _climb(sectors, at, NEARER, tol, max_iterations)
    return at


def _head_start(
    design: Design, layout: Layout, coef: np.ndarray, max_iterations: int
) -> tuple[list[SectorTensor], np.ndarray, int]:
    """Sectors in double at coefficients near the solution, found in single precision; steps made, 0 where it failed.

    The cells in single precision are gone before those in double are made.
    """
    units = Units.of(design)
    singles = _sectors(design, layout, units)
    at = _begin(singles, coef * units.spread, ROUGH)
    _climb(singles, at, NEAR, FLOOR, max_iterations)
    if not at.converged or not np.isfinite(at.coef).all():
        del singles
        return _sectors(design, layout), coef, 0
    near, found = at.coef / units.spread, [(single.scales, single.removed) for single in singles]
    del singles
    sectors = _sectors(design, layout)
    for sector, (scales, removed) in zip(sectors, found):
        sector.adopt(scales, removed, near, units)
    return sectors, near, at.done


def _begin(sectors: Sequence[SectorTensor], coef: np.ndarray, tol: float) -> _Climb:
    best = _solve(sectors, coef, tol)
    return _Climb(coef, best, sum(float(sector.projector.size_a.sum()) for sector in sectors))


def _climb(sectors: Sequence[SectorTensor], at: _Climb, near: float, tol: float, max_iterations: int) -> None:
    """Newton steps until one is shorter than ``near``, in place.

    Stops where some effect runs away, or in single precision where the regressors may be collinear.
    """
    single = sectors[0].y.dtype == np.float32
    while at.done < max_iterations and not at.converged:
        profile = _profile(sectors, LOOSE if at.done else MIDDLE)
        if not _sound(profile, sectors):
            return  # the caller looks into it
        if single and not at.done and _needs_double(profile):
            return
        step = _newton(at, profile)
        _advance(sectors, at, step, min(ROUGH, max(at.change**2, tol)))
        at.converged = at.change <= near


def _finish(
    sectors: Sequence[SectorTensor], at: _Climb, tol: float, max_iterations: int, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Exact Newton steps from nearby: the Hessian [k, k] and the last step [k], which is not taken yet.

    Rough projections can hide that a regressor is collinear: this is looked into once more, on the sample.
    One that is collinear under the fitted flows alone shows that some of them sink to nothing (separation).
    """
    judged, accuracy = False, MIDDLE if at.change > NEARER else TIGHT  # a step needs less than standard errors
    while True:
        profile = _profile(sectors, accuracy)
        if not at.converged or not _sound(profile, sectors):
            at.converged = False
            return profile.hessian, np.full(len(at.coef), np.nan)
        if not judged and sectors[0].absorbed is None and is_suspect(profile.hessian, profile.norms):
            judged, at.refused = True, _collinear(sectors, names)
            if at.refused is not None:
                return profile.hessian, np.full(len(at.coef), np.nan)
        step = _newton(at, profile)
        if at.change > NEARER:
            _advance(sectors, at, step, tol)
            at.converged = at.done < max_iterations
        elif accuracy == TIGHT:
            at.done += 1
            return profile.hessian, step
        accuracy = TIGHT


def _needs_double(profile: Profile) -> bool:
    explained = not (np.diag(profile.hessian) > ABSORBED * profile.norms).all()
    return explained or is_suspect(profile.hessian, profile.norms)


def _newton(at: _Climb, profile: Profile) -> np.ndarray:
    """The Newton step [k], shortened where it would move the typical log flow out of sight."""
    step = scaled_solve(profile.hessian, profile.gradient)
    at.change = float(np.abs(step * np.sqrt(np.maximum(np.diag(profile.hessian), 0.0) / at.total)).max())
    moved = np.sqrt(max(float(step @ profile.hessian @ step), 0.0) / at.total)
    return step * min(1.0, FARTHEST / moved) if moved > 0 else step


def _sound(profile: Profile, sectors: Sequence[SectorTensor]) -> bool:
    finite = np.isfinite(profile.gradient).all() and np.isfinite(profile.hessian).all()
    return bool(finite and all(sector.settled for sector in sectors))


def _advance(sectors: Sequence[SectorTensor], at: _Climb, step: np.ndarray, tol: float) -> None:
    """Move the coefficients, the effects along with them; shorten the step while the likelihood falls."""
    before, slack = [sector.scales for sector in sectors], 1e-9 if tol < FLOOR else 1e-6
    move, reached = step, -np.inf
    for shortening in (1, 2, 2, 2, 4, 4, 8, 8, 16, 16):
        move = move / shortening
        for sector, scales in zip(sectors, before):
            sector.scales = sector.shifted(scales, move)
        reached = _solve(sectors, at.coef + move, tol)
        if reached >= at.best - slack * abs(at.best) or not np.isfinite(at.best):
            break
    at.coef, at.best = at.coef + move, reached
    at.done += 1


def refit_with_weights(
    design: Design, layout: Layout, fit: EngineFit, draws: Iterable[np.ndarray]
) -> Iterator[np.ndarray]:
    """Coefficients [k] of fits whose rows are weighted by each of ``draws`` [n], starting from ``fit``.

    In single precision where that holds the margins: a draw errs by some 1e-6 standard deviations of a regressor.
    """
    units = Units.of(design)
    work = _sectors(design, layout, units)
    start, spread = fit.coef * units.spread, units.spread
    if not np.isfinite(_begin(work, start, FLOOR).best) or not all(sector.settled for sector in work):
        work, start, spread = _sectors(design, layout), fit.coef, np.ones_like(spread)
        _begin(work, start, FLOOR)
    _profile(work, MIDDLE)
    kept = [(sector.y, sector.base, sector.scales, sector.last_removed) for sector in work]
    for draw in draws:
        for sector, weight, (y, base, scales, removed) in zip(work, layout.spread(draw.astype(float)), kept):
            weight = weight.astype(y.dtype)
            sector.reweight(y * weight, base * weight, scales, removed)
        at = _begin(work, start, ROUGH)
        at.done = 1  # what is collinear was seen in the fit
        _climb(work, at, NEAR, FLOOR, 20)
        yield at.coef / spread if at.converged else np.full(len(start), np.nan)


def _sectors(design: Design, layout: Layout, units: Units | None = None) -> list[SectorTensor]:
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
    return [SectorTensor.of(y, w, X[:, s], layout.pairs) for s, (y, w) in enumerate(zip(flows, weights))]


def _solve(sectors: Sequence[SectorTensor], coef: np.ndarray, tol: float) -> float:
    """Solve the margin equations at ``coef``; the profile log likelihood without its constant."""
    return sum(sector.solve(coef, tol) for sector in sectors)


def _profile(sectors: Sequence[SectorTensor], tol: float) -> Profile:
    """Gradient and Hessian with projections accurate to ``tol``, or better where little of the regressors is left."""
    finest = MIDDLE / 10 if sectors[0].y.dtype == np.float32 else TIGHT
    while True:
        profile = reduce(add, (sector.profile(tol) for sector in sectors))
        if tol <= finest or not np.isfinite(profile.hessian).all():
            return profile
        enough = np.sqrt(SLIP * smallest_share(profile.hessian, profile.norms))
        if tol <= enough:
            return profile
        tol = max(min(enough, tol / 10), finest)


def _collinear(sectors: Sequence[SectorTensor], names: Sequence[str]) -> Collinear | None:
    """Regressors to leave out, judged on the rows as they are and not on what the fit makes of them."""
    grams, norms = zip(*(sector.sample_moments(TIGHT) for sector in sectors))
    return find_collinear(np.sum(grams, axis=0), np.sum(norms, axis=0), names)


def _gathered(design, layout, sectors, at: _Climb, hessian, step) -> EngineFit:
    """Rows again; the last step, too short to change anything but the effects linearly, is taken here."""
    tilde = np.empty((len(at.coef), len(design.y)))

    def fill(columns: slice) -> None:
        buffer = np.empty((1, *sectors[0].y.shape))
        for k in range(columns.start, columns.stop):
            cells = []
            for sector in sectors:
                gone = sector.removed
                only = Removed(gone.a[k : k + 1], gone.g[k : k + 1], gone.p[k : k + 1], 0)
                less = sector.projector.residual(sector.X[k : k + 1], only, out=buffer if len(sectors) == 1 else None)
                cells.append(less[0])
            tilde[k] = layout.gather(cells)

    side_by_side(fill, halves(len(tilde), tilde.size))
    mu = layout.gather([sector.mu for sector in sectors])
    if design.weights is not None:
        mu = np.divide(mu, design.weights, out=np.zeros_like(mu), where=design.weights > 0)
    coef, scales, drift = at.coef, [sector.scales for sector in sectors], np.inf
    if np.isfinite(step).all():
        move = step @ tilde
        drift = float(np.abs(move).max(initial=0.0))
        coef = coef + step
        mu *= np.exp(move, out=move)
        scales = [sector.shifted(scale, step) for sector, scale in zip(sectors, scales)] if len(step) else scales
    scales = [sector.with_absorbed(scale, coef) for sector, scale in zip(sectors, scales)]
    effects = partial(layout.log_effects, design, scales)
    converged = at.converged and all(sector.settled for sector in sectors)
    return EngineFit(coef, mu, tilde, hessian, effects, at.done, converged, at.change, drift)
