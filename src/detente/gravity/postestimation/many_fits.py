"""The same equation for every sector or product, in parallel, failures kept with their reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from detente._notebook import as_html
from detente._read_only import ReadOnlyDict
from detente._workers import processors, share_out, workers_of
from detente.data.tables.streams import stream_of
from detente.errors import DetenteError, NotConverged, UnknownColumn, UsageError, did_you_mean, first_five
from detente.gravity.blocks.without_rows import LeanFit, without_rows
from detente.gravity.formulas.expansion import each_formula
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.reading import Reads, columns_read
from detente.gravity.inference.clustering import read_clustering
from detente.gravity.ppml import fit_ppml
from detente.gravity.result import GravityFit
from detente.panel.frames import Table, factorize, read_table, runs_of, table_of
from detente.panel.reading.coded import coded

WORTH_A_PROCESS, WORTH_SENDING = 1_000_000, 2_000
"""Rows in all, and in a part, from which on worker processes pay: they start in 0.5 s of processor time, in which
a million rows are fitted."""
AHEAD = 32
"""Parts that are under way at once on an executor of the caller's."""


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

    def _repr_html_(self) -> str:
        """In a notebook: the coefficients of all fits."""
        return as_html(self.summary(), self.to_frame())

    def __repr__(self) -> str:
        return self.summary()


