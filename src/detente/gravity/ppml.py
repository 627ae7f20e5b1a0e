"""`fit_ppml`: a frame and a formula in, a fit with its errors and its certificate out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import UsageError, did_you_mean
from detente.gravity.blocks.fitting import Wishes, fit_by_blocks
from detente.gravity.blocks.planning import Plan, planned
from detente.gravity.blocks.without_rows import KEEP, without_rows
from detente.gravity.design import Design, build
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.fit import Columns, fit_design
from detente.gravity.inference.covariance import SMALL_SAMPLE
from detente.gravity.result import GravityFit
from detente.gravity.separation.search import METHODS

CHOICES = {
    "ssc": SMALL_SAMPLE,
    "separation": METHODS,
    "singletons": ("drop", "keep"),
    "engine": ("auto", "tensor", "rows", "irls"),
    "keep": KEEP,
}
"""Words that options may be."""


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
    keep: str = "design",
    blocks: str | None = "auto",
    executor: Executor | None = None,
    memory: str | float | None = None,
    scratch: str | Path | None = None,
    by: str | None = None,
) -> GravityFit:
    """Fit a gravity equation by Poisson pseudo-maximum likelihood with fixed effects.

    Parameters
    ----------
    data : pandas, polars or pyarrow frame, or the path of a CSV, Parquet, Stata or Excel file (also zipped), or what comes
        in batches: a path with wildcards, a Hive folder, a lazy frame, a query of DuckDB, an Arrow dataset or
        record-batch reader, a generator of frames. No row is ever added.
    formula : fixest's syntax, ``"trade ~ rta | exporter^year + importer^year + exporter^importer"``
    cluster : None for robust errors; ``"exporter^importer"``; ``"exporter + importer + year"`` for
        several ways; ``"dyadic"``
    weights, offset : columns, or functions of one such as ``"log(pop)"``; the offset enters the log mean with coefficient one
    ssc : small-sample factor: "stata" (as ppmlhdfe), "fixest" or "none"
    separation : "auto" takes out all-zero levels and, where the fit shows signs of more, what a
        certificate proves; "levels" only the former; "exact" and "rectifier" always run that search
    singletons : "drop" or "keep" rows alone in an effect
    engine : "auto"; "tensor", "rows" or "irls" (rows by reweighted least squares only) to compare them. A small problem on
        which the one named does not converge is solved for all parameters at once: ``fit.engine`` says so
    tol, max_iterations : when to stop
    throw : raise when not converged; otherwise return the state reached
    keep : "design", the rows with their fitted flows, or "coef", the coefficients and their covariance alone: for whoever
        keeps many fits
    blocks : a column that is in every set of effects, such as the sector: one of its levels is in memory at a time. With
        "auto" that is done where the fit would not fit into ``memory`` otherwise, with None never. The numbers are those
        of a fit in one piece; the rows are not kept (see ``keep``)
    executor : any concurrent.futures executor for the work on blocks; by default processes where that pays
    memory : what the work may take, as in "4 GB"; by default most of what machine, container and shell leave
    scratch : folder for the rows of a fit by blocks, which all workers see; by default the system's
    by : not here: :func:`fit_many` fits each level of a column

    Returns
    -------
    GravityFit : ``fit.coef["rta"]``, ``fit.se["rta"]`` and ``fit.to_frame()``; ``fit.dropped`` (terms left out and
        why), ``fit.separated`` (rows left out and why); ``fit.predict()``, ``fit.fixed_effects()``,
        ``fit.residuals()``, ``fit.vcov("dyadic")``, ``fit.wald(["rta"])``; ``fit.save(path)``

    Raises
    ------
    FormulaError, UnknownColumn, InvalidFlow, EmptySample, NotIdentified, NotConverged
    UsageError : among others where it does not fit into memory; it says how much is needed before the work starts
    WorkerLost : a process at work on a block was ended from outside

    Examples
    --------
    >>> import polars as pl
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> fit = fit_ppml(flows, "trade ~ near | o")
    >>> round(fit.coef["near"], 3), round(fit.se["near"], 3), fit.n_used
    (0.619, 0.227, 6)

    Notes
    -----
    Santos Silva & Tenreyro (2006), Review of Economics and Statistics 88(4); Correia, Guimarães &
    Zylkin (2020), Stata Journal 20(1).
    """
    _check_choices(ssc=ssc, separation=separation, singletons=singletons, engine=engine, keep=keep)
    _check_above_zero(tol=tol, max_iterations=max_iterations)
    if by is not None:
        raise UsageError(
            f"fit_ppml makes one fit, and by={by!r} asks for several.",
            fix=f"Call dt.fit_many(frame, formula, by={by!r}), which takes the same options.",
        )
    plan = planned(data, formula, cluster, (weights, offset), blocks, memory)
    wishes = Wishes(ssc, separation, singletons == "drop", engine, tol, max_iterations, throw, Columns(offset, weights),
                    executor, scratch)  # fmt: skip
    if plan.block is not None:
        return fit_by_blocks(plan, wishes)
    fit = _in_one_piece(plan, wishes)
    return fit if keep == "design" else without_rows(fit)


def _in_one_piece(plan: Plan, wishes: Wishes) -> GravityFit:
    return fit_design(
        _designed(plan, wishes.columns),  # held by the fit alone, which leaves rows out of it
        plan.table,
        plan.formula.text,
        plan.clustering,
        ssc=wishes.ssc,
        separation=wishes.separation,
        drop_singletons=wishes.drop_singletons,
        engine=wishes.engine,
        tol=wishes.tol,
        max_iterations=wishes.max_iterations,
        throw=wishes.throw,
        columns=wishes.columns,
    )


def _designed(plan: Plan, columns: Columns) -> Design:
    design = build(
        plan.table, plan.formula, clusters=plan.clustering.ways, weights=columns.weights, offset=columns.offset
    )
    if design.effects or not plan.formula.intercept:
        return design
    return replace(design, X=np.vstack([np.ones_like(design.y), design.X]), names=("(Intercept)", *design.names))


def _check_above_zero(**options: float) -> None:
    for name, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise UsageError(f"{name} is a number above zero, not {value!r}.")


def _check_choices(**options: str) -> None:
    for name, value in options.items():
        allowed = CHOICES[name]
        if value not in allowed:
            raise UsageError(f"{name} is one of {', '.join(allowed)}, not {value!r}.{did_you_mean(value, allowed)}")
