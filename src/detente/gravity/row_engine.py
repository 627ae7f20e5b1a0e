"""Poisson regression with any fixed effects: iteratively reweighted least squares on rows.

Correia, Guimarães & Zylkin (2020), Stata Journal 20(1); Stammann (2018). Each step regresses the
working response on the regressors after removing the effects from both; removal starts from
the effects of the step before and is loose while the steps are large.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engine import EngineFit
from detente.gravity.rows import RowProjector, blocks_of


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
    eta, deviance, change = np.log(mu), np.inf, np.inf
    floor = y[y > 0].min()
    coef, effects, converged, done = np.zeros(X.shape[1]), None, False, 0
    while done < max_iterations and not converged:
        done += 1
        w = prior * mu
        projector.weigh(w)
        z = eta - offset + (y - mu) / mu
        accuracy = 1e-10 if change < 1e-3 else 1e-5
        left, effects = projector.effects(np.column_stack([z, X]), effects, tol=accuracy)
        hessian = left[:, 1:].T @ (w[:, None] * left[:, 1:])
        if done == 1 and X.shape[1]:
            norms = w @ X**2
            if is_suspect(hessian, norms):
                exact, _ = projector.effects(X, effects[:, 1:], tol=1e-10)
                refused = find_collinear(exact.T @ (w[:, None] * exact), norms, design.names)
                if refused is not None:
                    return refused
        if not np.isfinite(hessian).all():
            break
        new = scaled_solve(hessian, left[:, 1:].T @ (w * left[:, 0]))
        target = z - (left[:, 0] - left[:, 1:] @ new) + offset
        before = eta
        eta, mu, reached = _damped(y, prior, eta, target, deviance)
        spread = np.sqrt(np.diag(hessian) / w.sum())
        change = float((np.abs(new - coef) * spread).max(initial=0.0))
        moved = abs(deviance - reached) / (0.1 + abs(reached)) if np.isfinite(deviance) else np.inf
        drift = np.abs(eta - before)[mu > 1e-10 * floor].max(initial=0.0)  # separated rows sink below
        coef, deviance = new, reached
        converged = change <= tol and moved <= tol and drift <= 1e-6
        drift = np.abs(eta - before).max(initial=0.0)
    w = prior * mu
    projector.weigh(w)
    tilde, effects_x = projector.effects(X, None if effects is None else effects[:, 1:], tol=1e-10)
    hessian = tilde.T @ (w[:, None] * tilde)
    core = eta - offset - X @ coef
    begin = effects[:, :1] - effects_x @ coef[:, None]

    log_effects = partial(_log_effects, projector, core, begin)
    return EngineFit(
        coef, mu, np.ascontiguousarray(tilde.T), hessian, log_effects, done, converged, change, float(drift)
    )


def _log_effects(projector: RowProjector, core: np.ndarray, begin: np.ndarray) -> tuple[np.ndarray, ...]:
    """Effects by block that add up to ``core`` [n]."""
    _, found = projector.effects(core[:, None], begin, tol=1e-10)
    return projector.levels(core, found[:, 0])


def _damped(y, prior, eta, target, deviance):
    """Move towards ``target``, by halves while the deviance rises; the first step has nothing to compare."""
    low, high = np.log(y[y > 0].min()) - 40, np.log(y.max()) + 10
    for _ in range(12):
        bounded = np.clip(target, low, high)
        mu = np.exp(bounded)
        reached = _deviance(y, mu, prior)
        if reached <= deviance + 1e-8 * (abs(deviance) + 0.1):
            break
        target = (eta + target) / 2
    return bounded, mu, reached


def _deviance(y: np.ndarray, mu: np.ndarray, prior: np.ndarray) -> float:
    positive = y > 0
    part = np.zeros_like(y)
    part[positive] = y[positive] * np.log(y[positive] / np.maximum(mu[positive], 1e-300))
    return float(2 * (prior * (part - (y - mu))).sum())
