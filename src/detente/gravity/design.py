"""Labels and frames end here: a table and a formula become arrays of numbers and integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import DataError, EmptySample, FormulaError, InvalidFlow, MissingExtra, SpecificationError
from detente.gravity.formula import Effect, Factor, Formula

if TYPE_CHECKING:
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
    n_rows, n_missing : rows given; rows left out because a value they need is missing
    known : codes of interacted columns worked out so far
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
    known: dict[tuple[str, ...], tuple[np.ndarray, int]] = field(default_factory=dict, repr=False, compare=False)

    def take(self, keep: np.ndarray) -> Design:
        """The design on the rows where ``keep`` [n] is True; levels stay as they are."""
        if keep.all():
            return self

        def cut(array: np.ndarray | None) -> np.ndarray | None:
            return None if array is None else array[..., keep]

        return replace(
            self,
            y=cut(self.y),
            X=cut(self.X),
            offset=cut(self.offset),
            weights=cut(self.weights),
            axes={name: Codes(axis.codes[keep], axis.levels) for name, axis in self.axes.items()},
            slopes={name: cut(slope) for name, slope in self.slopes.items()},
            rows=np.flatnonzero(keep) if self.rows is None else self.rows[keep],
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
            codes, n = self.axes[columns[0]].codes, len(self.axes[columns[0]])
            for name in columns[1:]:
                axis = self.axes[name]
                codes, n = codes * len(axis) + axis.codes, n * len(axis)
            self.known[columns] = compress(codes, n)
        return self.known[columns]

    def label(self, columns: Sequence[str], row: int) -> str:
        """The level of interacted columns at one row, in words."""
        return "-".join(str(self.axes[c].levels[self.axes[c].codes[row]]) for c in columns)


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
) -> Design:
    """Evaluate ``formula`` on ``table``.

    Raises
    ------
    UnknownColumn, InvalidFlow, DataError, FormulaError, EmptySample
    """
    if not len(table):
        raise EmptySample(f"There are no rows in {table.name}.")
    y = _response(table, formula.response)
    names, columns = _terms(table, formula.terms)
    held = {name: table.numbers(name) for name in (weights, offset) if name is not None}
    slopes = {name: table.numbers(name) for effect in formula.effects for name in effect.slopes}
    axis_names = dict.fromkeys(c for effect in formula.effects for c in effect.columns)
    axis_names |= dict.fromkeys(c for cluster in clusters for c in cluster)
    axes = {name: Codes(*table.codes(name)) for name in axis_names}
    complete = _complete(columns, names, held, slopes, axes, len(y))
    if weights is not None and (held[weights] < 0).any():
        raise DataError(f"Column '{weights}' has negative weights.")
    design = Design(
        y=y,
        X=np.array(columns).reshape(len(names), len(y)),
        names=tuple(names),
        offset=held.get(offset),
        weights=held.get(weights),
        axes=axes,
        effects=formula.effects,
        slopes=slopes,
        rows=None,
        n_rows=len(y),
        n_missing=0,
    )
    if complete is not None:
        if not complete.any():
            raise EmptySample(f"Every one of the {len(y)} rows lacks a value that the formula needs.")
        design = replace(design.take(complete), n_missing=int((~complete).sum()))
    return design


def _response(table: Table, factor: Factor) -> np.ndarray:
    if factor.function == "i" or not table.series(factor.columns[0]).dtype.is_numeric():
        raise InvalidFlow(f"'{factor.text}' does not hold numbers.", fix="Name the column of flows before the '~'.")
    y = _factor(table, factor)[1][0]
    bad = ~np.isfinite(y) | (y < 0)
    if bad.any():
        kinds = {"missing": np.isnan(y), "negative": y < 0, "infinite": np.isposinf(y)}
        found = ", ".join(f"{int(n.sum())} {kind}" for kind, n in kinds.items() if n.any())
        raise InvalidFlow(
            f"'{factor.text}' has {found} among {len(y)} rows,",
            where=f"the first in row {int(np.flatnonzero(bad)[0])} (counted from 0).",
            why="A missing flow is not a zero, and a Poisson fit needs flows of zero or more.",
            fix="Drop these rows, or put 0 where the source says that nothing was traded.",
        )
    if not y.any():
        raise EmptySample(f"Every flow in '{factor.text}' is zero.", fix="There is nothing to fit.")
    return y


def _terms(table: Table, terms: Sequence[tuple[Factor, ...]]) -> tuple[list[str], list[np.ndarray]]:
    names: list[str] = []
    columns: list[np.ndarray] = []
    for term in terms:
        part_names, parts = _factor(table, term[0])
        for factor in term[1:]:
            more_names, more = _factor(table, factor)
            part_names = [f"{a}:{b}" for a in part_names for b in more_names]
            parts = [a * b for a in parts for b in more]
        names += part_names
        columns += parts
    return names, columns


def _factor(table: Table, factor: Factor) -> tuple[list[str], list[np.ndarray]]:
    """Names and columns [n] that one factor stands for."""
    if factor.function == "i":
        return _dummies(table, factor)
    if factor.function == "formulaic":
        return _by_formulaic(table, factor)
    series = table.series(factor.columns[0])
    if not series.dtype.is_numeric() and series.dtype not in (_polars().Boolean, _polars().Null):
        raise SpecificationError(
            f"Column '{factor.columns[0]}' holds {series.dtype}, and '{factor.text}' needs numbers.",
            fix=f"Write i({factor.columns[0]}) for one dummy a level.",
        )
    x = table.numbers(factor.columns[0])
    if factor.function is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            x = getattr(np, factor.function)(x)
    return [factor.text], [x]


def _dummies(table: Table, factor: Factor) -> tuple[list[str], list[np.ndarray]]:
    codes, levels = table.codes(factor.columns[0])
    reference = factor.reference
    if reference is not None:
        numeric = levels.dtype.kind in "iuf"
        found = levels == reference if numeric or isinstance(reference, str) else levels == str(reference)
        if not np.any(found):
            raise FormulaError(
                f"ref={reference} in {factor.text} is not a level of '{factor.columns[0]}'.",
                fix=f"Its levels run from {levels[0]} to {levels[-1]}.",
            )
        keep = np.flatnonzero(~found)
    else:
        keep = np.arange(len(levels))
    scale = table.numbers(factor.columns[1]) if len(factor.columns) == 2 else None
    tail = "" if scale is None else f":{factor.columns[1]}"
    names = [f"{factor.columns[0]}::{levels[k]}{tail}" for k in keep]
    missing = np.where(codes < 0, np.nan, 1.0)
    columns = [np.where(codes == k, missing if scale is None else scale, 0.0 * missing) for k in keep]
    return names, columns


def _by_formulaic(table: Table, factor: Factor) -> tuple[list[str], list[np.ndarray]]:
    try:
        import pandas as pd
        from formulaic import model_matrix
        from formulaic.errors import FormulaicError
    except ImportError:
        raise MissingExtra.needed("formulaic", "formulas", f"The transformation '{factor.text}'") from None
    for column in factor.columns:
        table.series(column)  # an unknown column is named as such
    frame = pd.DataFrame({c: table.series(c).to_numpy() for c in factor.columns})
    try:
        matrix = model_matrix(f"{factor.text} - 1", frame, na_action="ignore")
    except FormulaicError as error:
        raise FormulaError(f"'{factor.text}' cannot be computed: {str(error).splitlines()[0]}") from None
    return [str(c) for c in matrix.columns], [matrix[c].to_numpy(float) for c in matrix.columns]


def _complete(columns, names, held, slopes, axes, n: int) -> np.ndarray | None:
    """Rows [n] where nothing is missing, or None when that is all of them; infinite values raise."""
    complete = np.ones(n, bool)
    for name, column in [*zip(names, columns), *held.items(), *slopes.items()]:
        finite = np.isfinite(column)
        if finite.all():
            continue
        infinite = np.isinf(column).sum()
        if infinite:
            raise DataError(
                f"'{name}' is infinite in {infinite} rows.",
                why="The logarithm of zero is such a value.",
                fix="Drop these rows or transform otherwise.",
            )
        complete &= finite
    for axis in axes.values():
        if (axis.codes < 0).any():
            complete &= axis.codes >= 0
    return None if complete.all() else complete


def _polars() -> Any:
    import polars

    return polars
