"""Covariance of the coefficients: robust, one- to four-way clusters, dyadic, serial, spatial.

With scores ``s_n = x~_n w_n (y_n - mu_n)``, bread ``H^-1`` and meat ``M`` the sum of outer products of
scores within whatever may be correlated, ``V = H^-1 M H^-1``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.estimators.family import POISSON, Family
from detente.gravity.inference.clustering import Clustering
from detente.gravity.inference.meat import Scores, meat_of
from detente.gravity.inference.parameters import n_parameters, parameters_within

SMALL_SAMPLE = ("stata", "fixest", "none")
"""Factors: G/(G-1) as ppmlhdfe; times (n-1)/(n-K) as fixest, K without effects nested in a cluster; 1."""
FAR_APART = 1e4
"""Ratio of the regressors' units from which on a covariance is repaired in a common unit."""


@dataclass(frozen=True, slots=True)
class Covariance:
    """``matrix`` [k, k]; ``n_clusters`` of each way; whether a negative eigenvalue was set to zero."""

    matrix: np.ndarray
    n_clusters: tuple[int, ...]
    repaired: bool


def covariance(
    design: Design, fit: EngineFit, clustering: Clustering, small_sample: str = "stata", family: Family = POISSON
) -> Covariance:
    """Covariance [k, k] of the coefficients.

    Raises
    ------
    NotIdentified : a way has a single cluster.
    """
    gap, n = family.gap(design.y, fit.mu), len(design.y)
    scores = Scores(fit.tilde, gap if design.weights is None else design.weights * gap)
    if clustering.kind == "iid":
        return classical(fit.hessian, n, _dispersion(design, fit, family))
    parameters = parameters_within(design, clustering) if small_sample == "fixest" else 0
    if clustering.kind == "robust":
        return sandwich(fit.hessian, scores.products(), MeatCounts(n, parameters, (n,), robust=True), small_sample)
    meat, counts = meat_of(design, scores, clustering, small_sample)
    return sandwich(fit.hessian, meat, MeatCounts(n, parameters, counts), small_sample)


@dataclass(frozen=True, slots=True)
class MeatCounts:
    """What the small-sample factors of a meat count: rows, parameters (as fixest counts them), clusters of each way."""

    n: int
    parameters: int
    n_clusters: tuple[int, ...]
    robust: bool = False


def classical(hessian: np.ndarray, n: int, dispersion: float = 1.0) -> Covariance:
    """Covariance where every row's variance is as the family has it."""
    bread, scale = _bread(hessian)
    return Covariance(bread * dispersion / np.outer(scale, scale), (n,), False)


def sandwich(hessian: np.ndarray, meat: np.ndarray, counts: MeatCounts, small_sample: str) -> Covariance:
    """Bread, meat [k, k], bread."""
    bread, scale = _bread(hessian)
    meat = meat / np.outer(scale, scale)
    if counts.robust and small_sample != "none":
        meat = meat * (counts.n / (counts.n - 1))
    if small_sample == "fixest":
        meat = meat * (counts.n - 1) / (counts.n - counts.parameters)
    matrix = bread @ meat @ bread
    matrix, repaired = _nearest_psd((matrix + matrix.T) / 2, scale)
    return Covariance(matrix, counts.n_clusters, repaired)


def _bread(hessian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverse of the Hessian in one unit for all regressors, and these units [k].

    The pseudo-inverse would take small ones for nothing.
    """
    scale = np.sqrt(np.maximum(np.diag(hessian), 1e-300))
    return np.linalg.pinv(hessian / np.outer(scale, scale), hermitian=True), scale


def _dispersion(design: Design, fit: EngineFit, family: Family) -> float:
    """Variance of an observation where it is not known from the mean: OLS and gamma; 1 otherwise."""
    if family.name not in ("ols", "gamma"):
        return 1.0
    prior = np.ones_like(fit.mu) if design.weights is None else design.weights
    squares = (design.y - fit.mu) ** 2 / family.variance(fit.mu)
    return float(prior @ squares) / (len(design.y) - n_parameters(design))


def _nearest_psd(matrix: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, bool]:
    """``matrix`` [k, k] / (scale scale'), negative eigenvalues set to zero; whether there were any.

    fixest and ppmlhdfe do so for several ways, in the regressors' own units. Where these are too far apart,
    rounding of the largest would swamp the smallest: then it is done in the common unit.
    """
    outer = np.outer(scale, scale)
    if not len(matrix):
        return matrix, False
    values = np.linalg.eigvalsh(matrix)
    if values[0] >= -1e-12 * max(values[-1], 0.0):
        return matrix / outer, False
    own_units = scale.max() < FAR_APART * scale.min()
    values, vectors = np.linalg.eigh(matrix / outer if own_units else matrix)
    repaired = (vectors * np.maximum(values, 0)) @ vectors.T
    return repaired if own_units else repaired / outer, True
