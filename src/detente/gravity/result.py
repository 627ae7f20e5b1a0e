"""What a gravity fit is: coefficients with their errors, counts, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.errors import UsageError, did_you_mean
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.inference import Clustering
from detente.gravity.separation import Certificate
from detente.panel.frames import Table


@dataclass(frozen=True, slots=True)
class Combination:
    """A weighted sum of coefficients."""

    estimate: float
    std_error: float


@dataclass(frozen=True, slots=True)
class GravityFit:
    """A Poisson gravity fit; see :func:`fit_ppml`.

    coef, se : by term; cov : [k, k] in the order of ``names``
    n_rows = n_missing + n_separated + n_singletons + n_used
    dropped : regressors left out, with the reason; separated : which rows were, by which rule
    engine : "tensor" or "rows"; cov_repaired : a negative eigenvalue of ``cov`` was set to zero
    """

    formula: str
    names: tuple[str, ...]
    coef: Mapping[str, float]
    se: Mapping[str, float]
    cov: np.ndarray
    n_rows: int
    n_missing: int
    n_separated: int
    n_singletons: int
    n_used: int
    n_clusters: tuple[int, ...]
    cov_repaired: bool
    clustering: Clustering
    small_sample: str
    dropped: Mapping[str, str]
    separated: Certificate
    engine: str
    converged: bool
    iterations: int
    design: Design
    raw: EngineFit
    layout: Layout | None
    table: Table

    @property
    def loglik(self) -> float:
        """Poisson log likelihood (quasi), the constant in y included."""
        from scipy.special import gammaln

        y, mu = self.design.y, self.raw.mu
        part = np.where(y > 0, y * np.log(np.where(mu > 0, mu, 1.0)), 0.0) - mu - gammaln(y + 1)
        return float((part if self.design.weights is None else part * self.design.weights).sum())

    @property
    def deviance(self) -> float:
        """Twice the log likelihood's distance from a perfect fit."""
        y, mu = self.design.y, self.raw.mu
        part = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / np.where(mu > 0, mu, 1.0)), 0.0) - (y - mu)
        return float(2 * (part if self.design.weights is None else part * self.design.weights).sum())

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Normal confidence interval of each coefficient."""
        from scipy.special import ndtri

        z = float(ndtri(0.5 + level / 2))
        return {k: (self.coef[k] - z * self.se[k], self.coef[k] + z * self.se[k]) for k in self.names}

    def combine(self, weights: Mapping[str, float]) -> Combination:
        """Estimate and standard error of a weighted sum of coefficients, such as an effect and its lags."""
        unknown = [name for name in weights if name not in self.coef]
        if unknown:
            raise UsageError(f"'{unknown[0]}' is not a term of this fit.{did_you_mean(unknown[0], self.names)}")
        w = np.array([weights.get(name, 0.0) for name in self.names])
        return Combination(float(w @ list(self.coef.values())), float(np.sqrt(w @ self.cov @ w)))

    def to_frame(self) -> Any:
        """One row a term: term, estimate, std_error, z, p_value, ci_low, ci_high."""
        return self.table.like(self._columns())

    def fitted(self) -> Any:
        """One row a used row: row (position in the data), actual, fitted."""
        rows = np.arange(self.n_rows) if self.design.rows is None else self.design.rows
        return self.table.like({"row": rows, "actual": self.design.y, "fitted": self.raw.mu})

    def summary(self) -> str:
        """The fit as text."""
        lines = [f"PPML: {self.formula}", f"{self.n_used:,} of {self.n_rows:,} rows used{self._left_out()}"]
        lines.append(f"Standard errors {self.clustering.text}{self._groups()}; engine: {self.engine}")
        columns = self._columns()
        width = max([len(n) for n in self.names] + [4])
        lines.append(f"{'':{width}}  {'estimate':>10} {'std.error':>10} {'z':>8} {'p':>7}")
        for k, name in enumerate(self.names):
            b, s, z, p = (columns[c][k] for c in ("estimate", "std_error", "z", "p_value"))
            lines.append(f"{name:{width}}  {b:10.4f} {s:10.4f} {z:8.2f} {p:7.3f}")
        lines += [f"Left out: {reason}" for reason in self.dropped.values()]
        if not self.converged:
            lines.append(f"NOT CONVERGED after {self.iterations} steps: these are not the estimates.")
        if self.cov_repaired:
            lines.append("The covariance had a negative eigenvalue, set to zero: too few clusters for these errors.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.summary()

    def _columns(self) -> dict[str, list[Any]]:
        from scipy.special import ndtr

        b, s = np.array(list(self.coef.values())), np.array(list(self.se.values()))
        with np.errstate(divide="ignore", invalid="ignore"):
            z = b / s
        low, high = zip(*self.interval().values()) if self.names else ((), ())
        return {
            "term": list(self.names),
            "estimate": b,
            "std_error": s,
            "z": z,
            "p_value": 2 * ndtr(-np.abs(z)),
            "ci_low": np.array(low, float),
            "ci_high": np.array(high, float),
        }

    def _left_out(self) -> str:
        parts = {
            "missing values" if self.design.weights is None else "missing values or weight zero": self.n_missing,
            "separated": self.n_separated,
            "singletons": self.n_singletons,
        }
        shown = ", ".join(f"{n:,} {word}" for word, n in parts.items() if n)
        return f" ({shown})" if shown else ""

    def _groups(self) -> str:
        return f" ({', '.join(f'{n:,}' for n in self.n_clusters)})" if self.clustering.kind != "robust" else ""
