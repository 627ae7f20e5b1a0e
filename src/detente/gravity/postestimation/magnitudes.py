"""What coefficients are worth: percent and volumes of trade, tariffs, marginal effects, the trade elasticity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri

from detente.errors import SpecificationError, UsageError
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import Estimates, shown
from detente.gravity.postestimation.hypotheses import is_number, places, quantile
from detente.gravity.result import GravityFit


@dataclass(frozen=True, slots=True)
class Elasticity:
    """A trade elasticity ``theta`` and its standard error; see :func:`trade_elasticity`."""

    theta: float
    std_error: float

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Normal confidence interval."""
        z = quantile(level)
        return self.theta - z * self.std_error, self.theta + z * self.std_error

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Elasticities below which shares ``u`` lie: log-normal with this median and (to first order) this error.

        It makes an elasticity what ``ensemble(economy, shock, theta=found)`` of ``detente.equilibrium`` draws from.
        """
        return self.theta * np.exp(self.std_error / self.theta * ndtri(np.asarray(u)))

    def draws(self, n: int = 1000, seed: int = 0) -> np.ndarray:
        """[n] elasticities above zero to solve with."""
        return self.quantile(np.random.default_rng(seed).uniform(size=n))

    def summary(self) -> str:
        """The elasticity in a line."""
        low, high = self.interval()
        return f"theta = {self.theta:.3f}, standard error {shown(self.std_error)}, 95% interval {low:.3f} to {high:.3f}"

    def __repr__(self) -> str:
        return self.summary()


def trade_elasticity(fit: Estimates, term: str, *, duties: str = "excluded") -> Elasticity:
    """The trade elasticity that the coefficient of the log of one plus a tariff implies.

    Parameters
    ----------
    fit : with ``term``, the log of (1 + tariff), among its terms
    duties : "excluded" where flows are valued before the duty, as customs do: the coefficient is ``-sigma =
        -(theta + 1)``; "included" where they hold it: ``-theta``

    Returns
    -------
    Elasticity : ``dt.solve(economy, shock, theta=found.theta)``; with what is unsure of it,
        ``dt.ensemble(economy, shock, theta=found)`` or ``found.draws()``

    Raises
    ------
    SpecificationError : the coefficient implies an elasticity of zero or less.

    Notes
    -----
    Yotov, Piermartini, Monteiro & Larch (2016), An Advanced Guide to Trade Policy Analysis, chapter 1.
    """
    if duties not in ("excluded", "included"):
        raise UsageError(f"duties are 'excluded' or 'included', not {duties!r}.")
    slope = fit.combine({term: 1.0})
    theta = -slope.estimate - (1.0 if duties == "excluded" else 0.0)
    if not theta > 0:
        raise SpecificationError(
            f"The coefficient of '{term}', {slope.estimate:.3f}, implies a trade elasticity of {theta:.3f}.",
            why="An elasticity is above zero: trade falls with its cost.",
            fix="Is the term the log of one plus the tariff, as a share? Do the flows include the duty?",
        )
    return Elasticity(theta, slope.std_error)


def tariff_equivalents(fit: GravityFit, theta: float, terms: list[str] | None = None) -> Any:
    """Effects as a percentage of trade and as the ad valorem tariff that would do the same.

    With trade elasticity ``theta`` a coefficient b is worth a tariff of ``exp(-b / theta) - 1``. Columns:
    term, trade_pct, trade_pct_se, tariff_pct, tariff_pct_se (errors by the delta method).
    """
    if not is_number(theta) or theta <= 0:
        raise UsageError(f"The trade elasticity theta is positive, not {theta!r}.")
    terms = list(fit.names) if terms is None else terms
    b = np.array([fit.combine({t: 1.0}).estimate for t in terms])
    se = np.array([fit.se[t] for t in terms])
    columns = {
        "term": terms,
        "trade_pct": 100 * np.expm1(b),
        "trade_pct_se": 100 * np.exp(b) * se,
        "tariff_pct": 100 * np.expm1(-b / theta),
        "tariff_pct_se": 100 * np.exp(-b / theta) * se / theta,
    }
    return fit.table.like(columns)


@one_blas_thread
def trade_effects(fit: GravityFit, terms: Sequence[str] | None = None, level: float = 0.95) -> Any:
    """How much of the fitted trade is there because of each term, other things (the effects too) as they are.

    Parameters
    ----------
    fit : from :func:`fit_ppml`, :func:`fit_gamma` or :func:`fit_negbin`
    terms : which terms, all if None; level : of the intervals

    Returns
    -------
    frame : one row a term. ``pct`` is what one unit of the term does to a flow, ``100 (exp(b) - 1)``; ``volume`` the
        fitted flows less what they were with the term at zero, summed over the rows used, in the unit of the flow;
        ``share_pct`` that in percent of all fitted flows; each with its standard error (delta method, the fitted
        flows taken as given) and the interval of ``pct``; ``n_rows`` with the term other than zero

    Raises
    ------
    SpecificationError : the fit is not of flows whose mean is the exponential of the index.

    Notes
    -----
    A partial effect: multilateral resistance and incomes do not answer, as they do in :func:`detente.solve`. Yotov,
    Piermartini, Monteiro & Larch (2016), An Advanced Guide to Trade Policy Analysis, chapter 1.
    """
    if not fit.family.logs:
        raise SpecificationError(
            f"Trade effects are for fits of flows, and this one is {fit.family.title}.",
            why="Its response is not a flow whose mean is the exponential of the index.",
            fix="Fit the flows with fit_ppml.",
        )
    chosen = list(fit.names) if terms is None else list(terms)
    at, z = places(fit.names, chosen), quantile(level)
    prior = np.ones(fit.n_used) if fit.design.weights is None else fit.design.weights
    flow = prior * fit.raw.mu
    total = float(flow.sum())
    rows: list[dict[str, Any]] = []
    for name, k in zip(chosen, at):
        x, b, s = fit.design.X[k], fit.coef[name], fit.se[name]
        without = np.exp(-b * x)
        volume, slope = float(flow @ (1 - without)), float(flow @ (x * without))
        low, high = np.expm1(b - z * s), np.expm1(b + z * s)
        rows.append(
            {
                "term": name, "pct": 100 * np.expm1(b), "pct_se": 100 * np.exp(b) * s, "pct_low": 100 * low,
                "pct_high": 100 * high, "volume": volume, "volume_se": abs(slope) * s,
                "share_pct": 100 * volume / total, "share_pct_se": 100 * abs(slope) * s / total,
                "n_rows": int(np.count_nonzero(x)),
            }
        )  # fmt: skip
    return fit.table.like({key: [row[key] for row in rows] for key in rows[0]} if rows else {"term": []})


@one_blas_thread
def marginal_effects(fit: GravityFit, terms: Sequence[str] | None = None, level: float = 0.95) -> Any:
    """Average marginal effects: what one more unit of a term does to the expected response, over the rows used.

    Of OLS these are the coefficients; of PPML the coefficient times the mean flow; of a logit a change of the
    probability. Columns: term, effect (in the unit of the response), std_error, ci_low, ci_high. Errors by the delta
    method, the effects following the coefficients; what is unsure of the effects themselves is left out.
    """
    chosen = list(fit.names) if terms is None else list(terms)
    at, z = places(fit.names, chosen), quantile(level)
    prior = np.ones(fit.n_used) if fit.design.weights is None else fit.design.weights
    prior = prior / prior.sum()
    slope = fit.family.slope(fit.raw.mu)
    bend = slope if fit.family.logs else slope * (1 - 2 * fit.raw.mu) if fit.family.name == "logit" else 0 * slope
    mean, turn = float(prior @ slope), fit.raw.tilde @ (prior * bend)
    b = np.array([fit.coef[name] for name in chosen])
    gradient = np.outer(b, turn)
    gradient[np.arange(len(at)), at] += mean
    se = np.sqrt(np.maximum(np.einsum("jk,kl,jl->j", gradient, fit.cov, gradient), 0.0))
    effect = mean * b
    columns = {"term": chosen, "effect": effect, "std_error": se, "ci_low": effect - z * se, "ci_high": effect + z * se}
    return fit.table.like(columns)
