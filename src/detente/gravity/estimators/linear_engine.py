"""Weighted least squares after the fixed effects: one projection, on the tensor where the effects span one."""

from __future__ import annotations

from functools import partial

import numpy as np

from detente.gravity.collinear import Collinear, find_collinear, is_suspect, scaled_solve
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.projection import Removed, TensorProjector
from detente.gravity.engines.row_engine import collinear_on_rows
from detente.gravity.engines.row_projection import RowProjector, blocks_of

TIGHT = 1e-11
"""Relative accuracy of a projection: a coefficient errs by about as much of its standard deviation."""


def fit_linear(design: Design, layout: Layout | None) -> EngineFit | Collinear:
    """Least squares of ``design.y`` (less the offset) on regressors and effects."""
    if layout is not None and layout.shape[0] == 1:
        return _on_tensor(design, layout)
    return _on_rows(design)


def _target(design: Design) -> tuple[np.ndarray, np.ndarray]:
    y = design.y if design.offset is None else design.y - design.offset
    return y, np.ones_like(y) if design.weights is None else design.weights


def _on_rows(design: Design) -> EngineFit | Collinear:
    y, w = _target(design)
    X = np.ascontiguousarray(design.X.T)
    projector = RowProjector(blocks_of(design))
    projector.weigh(w)
    left, others = projector.effects(np.column_stack([y, X]), tol=TIGHT)
    tilde = left[:, 1:]
    hessian = tilde.T @ (w[:, None] * tilde)
    if len(hessian) and is_suspect(hessian, w @ X**2):
        refused = collinear_on_rows(projector, X, design.names)
        if refused is not None:
            return refused
        projector.weigh(w)
    coef = scaled_solve(hessian, tilde.T @ (w * left[:, 0]))
    mu = design.y - (left[:, 0] - tilde @ coef)
    levels = partial(_levels, projector, y - X @ coef, others[:, 0] - others[:, 1:] @ coef)
    return EngineFit(coef, mu, np.ascontiguousarray(tilde.T), hessian, levels, 1, True, 0.0, 0.0)


def _levels(projector: RowProjector, rest: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, ...]:
    return projector.levels(rest, others)


def _on_tensor(design: Design, layout: Layout) -> EngineFit | Collinear:
    y, w = _target(design)
    projector = TensorProjector(layout.spread(w)[0].copy(), layout.pairs)
    columns = layout.cells(1 + len(design.names))
    for row, values in zip(columns, [y, *design.X]):
        layout.spread(values, out=row)
    removed = projector.effects(columns[:, 0], tol=TIGHT)
    del columns
    left = np.vstack([y, design.X])
    layout.less(left, [[removed]], left, slice(0, len(left)))
    tilde = left[1:]
    hessian = (tilde * w) @ tilde.T
    norms = np.einsum("kn,kn,n->k", design.X, design.X, w)
    if len(hessian) and is_suspect(hessian, norms):
        refused = find_collinear(hessian, norms, design.names)
        if refused is not None:
            return refused
    coef = scaled_solve(hessian, (tilde * w) @ left[0])
    mu = design.y - (left[0] - coef @ tilde)
    levels = partial(_tensor_levels, design, layout, removed, coef)
    return EngineFit(coef, mu, tilde, hessian, levels, 1, True, 0.0, 0.0)


def _tensor_levels(design: Design, layout: Layout, removed: Removed, coef: np.ndarray) -> tuple[np.ndarray, ...]:
    weights = np.concatenate([[1.0], -coef])
    a, g, p = (np.tensordot(weights, effect, 1) for effect in (removed.a, removed.g, removed.p))
    found: list[np.ndarray] = [np.empty(0)] * len(design.effects)
    parts = [effect.ravel().take(place) for effect, place in zip((a, g, p), layout.places())]
    for position, rows in zip(layout.order, parts[: 3 if layout.pairs else 2]):
        codes, n = design.codes(design.effects[int(position or 0)].columns)
        found[int(position or 0)] = np.zeros(n)
        found[int(position or 0)][codes] = rows
    return tuple(found)
