"""Earlier and later values of a series within its unit, as fixest's ``l()``, ``f()`` and ``d()``.

A unit is what a flow belongs to: its origin, destination and, where there are some, sector. Periods that are numbers
count as such: the value four years earlier is ``l(x, 4)``, also where the data have every fourth year. Other periods
(dates, quarters) count by their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from detente.errors import AmbiguousColumn, DuplicateRows, FormulaError, UnknownColumn, first_five
from detente.gravity.formulas.formula import Effect, Factor, Formula
from detente.panel.columns import KNOWN, find_roles
from detente.panel.frames import Table


def with_series(formula: Formula, columns: Sequence[str]) -> Formula:
    """``formula`` whose lags know the unit and the time of their series.

    These are what a lag itself says (``l(x, 1, unit=exporter^importer, time=year)``), else what the effects tell, else
    columns of known names.

    Raises
    ------
    FormulaError : none of these tells.
    """
    factors = [factor for term in formula.terms for factor in term] + [formula.response]
    lagged = [factor for factor in factors if factor.function in ("lag", "change")]
    if not lagged:
        return formula
    found = series_of(formula.effects, columns)

    def told(factor: Factor) -> Factor:
        if factor.function not in ("lag", "change"):
            return factor
        unit, time = factor.unit or (found or ((), ""))[0], factor.time or (found or ((), ""))[1]
        if not (unit and time):
            raise FormulaError(
                f"Whose earlier value '{factor.text}' is cannot be told from the effects or the columns' names.",
                fix=f"Write it out, as in {factor.text[:-1]}, unit=exporter^importer, time=year).",
            )
        inner = factor.inner.columns if factor.inner is not None else ()
        return replace(factor, columns=(*inner, *unit, time), unit=unit, time=time)

    terms = tuple(tuple(told(factor) for factor in term) for term in formula.terms)
    return replace(formula, terms=terms, response=told(formula.response))


def series_of(effects: Sequence[Effect], columns: Sequence[str]) -> tuple[tuple[str, ...], str] | None:
    """Columns of the unit and of the time: from origin-period and destination-period effects, else by known names."""
    readings = []
    for one, other in combinations([set(effect.columns) for effect in effects], 2):
        common, origin, destination = one & other, one - other, other - one
        if not (common and len(origin) == len(destination) == 1):
            continue
        times = [name for name in common if name.casefold() in KNOWN["period"]]
        if len(times) != 1 and (len(common) > 1 or any(name.casefold() in KNOWN["sector"] for name in common)):
            continue  # which of them is the time is not said
        time = times[0] if times else next(iter(common))
        unit = [name for effect in effects for name in effect.columns if name in origin | destination]
        readings.append((not times, (*dict.fromkeys(unit), *sorted(common - {time})), time))
    if readings:
        _, unit, time = min(readings, key=lambda reading: reading[0])  # the first, a known time before others
        return unit, time
    try:
        roles = find_roles(columns, needed=("origin", "destination", "period"))
    except (AmbiguousColumn, UnknownColumn):
        return None
    sector = (roles.sector,) if roles.sector else ()
    return (str(roles.origin), str(roles.destination), *sector), str(roles.period)


def shifted(table: Table, factor: Factor, values: np.ndarray) -> np.ndarray:
    """``values`` [n] of the same unit ``factor.periods`` earlier, nan where the data have no such row.

    Raises
    ------
    DuplicateRows : a unit has two rows in one period. FormulaError : no row has an earlier one at all.
    """
    coded = [table.codes(name) for name in factor.unit]
    unit = coded[0][0].astype(np.int64)
    for codes, levels in coded[1:]:
        unit = unit * len(levels) + codes
    codes, levels = table.codes(factor.time)
    known = (codes >= 0) & np.all([part >= 0 for part, _ in coded], axis=0)
    time = levels.astype(float) if levels.dtype.kind in "iuf" else np.arange(len(levels), dtype=float)
    place = {value: k for k, value in enumerate(time.tolist())}
    source = np.array([place.get(value - factor.periods, -1) for value in time.tolist()] or [-1])
    if len(values) and (source < 0).all():
        raise FormulaError(
            f"'{factor.text}' has no value in any row: no two periods of '{factor.time}' are {abs(factor.periods):g} apart.",
            fix=f"The periods are {first_five(levels.tolist())}: write the lag in the unit of '{factor.time}'.",
        )
    key = unit * len(levels) + codes
    rows = np.flatnonzero(known)
    order = rows[np.argsort(key[rows], kind="stable")]
    ordered = key[order]
    twice = np.flatnonzero(np.diff(ordered) == 0)
    if len(twice):
        raise DuplicateRows(
            f"{'^'.join(factor.unit)} has two rows in one '{factor.time}' ({len(twice)} times): "
            f"which of them is the earlier value in '{factor.text}' cannot be told.",
            fix="Name all that tells the rows apart, as in l(x, 1, unit=exporter^importer^sector, time=year).",
        )
    wanted = unit * len(levels) + source[codes]
    at = np.minimum(np.searchsorted(ordered, wanted), max(len(ordered) - 1, 0))
    found = known & (source[codes] >= 0) & (ordered[at] == wanted if len(ordered) else False)
    return np.where(found, values[order[at]] if len(order) else np.nan, np.nan)
