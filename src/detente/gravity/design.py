"""Labels and frames end here: a table and a formula become arrays of numbers and integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.errors import DataError, EmptySample, how_many
from detente.gravity.formulas.formula import Effect, Factor, Formula
from detente.gravity.formulas.lags import with_series
from detente.gravity.formulas.terms import LARGEST, Coding, by_term, column_of, response
from detente.panel.frames import Table


@dataclass(frozen=True, slots=True)
class Codes:
    """One column as integers: ``codes`` [n] in 0..len(levels)-1 and the sorted ``levels``."""

    codes: np.ndarray
    levels: np.ndarray

    def __len__(self) -> int:
        return len(self.levels)


@dataclass(frozen=True, slots=True)
class Design:
    """A regression as arrays over the n rows used.

    y : [n] flows; X : [K, n] regressors; names : K of them
    offset, weights : [n] or None
    axes : integer codes of every column that an effect or a cluster reads
    effects : the formula's fixed effects; slopes : [n] of every column with a varying slope
    rows : [n] positions in the table, None when all of it is used
    n_rows, n_missing : rows given; rows left out because a value they need is missing or their weight is zero
    coding : how the terms were coded; known : codes of interacted columns worked out so far
    """

    y: np.ndarray
    X: np.ndarray
    names: tuple[str, ...]
    offset: np.ndarray | None
    weights: np.ndarray | None
    axes: dict[str, Codes]
    effects: tuple[Effect, ...]
    slopes: dict[str, np.ndarray]
    rows: np.ndarray | None
    n_rows: int
    n_missing: int
    coding: Coding = field(default_factory=Coding, repr=False, compare=False)
    known: dict[tuple[str, ...], tuple[np.ndarray, int]] = field(default_factory=dict, repr=False, compare=False)

    def take(self, keep: np.ndarray) -> Design:
        """The design on the rows where ``keep`` [n] is True; levels stay as they are."""
        if keep.all():
            return self

        chosen = np.flatnonzero(keep)
        X = np.empty((len(self.X), len(chosen)))
        for column, left in zip(self.X, X):
            column.take(chosen, out=left, mode="clip")  # a row at a time, without a check of every place: half the time
        return replace(
            self,
            y=self.y[chosen],
            X=X,
            offset=None if self.offset is None else self.offset[chosen],
            weights=None if self.weights is None else self.weights[chosen],
            axes={name: Codes(axis.codes[chosen], axis.levels) for name, axis in self.axes.items()},
            slopes={name: slope[chosen] for name, slope in self.slopes.items()},
            rows=chosen if self.rows is None else self.rows[chosen],
            known={},
        )

    def without(self, columns: Sequence[int]) -> Design:
        """The design less some regressors, by position."""
        kept = [k for k in range(len(self.names)) if k not in set(columns)]
        return replace(self, X=self.X[kept], names=tuple(self.names[k] for k in kept))

    def codes(self, columns: Sequence[str]) -> tuple[np.ndarray, int]:
        """Codes [n] of interacted columns, without gaps, and how many levels occur."""
        columns = tuple(columns)
        if columns not in self.known:
            axes = [self.axes[name] for name in columns]
            whole = len(axes) == 1 and self.rows is None  # every level of the table is in use
            codes, n = cross([(axis.codes, len(axis)) for axis in axes])
            self.known[columns] = (codes, n) if whole else compress(codes, n)
        return self.known[columns]

    def label(self, columns: Sequence[str], row: int) -> str:
        """The level of interacted columns at one row, in words."""
        return "-".join(str(self.axes[c].levels[self.axes[c].codes[row]]) for c in columns)


def cross(groups: Sequence[tuple[np.ndarray, int]]) -> tuple[np.ndarray, int]:
    """One code [rows] for each combination of several codes, the last one running fastest, and how many there could be."""
    codes, n = groups[0]
    for k, (more, m) in enumerate(groups[1:]):
        codes = np.multiply(codes, m, out=codes if k else None)
        codes += more
        n *= m
    return codes, n


def compress(codes: np.ndarray, n: int) -> tuple[np.ndarray, int]:
    """Codes [rows] in 0..n-1 renumbered without gaps, and how many there are."""
    if n <= max(4 * len(codes), 1_000_000):
        seen = np.zeros(n, bool)
        seen[codes] = True
        count = int(seen.sum())
        return (codes, n) if count == n else ((np.cumsum(seen) - 1)[codes], count)
    levels, codes = np.unique(codes, return_inverse=True)
    return codes, len(levels)


def build(
    table: Table,
    formula: Formula,
    *,
    clusters: Sequence[Sequence[str]] = (),
    weights: str | None = None,
    offset: str | None = None,
    respond: Callable[[Table, Factor], np.ndarray] = response,
    levels: Mapping[str, np.ndarray] | None = None,
) -> Design:
    """Evaluate ``formula`` on ``table``; ``levels`` are those of its ``i()`` terms, where the table has a part of them.

    Raises
    ------
    UnknownColumn, InvalidFlow, DataError, FormulaError, EmptySample
    """
    if not len(table):
        raise EmptySample(f"There are no rows in {table.name}.", fix="Give a table with one flow a row.")
    formula = with_series(formula, table.columns)
    y = respond(table, formula.response)
    coding = Coding(not (formula.effects or formula.intercept), dict(levels or {}))
    names, X = _stacked(by_term(table, formula.terms, coding), len(formula.terms), len(y))
    held = {name: column_of(table, name) for name in (weights, offset) if name is not None}
    slopes = {name: table.numbers(name) for effect in formula.effects for name in effect.slopes}
    axis_names = dict.fromkeys(c for effect in formula.effects for c in effect.columns)
    axis_names |= dict.fromkeys(c for cluster in clusters for c in cluster)
    axes = {name: Codes(*table.codes(name)) for name in axis_names}
    complete = _complete([*X, y], [*names, formula.response.text], held, slopes, axes, len(y))
    if weights is not None:
        complete = _weighted(weights, held[weights], complete)
    design = Design(
        y=y,
        X=X,
        names=tuple(names),
        offset=held.get(offset or ""),
        weights=held.get(weights or ""),
        axes=axes,
        effects=formula.effects,
        slopes=slopes,
        rows=None,
        n_rows=len(y),
        n_missing=0,
        coding=coding,
    )
    if complete is not None:
        if not complete.any():
            raise _nothing_complete(design)
        design = replace(design.take(complete), n_missing=int((~complete).sum()))
    return design


def _stacked(terms: Iterable[tuple[list[str], list[np.ndarray]]], n_terms: int, n: int) -> tuple[list[str], np.ndarray]:
    """Names and columns as one array [k, n]; those of one term alone are ever in memory beside it."""
    names: list[str] = []
    X = np.empty((n_terms, n))
    for more, columns in terms:
        if len(names) + len(more) > len(X):
            X = np.concatenate([X[: len(names)], np.empty((len(more) + len(names), n))])
        for name, column in zip(more, columns):
            X[len(names)] = column
            names.append(name)
    return names, X[: len(names)]


def _weighted(name: str, weights: np.ndarray, complete: np.ndarray | None) -> np.ndarray | None:
    """``complete`` [n] without the rows of weight zero, which fixest and Stata leave out too."""
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        raise DataError(
            f"Column '{name}' has {how_many(len(negative), 'negative weight')},",
            where=f"the first in row {negative[0]} (counted from 0).",
            why="A weight says how often a row counts.",
            fix="Correct them, or put 0 to leave a row out.",
        )
    used = weights > 0
    if used.all():
        return complete
    return used if complete is None else used & complete


def _complete(columns, names, held, slopes, axes, n: int) -> np.ndarray | None:
    """Rows [n] where nothing is missing, or None when that is all of them; infinite values raise."""
    complete = np.ones(n, bool)
    for name, column in [*zip(names, columns), *held.items(), *slopes.items()]:
        if column.min() >= -LARGEST and column.max() <= LARGEST:  # false where one is missing
            continue
        present = ~np.isnan(column)
        if (present & ~(np.abs(column) <= LARGEST)).any():
            raise _not_finite(name, column)
        complete &= present
    for axis in axes.values():
        if (axis.codes < 0).any():
            complete &= axis.codes >= 0
    return None if complete.all() else complete


def _nothing_complete(design: Design) -> EmptySample:
    columns = [*zip(design.names, design.X), *design.slopes.items(), ("offset", design.offset)]
    gaps = {name: int(np.isnan(x).sum()) for name, x in columns if x is not None}
    gaps |= {name: int((axis.codes < 0).sum()) for name, axis in design.axes.items()}
    if design.weights is not None:
        gaps["weights"] = int((~(design.weights > 0)).sum())
    return EmptySample(
        f"Every one of the {design.n_rows} rows lacks a value that the formula needs:",
        where=", ".join(f"{name} is missing in {n}" for name, n in gaps.items() if n) + ".",
        why="A row of weight zero counts as missing." if gaps.get("weights") else "",
        fix="Leave out what is missing most, or fill it in.",
    )


def _not_finite(name: str, column: np.ndarray) -> DataError:
    rows = np.flatnonzero(np.abs(column) > LARGEST)
    infinite = np.isinf(column[rows]).any()
    return DataError(
        f"'{name}' is {'infinite' if infinite else f'beyond {LARGEST:.0e}'} in {how_many(len(rows), 'row')},",
        where=f"the first is row {rows[0]} (counted from 0).",
        why="The logarithm of zero is such a value." if infinite else "It would overflow.",
        fix="Drop these rows or transform otherwise." if infinite else "Change its unit.",
    )
