"""The columns that a formula's terms stand for: functions, products, dummies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.errors import DataError, EmptySample, FormulaError, InvalidFlow, MissingExtra, SpecificationError
from detente.gravity.formula import Factor
from detente.panel.frames import words_among

if TYPE_CHECKING:
    from detente.panel.frames import Table

LARGEST = 1e60
"""Values beyond this would overflow where they are squared and multiplied."""


def response(table: Table, factor: Factor) -> np.ndarray:
    """The flows [n]; InvalidFlow or EmptySample where they are none that a Poisson fit can take."""
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


def regressors(table: Table, terms: Sequence[tuple[Factor, ...]]) -> tuple[list[str], list[np.ndarray]]:
    """Names and columns [n] of all terms."""
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


def _polars() -> Any:
    import polars

    return polars
