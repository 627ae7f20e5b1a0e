"""Generalised linear models with fixed effects: iteratively reweighted least squares on rows.

The steps of `row_engine` for any family (Stammann 2018, arXiv 1707.01815).
"""

from __future__ import annotations

from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.row_engine import collinear_on_rows
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.estimators.family import POISSON, Family

SINKS = 1e-8
"""Rows of less than this share of the mean weight may still move: they count for nothing."""
BOUND = 30.0
"""Largest log odds: beyond it a row of a logit is predicted perfectly."""


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def fit_glm(design: Design, family: Family, *, tol: float, max_iterations: int) -> EngineFit | Collinear:
    """Fit ``family`` by reweighted least squares, each step halved while the deviance rises."""
    y = design.y
    offset = np.zeros_like(y) if design.offset is None else design.offset
    prior = np.ones_like(y) if design.weights is None else design.weights
    X = np.ascontiguousarray(design.X.T)
    projector = RowProjector(blocks_of(design))
    coef, change, drift, done, converged = np.zeros(X.shape[1]), np.inf, np.inf, 0, False
    index, deviance, effects = family.index((y + np.average(y, weights=prior)) / 2), np.inf, None
    if family.name in ("gamma", "negbin"):  # from the Poisson fit: their own steps go astray far from the optimum
        near = fit_glm(design, POISSON, tol=1e-4, max_iterations=50)
        if isinstance(near, Collinear):
            return near
        index, coef = np.log(np.maximum(near.mu, 1e-12 * y.mean())), near.coef
        deviance = float(prior @ family.deviance(y, np.exp(index)))
    fitted = index
    while done < max_iterations and not converged:
        done += 1
        mu = family.mean(index)
        curvature = family.curvature(y, mu)
        w = prior * curvature
        projector.weigh(w)
        working = index - offset + family.gap(y, mu) / curvature
        left, effects = projector.effects(np.column_stack([working, X]), effects, tol=1e-11)
        tilde = left[:, 1:]
        hessian = tilde.T @ (w[:, None] * tilde)
        if done == 1 and X.shape[1] and is_suspect(hessian, w @ X**2):
            refused = collinear_on_rows(projector, X, design.names)
            if refused is not None:
                return refused
        if not np.isfinite(hessian).all():
            break
        new = scaled_solve(hessian, tilde.T @ (w * left[:, 0]))
        target = offset + working - (left[:, 0] - tilde @ new)
        before = index
        index, coef_new, reached = _shortened(family, y, prior, index, target, coef, new, deviance)
        spread = np.sqrt(np.diag(hessian) / w.sum())
        change = float((np.abs(coef_new - coef) * spread).max(initial=0.0))
        drift = float((np.abs(index - before) * np.minimum(w / w.mean() / SINKS, 1)).max(initial=0.0))
        moved = abs(deviance - reached) / (0.1 + abs(reached)) if np.isfinite(deviance) else np.inf
        coef, deviance, fitted = coef_new, reached, index
        converged = change <= tol and moved <= tol and drift <= 1e-6
    mu = family.mean(fitted)
    w = prior * family.weight(mu)
    projector.weigh(w)
    tilde, _ = projector.effects(X, None if effects is None else effects[:, 1:].copy(), tol=1e-10)
    hessian = tilde.T @ (w[:, None] * tilde)
    levels = partial(_levels, projector, fitted - offset - X @ coef)
    return EngineFit(coef, mu, np.ascontiguousarray(tilde.T), hessian, levels, done, converged, change, drift)


def _shortened(family, y, prior, index, target, coef, new, deviance):
    """The index [n], coefficients [k] and deviance reached between ``index`` and ``target``."""
    share, place, reached = 1.0, target, np.inf
    for halving in range(12):
        share = 0.5**halving
        place = index + share * (target - index)
        if family.name == "logit":
            place = np.clip(place, -BOUND, BOUND)
        reached = float(prior @ family.deviance(y, family.mean(place)))
        if reached <= deviance + 1e-8 * (abs(deviance) + 0.1):
            break
    return place, coef + share * (new - coef), reached


def _levels(projector: RowProjector, rest: np.ndarray) -> tuple[np.ndarray, ...]:
    projector.weigh(np.ones_like(rest))
    _, others = projector.effects(rest[:, None], tol=1e-10)
    return projector.levels(rest, others[:, 0])
