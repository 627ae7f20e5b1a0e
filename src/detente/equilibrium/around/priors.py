"""What is believed about a number before the data: small distributions driven by one uniform draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detente.errors import SpecificationError, did_you_mean


class Prior(Protocol):
    """A distribution by its quantile function, so that draws can be frozen and exchanged."""

    def quantile(self, u: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number held for certain."""

    value: float

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """The value, whatever ``u``."""
        return np.full(np.shape(u), float(self.value))


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Median and standard deviation of the log.

    >>> round(float(LogNormal(4.5, 0.25).quantile(0.5)), 6)
    4.5
    """

    median: float
    log_sd: float

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """The value below which a share ``u`` lies."""
        from scipy.special import ndtri

        return self.median * np.exp(self.log_sd * ndtri(u))


@dataclass(frozen=True, slots=True)
class Uniform:
    """Equally likely between two ends."""

    low: float
    high: float

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """The value below which a share ``u`` lies."""
        return self.low + (self.high - self.low) * np.asarray(u)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, equally likely."""

    values: tuple[float, ...]

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """The value whose turn ``u`` is."""
        k = np.minimum((np.asarray(u) * len(self.values)).astype(int), len(self.values) - 1)
        return np.asarray(self.values, dtype=float)[k]


def as_prior(value: Any, what: str) -> Prior:
    """A prior from itself, from a number, or from a sequence of equally likely numbers."""
    if hasattr(value, "quantile"):
        return value
    if isinstance(value, int | float | np.number):
        return Fixed(float(value))
    if isinstance(value, Sequence) and value and not isinstance(value, str):
        return Choice(tuple(float(v) for v in value))
    raise SpecificationError(
        f"{what}={value!r} is not a number or a prior.",
        fix="Give a number, a list of values, or LogNormal, Uniform, Choice from detente.equilibrium.",
    )


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Estimated coefficients and what each of them does to each dyad.

    Attributes
    ----------
    design : mapping name -> mapping (origin, destination) -> change of the regressor
    mean : mapping name -> estimate
    covariance : (k, k) array in the order of ``design``

    Examples
    --------
    >>> c = Coefficients({"closed": {("COL", "VEN"): 1.0}}, {"closed": -1.2}, [[0.09]])
    >>> c.standard_errors
    {'closed': 0.3}
    """

    design: Mapping[str, Mapping[tuple, float]]
    mean: Mapping[str, float]
    covariance: Any

    def __post_init__(self) -> None:
        covariance = np.array(self.covariance, dtype=float)
        k = len(self.design)
        if missing := [name for name in self.design if name not in self.mean]:
            raise SpecificationError(f"There is no estimate for {', '.join(missing)}.")
        ok = covariance.shape == (k, k) and np.isfinite(covariance).all()
        if not ok or np.linalg.eigvalsh((covariance + covariance.T) / 2).min(initial=0) < -1e-12:
            raise SpecificationError(
                f"The covariance must be {k} x {k}, finite and positive semi-definite.",
                fix="Use the fit's covariance of these coefficients.",
            )
        object.__setattr__(self, "covariance", covariance)

    @classmethod
    def from_fit(cls, fit: Any, design: Mapping[str, Mapping[tuple, float]]) -> Coefficients:
        """Estimates and covariance of a gravity fit (``detente.fit_ppml``) for the terms in ``design``.

        Raises
        ------
        SpecificationError
            Where the fit has no such term.
        """
        names = list(fit.names)
        for name in design:
            if name not in names:
                raise SpecificationError(
                    f"The fit has no term '{name}'.{did_you_mean(name, names)}", fix=f"It has: {', '.join(names)}."
                )
        at = [names.index(name) for name in design]
        return cls(design, {name: float(fit.coef[name]) for name in design}, np.asarray(fit.cov)[np.ix_(at, at)])

    @property
    def standard_errors(self) -> dict[str, float]:
        """By name."""
        return dict(zip(self.design, map(float, np.sqrt(np.diag(self.covariance)))))

    def draw(self, z: np.ndarray) -> np.ndarray:
        """Coefficients (..., k) from standard normals (..., k)."""
        values, vectors = np.linalg.eigh((self.covariance + self.covariance.T) / 2)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        return np.array([self.mean[name] for name in self.design]) + z @ root.T
