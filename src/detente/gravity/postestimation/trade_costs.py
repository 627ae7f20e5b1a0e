"""After the fit: multilateral resistance, trade costs, a specification test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import ndtr

from detente.errors import MissingInternalTrade, SpecificationError, UsageError, first_five
from detente.gravity.engines.layout import economies_of
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import need_ppml
from detente.gravity.fit import fit_design
from detente.gravity.postestimation.hypotheses import is_number
from detente.gravity.result import GravityFit
from detente.panel.columns import find_roles


@dataclass(frozen=True, slots=True)
class Reset:
    """RESET: the coefficient of the squared index, its error, and the p-value of its being zero."""

    coef: float
    se: float
    p_value: float


def multilateral_resistance(fit: GravityFit, sigma: float, reference: str) -> Any:
    """Inward (P) and outward (Pi) multilateral resistance by economy and period, P of the reference at 1.

    With ``X_ij = Y_i E_j / Y (t_ij / (Pi_i P_j))^(1 - sigma)`` and the importer effect of the reference
    put to zero, ``P_j^(1-sigma) = E_j / (E_R exp(chi_j))`` and ``Pi_i^(1-sigma) = Y_i E_R / (Y exp(pi_i))``
    (Fally 2015; Anderson & van Wincoop 2003). Output and expenditure are the fit's own totals, so internal
    trade must be among the flows.

    Returns
    -------
    frame : economy, period, inward, outward, output, expenditure; null for an economy without flows

    Raises
    ------
    MissingInternalTrade, SpecificationError
    """
    need_ppml(fit, "Multilateral resistance")
    if not is_number(sigma) or sigma <= 1:
        raise UsageError(f"The elasticity of substitution sigma is above 1, not {sigma!r}.")
    origin, destination, period = _roles(fit)
    i, j, t, economies, periods = _codes(fit, origin, destination, period)
    _check_internal_trade(i, j, t, economies, periods)
    if reference not in economies:
        raise UsageError(f"The reference '{reference}' is not among the economies.")
    home = list(economies).index(reference)
    prior = 1.0 if fit.design.weights is None else fit.design.weights
    flow = fit.raw.mu * prior
    shape = (len(periods), len(economies))
    output, spending = np.zeros(shape), np.zeros(shape)
    np.add.at(output, (t, i), flow)
    np.add.at(spending, (t, j), flow)
    levels = fit.raw.effects()
    pi, chi = np.full(shape, np.nan), np.full(shape, np.nan)
    pi[t, i] = levels[_effect(fit, origin, period)][fit.design.codes(_columns(fit, origin, period))[0]]
    chi[t, j] = levels[_effect(fit, destination, period)][fit.design.codes(_columns(fit, destination, period))[0]]
    shift = chi[:, [home]]
    power = 1 / (1 - sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        inward = (spending / (spending[:, [home]] * np.exp(chi - shift))) ** power
        outward = (output * spending[:, [home]] / (output.sum(1, keepdims=True) * np.exp(pi + shift))) ** power
    at, who = np.indices(shape)
    columns = {"economy": economies[who.ravel()], "period": periods[at.ravel()]}
    values = {"inward": inward, "outward": outward, "output": output, "expenditure": spending}
    return fit.table.like(columns | {name: _nulls(value.ravel()) for name, value in values.items()})


def trade_costs(fit: GravityFit, sigma: float) -> Any:
    """Trade cost factor ``t_ij = exp(index / (1 - sigma))`` of every used row, up to a common scale.

    The index is what the regressors and every effect that names both economies add up to. Columns: row,
    log_cost, cost.
    """
    if not is_number(sigma) or sigma <= 1:
        raise UsageError(f"The elasticity of substitution sigma is above 1, not {sigma!r}.")
    origin, destination, _ = _roles(fit)
    index = fit.raw.coef @ fit.design.X if len(fit.names) else np.zeros(fit.n_used)
    levels = iter(fit.raw.effects())
    for effect in fit.design.effects:
        parts = [np.ones(fit.n_used)] * effect.intercept + [fit.design.slopes[s] for s in effect.slopes]
        for part in parts:
            level = next(levels)
            if {origin, destination} <= set(effect.columns):
                index = index + level[fit.design.codes(effect.columns)[0]] * part
    rows = np.arange(fit.n_rows) if fit.design.rows is None else fit.design.rows
    return fit.table.like({"row": rows, "log_cost": index / (1 - sigma), "cost": np.exp(index / (1 - sigma))})


@one_blas_thread
def reset_test(fit: GravityFit) -> Reset:
    """RESET for Poisson gravity: does the squared index of the regressors add anything?

    Santos Silva & Tenreyro (2006) square the whole index, effects included. With many effects that index
    carries the noise it was fitted to and the test rejects true models (in 89 of 100 simulated two-way
    panels of 20 economies), so only the regressors' part is squared here. Errors as in the fit.
    """
    need_ppml(fit, "This RESET")
    if not fit.names:
        raise SpecificationError("The fit has no regressors: there is no index to test.")
    index = fit.raw.coef @ fit.design.X
    squared = ((index - index.mean()) / (index.std() or 1.0)) ** 2
    design = replace(fit.design, X=np.vstack([fit.design.X, squared]), names=(*fit.names, "squared index"))
    again = fit_design(design, fit.table, fit.formula, fit.clustering, ssc=fit.small_sample, drop_singletons=False)
    if "squared index" not in again.coef:
        raise SpecificationError("The squared index is explained by the fixed effects: nothing to test.")
    coef, se = again.coef["squared index"], again.se["squared index"]
    return Reset(coef, se, float(2 * ndtr(-abs(coef / se))))


def _roles(fit: GravityFit) -> tuple[str, str, str | None]:
    found = economies_of(fit.design.effects)
    if found is not None:
        origin, destination = found
        others = [c for e in fit.design.effects for c in e.columns if c not in (origin, destination)]
        return origin, destination, others[0] if others else None
    names = find_roles(fit.table.columns, needed=("origin", "destination"))
    return str(names.origin), str(names.destination), names.period


def _check_internal_trade(i, j, t, economies, periods) -> None:
    """MissingInternalTrade unless every economy that trades in a period trades with itself there."""
    present, home = (np.zeros((len(periods), len(economies)), bool) for _ in range(2))
    present[t, i] = present[t, j] = True
    home[t[i == j], i[i == j]] = True
    without = np.argwhere(present & ~home)
    if len(without):
        named = [f"{economies[k]} in {periods[s]}" if len(periods) > 1 else f"{economies[k]}" for s, k in without]
        raise MissingInternalTrade(
            f"{len(without)} of {int(present.sum())} economies (by period) have no trade with themselves among the "
            f"rows used: {first_five(named)}.",
            why="Output and expenditure are sums over all destinations and origins: without internal trade they, and "
            "every multilateral resistance, would be off.",
            fix="Fit on a table with internal trade for everyone, or leave these economies out.",
        )


def _columns(fit: GravityFit, economy: str, period: str | None) -> tuple[str, ...]:
    return fit.design.effects[_effect(fit, economy, period)].columns


def _effect(fit: GravityFit, economy: str, period: str | None) -> int:
    """Position of the economy's own effect, by period where there are several."""
    for place, effect in enumerate(fit.design.effects):
        if effect.intercept and not effect.slopes and set(effect.columns) - {period} == {economy}:
            return place
    raise SpecificationError(
        f"There is no effect of '{'^'.join(filter(None, (economy, period)))}' in this fit.",
        fix="Multilateral resistance is read off the exporter-year and importer-year effects.",
    )


def _codes(fit: GravityFit, origin: str, destination: str, period: str | None):
    """Codes [n] of origin, destination and period on common levels, with the levels."""
    axes = fit.design.axes
    economies = np.union1d(axes[origin].levels, axes[destination].levels)
    i = np.searchsorted(economies, axes[origin].levels)[axes[origin].codes]
    j = np.searchsorted(economies, axes[destination].levels)[axes[destination].codes]
    if period is None or period not in axes:
        return i, j, np.zeros(len(i), int), economies, np.array([0])
    return i, j, axes[period].codes, economies, axes[period].levels


def _nulls(values: np.ndarray) -> list[float | None]:
    return [v if np.isfinite(v) else None for v in values.tolist()]
