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
from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve, smallest_share
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.projection import Removed
from detente.gravity.engines.tensor_layout import Profile, Sheet, Units

LOOSE, MIDDLE, TIGHT = 1e-2, 1e-3, 1e-9
"""Relative accuracy of projections: later steps (the Hessian errs by the square), the first, standard errors."""
ROUGH = 1e-2
"""Largest change of a log effect at which margins count as met far from the solution: steps allow for the gap."""
NEAR, NEARER = 3e-4, 1e-8
"""Steps, in standard deviations of a regressor, after which single and double precision stop climbing."""
FLOOR = 1e-5
"""Change of a log effect that single precision can still tell from rounding."""
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
    sheets = _sheets(design, layout)
    coef = np.zeros(len(design.names)) if start is None else np.array(start, float)
    if not len(coef):
        _solve(sheets, coef, tol)
        return _gathered(design, layout, sheets, _Climb(coef, 0.0, 1.0, 0.0, 0, True), np.zeros((0, 0)), coef)
    near, begun = _head_start(design, sheets, coef, max_iterations)
    at = _begin(sheets, near, tol if begun else ROUGH)
    at.done, at.converged = begun, begun > 0
    if not begun:
        _climb(sheets, at, NEARER, tol, max_iterations, design.names)
        if at.refused is not None:
            return at.refused
        _solve(sheets, at.coef, tol if at.converged else 1e-3)
    hessian, step = _finish(sheets, at, tol, max_iterations, design.names)
    if at.refused is not None:
        return at.refused
    return _gathered(design, layout, sheets, at, hessian, step)


def _head_start(
    design: Design, sheets: Sequence[Sheet], coef: np.ndarray, max_iterations: int
) -> tuple[np.ndarray, int]:
    """Coefficients near the solution, with the effects there put into ``sheets``; steps made, 0 where it failed."""
    units = Units.of(design)
    singles = [sheet.in_units(units) for sheet in sheets]
    at = _begin(singles, coef * units.spread, ROUGH)
    _climb(singles, at, NEAR, FLOOR, max_iterations)
    if not at.converged or not np.isfinite(at.coef).all():
        return coef, 0
    near = at.coef / units.spread
    for sheet, single in zip(sheets, singles):
        sheet.adopt(single, near, units)
    return near, at.done


def _begin(sheets: Sequence[Sheet], coef: np.ndarray, tol: float) -> _Climb:
    best = _solve(sheets, coef, tol)
    return _Climb(coef, best, sum(float(sheet.projector.size_a.sum()) for sheet in sheets))


def _climb(
    sheets: Sequence[Sheet], at: _Climb, near: float, tol: float, max_iterations: int, names: Sequence[str] = ()
) -> None:
    """Newton steps until one is shorter than ``near``, in place.

    Stops where some effect runs away or the regressors may be collinear; with ``names`` the latter is
    looked into first, and what is proven stands in ``at.refused``.
    """
    while at.done < max_iterations and not at.converged:
        profile = _profile(sheets, LOOSE if at.done else MIDDLE)
        if not at.done and is_suspect(profile.hessian, profile.norms):
            at.refused = find_collinear(_exact_gram(sheets), profile.norms, names) if names else None
            if at.refused is not None or not names:
                return
        if not _sound(profile, sheets):
            return  # the caller looks into it
        step = _newton(at, profile)
        _advance(sheets, at, step, min(ROUGH, max(at.change**2, tol)))
        at.converged = at.change <= near


