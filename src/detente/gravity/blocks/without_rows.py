"""A fit without its rows: its numbers stay, and whatever would need a row says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NoReturn

from detente._read_only import ReadOnlyDict
from detente.errors import UsageError
from detente.gravity.result import GravityFit

KEEP = ("design", "coef")
"""What a fit may keep: its rows, or its coefficients alone."""


class RowsGone:
    """Stands where the rows were; whoever asks for them is told."""

    __slots__ = ()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what copying and pickling look for
            raise AttributeError(name)
        raise UsageError(
            "This fit keeps its coefficients and their covariance, and no rows.",
            why="Fitted flows, residuals, fixed effects and other standard errors need them.",
            fix="Fit with keep='design' (and blocks=None), or with the cluster= that you want.",
        )

    def __repr__(self) -> str:
        return "not kept"


@dataclass(frozen=True, slots=True, repr=False)
class LeanFit(GravityFit):
    """A :class:`GravityFit` that keeps its coefficients, their covariance and its statistics, and no rows.

    kept : log likelihood and its like by name; kept_effects : the fixed effects as the formula writes them
    """

    kept: Mapping[str, float]
    kept_effects: tuple[str, ...]

    @property
    def loglik(self) -> float:
        """Log likelihood (quasi, for flows that are no counts), the constant in y included."""
        return self.kept["loglik"]

    @property
    def null_loglik(self) -> float:
        """Log likelihood with a constant alone."""
        return self.kept["null_loglik"]

    @property
    def deviance(self) -> float:
        """Twice the log likelihood's distance from a perfect fit; for OLS the sum of squared residuals."""
        return self.kept["deviance"]

    @property
    def r2(self) -> float:
        """Squared correlation of actual and fitted values; for OLS the share of the variance explained."""
        return self.kept["r2"]

    @property
    def n_parameters(self) -> int:
        """Coefficients and effect levels, a constant that sets of effects share counted once."""
        return int(self.kept["n_parameters"])

    @property
    def n_levels(self) -> int:
        """Levels of all fixed effects."""
        return int(self.kept["n_levels"])

    @property
    def effect_names(self) -> tuple[str, ...]:
        """The fixed effects as the formula writes them."""
        return self.kept_effects


STATISTICS = ("loglik", "null_loglik", "deviance", "r2", "n_parameters", "n_levels")


def without_rows(fit: GravityFit) -> LeanFit:
    """``fit`` less its rows: some hundred bytes for each coefficient, however many rows it had.

    >>> import polars as pl
    >>> from detente.gravity import fit_ppml
    >>> flows = pl.DataFrame({"o": list("aabbcc"), "d": list("bcacab"),
    ...                       "trade": [4.0, 2, 8, 3, 2, 1], "near": [1.0, 0, 1, 0, 0, 1]})
    >>> fit = fit_ppml(flows, "trade ~ near | o")
    >>> lean = fit_ppml(flows, "trade ~ near | o", keep="coef")
    >>> lean.coef == fit.coef, lean.aic == fit.aic
    (True, True)
    """
    if isinstance(fit, LeanFit):
        return fit
    gone: Any = RowsGone()
    facts = {field.name: getattr(fit, field.name) for field in fields(GravityFit)}
    facts |= {"separated": gone, "design": gone, "raw": gone, "layout": None, "table": fit.table.emptied()}
    kept = ReadOnlyDict({name: float(getattr(fit, name)) for name in STATISTICS})
    return LeanFit(**facts, kept=kept, kept_effects=fit.effect_names)
