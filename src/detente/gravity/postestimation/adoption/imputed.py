"""Treatments that start, and may end, at different times: effects by imputation.

Fit the equation on untreated rows only, predict the treated ones, compare (Borusyak, Jaravel &
Spiess 2024; in gravity Nagengast & Yotov 2025). An effect over a group of treated rows is
``ln(sum y / sum yhat0)``, which allows zeros. Each switching-on is an event of its own, so that
measures may close, reopen and close again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.special import chdtrc

from detente.errors import DataError, EmptySample, NotIdentified, UsageError, how_many
from detente.gravity.design import Design, build
from detente.gravity.engines.layout import economies_of, period_of
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.fit import fit_design
from detente.gravity.formulas.formula import Effect
from detente.gravity.formulas.grammar import parse, parse_effect
from detente.gravity.inference.clustering import Clustering, read_clustering
from detente.gravity.inference.meat import cluster_sums
from detente.gravity.postestimation.adoption.spells import Spells, spells_of
from detente.gravity.postestimation.prediction import predict, response, used_rows
from detente.gravity.result import GravityFit
from detente.panel.columns import find_roles
from detente.panel.frames import Table, read_table

GROUPS = ("overall", "event_time", "cohort", "year")


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects of a staggered treatment; see :func:`staggered`.

    fit : on the untreated rows
    design : all n complete rows; rows : [m] positions in it of the rows predicted, used : of those fitted
    actual, counterfactual : [m], nan without a counterfactual
    spells : the events behind them, over the n rows
    n_without : treated rows without a counterfactual; n_always : treated rows of an unknown start
    """

    fit: GravityFit
    rows: np.ndarray
    used: np.ndarray
    actual: np.ndarray
    counterfactual: np.ndarray
    spells: Spells
    n_without: int
    n_always: int
    design: Design
    clustering: Clustering
    table: Table
    formula: str

    def effects(self, by: str = "overall") -> Any:
        """Effects by "overall", "event_time", "cohort" (year of the switching-on) or "year".

        Columns: group, effect (log points), std_error, ci_low, ci_high, pct, n_rows, actual,
        counterfactual. "overall" and "cohort" are over the treated years; "event_time" also shows
        anticipation (negative) and, where asked for, the years after (as ``off+k``).
        """
        if by not in GROUPS:
            raise UsageError(f"Effects go by {', '.join(GROUPS)}, not {by!r}.")
        labels, member = self._groups(by)
        actual = member.T @ np.nan_to_num(self.actual)
        counter = member.T @ np.nan_to_num(self.counterfactual)
        with np.errstate(divide="ignore"):
            effect = np.log(actual / counter)
        se = np.sqrt(np.diag(self._covariance(member, actual, counter)))
        columns = {
            "group": labels,
            "effect": effect,
            "std_error": se,
            "ci_low": effect - 1.959964 * se,
            "ci_high": effect + 1.959964 * se,
            "pct": 100 * np.expm1(effect),
            "n_rows": member.sum(0).astype(int),
            "actual": actual,
            "counterfactual": counter,
        }
        return self.table.like(columns)

    @one_blas_thread
    def pretrend(self, leads: int = 3) -> PreTrend:
        """Test for effects before the switching-on, among untreated rows only.

        Dummies for the last ``leads`` periods before an event join the equation on untreated rows; under
        parallel trends they are zero.
        """
        if leads < 1:
            raise UsageError("leads counts periods before the switching-on: at least 1.")
        to_go = self.spells.until[self.used]
        columns = np.array([(to_go == k).astype(float) for k in range(1, leads + 1)])
        if not columns.any():
            raise NotIdentified(f"No untreated row lies within {leads} periods before a switching-on.")
        design = self.fit.design
        names = tuple(f"lead {k}" for k in range(1, leads + 1))
        wider = replace(design, X=np.vstack([design.X, columns]), names=(*design.names, *names))
        fit = fit_design(wider, self.table, self.formula, self.clustering, drop_singletons=False)
        kept = [n for n in names if n in fit.coef]
        if not kept:
            raise NotIdentified("The leads cannot be separated from the fixed effects.")
        place = [fit.names.index(n) for n in kept]
        b = np.array([fit.coef[n] for n in kept])
        wald = float(b @ np.linalg.solve(fit.cov[np.ix_(place, place)], b))
        coef, se = {n: fit.coef[n] for n in kept}, {n: fit.se[n] for n in kept}
        return PreTrend(coef, se, wald, len(kept), float(chdtrc(len(kept), wald)))

    def summary(self) -> str:
        """The overall effect in words."""
        frame = read_table(self.effects())
        effect, se, n = (frame.numbers(c)[0] for c in ("effect", "std_error", "n_rows"))
        return (
            f"Average effect {effect:+.3f} log points ({100 * np.expm1(effect):+.1f}%), "
            f"standard error {se:.3f}, over {int(n):,} treated rows; "
            f"{self.n_without:,} have no counterfactual, {self.n_always:,} an unknown start."
        )

    def __repr__(self) -> str:
        return self.summary()

    def _groups(self, by: str) -> tuple[list[str], np.ndarray]:
        """Labels and membership [m, groups]."""
        spells, known = self.spells.take(self.rows), np.isfinite(self.counterfactual)
        on = spells.on & known
        if by == "overall":
            return ["overall"], on[:, None].astype(float)
        if by == "event_time":
            before, after = (
                (spells.until > 0) & ~spells.on & known,
                (spells.since_off > 0) & ~spells.on & known,
            )
            groups = [(f"{-k}", before & (spells.until == k)) for k in sorted(set(spells.until[before]), reverse=True)]
            groups += [(f"{e}", on & (spells.since == e)) for e in sorted(set(spells.since[on]))]
            groups += [(f"off+{k}", after & (spells.since_off == k)) for k in sorted(set(spells.since_off[after]))]
        else:
            key = spells.start if by == "cohort" else spells.period
            groups = [(f"{g}", on & (key == g)) for g in sorted(set(key[on]))]
        return [label for label, _ in groups], np.array([g for _, g in groups], float).T

    @one_blas_thread
    def _covariance(self, member: np.ndarray, actual: np.ndarray, counter: np.ndarray) -> np.ndarray:
        """Clustered covariance [g, g] of the log effects from their influence functions.

        Treated rows enter by their distance from the group's average effect, untreated ones through the
        prediction: its gradient is carried back through the normal equations of the effects.
        """
        expected, seen = np.nan_to_num(self.counterfactual), np.nan_to_num(self.actual)
        weight = expected[:, None] * member
        influence = np.zeros((len(self.design.y), member.shape[1]))
        influence[self.rows] = (seen[:, None] * member - weight * (actual / counter)) / actual
        used = self.fit.design
        prior = np.ones(len(used.y)) if used.weights is None else used.weights
        gap = prior * (used.y - self.fit.raw.mu)
        influence[self.used] -= gap[:, None] * response(self.fit, self.design, self.rows, weight / counter)
        if self.clustering.kind == "robust":
            return influence.T @ influence
        codes, n = self.design.codes(self.clustering.ways[0])
        sums = cluster_sums(influence.T, codes, n)
        return sums @ sums.T * n / (n - 1)


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Leads with their errors, and the joint Wald test that all are zero."""

    coef: dict[str, float]
    se: dict[str, float]
    wald: float
    df: int
    p_value: float


@one_blas_thread
def staggered(
    data: Any,
    formula: str,
    treatment: str,
    *,
    cluster: str | None = None,
    dyad: str | Sequence[str] | None = None,
    period: str | None = None,
    anticipation: int = 0,
    washout: int = 0,
) -> Staggered:
    """Effects of a treatment that dyads enter, and may leave, at different times.

    Parameters
    ----------
    data, formula, cluster : as for :func:`fit_ppml`; the formula does not name the treatment
    treatment : 0/1 column, by dyad and period
    dyad, period : columns that name the unit ("exporter^importer") and the time (known names are found)
    anticipation : periods before a switching-on that are not taken as untreated
    washout : periods after a switching-off that are not taken as untreated

    Returns
    -------
    Staggered

    Raises
    ------
    EmptySample : nobody is treated after a known start, or nobody is untreated.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> r = np.random.default_rng(0)
    >>> o, d, t = (a.ravel() for a in np.meshgrid(range(9), range(9), range(6)))
    >>> on = (t >= 2 + (o + 2 * d) % 7) * 1.0
    >>> flows = pl.DataFrame({"exporter": o, "importer": d, "year": t, "on": on,
    ...                       "trade": np.exp(0.5 * on + r.normal(size=9)[o])})
    >>> fit = staggered(flows, "trade ~ 1 | exporter^year + importer^year", "on")
    >>> round(fit.effects()["effect"][0], 6)
    0.5
    """
    table = read_table(data)
    parsed = parse(formula, table.columns)
    unit, time = unit_and_time(table.columns, parsed.effects, dyad, period)
    clustering = read_clustering(cluster, table.columns, parsed.effects)
    if len(clustering.ways) > 1:
        raise UsageError("The errors of imputed effects cluster in one way, or are robust.")
    for name, count in (("anticipation", anticipation), ("washout", washout)):
        if not isinstance(count, int) or count < 0:
            raise UsageError(f"{name} counts periods: 0, 1, 2 and so on, not {count!r}.")
    design = build(table, parsed, clusters=(*clustering.ways, unit, (time,)))
    found = spells_in(table, design, unit, time, treatment)
    untreated = ~found.on & ~((found.until > 0) & (found.until <= anticipation))
    untreated &= ~((found.since_off > 0) & (found.since_off <= washout))
    if not untreated.any() or untreated.all():
        raise EmptySample(f"Every row has the same '{treatment}': there is nothing to compare.")
    # a lone row fixes its own effect exactly: it adds nothing to the coefficients, and predicts
    fit = fit_design(design.take(untreated), table, formula, clustering, drop_singletons=False)
    predicted = np.flatnonzero(~untreated & ~found.unknown_start)
    if not len(predicted):
        raise EmptySample("Every treated pair is treated from its first period on: no start is seen.")
    counter = predict(fit, design, predicted)
    return Staggered(
        fit=fit,
        rows=predicted,
        used=used_rows(fit, design),
        actual=np.where(np.isfinite(counter), design.y[predicted], np.nan),
        counterfactual=counter,
        spells=found,
        n_without=int(np.isnan(counter).sum()),
        n_always=int((found.on & found.unknown_start).sum()),
        design=design,
        clustering=clustering,
        table=table,
        formula=formula,
    )


def unit_and_time(
    columns: Sequence[str], effects: Sequence[Effect], dyad: str | Sequence[str] | None, period: str | None
) -> tuple[tuple[str, ...], str]:
    """Columns that name the unit and the time: as given, else those of the effects, else those of known names."""
    economies, time = economies_of(effects), period or period_of(effects)
    needed = [role for role in ("origin", "destination") if not (dyad or economies)]
    roles = find_roles(columns, needed=(*needed, *(() if time else ("period",))), period=time)
    if isinstance(dyad, str):
        return parse_effect(dyad), str(roles.period)
    return tuple(dyad or economies or (str(roles.origin), str(roles.destination))), str(roles.period)


def spells_in(table: Table, design: Design, dyad: tuple[str, ...], period: str, treatment: str) -> Spells:
    """Spells of the rows of ``design``, whose axes include ``dyad`` and ``period``.

    Raises
    ------
    DataError : the treatment is missing or neither 0 nor 1 in some row.
    """
    values = table.numbers(treatment)
    wrong = np.flatnonzero(~np.isin(values, (0.0, 1.0)))
    if len(wrong):
        raise DataError(
            f"'{treatment}' is missing or neither 0 nor 1 in {how_many(len(wrong), 'row')},",
            where=f"the first is row {wrong[0]} (counted from 0), where it is {values[wrong[0]]:g}.",
            why="A treatment is on or off.",
            fix="Drop these rows, or put 1 where it is on and 0 where it is off.",
        )
    axis = design.axes[period]
    labels = axis.levels if axis.levels.dtype.kind in "iuf" else axis.levels.astype(str)
    return spells_of(design.codes(dyad)[0], labels[axis.codes], values if design.rows is None else values[design.rows])
