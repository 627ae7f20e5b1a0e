"""Poisson regression with two- or three-way effects on the dense tensor.

The coefficients are found by Newton's method on the profile likelihood: for given
coefficients the effects solve their margin equations exactly (`tensor.balance`), and
the profile Hessian is that of the regressors less their weighted fixed effects
(`projection`). After each step the effects start where the linearised problem puts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engine import EngineFit
from detente.gravity.layout import Layout
from detente.gravity.projection import Removed, TensorProjector
from detente.gravity.tensor import Margins, Scales, balance, margins_of, starting_scales

LOOSE, MIDDLE, TIGHT = 1e-2, 1e-3, 1e-9
"""Relative accuracy of projections: later steps (the Hessian errs by the square), the first, standard errors."""


MAX_INDEX = 300.0
"""What the regressors may add up to; more means that a coefficient runs away."""
MAX_SWEEPS = 500
"""Margins that take longer do not settle: some effect runs away, which is looked into afterwards."""


@dataclass(slots=True)
class _Sheet:
    """One sector: flows and base weight [t, i, j], regressors [k, t, i, j], and the state of its effects."""

    y: np.ndarray
    base: np.ndarray
    X: np.ndarray
    margins: Margins
    scales: Scales
    mu: np.ndarray
    weight: np.ndarray
    removed: Removed | None = None
    projector: TensorProjector | None = None
    settled: bool = True


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
    best = _effects_given(sheets, coef, layout.pairs, 1e-3)
    total = sum(sheet.mu.sum() for sheet in sheets)
    change, done, converged = np.inf, 0, not len(coef)
    while len(coef) and done < max_iterations:
        done += 1
        gradient, hessian, norms = _profile(sheets, layout.pairs, MIDDLE if done == 1 else LOOSE)
        if done == 1 and is_suspect(hessian, norms):
            refused = find_collinear(_exact_gram(sheets), norms, design.names)
            if refused is not None:
                return refused
        if not (np.isfinite(gradient).all() and np.isfinite(hessian).all() and all(s.settled for s in sheets)):
            break  # some effect runs away: the caller looks into it
        step = scaled_solve(hessian, gradient)
        change = float(np.abs(step * np.sqrt(np.maximum(np.diag(hessian), 0.0) / total)).max())
        coef, best = _advance(sheets, coef, step, best, layout.pairs, min(1e-3, max(change**2, tol)))
        if change <= tol**0.5 * 1e-1:
            converged = True
            break
    if len(coef):
        gradient, hessian, _ = _profile(sheets, layout.pairs, TIGHT)
        final = scaled_solve(hessian, gradient) if np.isfinite(hessian).all() else np.full(len(coef), np.inf)
        if converged:
            coef, best = _advance(sheets, coef, final, -np.inf, layout.pairs, tol)
    else:
        _effects_given(sheets, coef, layout.pairs, tol)
        hessian, final = np.zeros((0, 0)), coef
    return _gathered(design, layout, sheets, coef, hessian, final, done, converged, change)


def refit_with_weights(
    design: Design, layout: Layout, fit: EngineFit, draws: Iterable[np.ndarray], *, tol: float = 1e-6
) -> Iterator[np.ndarray]:
    """Coefficients [k] of fits whose rows are weighted by each of ``draws`` [n], starting from ``fit``."""
    sheets = _sheets(design, layout)
    _effects_given(sheets, fit.coef, layout.pairs, 1e-9)
    _profile(sheets, layout.pairs, MIDDLE)
    kept = [(sheet.y, sheet.base, sheet.scales, sheet.removed) for sheet in sheets]
    for draw in draws:
        for sheet, weight, (y, base, scales, removed) in zip(sheets, layout.spread(draw.astype(float)), kept):
            sheet.y, sheet.base, sheet.removed = y * weight, base * weight, removed
            sheet.margins = margins_of(sheet.y)
            if not layout.pairs:
                sheet.margins = replace(sheet.margins, p=np.ones_like(sheet.margins.p))
            live = (sheet.margins.a > 0, sheet.margins.g > 0, sheet.margins.p > 0)
            sheet.scales = Scales(scales.a * live[0], scales.g * live[1], scales.p * live[2])
        coef, best = fit.coef, _effects_given(sheets, fit.coef, layout.pairs, 1e-4)
        for _ in range(20):
            gradient, hessian, _ = _profile(sheets, layout.pairs, LOOSE)
            step = scaled_solve(hessian, gradient)
            size = float(np.abs(step * np.sqrt(np.maximum(np.diag(hessian), 0.0))).max(initial=0.0))
            total = np.sqrt(sum(sheet.mu.sum() for sheet in sheets))
            coef, best = _advance(sheets, coef, step, best, layout.pairs, max(1e-7, min(1e-4, size / total / 10)))
            if size <= tol * total:
                break
        yield coef


def _sheets(design: Design, layout: Layout) -> list[_Sheet]:
    prior = np.ones_like(design.y) if design.weights is None else design.weights
    base = prior if design.offset is None else prior * np.exp(design.offset)
    flows, weights = layout.spread(design.y * prior), layout.spread(base)
    X = np.empty((len(design.names), *flows.shape))
    for k, column in enumerate(design.X):
        layout.spread(column, out=X[k])
    result = []
    for s, (y, w) in enumerate(zip(flows, weights)):
        margins = margins_of(y)
        if not layout.pairs:
            margins = replace(margins, p=np.ones_like(margins.p))
        scales = starting_scales(margins)
        result.append(_Sheet(y, w, X[:, s], margins, scales, np.empty_like(y), np.empty_like(y)))
    return result


def _effects_given(sheets: list[_Sheet], coef: np.ndarray, pairs: bool, tol: float) -> float:
    """Solve the margin equations at ``coef``; the profile log likelihood without its constant."""
    return sum(_solve_sheet(sheet, coef, pairs, tol, MAX_SWEEPS) for sheet in sheets)


def _solve_sheet(sheet: _Sheet, coef: np.ndarray, pairs: bool, tol: float, max_sweeps: int) -> float:
    index = np.tensordot(coef, sheet.X, 1) if len(coef) else np.zeros_like(sheet.y)
    np.exp(np.clip(index, -MAX_INDEX, MAX_INDEX, out=index), out=sheet.weight)
    sheet.weight *= sheet.base
    sheet.scales, _, change = balance(
        sheet.weight, sheet.margins, sheet.scales, tol=tol, max_sweeps=max_sweeps, pairs=pairs
    )
    sheet.settled = change <= tol
    a, g, p = sheet.scales.a, sheet.scales.g, sheet.scales.p
    for t in range(len(sheet.y)):
        np.multiply(sheet.weight[t], p, out=sheet.mu[t])
        sheet.mu[t] *= a[t][:, None]
        sheet.mu[t] *= g[t]
    logs = [np.log(s, out=np.zeros_like(s), where=s > 0) for s in (a, g, p)]
    likelihood = float(sum((m * l).sum() for m, l in zip((sheet.margins.a, sheet.margins.g), logs)))
    likelihood += float((sheet.margins.p * logs[2]).sum()) if pairs else 0.0
    return likelihood + float(np.vdot(sheet.y, index)) - float(sheet.mu.sum())


def _profile(sheets: list[_Sheet], pairs: bool, tol: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradient [k] and Hessian [k, k] of the profile likelihood over all sectors; sums of squares [k]."""
    k = len(sheets[0].X)
    gradient, hessian, norms = np.zeros(k), np.zeros((k, k)), np.zeros(k)
    for sheet in sheets:
        projector = sheet.projector = TensorProjector(sheet.mu, pairs)
        sums = projector.sums(sheet.X)
        removed = sheet.removed = projector.effects(sheet.X, sheet.removed, tol=tol, sums=sums)
        gram = _gram(sheet.X, sheet.mu)
        hessian += gram
        norms += np.diag(gram)
        parts = [(sums[0], removed.a), (sums[1], removed.g)] + ([(sums[2], removed.p)] if pairs else [])
        for total, effect in parts:
            hessian -= total.reshape(k, -1) @ effect.reshape(k, -1).T
        gap = sheet.y - sheet.mu
        gradient += np.tensordot(sheet.X, gap, 3)
        gradient -= np.tensordot(removed.a, gap.sum(2), 2) + np.tensordot(removed.g, gap.sum(1), 2)
        if pairs:
            gradient -= np.tensordot(removed.p, gap.sum(0), 2)
    return gradient, (hessian + hessian.T) / 2, norms


