"""The columns that a formula's terms stand for: functions, products, dummies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from detente.errors import (
    DataError,
    EmptySample,
    FormulaError,
    InvalidFlow,
    MissingExtra,
    SpecificationError,
    first_five,
    how_many,
)
from detente.gravity.formulas.formula import Factor
from detente.gravity.formulas.grammar import parse_column
from detente.gravity.formulas.lags import shifted
from detente.language import Joined, Text
from detente.panel.frames import Table, words_among

LARGEST = 1e60
"""Values beyond this would overflow where they are squared and multiplied."""


def response(table: Table, factor: Factor) -> np.ndarray:
    """The flows [n]; InvalidFlow or EmptySample where they are none that a Poisson fit can take."""
    y = flows(table, factor)
    check_size(float(y.max(initial=0.0)), factor)
    return y


def check_size(largest: float, factor: Factor) -> None:
    """EmptySample or InvalidFlow where the ``largest`` flow is none to fit."""
    if not largest:
        raise EmptySample(f"Every flow in '{factor.text}' is zero.", fix="There is nothing to fit.")
    if not 1 / LARGEST < largest < LARGEST:
        raise InvalidFlow(f"The largest flow in '{factor.text}' is {largest:.1e}.", fix="Change the unit.")


def flows(table: Table, factor: Factor, first: int = 0) -> np.ndarray:
    """The flows [n] of a table whose first row is number ``first``; InvalidFlow where one is negative or missing."""
    series = table.series(factor.columns[0])
    if factor.function == "i" or not series.dtype.is_numeric():
        where, fix = words_among(series)
        fix = fix if "missing" in fix else "Name the column of flows before the '~'."
        raise InvalidFlow(f"'{factor.text}' does not hold numbers.", where=where, fix=fix)
    y = _factor(table, factor, Coding(), alone=True)[1][0]
    bad = ~np.isfinite(y) | (y < 0)
    if bad.any():
        if factor.function in ("log", "log1p"):
            raise InvalidFlow(
                f"'{factor.text}' is negative or infinite in {int(bad.sum())} of {len(y)} rows.",
                why="A Poisson fit takes the flow itself, zeros included: its mean is the exponential of the index.",
                fix=f"Write '{factor.columns[0]} ~ ...', or fit logs with fit_ols.",
            )
        kinds = {"missing": np.isnan(y), "negative": y < 0, "infinite": np.isposinf(y)}
        found = Joined(", ", parts=[Text(f"flows.{kind}", n=int(n.sum())) for kind, n in kinds.items() if n.any()])
        raise InvalidFlow(
            Text("flows.bad", what=factor.text, found=found, n=len(y)),
            where=f"the first in row {first + int(np.flatnonzero(bad)[0])} (counted from 0).",
            why="A missing flow is not a zero, and a Poisson fit needs flows of zero or more.",
            fix="Drop these rows, or put 0 where the source says that nothing was traded.",
        )
    return y


@dataclass(slots=True)
class Coding:
    """How terms become columns, so that other data can be coded alike.

    whole : keep every level of a factor, as no intercept or effect stands beside it
    levels : of each ``i()``, as first seen; specs : formulaic's own memory of each call (knots, means)
    """

    whole: bool = False
    levels: dict[str, np.ndarray] = field(default_factory=dict)
    specs: dict[str, Any] = field(default_factory=dict)


def number(table: Table, factor: Factor) -> np.ndarray:
    """A response [n] that may be any number; nan where a logarithm has none, DataError where it is missing."""
    values = {name: table.numbers(name) for name in factor.columns}
    if factor.function in ("log",):
        x = values[factor.columns[0]]
        with np.errstate(divide="ignore", invalid="ignore"):
            y = np.where(x > 0, np.log(x), np.nan)
        if (x < 0).any():
            raise InvalidFlow(
                f"'{factor.columns[0]}' is negative in {how_many(int((x < 0).sum()), 'row')}.",
                fix="Correct them or drop these rows.",
            )
    else:
        y = _factor(table, factor, Coding(), alone=True)[1][0]
    lost = np.isnan(next(iter(values.values())))
    for column in values.values():
        lost = lost | np.isnan(column)
    if lost.any() or np.isinf(y).any():
        bad = lost | np.isinf(y)
        raise InvalidFlow(
            f"'{factor.text}' is missing or infinite in {int(bad.sum())} of {len(y)} rows,",
            where=f"the first is row {int(np.flatnonzero(bad)[0])} (counted from 0).",
            why="A missing flow is not a zero.",
            fix="Drop these rows.",
        )
    if np.isnan(y).all():
        raise EmptySample(
            f"'{factor.text}' has no value in any row.", fix="A zero has no logarithm: is all of it zero?"
        )
    return y


def column_of(table: Table, text: str) -> np.ndarray:
    """A column [n] by its name, or a function of one such as ``"log(pop)"``; nan where it is missing."""
    return table.numbers(text) if text in table.columns else _factor(table, parse_column(text), Coding(), True)[1][0]


def regressors(
    table: Table, terms: Sequence[tuple[Factor, ...]], coding: Coding | None = None
) -> tuple[list[str], list[np.ndarray]]:
    """Names and columns [n] of all terms; ``coding`` learns, or says, which levels there are."""
    names: list[str] = []
    columns: list[np.ndarray] = []
    for part_names, parts in by_term(table, terms, coding or Coding()):
        names += part_names
        columns += parts
    return names, columns


def by_term(
    table: Table, terms: Sequence[tuple[Factor, ...]], coding: Coding
) -> Iterator[tuple[list[str], list[np.ndarray]]]:
    """Names and columns [n] of one term after the other; see :func:`regressors`."""
    for term in terms:
        part_names, parts = _factor(table, term[0], coding, alone=len(term) == 1)
        for factor in term[1:]:
            more_names, more = _factor(table, factor, coding, alone=False)
            part_names = [f"{a}:{b}" for a in part_names for b in more_names]
            parts = [a * b for a in parts for b in more]
        yield part_names, parts


def _factor(table: Table, factor: Factor, coding: Coding, alone: bool) -> tuple[list[str], list[np.ndarray]]:
    """Names and columns [n] that one factor stands for; ``alone`` says that it is a whole term."""
    if factor.function == "i":
        return _dummies(table, factor, coding, alone)
    if factor.function == "formulaic":
        return _by_formulaic(table, factor, coding)
    if factor.inner is not None:
        return [factor.text], [_of_series(table, factor, factor.inner)]
    series = table.series(factor.columns[0])
    if not series.dtype.is_numeric() and series.dtype not in (pl.Boolean, pl.Null):
        where, fix = words_among(series)
        raise SpecificationError(
            f"Column '{factor.columns[0]}' holds {series.dtype}, and '{factor.text}' needs numbers.",
            where=where,
            fix=fix if "missing" in fix else f"Write i({factor.columns[0]}) for one dummy a level.",
        )
    x = table.numbers(factor.columns[0])
    if factor.function is not None:
        x = _applied(factor, factor.function, x)
    return [factor.text], [x]


def _of_series(table: Table, factor: Factor, inner: Factor) -> np.ndarray:
    """An earlier or later value [n], or the change from it."""
    now = _factor(table, inner, Coding(), alone=True)[1][0]
    then = shifted(table, factor, now)
    return now - then if factor.function == "change" else then


def _applied(factor: Factor, function: str, x: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        value = getattr(np, function)(x)
    undefined = np.flatnonzero(np.isnan(value) & ~np.isnan(x))
    if len(undefined):
        raise DataError(
            f"'{factor.text}' has no value in {how_many(len(undefined), 'row')},",
            where=f"the first is row {undefined[0]} (counted from 0), where '{factor.columns[0]}' is {x[undefined[0]]:g}.",
            fix="Drop these rows or transform otherwise.",
        )
    return value


def _dummies(table: Table, factor: Factor, coding: Coding, alone: bool) -> tuple[list[str], list[np.ndarray]]:
    """One column a level; as in fixest the first level is the reference of a factor that stands alone."""
    codes, levels = table.codes(factor.columns[0])
    known = coding.levels.setdefault(factor.text, levels)
    if known is not levels:
        codes = _recoded(table.name, factor, codes, levels, known)
    scale = table.numbers(factor.columns[1]) if len(factor.columns) == 2 else None
    if factor.reference is not None:
        keep = np.flatnonzero(~_reference(factor, factor.reference, known))
    else:
        keep = np.arange(0 if coding.whole or scale is not None or not alone else 1, len(known))
    tail = "" if scale is None else f":{factor.columns[1]}"
    names = [f"{factor.columns[0]}::{known[k]}{tail}" for k in keep]
    value = np.where(codes < 0, np.nan, 1.0 if scale is None else scale)
    return names, [np.where(codes == k, value, 0.0 * value) for k in keep]


def _reference(factor: Factor, reference: str | float, levels: np.ndarray) -> np.ndarray:
    """Which level is the reference [levels] bool; FormulaError if none is."""
    name = reference if isinstance(reference, str) else f"{reference:g}"
    found = np.array([_is_named(level, name) for level in levels])
    if not found.any():
        raise FormulaError(
            f"ref={name} in {factor.text} is not a level of '{factor.columns[0]}'.",
            fix=f"Its levels run from {levels[0]} to {levels[-1]}.",
        )
    return found


def _recoded(name: str, factor: Factor, codes: np.ndarray, levels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """``codes`` [n] of other data by the levels that the fit knows."""
    place = {level: k for k, level in enumerate(known.tolist())}
    new = [level for level in levels.tolist() if level not in place]
    if new:
        raise DataError(
            f"'{factor.columns[0]}' in {name} has levels that the fit does not know: {first_five(new)}.",
            why=f"{factor.text} has no coefficient for them.",
            fix="Leave these rows out.",
        )
    moved = np.array([place[level] for level in levels.tolist()] or [0])
    return np.where(codes < 0, -1, moved[codes])


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


def _by_formulaic(table: Table, factor: Factor, coding: Coding) -> tuple[list[str], list[np.ndarray]]:
    try:
        import pandas as pd
        from formulaic import model_matrix
        from formulaic.errors import FormulaicError
    except ImportError:
        raise MissingExtra.needed("formulaic", "formulas", f"The transformation '{factor.text}'") from None
    columns = {c: _for_formulaic(table.series(c)) for c in factor.columns}
    missing = np.zeros(len(table), bool)
    for column in columns.values():
        missing |= pd.isna(column)
    frame = pd.DataFrame({name: column[~missing] for name, column in columns.items()})
    spec = coding.specs.get(factor.text, f"{factor.text} - 1" if coding.whole else f"1 + {factor.text}")
    try:
        with np.errstate(all="ignore"):  # what is not finite is looked for
            matrix = model_matrix(spec, frame, na_action="ignore")
    except FormulaicError as error:
        raise FormulaError(
            f"'{factor.text}' cannot be computed: {str(error).splitlines()[0]}",
            fix="See formulaic's documentation for the functions it knows, or add the column to the data.",
        ) from None
    coding.specs.setdefault(factor.text, matrix.model_spec)
    names = [str(c) for c in matrix.columns if c != "Intercept"]
    filled = np.full((len(names), len(table)), np.nan)
    for row, name in zip(filled, names):
        row[~missing] = matrix[name].to_numpy(float)
    return names, list(filled)


def _for_formulaic(series: pl.Series) -> np.ndarray:
    """Numbers as float64: small integers (Stata's bytes) would overflow within the formula."""
    return (series.cast(pl.Float64) if series.dtype.is_numeric() else series).to_numpy()
