"""Poisson regression with any fixed effects: iteratively reweighted least squares on rows.

Correia, Guimarães & Zylkin (2020), Stata Journal 20(1); Stammann (2018). Each step regresses the
working response on the regressors after removing the effects from both; removal is loose while the
steps are large. The first step regresses the whole response. The others regress what it lies off the fit
so far, which gives the change of the coefficients: rounding then costs digits of a step that goes to zero,
not of the coefficients, where nearly collinear regressors would multiply it by their condition number.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.row_projection import RowProjector, blocks_of

COUNTS = 1e-6
"""Flows below this share of the smallest positive one may still move, by as much more as they are smaller: what
rounding leaves of them moves no sum, and separated ones sink without end."""
LOWEST = 100.0
"""Log flows are kept within this of the smallest positive one."""
WILD = 1e6
"""Beyond this a log flow, or its gap, has lost so many digits that the fit so far is no base for the next step."""


SMALLEST_SHARE = 0.5**11
"""Of a step: where the deviance still rises, the step is taken as it is."""


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def fit_on_rows(
    design: Design, *, tol: float = 1e-9, max_iterations: int = 200, start: np.ndarray | None = None
) -> EngineFit | Collinear:
    """Fit by IRLS; ``start`` [k] is accepted for likeness with the tensor engine and not needed."""
    y, offset = design.y, np.zeros_like(design.y) if design.offset is None else design.offset
    prior = np.ones_like(y) if design.weights is None else design.weights
    X = np.ascontiguousarray(design.X.T)
    projector = RowProjector(blocks_of(design))
    mu = (y + np.average(y, weights=prior)) / 2
    eta, deviance, change, drift = np.log(mu), np.inf, np.inf, np.inf
    floor = y[y > 0].min()
    fitted = offset  # what the regressors and effects add up to; eta is that within bounds
    coef, level = np.zeros(X.shape[1]), np.zeros(projector.starts[-1])
    largest, effects, converged, done = np.inf, None, False, 0
    while done < max_iterations and not converged:
        done += 1
        w = prior * mu
        projector.weigh(w)
        anew = largest > WILD
        base = offset if anew else fitted
        gap = eta - base + (y - mu) / mu
        accuracy = 1e-10 if change < 1e-3 else 1e-5
        left, effects = projector.effects(np.column_stack([gap, X]), _from_zero(effects), tol=accuracy)
        hessian = left[:, 1:].T @ (w[:, None] * left[:, 1:])
        if done == 1 and X.shape[1]:
            norms = w @ X**2
            if is_suspect(hessian, norms):
                refused = collinear_on_rows(projector, X, design.names)
                if refused is not None:
                    return refused
                projector.weigh(w)
        if not np.isfinite(hessian).all():
            break
        step = scaled_solve(hessian, left[:, 1:].T @ (w * left[:, 0]))
        before = eta
        target = base + (gap - (left[:, 0] - left[:, 1:] @ step))
        fitted, eta, mu, reached, share = _damped(y, prior, eta if anew else fitted, target, deviance)
        move = step - coef if anew else step
        spread = np.sqrt(np.diag(hessian) / w.sum())
        change = float((np.abs(move) * spread).max(initial=0.0))
        moved = abs(deviance - reached) / (0.1 + abs(reached)) if np.isfinite(deviance) else np.inf
        drift = (np.abs(eta - before) * np.minimum(mu / (COUNTS * floor), 1.0)).max(initial=0.0)
        coef, deviance = coef + share * move, reached
        rise = effects[:, 0] - effects[:, 1:] @ step
        level = _between(level, rise if anew else level + rise, share)
        largest = max(np.abs(gap).max(), np.abs(target).max()) if share == 1 else np.inf
        converged = change <= tol and moved <= tol and drift <= 1e-6
        drift = np.abs(eta - before).max(initial=0.0)
    state = coef, mu, prior * mu, fitted - offset - X @ coef, level
    return _finished(projector, X, effects, state, (done, converged, change, float(drift)))


def _finished(projector: RowProjector, X: np.ndarray, effects: np.ndarray | None, state, ending) -> EngineFit:
    """The fit with exact projections at the place reached."""
    coef, mu, w, core, level = state
    projector.weigh(w)
    tilde, _ = projector.effects(X, None if effects is None else effects[:, 1:], tol=1e-10)
    hessian = tilde.T @ (w[:, None] * tilde)
    log_effects = partial(_log_effects, projector, core, level[:, None])
    return EngineFit(coef, mu, np.ascontiguousarray(tilde.T), hessian, log_effects, *ending)


def collinear_on_rows(projector: RowProjector, X: np.ndarray, names: Sequence[str]) -> Collinear | None:
    """Regressors [n, k] to leave out, every row counting alike: fitted flows may have sunk to nothing."""
    projector.weigh(np.ones(len(X)))
    exact, _ = projector.effects(X, tol=1e-10)
    return find_collinear(exact.T @ exact, np.einsum("nk,nk->k", X, X), names)


def _log_effects(projector: RowProjector, core: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, ...]:
    """Effects by block that add up to ``core`` [n], under equal weights: rows that sank count as well."""
    projector.weigh(np.ones_like(core))
    _, found = projector.effects(core[:, None], begin, tol=1e-10)
    return projector.levels(core, found[:, 0])


def _from_zero(effects: np.ndarray | None) -> np.ndarray | None:
    """Where to start from [levels, 1 + k]: the regressors' effects of the step before, none for the gap."""
    if effects is not None:
        effects[:, 0] = 0.0
    return effects


def _damped(
    y: np.ndarray, prior: np.ndarray, fitted: np.ndarray, target: np.ndarray, deviance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, float]:
    """Move from ``fitted`` to ``target``, by halves while the deviance rises; the first step has nothing to compare.

    Returns the place reached, the same within bounds, the flows there, their deviance, and the share of the way.
    """
    low, high = np.log(y[y > 0].min()) - LOWEST, np.log(y.max()) + 10
    share = 1.0
    while True:
        place = _between(fitted, target, share)
        bounded = np.clip(place, low, high)
        mu = np.exp(bounded)
        reached = _deviance(y, mu, prior)
        if reached <= deviance + 1e-8 * (abs(deviance) + 0.1) or share <= SMALLEST_SHARE:
            return place, bounded, mu, reached, share
        share /= 2


def _between(old: np.ndarray, new: np.ndarray, share: float) -> np.ndarray:
    return new if share == 1 else old + share * (new - old)


def _deviance(y: np.ndarray, mu: np.ndarray, prior: np.ndarray) -> float:
    positive = y > 0
    part = np.zeros_like(y)
    part[positive] = y[positive] * np.log(y[positive] / np.maximum(mu[positive], 1e-300))
    return float(2 * (prior * (part - (y - mu))).sum())
