"""From a fit on some rows to fitted flows on others, and how those answer to the data of the first."""

from __future__ import annotations

import numpy as np

from detente.gravity.design import Design
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.formulas.formula import Effect
from detente.gravity.postestimation.fixed_effects import FREE, TIED, free_directions, slope_scale
from detente.gravity.result import GravityFit


def predict(fit: GravityFit, design: Design, rows: np.ndarray) -> np.ndarray:
    """Expected flow [m] at ``rows`` [m] of ``design``, of which the fit used a part.

    nan where an effect has no row in the fit, and where the rows of the fit do not tell what the effects of
    this row add up to (each of them is fixed only up to a constant that others share).
    """
    free = iter(free_directions(fit.design))
    drift = np.zeros((len(rows), FREE))
    index = np.zeros(len(rows)) if design.offset is None else design.offset[rows].copy()
    for name in fit.names:
        index += fit.coef[name] * design.X[design.names.index(name), rows]
    levels = iter(fit.raw.effects())
    for effect in fit.design.effects:
        place = _places(fit, design, effect.columns)[design.codes(effect.columns)[0][rows]]
        for slope in _columns(effect):
            value = np.where(place >= 0, next(levels)[place], np.nan)
            times = 1.0 if slope is None else _scaled(fit, design, slope, effect.intercept)[rows]
            index += value * times
            drift += next(free)[place] * np.reshape(times, (-1, 1))
    index[np.abs(drift).max(1) > TIED] = np.nan
    return np.exp(index)


def response(fit: GravityFit, design: Design, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How ``sum weight * log mu`` over ``rows`` answers to each score of the fit: [n used, g].

    ``weight`` [m, g]. With D the dummies and X the regressors of the n rows used, this is
    ``D (D'WD)^-1 d + x~ H^-1 (X_rows' weight - ...)``: the gradient of the predictions carried back
    through the estimating equations.
    """
    projector = RowProjector(blocks_of(fit.design))
    prior = 1.0 if fit.design.weights is None else fit.design.weights
    projector.weigh(prior * fit.raw.mu)
    sums = []
    for effect in fit.design.effects:
        place = _places(fit, design, effect.columns)[design.codes(effect.columns)[0][rows]]
        n = fit.design.codes(effect.columns)[1]
        for slope in _columns(effect):
            value = 1.0 if slope is None else _scaled(fit, design, slope, effect.intercept)[rows, None]
            total = np.zeros((n, weight.shape[1]))
            seen = place >= 0
            np.add.at(total, place[seen], (weight * value)[seen])
            sums.append(total)
    by_effects = projector.solve(sums) if sums else np.zeros((len(fit.design.y), weight.shape[1]))
    if not fit.names:
        return by_effects
    W = (prior * fit.raw.mu) * np.ones(len(fit.design.y))
    direct = np.array([design.X[design.names.index(name), rows] for name in fit.names]) @ weight
    slope = direct - (fit.design.X * W) @ by_effects
    return by_effects + fit.raw.tilde.T @ np.linalg.solve(fit.raw.hessian, slope)


def _places(fit: GravityFit, design: Design, columns: tuple[str, ...]) -> np.ndarray:
    """The fit's level of each level of ``design``; -1 where the fit has none."""
    codes, n = design.codes(columns)
    used, _ = fit.design.codes(columns)
    place = np.full(n, -1)
    place[codes[used_rows(fit, design)]] = used
    return place


def used_rows(fit: GravityFit, design: Design) -> np.ndarray:
    """Positions in ``design`` of the rows the fit used."""
    if fit.design.rows is None:
        return np.arange(len(design.y))
    if design.rows is None:
        return fit.design.rows
    return np.searchsorted(design.rows, fit.design.rows)


def _columns(effect: Effect) -> list[str | None]:
    return ([None] if effect.intercept else []) + list(effect.slopes)


def _scaled(fit: GravityFit, design: Design, name: str, centred: bool) -> np.ndarray:
    """A slope column of ``design`` brought to the scale it had in the fit."""
    shift, spread = slope_scale(fit.design, name, centred)
    return (design.slopes[name] - shift) / spread
