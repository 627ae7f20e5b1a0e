"""The last pieces of work on a block: scores and statistics of the fit found, and a look at what may be separated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from detente.gravity.blocks.block import Work, parts_of, rows_of
from detente.gravity.blocks.sector_rows import SectorRows
from detente.gravity.design import Design, compress, cross
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.tensor_engine import solved_rows
from detente.gravity.estimators.family import POISSON
from detente.gravity.inference.clustering import Clustering
from detente.gravity.inference.meat import cluster_sums, within_clusters
from detente.gravity.inference.parameters import level_counts
from detente.gravity.separation.search import find_separated
from detente.gravity.separation.signs import Doubt, doubt_of, left_by_effects


@dataclass(frozen=True, slots=True)
class Means:
    """Of all rows: the mean flow, weighted."""

    flow: float


@dataclass(frozen=True, slots=True)
class Ending:
    """What a block adds to the fit.

    meat : [k, k] of single rows; within : clusters and products of each combination of ways, where every way tells the
    blocks apart; cells : codes [columns, m] of the clusters' columns and summed scores [k, m], else
    loglik, null_loglik, deviance : of its rows; spread : weighted sums of (y, fitted) about the mean: yy, mm, ym, y, m, n
    unbalanced : [k, 2] sums that should cancel and their size; drift : largest last move of a log flow
    levels : of each effect, see :func:`level_counts`
    least, smallest, left : least fitted zero, smallest positive flow, largest score left of an effect's level
    gap, squares : [k] regressors' own scores left and sums of squares
    """

    meat: np.ndarray
    within: list[tuple[int, np.ndarray]]
    cells: tuple[np.ndarray, np.ndarray] | None
    loglik: float
    null_loglik: float
    deviance: float
    spread: np.ndarray
    unbalanced: np.ndarray
    drift: float
    levels: list[tuple[int, int, tuple[bool, ...]]]
    least: float
    smallest: float
    left: float
    gap: np.ndarray
    squares: np.ndarray


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def ending_of(work: Work, state: str, step: np.ndarray, clustering: Clustering, inside: bool, mean: float) -> Ending:
    """Take the last ``step`` [k] and sum up; ``inside`` says that no cluster reaches over blocks."""
    design, layout, mu, tilde, drift = fitted_rows(work, state, step)
    prior = np.ones_like(mu) if design.weights is None else design.weights
    gap, loglik = prior * (design.y - mu), POISSON.loglik(design.y, mu, design.weights)
    scores = tilde * gap
    size = prior * (design.y + mu)
    unbalanced = np.array([[column @ gap, np.abs(column) @ size] for column in tilde]).reshape(len(tilde), 2)
    y, m = design.y - mean, mu - mean
    zero, huge = design.y == 0, np.finfo(float).max
    within, cells = [], None
    if clustering.ways and inside:
        within = within_clusters(design, scores, clustering.ways)
    elif clustering.ways:
        cells = _cells(design, scores, clustering)
    return Ending(
        meat=scores @ scores.T,
        within=within,
        cells=cells,
        loglik=loglik,
        null_loglik=loglik - float(prior @ (xlogy(design.y, mu / mean) - mu + mean)),  # log y! once for both
        deviance=float(prior @ POISSON.deviance(design.y, mu)),
        spread=np.array([prior @ y**2, prior @ m**2, prior @ (y * m), prior @ y, prior @ m, prior.sum()]),
        unbalanced=unbalanced,
        drift=drift,
        levels=level_counts(design, clustering),
        least=float(np.maximum(mu, huge * ~zero).min()),
        smallest=float(np.maximum(design.y, huge * zero).min()),
        left=left_by_effects(design, gap, layout),
        gap=design.X @ gap,
        squares=np.einsum("kn,kn->k", design.X, design.X),
    )


def fitted_rows(
    work: Work, state: str, step: np.ndarray
) -> tuple[Design, Layout | None, np.ndarray, np.ndarray, float]:
    """Rows, tensor, fitted flows [n] and regressors less their effects [k, n] after the last ``step``, and its drift."""
    design, layout = rows_of(work, axes=True)
    parts = parts_of(work, state)
    if isinstance(parts, SectorRows):
        mu = parts.mu if design.weights is None else parts.mu / design.weights
        tilde = parts.without_effects() if len(work.kept) else np.empty((0, len(design.y)))
    else:
        assert layout is not None
        mu, tilde = solved_rows(design, layout, parts.ended())
    del parts
    move = step @ tilde
    drift = float(np.abs(move).max(initial=0.0))
    return design, layout, mu * np.exp(move), tilde, drift


def _cells(design: Design, scores: np.ndarray, clustering: Clustering) -> tuple[np.ndarray, np.ndarray]:
    """Scores summed over rows that share all of the clusters' columns, and the codes of these."""
    columns = [design.axes[name].codes for name in clustering_columns(clustering)]
    codes, n = cross([(held.copy(), int(held.max(initial=0)) + 1) for held in columns])
    codes, n = compress(codes, n)
    first = np.zeros(n, int)
    first[codes] = np.arange(len(codes))
    return np.array([held[first] for held in columns]), cluster_sums(scores, codes, n)


def clustering_columns(clustering: Clustering) -> tuple[str, ...]:
    """Every column that the clusters' ways read."""
    return tuple(dict.fromkeys(column for way in clustering.ways for column in way))


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def doubts(work: Work, state: str, step: np.ndarray, hessian: np.ndarray, left: float, drift: float) -> Doubt:
    """What in the block gives reason to search for separated rows; ``left`` is the largest score left in all blocks."""
    design, layout, mu, tilde, _ = fitted_rows(work, state, step)
    fit = EngineFit(np.empty(0), mu, tilde, hessian, tuple, 0, True, 0.0, drift)
    return doubt_of(design, fit, POISSON, layout, left)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def positive_moments(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """Gram matrix [k, k] of the regressors less their effects over the rows with a flow, and sums of squares [k]."""
    design, _ = rows_of(work, axes=True)
    design = design.take(design.y > 0)
    return SectorRows(design).sample_moments(1e-9)


@np.errstate(over="ignore", invalid="ignore", divide="ignore")  # what is not finite is looked for
def separated(work: Work, method: str) -> np.ndarray:
    """Rows [n] bool that the effects alone separate; for when the rows with a flow tell every coefficient."""
    design, _ = rows_of(work, axes=True)
    bare = design.without(range(len(design.names)))
    return find_separated(bare, method) > 0