def fit_many(
    data: Any,
    formula: str,
    *,
    by: str | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    keep: str = "design",
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> ManyFits:
    """Fit ``formula`` for every level of ``by``, or every formula that it stands for, or both.

    Parameters
    ----------
    formula : ``c(y, z)`` before the ``~`` stands for several responses, ``sw(a, b)``, ``sw0``, ``csw`` and ``csw0``
        among the terms or the effects for several equations, as in fixest
    by : column; each of its levels is fitted by itself
    executor : any concurrent.futures executor (a dask client's too), in place of processes of our own
    workers : how many work at once, this process among them; 1 for this one alone. By default as many as there are
        processors where that pays: with ``keep="coef"`` and a million rows or more
    keep : "design" keeps every fit's rows, "coef" the coefficients alone: that is what many fits at once are for, since
        sending the rows back from another process costs more than fitting them
    progress : called with (done, total) after each fit
    **options : of :func:`fit_ppml`

    Returns
    -------
    ManyFits : in the order of the data, whichever ended first; a level that cannot be fitted is in ``failures`` with
        its error

    Raises
    ------
    WorkerLost : a process at work was ended from outside.
    """
    formulas = each_formula(formula)
    if by is None and len(formulas) == 1:
        raise UsageError(
            "fit_many needs by=, or a formula that stands for several.",
            fix="Name a column as in by='sector', write csw(a, b) among the terms, or call fit_ppml.",
        )
    if workers is not None and (isinstance(workers, bool) or not isinstance(workers, int) or workers < 1):
        raise UsageError(f"workers is a count of one or more, not {workers!r}.")
    table, reads = _read(data, formulas, by, options)
    pays = keep == "coef" and len(table) * len(formulas) >= WORTH_A_PROCESS
    several = workers or (processors() if pays else 1)
    with workers_of(executor, several - 1, __name__) as pool:  # new ones start while the rows are grouped
        groups = _groups(table, by, formulas)
        if executor is None and (len(groups) < 2 or not (workers or _worth_sending(table, groups))):
            pool = None
        found: list[GravityFit | DetenteError | None] = [None] * len(groups)
        ahead = AHEAD if executor else 3 * several
        for k, result in _each_fit(groups, reads, options | {"keep": keep}, pool, ahead, here=executor is None):
            found[k] = result
            if progress is not None:
                progress(sum(one is not None for one in found), len(groups))
    results = {group.name: result for group, result in zip(groups, found)}
    fits = {k: fit for k, fit in results.items() if isinstance(fit, GravityFit)}
    failures = {k: error for k, error in results.items() if isinstance(error, DetenteError)}
    return ManyFits(by or "formula", ReadOnlyDict(fits), ReadOnlyDict(failures), table)


def _read(data: Any, formulas: Sequence[str], by: str | None, options: Mapping[str, Any]) -> tuple[Table, list[Reads]]:
    """The rows, of what comes in batches only the columns that are needed, and what each formula reads of them."""
    stream = None if isinstance(data, Table) else stream_of(data)
    if stream is None:
        table = read_table(data)
        return table, [_checked(one, by, table.columns, table.name, options) for one in formulas]
    reads = [_checked(one, by, stream.columns, stream.name, options) for one in formulas]
    wanted = chain([by] if by else [], *((*one.numbers, *one.labels) for one in reads))
    return table_of(stream, tuple(dict.fromkeys(wanted))), reads


def _checked(formula: str, by: str | None, columns: Sequence[str], name: str, options: Mapping[str, Any]) -> Reads:
    """What one formula reads; an unknown column is named as such, once."""
    parsed = parse(formula, list(columns))
    if by is not None and by in parsed.columns:
        raise UsageError(f"'{by}' cannot be in the formula and in by= at once.")
    clustering = read_clustering(options.get("cluster"), list(columns), parsed.effects)
    for column in (*([by] if by else []), *parsed.columns, *(c for way in clustering.ways for c in way)):
        if column not in columns:
            raise UnknownColumn.named(column, columns, where=name)
    return columns_read(parsed, list(columns), clustering.ways, (options.get("weights"), options.get("offset")))


@dataclass(frozen=True, slots=True)
class _Group:
    """What one fit is of: its name, its formula, and its rows of the ``whole`` data (None for all)."""

    name: str
    formula: str
    rows: slice | np.ndarray | None
    whole: Table
    frame: pl.DataFrame

    @property
    def table(self) -> Table:
        """Its part of the data, as it came in."""
        rows = self.rows
        if rows is None:
            return self.whole
        return read_table(
            self.frame[rows] if isinstance(rows, np.ndarray) else self.frame.slice(rows.start, rows.stop - rows.start)
        )

    def task(self, reads: Sequence[Reads], options: Mapping[str, Any]) -> tuple:
        """What is sent to where it is fitted: labels as integers where the formula takes what it reads as it is."""
        if any(one.odd for one in reads):
            return self.table, self.formula, options
        numbers, labels = (chain(*lists) for lists in zip(*((one.numbers, one.labels) for one in reads)))
        return coded(self.table, numbers, labels), self.formula, options


def _groups(table: Table, by: str | None, formulas: Sequence[str]) -> list[_Group]:
    """Each level, in the order of the data, with each formula."""
    frame = pl.DataFrame() if by is None else pl.DataFrame([table.series(c) for c in table.columns])
    parts = {"": None} if by is None else _rows_by_level(frame[by])
    return [
        _Group(f"{level}: {one}" if level and len(formulas) > 1 else level or one, one, rows, table, frame)
        for level, rows in parts.items() for one in formulas
    ]  # fmt: skip


def _rows_by_level(series: pl.Series) -> dict[str, slice | np.ndarray]:
    """Rows of each level in the order of the data: a slice where they lie together, else their numbers."""
    found = runs_of(series)
    starts = np.arange(len(series)) if found is None else found
    codes, _ = factorize(series.gather(starts))  # of every run
    order = np.argsort(codes, kind="stable")
    firsts = order[np.flatnonzero(np.diff(codes[order], prepend=-2))]  # of every level its first run
    ends = np.append(starts[1:], len(series))
    if len(firsts) == len(codes):
        parts = [slice(int(first), int(end)) for first, end in zip(starts, ends)]
    else:
        rows = np.argsort(np.repeat(codes, ends - starts), kind="stable")
        sizes = np.bincount(codes + 1, ends - starts).astype(int)  # a missing level has code -1
        parts = np.split(rows, np.cumsum(sizes[sizes > 0])[:-1])
        parts = [_together(parts[k]) for k in np.argsort(firsts)]
    names = series.gather(starts[np.sort(firsts)]).to_list()
    return dict(zip((str(name) for name in names), parts))


def _together(rows: np.ndarray) -> slice | np.ndarray:
    """Rows in rising order, as a slice where none lies between them."""
    first, last = int(rows[0]), int(rows[-1])
    return slice(first, last + 1) if last - first + 1 == len(rows) else rows


def _worth_sending(table: Table, groups: Sequence[_Group]) -> bool:
    """Whether each part has rows enough for what sending it costs."""
    return len(table) >= WORTH_SENDING * (1 if groups[0].rows is None else len(groups))


def _each_fit(
    groups: Sequence[_Group],
    reads: Sequence[Reads],
    options: Mapping[str, Any],
    pool: Executor | None,
    ahead: int,
    *,
    here: bool,
) -> Iterator[tuple[int, GravityFit | DetenteError]]:
    """Each group's position and fit, as they end: by ``pool``, this process too if ``here``, or by this one alone."""
    if pool is None:
        for k, group in enumerate(groups):
            yield k, _one(group.table, group.formula, options)
        return
    tasks = [partial(group.task, reads, options) for group in groups]
    for k, result in share_out(_away, tasks, pool, here=here, ahead=ahead):
        yield k, _returned(result, groups[k])


def _one(part: Any, formula: str, options: Mapping[str, Any]) -> GravityFit | DetenteError:
    try:
        return fit_ppml(part, formula, **options)
    except DetenteError as error:
        return error


def _away(part: Table, formula: str, options: Mapping[str, Any]) -> GravityFit | DetenteError:
    """The fit without the table it came from, which the caller has."""
    result = _one(part, formula, options)
    if isinstance(result, GravityFit):
        return replace(result, table=result.table.emptied())
    if isinstance(result, NotConverged) and isinstance(result.state, GravityFit):
        result.state = without_rows(result.state)
    return result


def _returned(result: GravityFit | DetenteError, group: _Group) -> GravityFit | DetenteError:
    if isinstance(result, GravityFit):
        return replace(result, table=group.whole.emptied() if isinstance(result, LeanFit) else group.table)
    return result
