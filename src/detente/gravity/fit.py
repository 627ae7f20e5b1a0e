"""`fit_ppml`: a frame and a formula in, a fit with its errors and its certificate out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.errors import NotConverged, NotIdentified, UsageError, did_you_mean
from detente.gravity.collinear import Collinear
from detente.gravity.design import Design, build
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout, lay_out
from detente.gravity.engines.row_engine import fit_on_rows
from detente.gravity.engines.scaling_engine import fit_by_scaling
from detente.gravity.engines.small_engine import fit_small
from detente.gravity.engines.tensor_engine import fit_on_tensor
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.formula import parse
from detente.gravity.inference import SMALL_SAMPLE, Clustering, Covariance, covariance, read_clustering
from detente.gravity.read_only import Frozen
from detente.gravity.result import GravityFit
from detente.gravity.sample import nonempty, singletons, zero_levels
from detente.gravity.separation import METHODS, Certificate, find_separated, looks_separated
from detente.panel.frames import Table, read_table

ENOUGH = 50
"""With fewer iterations allowed, an engine that has not converged may just have been stopped."""
ROUNDING = 1e-11
"""Variation around a mean that is rounding, relative to it."""


@one_blas_thread
def fit_ppml(
    data: Any,
    formula: str,
    *,
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    offset: str | None = None,
    ssc: str = "stata",
    separation: str = "auto",
    singletons: str = "drop",
    engine: str = "auto",
    tol: float = 1e-9,
    max_iterations: int = 100,
    throw: bool = True,
    by: str | None = None,
) -> GravityFit:
    """Fit a gravity equation by Poisson pseudo-maximum likelihood with fixed effects.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or the path of a Parquet or CSV file. No row is ever added.
    formula : fixest's syntax, ``"trade ~ rta | exporter^year + importer^year + exporter^importer"``
    cluster : None for robust errors; ``"exporter^importer"``; ``"exporter + importer + year"`` for
        several ways; ``"dyadic"``
    weights, offset : columns; the offset enters the log mean with coefficient one
    ssc : small-sample factor: "stata" (as ppmlhdfe), "fixest" or "none"
    separation : "auto" takes out all-zero levels and, where the fit shows signs of more, what a
        certificate proves; "levels" only the former; "exact" and "rectifier" always run that search
    singletons : "drop" or "keep" rows alone in an effect
    engine : "auto"; "tensor", "rows" or "irls" (rows by reweighted least squares only) to compare them
    tol, max_iterations : when to stop
    throw : raise when not converged; otherwise return the state reached
    by : column; fit each of its levels and return :class:`ManyFits` (see :func:`fit_many`)

    Returns
    -------
    GravityFit

    Raises
    ------
    FormulaError, UnknownColumn, InvalidFlow, EmptySample, NotIdentified, NotConverged

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> fit_ppml(flows, "trade ~ near | o + d").n_used
    6

    Notes
    -----
    Santos Silva & Tenreyro (2006), Review of Economics and Statistics 88(4); Correia, Guimarães &
    Zylkin (2020), Stata Journal 20(1).
    """
    _check_option("ssc", ssc, SMALL_SAMPLE)
    _check_option("separation", separation, METHODS)
    _check_option("singletons", singletons, ("drop", "keep"))
    _check_option("engine", engine, ("auto", "tensor", "rows", "irls"))
    _check_above_zero(tol=tol, max_iterations=max_iterations)
    if by is not None:
        return _each(data, formula, by, cluster=cluster, weights=weights, offset=offset, ssc=ssc,
                     separation=separation, singletons=singletons, engine=engine, tol=tol,
                     max_iterations=max_iterations, throw=throw)  # fmt: skip
    table = read_table(data)
    parsed = parse(formula)
    clustering = read_clustering(cluster, table.columns)
    design = build(table, parsed, clusters=clustering.ways, weights=weights, offset=offset)
    if not design.effects:
        design = replace(design, X=np.vstack([np.ones_like(design.y), design.X]), names=("(Intercept)", *design.names))
    return fit_design(
        design,
        table,
        formula,
        clustering,
        ssc=ssc,
        separation=separation,
        drop_singletons=singletons == "drop",
        engine=engine,
        tol=tol,
        max_iterations=max_iterations,
        throw=throw,
    )


def fit_design(
    design: Design,
    table: Table,
    formula: str,
    clustering: Clustering,
    *,
    ssc: str = "stata",
    separation: str = "auto",
    drop_singletons: bool = True,
    engine: str = "auto",
    tol: float = 1e-9,
    max_iterations: int = 100,
    throw: bool = True,
) -> GravityFit:
    """Everything of :func:`fit_ppml` after the formula has become arrays."""
    layout = _layout(design, engine)
    empty = zero_levels(design, layout)
    certificate = Certificate.of_levels(design, empty)
    if empty.any():
        design = nonempty(design.take(~empty), "leaving out levels without trade")
        layout = _layout(design, engine)
    n_singletons = 0
    if drop_singletons:
        alone = singletons(design, layout)
        n_singletons = int(alone.sum())
    if n_singletons:
        design = nonempty(design.take(~alone), "leaving out singletons")
        layout = _layout(design, engine)
    if separation in ("exact", "rectifier"):
        certificate, design = certificate.extended(design, find_separated(design, separation))
        layout = _layout(design, engine)
    dropped: dict[str, str] = {}
    raw, design = _fit(design, layout, engine, tol, max_iterations, dropped)
    if separation == "auto" and looks_separated(design, raw):
        more = find_separated(design, "auto")
        if more.any():
            certificate, design = certificate.extended(design, more)
            layout = _layout(nonempty(design, "leaving out separated rows"), engine)
            raw, design = _fit(design, layout, engine, tol, max_iterations, dropped)
    if layout is not None and not raw.converged and engine == "auto":
        other, narrower = _fit(design, None, "irls", tol, max_iterations, dropped)
        if other.converged:
            raw, layout, design = other, None, narrower
    if not raw.converged and engine == "auto" and max_iterations >= ENOUGH:
        raw, layout = _last_resort(design, raw, layout, tol, max_iterations)
    errors = covariance(design, raw, clustering, ssc)
    fit = _assembled(design, raw, layout, errors, table, formula, clustering, ssc, dropped, certificate, n_singletons)
    if throw and not fit.converged:
        raise NotConverged(
            f"The Poisson fit stopped after {fit.iterations} steps without converging.",
            state=fit,
            why=_unrest(raw, tol),
            fix="Raise max_iterations, or try separation='exact' if some effect runs away.",
        )
    return fit


def _layout(design: Design, engine: str) -> Layout | None:
    """The tensor to work on, None where rows it is."""
    layout = None if engine in ("rows", "irls") else lay_out(design)
    if engine == "tensor" and layout is None:
        raise UsageError("These effects do not span a tensor.", fix="Leave engine to 'auto'.")
    return layout


def _fit(
    design: Design, layout: Layout | None, engine: str, tol: float, max_iterations: int, dropped: dict[str, str]
) -> tuple[EngineFit, Design]:
    """Fit with the right engine, leaving out collinear regressors by name."""
    asked = len(design.names)
    while True:
        centre = _far_from_zero(design)
        moved = replace(design, X=design.X - centre[:, None]) if centre.any() else design
        if layout is not None:
            raw = fit_on_tensor(moved, layout, tol=tol, max_iterations=max_iterations)
        else:
            raw = None if engine == "irls" else fit_by_scaling(moved, tol=tol, max_iterations=max_iterations)
            raw = raw or fit_on_rows(moved, tol=tol, max_iterations=max_iterations)
        if not isinstance(raw, Collinear):
            return (raw.moved_back(float(raw.coef @ centre)) if centre.any() else raw), design
        dropped |= {design.names[k]: reason for k, reason in zip(raw.positions, raw.reasons)}
        design = design.without(raw.positions)
        if asked and not design.names:
            raise NotIdentified(
                "No coefficient can be estimated: " + "; ".join(dropped.values()) + ".",
                why="The fixed effects, or zero flows alone, account for every regressor.",
                fix="Use fewer effects, or a regressor that varies within them.",
            )


def _last_resort(
    design: Design, raw: EngineFit, layout: Layout | None, tol: float, max_iterations: int
) -> tuple[EngineFit, Layout | None]:
    """All parameters at once, where that is small enough; otherwise what there is."""
    small = fit_small(design, tol=tol, max_iterations=max_iterations)
    return (raw, layout) if small is None else (small, None)


def _far_from_zero(design: Design) -> np.ndarray:
    """Means [k] of regressors that vary little around a large one, which would cost digits; 0 for the others.

    Only where the first effect has an intercept to take the mean up.
    """
    if not design.effects or not design.effects[0].intercept:
        return np.zeros(len(design.names))
    mean = design.X.mean(1)
    far = np.ptp(design.X[:, :1000], axis=1) < 0.1 * np.abs(mean)  # a first look at few rows
    range_ = np.zeros_like(mean)
    range_[far] = np.ptp(design.X[far], axis=1)
    return np.where(far & (range_ < 0.1 * np.abs(mean)) & (range_ > ROUNDING * np.abs(mean)), mean, 0.0)


def _assembled(
    design: Design,
    raw: EngineFit,
    layout: Layout | None,
    errors: Covariance,
    table: Table,
    formula: str,
    clustering: Clustering,
    ssc: str,
    dropped: dict[str, str],
    certificate: Certificate,
    n_singletons: int,
) -> GravityFit:
    for array in (errors.matrix, raw.mu, raw.tilde):
        array.flags.writeable = False
    return GravityFit(
        formula=formula,
        names=design.names,
        coef=Frozen(dict(zip(design.names, raw.coef.tolist()))),
        se=Frozen(dict(zip(design.names, np.sqrt(np.diag(errors.matrix)).tolist()))),
        cov=errors.matrix,
        n_rows=design.n_rows,
        n_missing=design.n_missing,
        n_separated=len(certificate.rows),
        n_singletons=n_singletons,
        n_used=len(design.y),
        n_clusters=errors.n_clusters,
        cov_repaired=errors.repaired,
        clustering=clustering,
        small_sample=ssc,
        dropped=Frozen(dropped),
        separated=certificate,
        engine="rows" if layout is None else "tensor",
        converged=bool(raw.converged),
        iterations=raw.iterations,
        design=design,
        raw=raw,
        layout=layout,
        table=table,
    )


def _each(data: Any, formula: str, by: str, **options: Any) -> Any:
    from detente.gravity.postestimation.many_fits import fit_many

    return fit_many(data, formula, by=by, **options)


def _unrest(raw: EngineFit, tol: float) -> str:
    if not np.isfinite(raw.change):
        return "The effects did not settle for the coefficients to move at all: the flows or the offset span too much."
    if raw.change > tol or not np.isfinite(raw.drift):
        return f"A coefficient still moved by {raw.change:.1e} standard deviations of its regressor."
    return f"The coefficients stand still, but the log of a fitted flow still moved by {raw.drift:.1e}."


def _check_above_zero(**options: float) -> None:
    for name, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise UsageError(f"{name} is a number above zero, not {value!r}.")


def _check_option(name: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} is one of {', '.join(allowed)}, not {value!r}.{did_you_mean(value, allowed)}")
