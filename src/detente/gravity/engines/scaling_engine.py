"""Poisson regression with any plain effects on rows: scaling and Newton.

The same two parts as on the tensor, row by row: for given coefficients every set of effects is scaled
in turn until all margins are met (Larch, Wanner, Yotov & Zylkin 2019), then the coefficients take a
Newton step on the profile likelihood. It needs fewer and lighter regressions than IRLS, to which it
leaves what has slopes, less than two effects, or margins that do not settle.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engines.acceleration import Anderson
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.row_engine import collinear_on_rows
from detente.gravity.engines.row_projection import RowProjector, blocks_of

MAX_SWEEPS = 300


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def fit_by_scaling(design: Design, *, tol: float = 1e-9, max_iterations: int = 50) -> EngineFit | Collinear | None:
    """Fit, or None where the margins do not settle or the effects have slopes: IRLS then has to do it."""
    blocks = blocks_of(design)
    projector = RowProjector(blocks)
    if projector.first is None or not projector.others or any(b.slope is not None for b in blocks):
        return None
    prior = np.ones_like(design.y) if design.weights is None else design.weights
    base = prior if design.offset is None else prior * np.exp(design.offset)
    X, flow = np.ascontiguousarray(design.X.T), design.y * prior
    margins = RowMargins(projector, flow)
    coef, effects, change, done, converged = np.zeros(X.shape[1]), None, np.inf, 0, not X.shape[1]
    state = margins.met(base, [np.ones(b.n) for b in blocks], 1e-3 if len(coef) else tol)
    total = np.sqrt(flow.sum())
    while state is not None and not converged and done < max_iterations:
        done += 1
        mu, scales = state
        projector.weigh(mu)
        tilde, effects = projector.effects(X, effects, tol=1e-3 if done == 1 else 1e-2)
        hessian = tilde.T @ (mu[:, None] * tilde)
        if done == 1:
            norms = mu @ X**2
            if is_suspect(hessian, norms):
                refused = collinear_on_rows(projector, X, design.names)
                if refused is not None:
                    return refused
                projector.weigh(mu)
        if not np.isfinite(hessian).all():
            return None
        step = scaled_solve(hessian, tilde.T @ (flow - mu))
        change = float(np.abs(step * np.sqrt(np.maximum(np.diag(hessian), 0.0))).max()) / total
        converged = change <= 1e-6
        aim = tol if converged else min(1e-3, max(change**2, tol))
        before = _likelihood(flow, mu)
        move = step
        for halving in range(12):
            move = step / 2**halving
            state = margins.met(base * np.exp(X @ (coef + move)), margins.shifted(scales, effects @ move), aim)
            if state is None or done == 1 or _likelihood(flow, state[0]) >= before - 1e-7 * abs(before):
                break
        coef = coef + move
    if state is None:
        return None
    last = _last_step(margins, projector, X, base, flow, coef, state, effects, tol)
    if last is None:
        return None
    coef, mu, scales, tilde, hessian, drift = last
    fitted = np.divide(mu, prior, out=np.zeros_like(mu), where=prior > 0)
    tilde = np.ascontiguousarray(tilde.T)
    return EngineFit(coef, fitted, tilde, hessian, partial(_logs, scales), done, converged, change, drift)


def _last_step(margins, projector, X, base, flow, coef, state, effects, tol: float):
    """The last Newton step, from a Hessian with exact projections: coefficients, flows, scales, residual regressors,
    Hessian and the largest move of a log flow; None where something ran away."""
    mu, scales = state
    projector.weigh(mu)
    tilde, effects = projector.effects(X, effects, tol=1e-8)
    hessian = tilde.T @ (mu[:, None] * tilde)
    if not np.isfinite(hessian).all():
        return None
    if not len(coef):
        return coef, mu, scales, tilde, hessian, 0.0
    step = scaled_solve(hessian, tilde.T @ (flow - mu))
    drift = float(np.abs(tilde @ step).max(initial=0.0))
    coef = coef + step
    mu, scales = margins.met(base * np.exp(X @ coef), margins.shifted(scales, effects @ step), tol) or state
    return coef, mu, scales, tilde, hessian, drift


class RowMargins:
    """The margin equations of n rows: sums of ``flow`` [n] over the levels of every block."""

    def __init__(self, projector: RowProjector, flow: np.ndarray) -> None:
        self.codes = [block.codes for block in projector.blocks]
        self.sizes = [block.n for block in projector.blocks]
        self.observed = [np.bincount(c, flow, n) for c, n in zip(self.codes, self.sizes)]
        self.order = [projector.first, *projector.others]
        self.starts = projector.starts

    def met(self, base: np.ndarray, scales: list[np.ndarray], tol: float):
        """Fitted flows [n] and scales with all margins met to ``tol``; None if they do not settle."""
        scales, jump, best = list(scales), Anderson(depth=5), np.inf
        for _ in range(MAX_SWEEPS):
            before = self._logs(scales)
            mu = base.copy()
            for k in self.order:
                mu *= scales[k][self.codes[k]]
            for k in self.order:
                fitted = np.bincount(self.codes[k], mu, self.sizes[k])
                factor = self.observed[k] / np.where(fitted > 0, fitted, 1.0)
                scales[k] = scales[k] * factor
                mu *= factor[self.codes[k]]
            after = self._logs(scales)
            change = float(np.abs(after - before).max(initial=0.0))
            if change <= tol:
                return mu, scales
            if change > 10 * best:
                jump.forget()
            best = min(best, change)
            ahead = jump.step(before, after)
            if ahead is not after:
                for place, k in enumerate(self.order[1:]):
                    part = np.exp(ahead[self.starts[place] : self.starts[place + 1]])
                    scales[k] = np.where(self.observed[k] > 0, part, 0.0)
        return None

    def shifted(self, scales: list[np.ndarray], move: np.ndarray) -> list[np.ndarray]:
        """Scales after the other blocks' log effects fall by ``move`` [levels]."""
        moved = list(scales)
        for place, k in enumerate(self.order[1:]):
            moved[k] = scales[k] * np.exp(-move[self.starts[place] : self.starts[place + 1]])
        return moved

    def _logs(self, scales: list[np.ndarray]) -> np.ndarray:
        logs = [np.log(np.where(scales[k] > 0, scales[k], 1.0)) for k in self.order[1:]]
        return np.concatenate(logs) if logs else np.empty(0)


def _likelihood(flow: np.ndarray, mu: np.ndarray) -> float:
    traded = flow > 0
    return float(flow[traded] @ np.log(np.maximum(mu[traded], 1e-300))) - float(mu.sum())


def _logs(scales: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    with np.errstate(divide="ignore"):
        return tuple(np.log(s) for s in scales)
