"""Labels and frames end here: a table and a formula become arrays of numbers and integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import DataError, EmptySample, FormulaError, InvalidFlow, MissingExtra, SpecificationError
from detente.gravity.formula import Effect, Factor, Formula
from detente.panel.frames import words_among

if TYPE_CHECKING:
    from detente.panel.frames import Table


LARGEST = 1e60
"""Values beyond this would overflow where they are squared and multiplied."""


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
        raise EmptySample(f"There are no rows in {table.name}.", fix="Give a table with one flow a row.")
    y = _response(table, formula.response)
    names, columns = _terms(table, formula.terms)
    held = {name: table.numbers(name) for name in (weights, offset) if name is not None}
    slopes = {name: table.numbers(name) for effect in formula.effects for name in effect.slopes}
    axis_names = dict.fromkeys(c for effect in formula.effects for c in effect.columns)
    axis_names |= dict.fromkeys(c for cluster in clusters for c in cluster)
    axes = {name: Codes(*table.codes(name)) for name in axis_names}
    complete = _complete(columns, names, held, slopes, axes, len(y))
    if weights is not None:
        complete = _weighted(weights, held[weights], complete)
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
            raise _nothing_complete(design)
        design = replace(design.take(complete), n_missing=int((~complete).sum()))
    return design


def _weighted(name: str, weights: np.ndarray, complete: np.ndarray | None) -> np.ndarray | None:
    """``complete`` [n] without the rows of weight zero, which fixest and Stata leave out too."""
    negative = np.flatnonzero(weights < 0)
    if len(negative):
        raise DataError(
            f"Column '{name}' has {len(negative)} negative weights,",
            where=f"the first in row {negative[0]} (counted from 0).",
            why="A weight says how often a row counts.",
            fix="Correct them, or put 0 to leave a row out.",
        )
    used = weights > 0
    if used.all():
        return complete
    return used if complete is None else used & complete


def _response(table: Table, factor: Factor) -> np.ndarray:
    series = table.series(factor.columns[0])
    if factor.function == "i" or not series.dtype.is_numeric():
        where, fix = words_among(series)
        fix = fix if "missing" in fix else "Name the column of flows before the '~'."
        raise InvalidFlow(f"'{factor.text}' does not hold numbers.", where=where, fix=fix)
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
    if not 1 / LARGEST < y.max() < LARGEST:
        raise InvalidFlow(f"The largest flow in '{factor.text}' is {y.max():.1e}.", fix="Change the unit.")
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
        where, fix = words_among(series)
        raise SpecificationError(
            f"Column '{factor.columns[0]}' holds {series.dtype}, and '{factor.text}' needs numbers.",
            where=where,
            fix=fix if "missing" in fix else f"Write i({factor.columns[0]}) for one dummy a level.",
        )
    x = table.numbers(factor.columns[0])
    if factor.function is not None:
        x = _applied(factor, x)
    return [factor.text], [x]


def _applied(factor: Factor, x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = getattr(np, factor.function)(x)
    undefined = np.flatnonzero(np.isnan(value) & ~np.isnan(x))
    if len(undefined):
        raise DataError(
            f"'{factor.text}' has no value in {len(undefined)} rows,",
            where=f"the first is row {undefined[0]} (counted from 0), where '{factor.columns[0]}' is {x[undefined[0]]:g}.",
            fix="Drop these rows or transform otherwise.",
        )
    return value


def _dummies(table: Table, factor: Factor) -> tuple[list[str], list[np.ndarray]]:
    codes, levels = table.codes(factor.columns[0])
    reference = factor.reference
    if reference is not None:
        reference = reference if isinstance(reference, str) else f"{reference:g}"
        found = np.array([_is_named(level, reference) for level in levels])
        if not found.any():
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


def _is_named(level: object, name: str) -> bool:
    """Whether ``name`` in a formula means ``level``: 2000 the number, the text or 2000.0; TRUE and 1 True."""
    if isinstance(level, np.bool_):
        return name.casefold() in (("true", "1") if level else ("false", "0"))
    if isinstance(level, np.number):
        try:
            return float(name) == level
        except ValueError:
            return False
    return str(level) == name


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
        with np.errstate(all="ignore"):  # what is not finite is looked for
            matrix = model_matrix(f"{factor.text} - 1", frame, na_action="ignore")
    except FormulaicError as error:
        raise FormulaError(
            f"'{factor.text}' cannot be computed: {str(error).splitlines()[0]}",
            fix="See formulaic's documentation for the functions it knows, or add the column to the data.",
        ) from None
    return [str(c) for c in matrix.columns], [matrix[c].to_numpy(float) for c in matrix.columns]


def _complete(columns, names, held, slopes, axes, n: int) -> np.ndarray | None:
    """Rows [n] where nothing is missing, or None when that is all of them; infinite values raise."""
    complete = np.ones(n, bool)
    for name, column in [*zip(names, columns), *held.items(), *slopes.items()]:
        finite = np.abs(column) <= LARGEST
        if finite.all():
            continue
        present = ~np.isnan(column)
        if (present & ~finite).any():
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
        f"'{name}' is {'infinite' if infinite else f'beyond {LARGEST:.0e}'} in {len(rows)} rows,",
        where=f"the first is row {rows[0]} (counted from 0).",
        why="The logarithm of zero is such a value." if infinite else "It would overflow.",
        fix="Drop these rows or transform otherwise." if infinite else "Change its unit.",
    )


def _polars() -> Any:
    import polars

    return polars