def _exact_gram(sheets: list[_Sheet]) -> np.ndarray:
    """Gram matrix [k, k] of the regressors less their effects, without cancellation."""
    gram = 0.0
    for sheet in sheets:
        sheet.removed = sheet.projector.effects(sheet.X, sheet.removed, tol=TIGHT)
        gram = gram + _gram(sheet.projector.residual(sheet.X, sheet.removed), sheet.mu)
    return gram


def _gram(X: np.ndarray, w: np.ndarray) -> np.ndarray:
    """sum w x_k x_l, a year at a time."""
    k = len(X)
    gram = np.zeros((k, k))
    for t, sheet in enumerate(w):
        block = X[:, t].reshape(k, -1)
        gram += (block * sheet.ravel()) @ block.T
    return gram


def _advance(sheets, coef, step, best, pairs: bool, tol: float) -> tuple[np.ndarray, float]:
    """Move the coefficients, the effects along with them; halve the step while the likelihood falls."""
    before = [sheet.scales for sheet in sheets]
    for halving in range(12):
        move = step / 2**halving
        for sheet, scales in zip(sheets, before):
            shift = [np.tensordot(move, effect, 1) for effect in (sheet.removed.a, sheet.removed.g, sheet.removed.p)]
            sheet.scales = Scales(
                scales.a * np.exp(-shift[0]),
                scales.g * np.exp(-shift[1]),
                scales.p * np.exp(-shift[2]) if pairs else scales.p,
            )
        reached = _effects_given(sheets, coef + move, pairs, tol)
        if reached >= best - 1e-9 * abs(best) or not np.isfinite(best):
            return coef + move, reached
    return coef + move, reached


def _gathered(design, layout, sheets, coef, hessian, step, iterations, converged, change) -> EngineFit:
    mu = layout.gather([sheet.mu for sheet in sheets])
    if design.weights is not None:
        mu = np.divide(mu, design.weights, out=np.zeros_like(mu), where=design.weights > 0)
    tilde = np.empty((len(coef), len(design.y)))
    buffer = np.empty((1, *sheets[0].y.shape)) if len(coef) else None
    for k in range(len(coef)):
        columns = []
        for sheet in sheets:
            only = Removed(*(effect[k : k + 1] for effect in (sheet.removed.a, sheet.removed.g, sheet.removed.p)), 0)
            less = sheet.projector.residual(sheet.X[k : k + 1], only, out=buffer if len(sheets) == 1 else None)
            columns.append(less[0])
        tilde[k] = layout.gather(columns)
    scales = [sheet.scales for sheet in sheets]
    effects = partial(layout.log_effects, design, scales)
    settled = all(sheet.settled for sheet in sheets)
    drift = float(np.abs(step @ tilde).max(initial=0.0)) if settled and np.isfinite(step).all() else np.inf
    return EngineFit(coef, mu, tilde, hessian, effects, iterations, converged and settled, change, drift)
