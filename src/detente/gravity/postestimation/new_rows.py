"""Predictions for rows that the fit has not seen, and the reason where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.errors import UsageError
from detente.gravity.estimates import Estimates
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.lags import with_series
from detente.gravity.formulas.terms import Coding, column_of, regressors
from detente.gravity.postestimation.fixed_effects import FixedEffects
from detente.panel.frames import Table

WHY = (
    "",
    "an effect of this row has no row in the fit",
    "the rows of the fit do not tell what its effects add up to",
    "a value that the formula needs is missing",
    "a regressor that the fit left out as collinear moves otherwise here",
)
"""Reasons for a prediction that is not made; the first is none."""


def predicted(
    fit: Estimates, effects: FixedEffects, coding: Coding, table: Table, kind: str
) -> tuple[np.ndarray, np.ndarray]:
    """Predictions [n] and the reason [n] where there is none, as positions in WHY."""
    if kind not in ("response", "link"):
        raise UsageError(f"A prediction is 'response' or 'link', not {kind!r}.")
    names, columns = regressors(table, with_series(parse(fit.formula), table.columns).terms, coding)
    found = dict(zip(names, columns))
    if "(Intercept)" in fit.coef:
        found["(Intercept)"] = np.ones(len(table))
    index = np.zeros(len(table)) if fit.offset is None else column_of(table, fit.offset).copy()
    for name in fit.names:
        index += fit.coef[name] * found[name]
    total, why = effects.index(table)
    index += total
    why = np.where((why == 0) & np.isnan(index), 3, why)
    with np.errstate(over="ignore"):
        return (fit.family.mean(index) if kind == "response" else index), why


def prediction_frame(table: Table, values: np.ndarray, why: np.ndarray) -> Any:
    """row, predicted, reason, in the kind of frame of ``table``."""
    reasons = [WHY[w] or None for w in why.tolist()]
    shown = [None if np.isnan(v) else v for v in values.tolist()]
    return table.like({"row": np.arange(len(values)), "predicted": shown, "reason": reasons})
