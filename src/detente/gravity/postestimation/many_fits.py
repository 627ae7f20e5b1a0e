"""The same equation for every sector or product, in parallel, failures kept with their reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from typing import Any

import polars as pl

from detente._read_only import ReadOnlyDict
from detente._workers import fresh_processes
from detente.errors import DetenteError, UsageError, did_you_mean, first_five
from detente.gravity.formulas.expansion import each_formula
from detente.gravity.formulas.grammar import parse
from detente.gravity.inference import read_clustering
from detente.gravity.ppml import fit_ppml
from detente.gravity.result import GravityFit
from detente.panel.frames import Table, read_table

WORTH_A_PROCESS = 100_000
"""Rows from which on starting worker processes pays."""


@dataclass(frozen=True, slots=True)
class ManyFits:
    """Fits by level of ``by``; see :func:`fit_many`. failures : the error of each level that has no fit."""

    by: str
    fits: Mapping[str, GravityFit]
    failures: Mapping[str, DetenteError]
    table: Table

    def __getitem__(self, level: Any) -> GravityFit:
        if str(level) in self.failures:
            raise self.failures[str(level)]
        if str(level) not in self.fits:
            levels = [*self.fits, *self.failures]
            raise UsageError(
                f"'{level}' is not a level of '{self.by}'.{did_you_mean(str(level), levels)}",
                where=f"They are: {first_five(levels)}.",
            )
        return self.fits[str(level)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    def to_frame(self) -> Any:
        """One row a level and term, with ``reason`` where a level has no fit."""
        parts = [
            pl.DataFrame(fit.columns()).with_columns(pl.lit(level).alias(self.by), pl.lit(fit.n_used).alias("n_used"))
            for level, fit in self.fits.items()
        ]
        parts += [pl.DataFrame({self.by: [level], "reason": [str(e)]}) for level, e in self.failures.items()]
        frame = pl.concat(parts, how="diagonal_relaxed")
        if "reason" not in frame.columns:
            frame = frame.with_columns(pl.lit(None, pl.String).alias("reason"))
        front = [self.by]
        return self.table.of_same_kind(frame.select(front + [c for c in frame.columns if c not in front]))

    def summary(self) -> str:
        """How many levels have a fit, and why the others have none."""
        lines = [f"{len(self.fits)} fits by {self.by}, {len(self.failures)} without"]
        lines += [f"{level}: {error}" for level, error in list(self.failures.items())[:5]]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.summary()


def fit_many(
    data: Any,
    formula: str,
    *,
    by: str | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> ManyFits:
    """Fit ``formula`` for every level of ``by``, or every formula that it stands for, or both.

    Parameters
    ----------
    formula : ``c(y, z)`` before the ``~`` stands for several responses, ``sw(a, b)``, ``sw0``, ``csw`` and ``csw0``
        among the terms for several equations, as in fixest
    by : column; each of its levels is fitted by itself
    executor : any concurrent.futures executor (a dask client's too); by default processes where the data
        are large enough, else one after the other
    workers : processes to start; 1 for none
    progress : called with (done, total) after each fit
    **options : of :func:`fit_ppml`

    Returns
    -------
    ManyFits : a level that cannot be fitted is in ``failures`` with its error
    """
    table, formulas = read_table(data), each_formula(formula)
    if by is None and len(formulas) == 1:
        raise UsageError(
            "fit_many needs by=, or a formula that stands for several.",
            fix="Name a column as in by='sector', write csw(a, b) among the terms, or call fit_ppml.",
        )
    for one in formulas:
        parsed = parse(one, table.columns)
        if by is not None and by in parsed.columns:
            raise UsageError(f"'{by}' cannot be in the formula and in by= at once.")
        clustering = read_clustering(options.get("cluster"), table.columns, parsed.effects)
        for column in (*([by] if by else []), *parsed.columns, *(c for way in clustering.ways for c in way)):
            table.series(column)  # an unknown column is named as such, once
    whole = pl.DataFrame([table.series(c) for c in table.columns])
    groups = _groups(whole, by, formulas)
    found: dict[str, GravityFit | DetenteError] = {}

    def done(level: str, result: GravityFit | DetenteError) -> None:
        found[level] = result
        if progress is not None:
            progress(len(found), len(groups))

    if executor is not None:
        _in_parallel(executor, groups, options, done)
    elif workers != 1 and len(groups) > 1 and (workers or whole.height > WORTH_A_PROCESS):
        with fresh_processes(workers) as pool:
            _in_parallel(pool, groups, options, done)
    else:
        for level, (part, one) in groups.items():
            done(level, _one(part, one, options))
    results = {k: found[k] for k in groups}
    fits = {k: fit for k, fit in results.items() if isinstance(fit, GravityFit)}
    failures = {k: error for k, error in results.items() if isinstance(error, DetenteError)}
    return ManyFits(by or "formula", ReadOnlyDict(fits), ReadOnlyDict(failures), table)


def _groups(whole: pl.DataFrame, by: str | None, formulas: Sequence[str]) -> dict[str, tuple[pl.DataFrame, str]]:
    """What is fitted, by name: the rows of each level with each formula."""
    parts = {"": whole}
    if by is not None:
        parts = {str(key[0]): p for key, p in whole.partition_by(by, as_dict=True, maintain_order=True).items()}
    several = len(formulas) > 1
    return {
        (f"{level}: {one}" if level and several else level or one): (part, one)
        for level, part in parts.items() for one in formulas
    }  # fmt: skip


def _in_parallel(executor: Executor, groups, options, done) -> None:
    waiting = {executor.submit(_one, part, one, options): level for level, (part, one) in groups.items()}
    for future in as_completed(waiting):
        done(waiting[future], future.result())


def _one(part: Any, formula: str, options: dict[str, Any]) -> GravityFit | DetenteError:
    try:
        return fit_ppml(part, formula, **options)
    except DetenteError as error:
        return error
