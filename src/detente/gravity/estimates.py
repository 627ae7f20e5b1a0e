"""Coefficients with their errors: what a fit keeps when its rows are gone, and all that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from scipy.special import ndtr

from detente.errors import SpecificationError
from detente.gravity.estimators.family import Family
from detente.gravity.inference.clustering import Clustering
from detente.gravity.postestimation.hypotheses import (
    Combination,
    Wald,
    check_numbers,
    linear,
    nonlinear,
    quantile,
    wald,
)
from detente.panel.frames import Table

SMALL = 1e-3
"""Numbers below this are shown by significant digits, so that none is printed as 0.0000."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Coefficients of a gravity equation.

    coef, se : by term; cov : [k, k] in the order of ``names``
    n_rows = n_missing + n_separated + n_singletons + n_used
    dropped : regressors left out, with the reason; cov_repaired : a negative eigenvalue of ``cov`` was set to zero
    family : the estimator; offset, weights : names of columns, or None
    """

    formula: str
    family: Family
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
    engine: str
    converged: bool
    iterations: int
    offset: str | None
    weights: str | None
    table: Table

    @property
    def statistics(self) -> Mapping[str, float]:
        """Log likelihood and its like, by name."""
        raise NotImplementedError

    @property
    def effect_names(self) -> tuple[str, ...]:
        """The fixed effects as the formula writes them."""
        raise NotImplementedError

    def interval(self, level: float = 0.95) -> dict[str, tuple[float, float]]:
        """Normal confidence interval of each coefficient."""
        z = quantile(level)
        return {k: (self.coef[k] - z * self.se[k], self.coef[k] + z * self.se[k]) for k in self.names}

    def combine(self, weights: Mapping[str, float]) -> Combination:
        """Estimate and standard error of a weighted sum of coefficients, such as an effect and its lags."""
        return linear(self.names, self._b, self.cov, weights)

    def nonlinear(self, function: str | Callable[[Mapping[str, float]], float]) -> Combination:
        """A function of the coefficients by the delta method.

        ``function`` is an expression, as in ``"100 * (exp(rta) - 1)"`` (terms that are no plain names stand in
        backticks), or a callable of the mapping of coefficients.
        """
        return nonlinear(self.names, self._b, self.cov, function)

    def wald(self, terms: str | Sequence[str] | Mapping[str, float]) -> Wald:
        """Joint test that ``terms`` are zero, or equal to the values of a mapping.

        Raises
        ------
        UsageError : a term is unknown. NotIdentified : their covariance is singular.
        """
        wanted = dict.fromkeys([terms] if isinstance(terms, str) else terms, 0.0)
        if isinstance(terms, Mapping):
            check_numbers(terms, "The value")
            wanted = {str(name): float(value) for name, value in terms.items()}
        below = (
            min(self.n_clusters) - 1 if self.clustering.kind not in ("robust", "iid") else self.n_used - len(self.names)
        )
        return wald(self.names, self._b, self.cov, list(wanted), list(wanted.values()), below)

    def to_frame(self) -> Any:
        """One row a term: term, estimate, std_error, z, p_value, ci_low, ci_high."""
        return self.table.like(self.columns())

    def columns(self) -> dict[str, Any]:
        """The columns of :meth:`to_frame`."""
        b, s = self._b, np.array(list(self.se.values()))
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

    def summary(self) -> str:
        """The fit as text."""
        lines = [f"{self.family.title}: {self.formula}", *self._head()]
        columns = self.columns()
        width = max([len(n) for n in self.names] + [4])
        lines.append(f"{'':{width}}  {'estimate':>10} {'std.error':>10} {'z':>8} {'p':>7}")
        for k, name in enumerate(self.names):
            b, s, z, p = (columns[c][k] for c in ("estimate", "std_error", "z", "p_value"))
            lines.append(f"{name:{width}}  {shown(b):>10} {shown(s):>10} {z:8.2f} {shown_p(p):>7}")
        return "\n".join([*lines, *self._foot()])

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        """The fit in a notebook: the table, with what was left out above and below."""
        columns = self.columns()
        head = "".join(f"<th>{name}</th>" for name in ("", "estimate", "std. error", "z", "p", "95% from", "to"))
        rows = ""
        for k, name in enumerate(self.names):
            numbers = [columns[c][k] for c in ("estimate", "std_error", "z", "p_value", "ci_low", "ci_high")]
            cells = "".join(f"<td>{shown(value)}</td>" for value in numbers)
            rows += f"<tr><th>{escape(name)}</th>{cells}</tr>"
        above = "<br>".join(escape(line) for line in [f"{self.family.title}: {self.formula}", *self._head()])
        below = "<br>".join(escape(line) for line in self._foot())
        return f"<p>{above}</p><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table><p>{below}</p>"

    @property
    def _b(self) -> np.ndarray:
        return np.array([self.coef[name] for name in self.names])

    def _head(self) -> list[str]:
        errors = f"Standard errors {self.clustering.text}{self._groups()}; engine: {self.engine}"
        return [f"{self.n_used:,} of {self.n_rows:,} rows used{self._left_out()}", errors]

    def _foot(self) -> list[str]:
        values = " · ".join(f"{name} {value:,.6g}" for name, value in self.statistics.items())
        lines = [values] if values else []
        lines += [f"Left out: {reason}" for reason in self.dropped.values()]
        if not self.converged:
            lines.append(f"NOT CONVERGED after {self.iterations} steps: these are not the estimates.")
        if self.cov_repaired:
            lines.append("The covariance had a negative eigenvalue, set to zero: too few clusters for these errors.")
        return lines

    def _left_out(self) -> str:
        parts = {
            "missing values" if self.weights is None else "missing values or weight zero": self.n_missing,
            "separated": self.n_separated,
            "singletons": self.n_singletons,
        }
        shown_parts = ", ".join(f"{n:,} {word}" for word, n in parts.items() if n)
        return f" ({shown_parts})" if shown_parts else ""

    def _groups(self) -> str:
        return (
            f" ({', '.join(f'{n:,}' for n in self.n_clusters)})"
            if self.clustering.kind not in ("robust", "iid")
            else ""
        )


def shown_p(p: float) -> str:
    """A p-value, never as zero.

    >>> shown_p(0.0423), shown_p(1e-9)
    ('0.042', '<0.001')
    """
    return "<0.001" if p < 0.0005 else f"{p:.3f}"


def need_ppml(fit: Estimates, what: str) -> None:
    """SpecificationError unless ``fit`` is by PPML, which ``what`` is for."""
    if fit.family.name != "ppml":
        raise SpecificationError(
            f"{what} is for PPML, and this fit is by {fit.family.title}.",
            fix="Fit the same formula with fit_ppml.",
        )


def shown(value: float, digits: int = 4) -> str:
    """A number with ``digits`` decimals, or with as many significant digits where it is small or very large.

    >>> shown(0.25), shown(1.234e-7), shown(0.0), shown(2.5e9)
    ('0.2500', '1.23e-07', '0', '2.5e+09')
    """
    if value == 0:
        return "0"
    if np.isfinite(value) and not SMALL <= abs(value) < 1e7:
        return f"{value:.{max(digits - 1, 1)}g}"
    return f"{value:.{digits}f}"
