"""Regression of counts whose spread is wider than Poisson's: the negative binomial of the second kind, by maximum likelihood.

``y ~ NB(mu, alpha)``, ``log mu = X b``, variance ``mu + alpha mu^2`` (Cameron & Trivedi 2013, section 3.3). Fisher scoring for
``b`` with step halving and Newton for ``log alpha``, in turns (Venables & Ripley 2002, section 7.4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import polygamma, psi

from detente.errors import NotConverged
from detente.gravity.estimators.family import Family

Floats = NDArray[np.float64]
LEAST_ALPHA, MOST_ALPHA = 1e-6, 1e4
TOLERANCE, ROUNDS, LARGEST = 1e-10, 200, 30.0


@dataclass(frozen=True, slots=True)
class CountFit:
    """A fitted regression of counts.

    Attributes
    ----------
    coef : (K,) array
        Of the logarithm of the mean.
    alpha : float
        Dispersion; the variance is ``mu + alpha mu^2``.
    loglik : float
    n : int
    """

    coef: Floats
    alpha: float
    loglik: float
    n: int


def fit_counts(design: Floats, counts: Floats, offset: Floats | float = 0.0) -> CountFit:
    """The regression of counts (n,) on a design (n, K), with an offset (n,) in the logarithm of the mean.

    Raises
    ------
    NotConverged
        No maximum was found: all counts are zero, or the columns of the design say the same.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> x = np.column_stack([np.ones(5000), rng.normal(size=5000)])
    >>> y = rng.poisson(np.exp(x @ [0.5, 0.3]) * rng.gamma(2.0, 0.5, 5000)).astype(float)
    >>> fit_counts(x, y).coef.round(1).tolist()
    [0.5, 0.3]
    """
    if not counts.sum() > 0:
        raise NotConverged("All counts are zero: there is nothing to learn.", fix="Give a longer series.")
    alpha = 1.0
    coef = np.zeros(design.shape[1])
    coef[0] = np.log(counts.mean() / np.exp(offset).mean())
    before = -np.inf
    for _ in range(ROUNDS):
        coef = _scored(design, counts, coef, alpha, offset)
        alpha = _dispersion(counts, _mean(design, coef, offset), alpha)
        now = log_likelihood(counts, _mean(design, coef, offset), alpha)
        if abs(now - before) <= TOLERANCE * (1 + abs(now)):
            return CountFit(coef, alpha, now, len(counts))
        before = now
    raise NotConverged(f"The counts' regression did not settle in {ROUNDS} rounds.", fix="Give a longer series.")


def log_likelihood(counts: Floats, mean: Floats, alpha: float) -> float:
    """Of counts (n,) with means (n,) and dispersion."""
    return Family("negbin", "Negative binomial", alpha).loglik(counts, mean)


def _mean(design: Floats, coef: Floats, offset: Floats | float) -> Floats:
    return np.exp(np.clip(design @ coef + offset, -LARGEST, LARGEST))


def _scored(design: Floats, counts: Floats, coef: Floats, alpha: float, offset: Floats | float) -> Floats:
    """Fisher scoring at a dispersion, never downhill."""
    for _ in range(ROUNDS):
        mean = _mean(design, coef, offset)
        weight = mean / (1 + alpha * mean)
        score = design.T @ ((counts - mean) / (1 + alpha * mean))
        information = design.T @ (design * weight[:, None])
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            raise NotConverged(
                "The memories of the counts say the same.", fix="Give a longer series, or one with more than one value."
            ) from None
        here, share = log_likelihood(counts, mean, alpha), 1.0
        while share > 1e-6 and log_likelihood(counts, _mean(design, coef + share * step, offset), alpha) < here - 1e-12:
            share /= 2
        coef = coef + share * step
        if np.abs(share * step).max() < 1e-10:
            break
    return coef


def _dispersion(counts: Floats, mean: Floats, alpha: float) -> float:
    """Newton on log alpha at given means, within its bounds."""
    log_alpha = np.log(alpha)
    for _ in range(ROUNDS):
        a = float(np.exp(log_alpha))
        slope, curve = _slopes(counts, mean, a)
        step = -slope / curve if curve < 0 else np.sign(slope)
        log_new = float(np.clip(log_alpha + np.clip(step, -1, 1), np.log(LEAST_ALPHA), np.log(MOST_ALPHA)))
        if abs(log_new - log_alpha) < 1e-11:
            break
        log_alpha = log_new
    return float(np.exp(log_alpha))


def _slopes(counts: Floats, mean: Floats, alpha: float) -> tuple[float, float]:
    """First and second derivative of the log likelihood in log alpha."""
    r = 1 / alpha
    dr = psi(counts + r) - psi(r) + np.log(r) - np.log(r + mean) + 1 - (counts + r) / (r + mean)
    d2r = polygamma(1, counts + r) - polygamma(1, r) + 1 / r - 1 / (r + mean) - (mean - counts) / (r + mean) ** 2
    return float((-r * dr).sum()), float((r * dr + r**2 * d2r).sum())
