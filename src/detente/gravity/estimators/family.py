"""What distinguishes one estimator from another: link, variance, deviance.

All are generalised linear models with fixed effects: ``g(mu) = x'b + effects``, and the scores of the
coefficients are ``x~ W (y - mu) / mu'`` with ``mu'`` the slope of the mean and ``W = mu'^2 / V(mu)``
(McCullagh & Nelder 1989). Only the mean has to be right: errors are robust or clustered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln, xlogy


@dataclass(frozen=True, slots=True)
class Family:
    """One estimator.

    name : "ppml", "ols", "gamma", "negbin" or "logit"; title : as it stands above a table
    alpha : variance ``mu + alpha mu^2`` of the negative binomial, 0 otherwise
    """

    name: str
    title: str
    alpha: float = 0.0

    @property
    def logs(self) -> bool:
        """Whether the mean is the exponential of the index."""
        return self.name in ("ppml", "gamma", "negbin")

    def mean(self, index: np.ndarray) -> np.ndarray:
        """Mean [n] at an index [n]."""
        if self.logs:
            return np.exp(index)
        return expit(index) if self.name == "logit" else index

    def index(self, mu: np.ndarray) -> np.ndarray:
        """Index [n] of a mean [n]."""
        if self.logs:
            return np.log(mu)
        return np.log(mu) - np.log1p(-mu) if self.name == "logit" else mu

    def slope(self, mu: np.ndarray) -> np.ndarray:
        """Change [n] of the mean with the index."""
        if self.logs:
            return mu
        return mu * (1 - mu) if self.name == "logit" else np.ones_like(mu)

    def variance(self, mu: np.ndarray) -> np.ndarray:
        """Variance [n] at a mean [n], up to a factor."""
        if self.name == "gamma":
            return mu**2
        if self.name == "logit":
            return mu * (1 - mu)
        return np.ones_like(mu) if self.name == "ols" else mu + self.alpha * mu**2

    def weight(self, mu: np.ndarray) -> np.ndarray:
        """Working weight [n]: squared slope over variance."""
        return mu if self.name == "ppml" else self.slope(mu) ** 2 / self.variance(mu)

    def gap(self, y: np.ndarray, mu: np.ndarray) -> np.ndarray:
        """What multiplies a regressor in the score: ``(y - mu) mu' / V``."""
        return y - mu if self.name in ("ppml", "ols", "logit") else (y - mu) * self.slope(mu) / self.variance(mu)

    def curvature(self, y: np.ndarray, mu: np.ndarray) -> np.ndarray:
        """Observed information [n] of an index: with it steps are Newton's, where ``weight`` only scores."""
        if self.name == "gamma":
            return np.maximum(y / mu, 0.05)  # zeros have none of their own
        if self.name == "negbin":
            return mu * (1 + self.alpha * y) / (1 + self.alpha * mu) ** 2
        return self.weight(mu)

    def deviance(self, y: np.ndarray, mu: np.ndarray) -> np.ndarray:
        """Deviance [n] of each row; of gamma without the term in log y, which zeros do not have."""
        if self.name == "ols":
            return (y - mu) ** 2
        if self.name == "gamma":
            return 2 * ((y - mu) / mu - np.log(np.where(y > 0, y, 1.0) / np.where(y > 0, mu, 1.0)))
        if self.name == "logit":
            return -2 * (xlogy(y, mu) + xlogy(1 - y, 1 - mu))
        safe = np.where(mu > 0, mu, 1.0)
        if self.name == "negbin":
            a = self.alpha
            tail = (y + 1 / a) * np.log1p(a * (y - mu) / (1 + a * mu))
            return 2 * (xlogy(y, np.where(y > 0, y, 1.0) / safe) - tail)
        return 2 * (xlogy(y, np.where(y > 0, y, 1.0) / safe) - (y - mu))

    def loglik(self, y: np.ndarray, mu: np.ndarray, weights: np.ndarray | None = None) -> float:
        """Log likelihood, constants included; for OLS and gamma at the most likely scale."""
        w = np.ones_like(y) if weights is None else weights
        n = w.sum()
        if self.name == "ols":
            return float(-0.5 * n * (np.log(2 * np.pi * (w @ (y - mu) ** 2) / n) + 1))
        if self.name == "gamma":
            shape = n / (w @ ((y - mu) / mu) ** 2)
            part = xlogy(shape - 1, y) - shape * y / mu + shape * np.log(shape / mu) - gammaln(shape)
        elif self.name == "logit":
            part = xlogy(y, mu) + xlogy(1 - y, 1 - mu)
        elif self.name == "negbin":
            r = 1 / self.alpha
            part = gammaln(y + r) - gammaln(r) - gammaln(y + 1) + xlogy(r, r / (r + mu)) + xlogy(y, mu / (r + mu))
        else:
            part = xlogy(y, np.where(mu > 0, mu, 1.0)) - mu - gammaln(y + 1)
        return float(w @ part)


POISSON = Family("ppml", "PPML")
OLS = Family("ols", "OLS")
GAMMA = Family("gamma", "Gamma PML")
LOGIT = Family("logit", "Logit")
