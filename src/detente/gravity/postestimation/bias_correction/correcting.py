"""Weidner & Zylkin's analytical corrections for two- and three-way Poisson gravity.

Weidner & Zylkin (2021), Journal of International Economics 132:103513. With exporter-year,
importer-year and pair effects the estimates are consistent for a fixed number of years, but
their bias is of the order of the standard error, and clustered errors are too small. With
two-way effects only the errors need correcting. Notation per pair ij, T-vectors over years:
``lam`` fitted flows, ``S = y - lam`` scores, ``H = diag(lam) - lam lam'/sum(lam)`` the
Hessian after profiling out the pair effect, ``x`` regressors less all effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente._read_only import ReadOnlyDict
from detente.errors import SpecificationError
from detente.gravity.design import Design
from detente.gravity.engines.layout import Layout, economies_of, lay_out
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import need_ppml, shown
from detente.gravity.postestimation.bias_correction.effect_covariance import corrected_meat, effect_covariance
from detente.gravity.postestimation.bias_correction.pair_arrays import PairArrays, one_sided_bias
from detente.gravity.result import GravityFit
from detente.panel.columns import KNOWN

EXACT_EFFECTS = 4000
"""Up to this many exporter- and importer-year effects their joint covariance is exact; beyond it the
covariance between exporter-year and importer-year effects is left out."""


@dataclass(frozen=True, slots=True)
class BiasCorrection:
    """Corrected coefficients; see :func:`bias_correct`.

    coef, se, bias : by term; cov : [k, k]; exact : whether the covariance of all effects was used
    """

    names: tuple[str, ...]
    coef: Mapping[str, float]
    se: Mapping[str, float]
    bias: Mapping[str, float]
    cov: np.ndarray
    n_pairs: int
    exact: bool
    fit: GravityFit

    def to_frame(self) -> Any:
        """One row a term: term, estimate, bias, corrected, std_error, corrected_std_error."""
        columns = {
            "term": list(self.names),
            "estimate": [self.fit.coef[n] for n in self.names],
            "bias": [self.bias[n] for n in self.names],
            "corrected": [self.coef[n] for n in self.names],
            "std_error": [self.fit.se[n] for n in self.names],
            "corrected_std_error": [self.se[n] for n in self.names],
        }
        return self.fit.table.like(columns)

    def summary(self) -> str:
        """The correction as text."""
        lines = [f"Weidner-Zylkin correction of {self.fit.formula} ({self.n_pairs:,} pairs)"]
        lines += [
            f"{n}: {shown(self.fit.coef[n])} ({shown(self.fit.se[n])}) -> {shown(self.coef[n])} ({shown(self.se[n])})"
            for n in self.names
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.summary()


@one_blas_thread
def bias_correct(fit: GravityFit) -> BiasCorrection:
    """Correct a two- or three-way gravity fit for incidental-parameter bias.

    Parameters
    ----------
    fit : from :func:`fit_ppml`, with exporter-year and importer-year effects, with or without pair effects, or
        all of these by sector (pooled sectors with coefficients in common; a pair counts once in each sector)

    Returns
    -------
    BiasCorrection : ``coef = fit.coef - bias``; errors are clustered by pair and corrected. With two-way
        effects ``bias`` is zero.

    Raises
    ------
    SpecificationError : the fixed effects are others.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> from detente.gravity import fit_ppml
    >>> r = np.random.default_rng(1)
    >>> o, d, t = (a.ravel() for a in np.meshgrid(range(8), range(8), range(3)))
    >>> flows = pl.DataFrame({"o": o, "d": d, "t": t, "x": r.normal(size=192), "y": r.gamma(1, 1, 192)})
    >>> fit = fit_ppml(flows.filter(pl.col("o") != pl.col("d")), "y ~ x | o^t + d^t + o^d")
    >>> sorted(bias_correct(fit).bias)
    ['x']
    """
    need_ppml(fit, "The Weidner-Zylkin correction")
    if not fit.names:
        raise SpecificationError("The fit has no regressors: there is nothing to correct.")
    layout = fit.layout or lay_out(fit.design)
    if layout is None or not _is_gravity(fit.design, layout):
        raise SpecificationError(
            "The Weidner-Zylkin correction is for exporter-year and importer-year effects, with or without "
            "pair effects, each perhaps by sector.",
            where=f"This fit absorbs {' + '.join(e.text for e in fit.design.effects) or 'no effects'}.",
            why="Its two sides must be the economies of the flow: their number is what the bias depends on.",
            fix="Fit 'exporter^year + importer^year + exporter^importer', or all three '^sector'.",
        )
    sectors = _by_sector(fit, layout)
    n_pairs = sum(int(pairs.live.sum()) for pairs in sectors)
    W = fit.raw.hessian / n_pairs
    inverse = np.linalg.inv(W)
    bias = np.zeros(len(fit.names))
    if layout.pairs:
        for pairs in sectors:
            for side in (pairs, pairs.swapped()):
                n = int(side.live.any(1).sum())
                bias += n / (n - 1) * one_sided_bias(side) * n / n_pairs
        bias = inverse @ bias
    exact = all(p.lam.shape[2] * (p.lam.shape[0] + p.lam.shape[1]) <= EXACT_EFFECTS for p in sectors)
    meat = np.zeros_like(W)
    for pairs in sectors:
        meat += corrected_meat(pairs, inverse / n_pairs, effect_covariance(pairs, exact))
    cov = inverse @ meat @ inverse / n_pairs**2 * n_pairs / (n_pairs - 1)
    cov = (cov + cov.T) / 2
    return BiasCorrection(
        names=fit.names,
        coef=_mapping(fit.names, np.array(list(fit.coef.values())) - bias),
        se=_mapping(fit.names, np.sqrt(np.diag(cov))),
        bias=_mapping(fit.names, bias),
        cov=cov,
        n_pairs=n_pairs,
        exact=exact,
        fit=fit,
    )


def _is_gravity(design: Design, layout: Layout) -> bool:
    """Whether the two sides of the effects are economies: one column each, with levels in common, neither a time."""
    sides = economies_of(design.effects)
    if sides is None or any(name.casefold() in KNOWN["period"] for name in sides):
        return False
    origin, destination = (design.axes[name].levels for name in sides)
    return bool(np.isin(origin, destination).any()) and len(layout.shape) == 4


def _by_sector(fit: GravityFit, layout: Layout) -> list[PairArrays]:
    """The pairs of each sector; its effects are its own, so sectors meet in the coefficients alone."""
    prior = np.ones(fit.n_used) if fit.design.weights is None else fit.design.weights

    def by_pair(rows: np.ndarray) -> list[np.ndarray]:
        return [np.ascontiguousarray(cells.transpose(1, 2, 0)) for cells in layout.spread(rows).copy()]

    lam, gap = by_pair(prior * fit.raw.mu), by_pair(prior * (fit.design.y - fit.raw.mu))
    x = [by_pair(column) for column in fit.raw.tilde]
    live = by_pair(np.ones(fit.n_used))
    return [
        PairArrays(
            lam[s], gap[s], np.array([own[s] for own in x]), np.any(live[s] > 0, axis=2),
            lam[s].sum(2) if layout.pairs else None,
        )
        for s in range(layout.shape[0])
    ]  # fmt: skip


def _mapping(names: tuple[str, ...], values: np.ndarray) -> Mapping[str, float]:
    return ReadOnlyDict(dict(zip(names, values.tolist())))