def _finish(
    sheets: Sequence[Sheet], at: _Climb, tol: float, max_iterations: int, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Exact Newton steps from nearby: the Hessian [k, k] and the last step [k], which is not taken yet.

    Rough projections can hide that a regressor is collinear: this is looked into once more.
    """
    while True:
        profile = _profile(sheets, TIGHT)
        if at.converged and is_suspect(profile.hessian, profile.norms):
            at.refused = find_collinear(_exact_gram(sheets), profile.norms, names)
            if at.refused is not None:
                return profile.hessian, np.full(len(at.coef), np.nan)
        if not at.converged or not _sound(profile, sheets):
            at.converged = False
            return profile.hessian, np.full(len(at.coef), np.nan)
        step = _newton(at, profile)
        if at.change <= NEARER:
            at.done += 1
            return profile.hessian, step
        _advance(sheets, at, step, tol)
        at.converged = at.done < max_iterations


def _newton(at: _Climb, profile: Profile) -> np.ndarray:
    step = scaled_solve(profile.hessian, profile.gradient)
    at.change = float(np.abs(step * np.sqrt(np.maximum(np.diag(profile.hessian), 0.0) / at.total)).max())
    return step


def _sound(profile: Profile, sheets: Sequence[Sheet]) -> bool:
    finite = np.isfinite(profile.gradient).all() and np.isfinite(profile.hessian).all()
    return bool(finite and all(sheet.settled for sheet in sheets))


def _advance(sheets: Sequence[Sheet], at: _Climb, step: np.ndarray, tol: float) -> None:
    """Move the coefficients, the effects along with them; halve the step while the likelihood falls."""
    before, slack = [sheet.scales for sheet in sheets], 1e-9 if tol < FLOOR else 1e-6
    for halving in range(12):
        move = step / 2**halving
        for sheet, scales in zip(sheets, before):
            sheet.scales = sheet.shifted(scales, move)
        reached = _solve(sheets, at.coef + move, tol)
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
    sheets, units = _sheets(design, layout), Units.of(design)
    work = [sheet.in_units(units) for sheet in sheets]
    start, spread = fit.coef * units.spread, units.spread
    if not np.isfinite(_begin(work, start, FLOOR).best) or not all(sheet.settled for sheet in work):
        work, start, spread = sheets, fit.coef, np.ones_like(spread)
        _begin(work, start, FLOOR)
    _profile(work, MIDDLE)
    kept = [(sheet.y, sheet.base, sheet.scales, sheet.removed) for sheet in work]
    for draw in draws:
        for sheet, weight, (y, base, scales, removed) in zip(work, layout.spread(draw.astype(float)), kept):
            weight = weight.astype(y.dtype)
            sheet.reweight(y * weight, base * weight, scales, removed)
        at = _begin(work, start, ROUGH)
        at.done = 1  # what is collinear was seen in the fit
        _climb(work, at, NEAR, FLOOR, 20)
        yield at.coef / spread if at.converged else np.full(len(start), np.nan)


def _sheets(design: Design, layout: Layout) -> list[Sheet]:
    prior = np.ones_like(design.y) if design.weights is None else design.weights
    base = prior if design.offset is None else prior * np.exp(design.offset)
    flows, weights = layout.spread(design.y * prior), layout.spread(base)
    X = np.empty((len(design.names), *flows.shape))
    for k, column in enumerate(design.X):
        layout.spread(column, out=X[k])
    return [Sheet.of(y, w, X[:, s], layout.pairs) for s, (y, w) in enumerate(zip(flows, weights))]


def _solve(sheets: Sequence[Sheet], coef: np.ndarray, tol: float) -> float:
    """Solve the margin equations at ``coef``; the profile log likelihood without its constant."""
    return sum(sheet.solve(coef, tol) for sheet in sheets)


def _profile(sheets: Sequence[Sheet], tol: float) -> Profile:
    """Gradient and Hessian with projections accurate to ``tol``, or better where little of the regressors is left."""
    finest = MIDDLE / 10 if sheets[0].y.dtype == np.float32 else TIGHT
    while True:
        profile = sum(sheet.profile(tol) for sheet in sheets)
        if tol <= finest or not np.isfinite(profile.hessian).all():
            return profile
        enough = np.sqrt(SLIP * smallest_share(profile.hessian, profile.norms))
        if tol <= enough:
            return profile
        tol = max(min(enough, tol / 10), finest)


def _exact_gram(sheets: Sequence[Sheet]) -> np.ndarray:
    return sum(sheet.exact_gram(TIGHT) for sheet in sheets)


def _gathered(design, layout, sheets, at: _Climb, hessian, step) -> EngineFit:
    """Rows again; the last step, too short to change anything but the effects linearly, is taken here."""
    tilde = np.empty((len(at.coef), len(design.y)))
    buffer = np.empty((1, *sheets[0].y.shape)) if len(at.coef) else None
    for k in range(len(at.coef)):
        columns = []
        for sheet in sheets:
            only = Removed(*(effect[k : k + 1] for effect in (sheet.removed.a, sheet.removed.g, sheet.removed.p)), 0)
            less = sheet.projector.residual(sheet.X[k : k + 1], only, out=buffer if len(sheets) == 1 else None)
            columns.append(less[0])
        tilde[k] = layout.gather(columns)
    mu = layout.gather([sheet.mu for sheet in sheets])
    if design.weights is not None:
        mu = np.divide(mu, design.weights, out=np.zeros_like(mu), where=design.weights > 0)
    coef, scales, drift = at.coef, [sheet.scales for sheet in sheets], np.inf
    if np.isfinite(step).all():
        move = step @ tilde
        drift = float(np.abs(move).max(initial=0.0))
        coef = coef + step
        mu *= np.exp(move, out=move)
        scales = [sheet.shifted(scale, step) for sheet, scale in zip(sheets, scales)] if len(step) else scales
    effects = partial(layout.log_effects, design, scales)
    converged = at.converged and all(sheet.settled for sheet in sheets)
    return EngineFit(coef, mu, tilde, hessian, effects, at.done, converged, at.change, drift)
