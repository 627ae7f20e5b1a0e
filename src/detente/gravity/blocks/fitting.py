"""A fit by blocks: rows on disk, one block in memory at a time, the same numbers as in one piece.

Where every effect holds one column, the profile likelihood of the coefficients is a sum over its levels: Newton's
method needs the sum of scores [k] and Hessians [k, k], the covariance the sums of scores within clusters, and whether
the estimates exist is a matter of each block, once the rows with a flow tell every coefficient.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente._read_only import ReadOnlyDict
from detente._workers import fresh_processes, processors
from detente.errors import EmptySample, NotConverged, NotIdentified, UsageError
from detente.gravity.blocks.block import Work
from detente.gravity.blocks.choosing import needed_by_block, refuse_if_too_large
from detente.gravity.blocks.coefficients import Climbed, climbed
from detente.gravity.blocks.parts import each
from detente.gravity.blocks.planning import Plan
from detente.gravity.blocks.preparing import Beginning, Begun, begin_block, levels_of
from detente.gravity.blocks.searching import in_one_piece, joined, signs, without_separated
from detente.gravity.blocks.summing import covariance_of, statistics_of
from detente.gravity.blocks.without_rows import LeanFit, RowsGone, without_rows
from detente.gravity.estimators.family import POISSON
from detente.gravity.fit import SEARCHED_FIRST, Columns, fit_design
from detente.gravity.formulas.lags import with_series
from detente.gravity.formulas.terms import check_size, flows
from detente.panel.reading.scratch import Scratch, scratch_folder
from detente.panel.reading.spilling import Spilled, spill

WORTH_PROCESSES = 3_000_000
"""Rows from which on worker processes pay, where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The options of :func:`fit_ppml` that a fit by blocks knows; executor : who does the work, or None."""

    ssc: str
    separation: str
    drop_singletons: bool
    engine: str
    tol: float
    max_iterations: int
    throw: bool
    columns: Columns
    executor: Executor | None
    scratch: str | Path | None


def fit_by_blocks(plan: Plan, wishes: Wishes) -> LeanFit:
    """Fit the batches of ``plan`` by the levels of its block column.

    Raises
    ------
    UsageError : a block does not fit into memory. WorkerLost : a worker was ended from outside.
    """
    if wishes.engine == "irls":
        raise UsageError("engine='irls' fits in one piece.", fix="Leave engine to 'auto', or give blocks=None.")
    reads = plan.reads
    row = 2 * (8 * len(reads.numbers) + 4 * len(reads.labels)) + 16
    with scratch_folder(wishes.scratch, row * (plan.n_rows or 0)) as folder:
        formula = with_series(plan.formula, [*reads.numbers, *reads.labels])
        name = plan.table.name
        rows = spill(
            plan.batches, name, str(plan.block), reads.numbers, reads.labels, folder / "raw",
            lambda batch, first: flows(batch, formula.response, first),
        )  # fmt: skip
        (folder / "blocks").mkdir()
        with _workers(wishes.executor, rows, plan) as executor:
            return _fitted(plan, wishes, rows, Scratch(folder / "blocks"), executor)


def _workers(executor: Executor | None, rows: Spilled, plan: Plan) -> Any:
    """Who does the work: the caller's executor, processes of our own as far as memory goes, or nobody else."""
    needed = needed_by_block(int(rows.heights.max()), len(plan.formula.terms))
    refuse_if_too_large(
        needed, plan.given, f"The largest block of '{plan.block}' has {int(rows.heights.max()):,} rows and",
        "Go by a column with more levels, give memory= a larger size, or fewer rows.",
    )  # fmt: skip
    if executor is not None or rows.n_rows < WORTH_PROCESSES:
        return nullcontext(executor)
    several = min(processors(), len(rows.blocks), int(plan.given // needed))
    return fresh_processes(several) if several > 1 else nullcontext(None)


def _fitted(plan: Plan, wishes: Wishes, rows: Spilled, scratch: Scratch, executor: Executor | None) -> LeanFit:
    columns = wishes.columns
    beginning = Beginning(
        scratch, plan.formula, plan.clustering.ways, columns.weights, columns.offset,
        levels_of(plan.formula, rows.levels), wishes.drop_singletons, wishes.engine,
    )  # fmt: skip
    tasks = [(beginning, rows.only(k), k) for k in range(len(rows.blocks))]
    begun: list[Begun] = each(executor, begin_block, tasks)
    rows.forget()
    if any(one.n_missing < one.n_rows for one in begun):
        check_size(max(one.largest for one in begun), plan.formula.response)
    few = wishes.separation == "auto" and sum(one.n_used for one in begun) <= SEARCHED_FIRST
    if few or wishes.separation in ("exact", "rectifier"):
        method, works = "exact" if few else wishes.separation, _works(plan, scratch, begun)
        begun, _ = without_separated(beginning, begun, works, rows.levels, method, executor, plan.given)
    found = _climbed(plan, wishes, scratch, begun, executor)
    if wishes.separation == "auto" and signs(found, begun, executor):
        works = [replace(work, centre=0 * work.centre) for work in found.blocks.works]
        begun, any_found = without_separated(beginning, begun, works, rows.levels, "auto", executor, plan.given)
        if any_found:
            found = _climbed(plan, wishes, scratch, begun, executor)
    fit = _assembled(plan, wishes, rows, begun, found)
    if not fit.converged and in_one_piece(found.blocks.works) <= plan.given:
        fit = _rescued(plan, wishes, rows, begun, _works(plan, scratch, begun))
    if wishes.throw and not fit.converged:
        raise NotConverged(
            f"The Poisson fit by blocks of '{plan.block}' stopped after {fit.iterations} steps without converging.",
            state=fit,
            fix="Raise max_iterations, or give blocks=None: in one piece other engines are tried.",
        )
    return fit


def _rescued(plan: Plan, wishes: Wishes, rows: Spilled, begun: Sequence[Begun], works: Sequence[Work]) -> LeanFit:
    """The fit in one piece, where more engines are tried, of rows that do not settle by blocks."""
    whole, _ = joined(works, rows.levels)
    fit = fit_design(
        whole, plan.table, plan.formula.text, plan.clustering, ssc=wishes.ssc, separation=wishes.separation,
        drop_singletons=False, engine=wishes.engine, tol=wishes.tol, max_iterations=wishes.max_iterations,
        throw=wishes.throw, columns=wishes.columns,
    )  # fmt: skip
    return replace(
        without_rows(fit),
        n_rows=rows.n_rows,
        n_missing=_n_missing(rows, begun),
        n_separated=fit.n_separated + sum(one.n_separated for one in begun),
        n_singletons=fit.n_singletons + sum(one.n_singletons for one in begun),
    )


def _n_missing(rows: Spilled, begun: Sequence[Begun]) -> int:
    """Rows without a block, and those that lack another value."""
    return rows.n_rows - int(rows.heights.sum()) + sum(one.n_missing for one in begun)


def _works(plan: Plan, scratch: Scratch, begun: Sequence[Begun]) -> list[Work]:
    """The blocks that have rows, with every regressor."""
    names = next((one.names for one in begun if one.n_used), ())
    if not any(one.n_used for one in begun):
        raise EmptySample(
            "No row is left in any block.",
            why="Every row lacked a value, was alone in one of its effects or had only zero flows beside it.",
            fix="Use fewer fixed effects or more data; singletons='keep' leaves lone rows in.",
        )
    everything = tuple(range(len(names)))
    return [
        Work(scratch, f"block{k}", plan.formula.effects, names, one.axes, everything, np.zeros(len(names)))
        for k, one in enumerate(begun) if one.n_used
    ]  # fmt: skip


def _climbed(
    plan: Plan, wishes: Wishes, scratch: Scratch, begun: Sequence[Begun], executor: Executor | None
) -> Climbed:
    works = _works(plan, scratch, begun)
    used = [one for one in begun if one.n_used]
    if wishes.engine == "tensor" and not all(one.cells for one in used):
        raise UsageError("These effects do not span a tensor in every block.", fix="Leave engine to 'auto'.")
    inside = plan.clustering.kind == "cluster" and all(plan.block in way for way in plan.clustering.ways)
    found = climbed(works, used, executor, wishes.tol, wishes.max_iterations, plan.clustering, inside)
    if works[0].names and not found.names:
        raise NotIdentified(
            "No coefficient can be estimated: " + "; ".join(found.dropped.values()) + ".",
            why="The fixed effects, or zero flows alone, account for every regressor.",
            fix="Use fewer effects, or a regressor that varies within them.",
        )
    return found


def _assembled(plan: Plan, wishes: Wishes, rows: Spilled, begun: Sequence[Begun], found: Climbed) -> LeanFit:
    gone: Any = RowsGone()
    n_used = sum(one.n_used for one in begun)
    errors = covariance_of(found, n_used, plan.clustering, wishes.ssc, rows.levels)
    errors.matrix.flags.writeable = False
    return LeanFit(
        formula=plan.formula.text,
        family=POISSON,
        offset=wishes.columns.offset,
        weights=wishes.columns.weights,
        names=found.names,
        coef=ReadOnlyDict(dict(zip(found.names, found.coef.tolist()))),
        se=ReadOnlyDict(dict(zip(found.names, np.sqrt(np.diag(errors.matrix)).tolist()))),
        cov=errors.matrix,
        n_rows=rows.n_rows,
        n_missing=_n_missing(rows, begun),
        n_separated=sum(one.n_separated for one in begun),
        n_singletons=sum(one.n_singletons for one in begun),
        n_used=n_used,
        n_clusters=errors.n_clusters,
        cov_repaired=errors.repaired,
        clustering=plan.clustering,
        small_sample=wishes.ssc,
        dropped=ReadOnlyDict(found.dropped),
        separated=gone,
        engine=f"{sum(one.n_used > 0 for one in begun)} blocks by {plan.block}",
        converged=found.converged,
        iterations=found.iterations,
        design=gone,
        raw=gone,
        layout=None,
        table=plan.table,
        kept=ReadOnlyDict(statistics_of(found, plan.clustering)),
        kept_effects=tuple(effect.text for effect in plan.formula.effects),
    )
