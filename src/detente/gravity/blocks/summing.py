"""Covariance and statistics of a fit by blocks, from what each block adds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detente.gravity.blocks.coefficients import Climbed
from detente.gravity.blocks.scoring import clustering_columns
from detente.gravity.design import Codes, Design
from detente.gravity.inference.clustering import Clustering
from detente.gravity.inference.covariance import Covariance, MeatCounts, classical, sandwich
from detente.gravity.inference.meat import clustered_meat, meat_of
from detente.gravity.inference.parameters import parameters_of


def covariance_of(
    found: Climbed, n: int, clustering: Clustering, small_sample: str, levels: Mapping[str, np.ndarray]
) -> Covariance:
    """Covariance [k, k] of the coefficients, from ``n`` rows; ``levels`` are those of the clusters' columns.

    Raises
    ------
    NotIdentified : a way has a single cluster.
    """
    endings = found.endings
    if clustering.kind == "iid":
        return classical(found.hessian, n)
    parameters = parameters_of(len(found.names), [one.levels for one in endings])
    if clustering.kind == "robust":
        meat = np.sum([one.meat for one in endings], axis=0)
        return sandwich(found.hessian, meat, MeatCounts(n, parameters, (n,), robust=True), small_sample)
    if endings[0].cells is None:
        parts = zip(*(one.within for one in endings))
        sums = [(sum(m for m, _ in part), np.sum([product for _, product in part], axis=0)) for part in parts]
        meat, counts = clustered_meat(sums, clustering, small_sample)
    else:
        cells = _cells(found, clustering, levels)
        meat, counts = meat_of(cells, cells.X, clustering, small_sample)
    return sandwich(found.hessian, meat, MeatCounts(n, parameters, counts), small_sample)


def _cells(found: Climbed, clustering: Clustering, levels: Mapping[str, np.ndarray]) -> Design:
    """Scores summed over rows that share a block and all of the clusters' columns, as the regressors of a design."""
    codes, scores = zip(*(one.cells for one in found.endings if one.cells is not None))
    joined, columns = np.concatenate(codes, axis=1).astype(np.int64), clustering_columns(clustering)
    m = joined.shape[1]
    axes = {name: Codes(joined[k], levels[name]) for k, name in enumerate(columns)}
    return Design(
        np.zeros(m), np.concatenate(scores, axis=1), found.names, None, None, axes, (), {}, np.arange(m), m, 0
    )


def statistics_of(found: Climbed, clustering: Clustering) -> dict[str, float]:
    """What :data:`STATISTICS` names."""
    endings = found.endings
    yy, mm, ym, y, m, n = np.sum([one.spread for one in endings], axis=0)
    below = (yy - y**2 / n) * (mm - m**2 / n)
    levels = [[(levels, slopes, ()) for levels, slopes, _ in one.levels] for one in endings]
    return {
        "loglik": sum(one.loglik for one in endings),
        "null_loglik": sum(one.null_loglik for one in endings),
        "deviance": sum(one.deviance for one in endings),
        "r2": float((ym - y * m / n) ** 2 / below) if below > 0 else float("nan"),
        "n_parameters": float(parameters_of(len(found.names), levels)),
        "n_levels": float(sum(levels for one in endings for levels, _, _ in one.levels)),
    }
