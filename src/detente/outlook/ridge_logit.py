"""A logit with a ridge penalty, on grouped rows, by Newton's method with step halving."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotConverged

Array = NDArray[np.float64]
STEPS = 100
FLAT = 1e-8
"""Largest slope of the penalised likelihood, relative to the number of rows, that counts as its top."""


def fit_ridge_logit(x: Array, events: Array, rows: Array, penalty: float) -> Array:
    """Intercept and slopes (1 + K,) that maximise the penalised likelihood.

    Parameters
    ----------
    x : (n, K) array
        Standardised features.
    events, rows : (n,) arrays
        Events and rows of each group of equal features; weights need not be whole.
    penalty : float
        On half the sum of squared slopes; the intercept is free.

    Raises
    ------
    NotConverged
        Newton from the base rate without halving runs away without a word (expected over observed of eight), so the
        gradient is checked.
    """
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    base = (events.sum() + 0.5) / (rows.sum() + 1.0)
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(base / (1 - base))
    value = _loss(design, events, rows, ridge, beta)
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-design @ beta))
        slope = design.T @ (rows * p - events) + ridge * beta
        if np.abs(slope).max() <= FLAT * rows.sum():
            return beta
        curve = (design * (rows * p * (1 - p))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.lstsq(curve, slope, rcond=None)[0]
        share, new = 1.0, _loss(design, events, rows, ridge, beta - step)
        while new > value - 1e-4 * share * (slope @ step) and share > 1e-8:
            share /= 2
            new = _loss(design, events, rows, ridge, beta - share * step)
        beta, value = beta - share * step, new
    raise NotConverged(
        "The logit of breaks did not converge.", state=beta, fix="Report it with the pair and the date asked for."
    )


def _loss(design: Array, events: Array, rows: Array, ridge: Array, beta: Array) -> float:
    z = design @ beta
    return float(rows @ np.logaddexp(0, z) - events @ z + 0.5 * (ridge * beta) @ beta)
