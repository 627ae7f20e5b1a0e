"""Resampling a fit: the pairs-cluster bootstrap and the split-panel jackknife."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.errors import SpecificationError, UsageError
from detente.gravity.collinear import Collinear, scaled_solve
from detente.gravity.engines.layout import lay_out, roles_of
from detente.gravity.engines.row_engine import fit_on_rows
from detente.gravity.engines.tensor_engine import fit_on_tensor, refit_with_weights
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import need_ppml, shown
from detente.gravity.inference.clustering import read_clustering
from detente.gravity.inference.meat import cluster_sums
from detente.gravity.result import GravityFit
from detente.gravity.separation.certificate import zero_levels


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Draws [b, k] of the coefficients ``names``; see :func:`bootstrap`."""

    names: tuple[str, ...]
    draws: np.ndarray
    fit: GravityFit

    @property
    def se(self) -> dict[str, float]:
        """Standard deviation of the draws, by term."""
        return dict(zip(self.names, self.draws.std(0, ddof=1).tolist()))

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Percentile interval of each coefficient."""
        low, high = np.quantile(self.draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return {n: (float(a), float(b)) for n, a, b in zip(self.names, low, high)}

    def to_frame(self) -> Any:
        """One row a draw, one column a term."""
        return self.fit.table.like({n: self.draws[:, k] for k, n in enumerate(self.names)})

    def summary(self) -> str:
        """Errors and intervals as text."""
        bounds = self.interval()
        return "\n".join(
            f"{n}: {shown(self.fit.coef[n])} (bootstrap {shown(self.se[n])}; {shown(bounds[n][0])} to {shown(bounds[n][1])})"
            for n in self.names
        )

    def __repr__(self) -> str:
        return self.summary()


@one_blas_thread
def bootstrap(
    fit: GravityFit, *, n: int = 499, cluster: str | None = None, method: str = "refit", seed: int = 0
) -> Bootstrap:
    """Pairs-cluster bootstrap: draw clusters with replacement, fit again.

    Parameters
    ----------
    fit : from :func:`fit_ppml`
    n : draws; seed : of the random numbers
    cluster : what to draw, such as ``"exporter^importer"``; the fit's own first cluster if None. Its
        columns must be among the fit's effects or clusters.
    method : "refit" fits every draw, starting from the fit; "score" takes one Newton step with the
        regressors as the fit left them (Kline & Santos 2012): hundreds of times faster, the same to
        first order

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> from detente.gravity import fit_ppml
    >>> r = np.random.default_rng(1)
    >>> o, d = (a.ravel() for a in np.meshgrid(range(12), range(12)))
    >>> flows = pl.DataFrame({"o": o, "d": d, "x": r.normal(size=144), "trade": r.gamma(1, 1, 144)})
    >>> bootstrap(fit_ppml(flows, "trade ~ x | o + d", cluster="o^d"), n=9).draws.shape
    (9, 1)
    """
    need_ppml(fit, "The bootstrap")
    if method not in ("refit", "score"):
        raise UsageError(f"method is 'refit' or 'score', not {method!r}.")
    if not isinstance(n, int) or n < 2:
        raise UsageError(f"n counts draws, two or more, and is not {n!r}.")
    way = _way(fit, cluster)
    codes, groups = fit.design.codes(way)
    rng = np.random.default_rng(seed)
    counts = (rng.multinomial(groups, np.full(groups, 1 / groups)) for _ in range(n))
    draws = _by_score(fit, codes, groups, counts) if method == "score" else _by_refit(fit, codes, counts)
    return Bootstrap(fit.names, np.array(draws).reshape(n, len(fit.names)), fit)


def _way(fit: GravityFit, cluster: str | None) -> tuple[str, ...]:
    clustering = fit.clustering if cluster is None else read_clustering(cluster, fit.table.columns, fit.design.effects)
    if clustering.kind != "cluster" or any(c not in fit.design.axes for c in clustering.ways[0]):
        known = ", ".join(fit.design.axes)
        raise UsageError(f"The bootstrap needs one set of columns to draw, of these: {known}.")
    return clustering.ways[0]


def _by_score(fit: GravityFit, codes: np.ndarray, groups: int, counts) -> list[np.ndarray]:
    prior = 1.0 if fit.design.weights is None else fit.design.weights
    scores = cluster_sums(fit.raw.tilde * (prior * (fit.design.y - fit.raw.mu)), codes, groups)
    k = len(fit.names)
    squares = (fit.raw.tilde[:, None] * fit.raw.tilde * (prior * fit.raw.mu)).reshape(k * k, -1)
    hessians = cluster_sums(squares, codes, groups)
    coef = fit.raw.coef
    return [coef + scaled_solve((hessians @ draw).reshape(k, k), scores @ draw) for draw in counts]


def _by_refit(fit: GravityFit, codes: np.ndarray, counts) -> list[np.ndarray]:
    if fit.layout is not None:
        return list(refit_with_weights(fit.design, fit.layout, fit.raw, (draw[codes] for draw in counts)))
    prior = np.ones(fit.n_used) if fit.design.weights is None else fit.design.weights
    draws = []
    for draw in counts:
        kept = draw[codes] > 0
        design = replace(fit.design, weights=prior * draw[codes], known={}).take(kept)
        draws.append(_coefficients(fit_on_rows(design), fit))
    return draws


def _coefficients(raw, fit: GravityFit) -> np.ndarray:
    """Coefficients of a fit on part of the data, nan for one that cannot be estimated there."""
    return np.full(len(fit.names), np.nan) if isinstance(raw, Collinear) else raw.coef


@dataclass(frozen=True, slots=True)
class Jackknife:
    """Bias by splitting the economies; see :func:`jackknife`. coef, bias : by term."""

    coef: dict[str, float]
    bias: dict[str, float]
    splits: int


@one_blas_thread
def jackknife(fit: GravityFit, *, kind: str = "quadrant", splits: int = 10, seed: int = 0) -> Jackknife:
    """Split-panel jackknife of a two- or three-way fit.

    Economies are split at random into two halves. "quadrant" fits the four blocks of half the exporters by
    half the importers: ``2 b - mean(b_q)``. "half" fits half the exporters with all importers and half the
    importers with all exporters: ``3 b - 2 mean(b_h)``, as halving one side adds only half of the bias.
    Averaged over ``splits``. (Weidner & Zylkin 2021; the weight of the half panels is derived from the
    bias being a sum of a term in 1/I and one in 1/J.)

    Raises
    ------
    SpecificationError : the effects are not exporter-year and importer-year, with or without pair
    """
    need_ppml(fit, "The jackknife")
    if kind not in ("quadrant", "half"):
        raise UsageError(f"kind is 'quadrant' or 'half', not {kind!r}.")
    if not isinstance(splits, int) or splits < 1:
        raise UsageError(f"splits counts random splits, one or more, and is not {splits!r}.")
    roles = roles_of(fit.design.effects)
    if roles is None:
        raise SpecificationError("The jackknife is for exporter-year and importer-year effects.")
    labels = [fit.design.axes[columns[0]].levels for columns in roles]
    economies = np.union1d(*labels)
    rng = np.random.default_rng(seed)
    averages = []
    for _ in range(splits):
        first = np.zeros(len(economies), bool)
        first[rng.permutation(len(economies))[: len(economies) // 2]] = True
        left, right = (first[np.searchsorted(economies, l)][fit.design.axes[c[0]].codes] for l, c in zip(labels, roles))
        averages.append(np.mean([_on_part(fit, part) for part in _parts(left, right, kind)], axis=0))
    weight = 1.0 if kind == "quadrant" else 2.0
    bias = weight * (np.mean(averages, axis=0) - fit.raw.coef)
    coef = (fit.raw.coef - bias).tolist()
    return Jackknife(dict(zip(fit.names, coef)), dict(zip(fit.names, bias.tolist())), splits)


def _parts(origin: np.ndarray, destination: np.ndarray, kind: str) -> list[np.ndarray]:
    if kind == "half":
        return [origin, ~origin, destination, ~destination]
    return [a & b for a in (origin, ~origin) for b in (destination, ~destination)]


def _on_part(fit: GravityFit, part: np.ndarray) -> np.ndarray:
    design = fit.design.take(part)
    design = design.take(~zero_levels(design))
    layout = lay_out(design)
    raw = fit_on_tensor(design, layout, start=fit.raw.coef) if layout else fit_on_rows(design)
    return _coefficients(raw, fit)
