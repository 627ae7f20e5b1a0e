"""PPML with an endogenous regressor: a control function, its errors from a bootstrap of both stages.

The residual of a first stage by least squares joins the Poisson equation (Wooldridge 2015, Journal of Human
Resources 50(2); Lin & Wooldridge 2019). Its coefficient tests whether the regressor is endogenous at all; the
errors of the second stage alone ignore that the residual is an estimate, so clusters are drawn and both
stages fitted again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detente._read_only import ReadOnlyDict
from detente.errors import DetenteError, NotConverged, UsageError
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import shown, shown_p
from detente.gravity.estimators.models import fit_ols
from detente.gravity.formulas.grammar import parse, parse_effect
from detente.gravity.postestimation.hypotheses import Wald
from detente.gravity.ppml import fit_ppml
from detente.gravity.result import GravityFit
from detente.panel.frames import read_table

RESIDUAL = "first-stage residual"
WEIGHT = "times drawn"


@dataclass(frozen=True, slots=True)
class ControlFunction:
    """A two-stage fit; see :func:`control_function`.

    coef, se : by term, errors from the bootstrap; draws : [b, k] coefficients, nan for a draw without estimates
    first, second : the two stages; relevance : Wald test of the instruments in the first stage
    """

    names: tuple[str, ...]
    coef: Mapping[str, float]
    se: Mapping[str, float]
    draws: np.ndarray
    first: GravityFit
    second: GravityFit
    relevance: Wald

    def endogeneity(self) -> Wald:
        """Test that the regressor is exogenous: the residual's coefficient, with the second stage's own errors."""
        return self.second.wald([f"`{RESIDUAL}`" if f"`{RESIDUAL}`" in self.second.coef else RESIDUAL])

    def to_frame(self) -> Any:
        """One row a term: term, estimate, std_error (bootstrap), ci_low, ci_high (percentiles of the draws)."""
        low, high = np.nanquantile(self.draws, [0.025, 0.975], axis=0)
        columns = {"term": list(self.names), "estimate": list(self.coef.values()), "std_error": list(self.se.values())}
        return self.second.table.like({**columns, "ci_low": low, "ci_high": high})

    def summary(self) -> str:
        """Both stages in a few lines."""
        lines = [f"Control function: {self.first.formula}; then {self.second.formula}"]
        lines += [f"{name}: {shown(self.coef[name])} (bootstrap {shown(self.se[name])})" for name in self.names]
        lines.append(f"Instruments: F = {self.relevance.f:.1f}. Exogenous: p = {shown_p(self.endogeneity().p_value)}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.summary()


@one_blas_thread
def control_function(
    data: Any,
    formula: str,
    *,
    endogenous: str,
    instruments: str | Sequence[str],
    cluster: str,
    n: int = 199,
    seed: int = 0,
) -> ControlFunction:
    """Fit a Poisson gravity equation with one endogenous regressor.

    Parameters
    ----------
    data, formula : as for :func:`fit_ppml`; ``endogenous`` is among its terms
    endogenous : the regressor, a column; instruments : terms that move it and enter nowhere else
    cluster : what is drawn, such as "exporter^importer"; n : draws; seed : of the random numbers

    Raises
    ------
    UsageError : ``endogenous`` is no term. NotConverged : fewer than half of the draws have estimates.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> r = np.random.default_rng(0)
    >>> o, d = (a.ravel() for a in np.meshgrid(range(12), range(12)))
    >>> z, u = r.normal(size=(2, 144))
    >>> flows = pl.DataFrame({"o": o, "d": d, "z": z, "x": z + u, "y": np.exp(0.5 * (z + u) + u)})
    >>> found = control_function(flows, "y ~ x | o + d", endogenous="x", instruments="z", cluster="o^d", n=9)
    >>> bool(abs(found.coef["x"] - 0.5) < 0.2)
    True
    """
    table = read_table(data)
    parsed = parse(formula, table.columns)
    terms = [":".join(factor.text for factor in term) for term in parsed.terms]
    if endogenous not in terms:
        raise UsageError(f"The endogenous regressor '{endogenous}' is not a term of '{formula}'.")
    if not isinstance(n, int) or n < 2:
        raise UsageError(f"n counts draws, two or more, and is not {n!r}.")
    excluded = [instruments] if isinstance(instruments, str) else list(instruments)
    _, bar, effects = parsed.text.partition("|")
    others = [term for term in terms if term != endogenous]
    stage_one = f"{endogenous} ~ {' + '.join([*excluded, *others])}{' |' + effects if bar else ''}"
    stage_two = f"{parsed.text.partition('|')[0]} + `{RESIDUAL}`{' |' + effects if bar else ''}"
    frame = pl.DataFrame([table.series(c) for c in table.columns])
    first, second = _both(frame, stage_one, stage_two, cluster, None)
    names = tuple(name for name in second.names if name != RESIDUAL)
    keys = frame.select(pl.struct(parse_effect(cluster)).rank("dense").alias("key"))["key"].to_numpy() - 1
    rng, groups = np.random.default_rng(seed), int(keys.max()) + 1
    draws = np.full((n, len(names)), np.nan)
    for row in draws:
        times = rng.multinomial(groups, np.full(groups, 1 / groups))[keys]
        drawn = frame.with_columns(pl.Series(WEIGHT, times.astype(float))).filter(pl.Series(times > 0))
        try:
            coef = _both(drawn, stage_one, stage_two, cluster, WEIGHT)[1].coef
        except DetenteError:
            continue  # such a draw has no estimates
        row[:] = [coef.get(name, np.nan) for name in names]
    lost = int(np.isnan(draws).any(1).sum())
    if lost > n / 2:
        raise NotConverged(f"{lost} of {n} draws have no estimates.", why="The sample is too small to draw from.")
    return ControlFunction(
        names,
        ReadOnlyDict({name: second.coef[name] for name in names}),
        ReadOnlyDict(dict(zip(names, np.nanstd(draws, axis=0, ddof=1).tolist()))),
        draws,
        first,
        second,
        first.wald([name for name in first.names if name in excluded]),
    )


def _both(frame: pl.DataFrame, one: str, two: str, cluster: str, weight: str | None) -> tuple[GravityFit, GravityFit]:
    first = fit_ols(frame, one, cluster=cluster, weights=weight, singletons="keep")
    left = pl.Series(RESIDUAL, first.residuals()).fill_nan(None)
    return first, fit_ppml(frame.with_columns(left), two, cluster=cluster, weights=weight)
