"""OLS, gamma PML, negative binomial and logit with the formulas, effects, errors and results of `fit_ppml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.errors import InvalidFlow, NotConverged, how_many
from detente.gravity.design import Design, build
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimators.family import GAMMA, LOGIT, OLS, POISSON, Family
from detente.gravity.fit import Columns, fit_design
from detente.gravity.formulas.formula import Formula
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.terms import number, response
from detente.gravity.inference.clustering import Clustering, read_clustering
from detente.gravity.result import GravityFit
from detente.panel.frames import Table, read_table

ALPHA_STEPS = 60
"""Alternations between the coefficients and the dispersion of a negative binomial."""


@one_blas_thread
def fit_ols(
    data: Any,
    formula: str,
    *,
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    offset: str | None = None,
    ssc: str = "fixest",
    singletons: str = "drop",
    engine: str = "auto",
) -> GravityFit:
    """Least squares with fixed effects, such as log-linear gravity beside PPML.

    Parameters
    ----------
    data, formula, cluster, weights, offset, singletons, engine : as for :func:`fit_ppml`. Rows whose response
        is the logarithm of zero are left out and counted among the missing.
    ssc : "fixest" (as fixest, pyfixest and reghdfe), "stata" or "none"

    Returns
    -------
    GravityFit : ``fit.r2`` is the share of the variance explained

    Raises
    ------
    FormulaError, UnknownColumn, InvalidFlow, EmptySample, NotIdentified

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> round(fit_ols(flows, "log(trade) ~ near | o").coef["near"], 3)
    0.327
    """
    table, parsed, design, clustering = _read(data, formula, cluster, weights, offset, number)
    return fit_design(
        design, table, parsed.text, clustering, ssc=ssc, engine=engine,
        drop_singletons=singletons == "drop", family=OLS, columns=Columns(offset, weights),
    )  # fmt: skip


@one_blas_thread
def fit_gamma(
    data: Any, formula: str, *, cluster: str | Sequence[str] | None = None, weights: str | None = None,
    offset: str | None = None, ssc: str = "stata", tol: float = 1e-9, max_iterations: int = 200, throw: bool = True,
) -> GravityFit:  # fmt: skip
    """Gamma pseudo-maximum likelihood: the same mean as PPML, small flows counting for more.

    Parameters and errors as for :func:`fit_ppml`; zeros are allowed. Head & Mayer (2014) advise to show it
    beside PPML and OLS: the three agree where the mean is right.

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> fit_gamma(flows, "trade ~ near | o").n_used
    6
    """
    table, parsed, design, clustering = _read(data, formula, cluster, weights, offset, response)
    return fit_design(
        design, table, parsed.text, clustering, ssc=ssc, tol=tol, max_iterations=max_iterations, throw=throw,
        family=GAMMA, columns=Columns(offset, weights),
    )  # fmt: skip


@one_blas_thread
def fit_logit(
    data: Any, formula: str, *, cluster: str | Sequence[str] | None = None, weights: str | None = None,
    offset: str | None = None, ssc: str = "stata", tol: float = 1e-9, max_iterations: int = 200, throw: bool = True,
) -> GravityFit:  # fmt: skip
    """Logit with fixed effects for the extensive margin: whether there is trade at all.

    The response is 0 or 1, or an expression such as ``I(trade > 0)`` (with the extra "formulas"). Levels with
    zeros or ones alone are left out as separated. With few rows a level the estimates are biased away from
    zero (Neyman & Scott 1948).

    Raises
    ------
    InvalidFlow : the response is neither 0 nor 1. NotConverged : zeros and ones are told apart perfectly.

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"o": list("aaabbb"), "any": [1.0, 0, 1, 0, 1, 0], "near": [1.0, 0, 0, 0, 1, 1]})
    >>> fit_logit(flows, "any ~ near | o").n_used
    6
    """
    table, parsed, design, clustering = _read(data, formula, cluster, weights, offset, number)
    wrong = ~np.isin(design.y, (0.0, 1.0))
    if wrong.any():
        raise InvalidFlow(
            f"'{parsed.response.text}' is neither 0 nor 1 in {how_many(int(wrong.sum()), 'row')}.",
            fix=f"Write I({parsed.response.columns[0]} > 0) for whether there is trade.",
        )
    return fit_design(
        design, table, parsed.text, clustering, ssc=ssc, tol=tol, max_iterations=max_iterations, throw=throw,
        family=LOGIT, columns=Columns(offset, weights),
    )  # fmt: skip


@one_blas_thread
def fit_negbin(
    data: Any, formula: str, *, cluster: str | Sequence[str] | None = None, weights: str | None = None,
    offset: str | None = None, ssc: str = "stata", tol: float = 1e-9, max_iterations: int = 200, throw: bool = True,
) -> GravityFit:  # fmt: skip
    """Negative binomial (variance ``mu + alpha mu^2``), alpha by maximum likelihood: ``fit.family.alpha``.

    Its estimates depend on the unit of the flow, so it suits counts (migrants, flights), not values of trade
    (Boulhol & Bosquet 2014).

    Examples
    --------
    >>> import polars as pl
    >>> counts = pl.DataFrame({"o": list("aaaabbbb"), "x": [0.0, 1, 2, 3, 0, 1, 2, 3], "n": [1, 9, 2, 30, 0, 2, 14, 8]})
    >>> fit_negbin(counts, "n ~ x | o").family.alpha > 0
    True
    """
    table, parsed, design, clustering = _read(data, formula, cluster, weights, offset, response)
    options: dict[str, Any] = {"ssc": ssc, "tol": tol, "max_iterations": max_iterations}
    columns = Columns(offset, weights)
    fit = fit_design(design, table, parsed.text, clustering, **options, throw=False, family=POISSON, columns=columns)
    alpha, settled = _dispersion(fit), False
    for _ in range(ALPHA_STEPS):
        family = Family("negbin", "Negative binomial", alpha)
        fit = fit_design(design, table, parsed.text, clustering, **options, throw=throw, family=family, columns=columns)
        last, alpha = alpha, _dispersion(fit)
        settled = abs(alpha - last) <= 1e-7 * last
        if settled:
            break
    if throw and not settled:
        raise NotConverged(
            f"The dispersion still moves after {ALPHA_STEPS} rounds (alpha = {alpha:.3g}).",
            state=fit,
            why="Where the flows vary no more than a Poisson variable it goes to zero.",
            fix="Use fit_ppml.",
        )
    return fit


def _dispersion(fit: GravityFit) -> float:
    """The most likely alpha, given the fitted flows."""
    from scipy.optimize import minimize_scalar  # 0.2 s that the other estimators never need

    y, mu, w = fit.design.y, fit.raw.mu, fit.design.weights

    def loss(log_alpha: float) -> float:
        return -Family("negbin", "", float(np.exp(log_alpha))).loglik(y, mu, w)

    found: Any = minimize_scalar(loss, bounds=(-18, 8), method="bounded", options={"xatol": 1e-9})
    return float(np.exp(found.x))


def _read(
    data: Any, formula: str, cluster: Any, weights: str | None, offset: str | None, respond: Any
) -> tuple[Table, Formula, Design, Clustering]:
    table = read_table(data)
    parsed = parse(formula, table.columns)
    clustering = read_clustering(cluster, table.columns, parsed.effects)
    design = build(table, parsed, clusters=clustering.ways, weights=weights, offset=offset, respond=respond)
    if not design.effects and parsed.intercept:
        design = replace(design, X=np.vstack([np.ones_like(design.y), design.X]), names=("(Intercept)", *design.names))
    return table, parsed, design, clustering
