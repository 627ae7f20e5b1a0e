"""What a gravity fit is: coefficients with their errors, counts, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente._read_only import ReadOnlyDict
from detente.errors import DataError, UsageError, did_you_mean, how_many
from detente.gravity.design import Codes, Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import Estimates
from detente.gravity.formulas.grammar import parse
from detente.gravity.formulas.lags import with_series
from detente.gravity.formulas.terms import regressors
from detente.gravity.inference.clustering import read_clustering
from detente.gravity.inference.covariance import covariance
from detente.gravity.inference.parameters import n_parameters
from detente.gravity.postestimation.fixed_effects import FixedEffects, effects_of
from detente.gravity.postestimation.new_rows import predicted, prediction_frame
from detente.gravity.postestimation.saved import save_fit
from detente.gravity.separation.certificate import SeparationCertificate
from detente.panel.frames import Table, read_table

RESIDUALS = ("response", "pearson", "deviance", "working", "log")


@dataclass(frozen=True, slots=True, repr=False)
class GravityFit(Estimates):
    """A gravity fit; see :func:`fit_ppml`. What :class:`Estimates` holds, and the rows behind it.

    separated : which rows were left out as separated, by which rule; engine : "tensor", "rows" or, where the one tried did
        not converge, "all at once"
    """

    separated: SeparationCertificate
    design: Design
    raw: EngineFit
    layout: Layout | None

    @property
    def loglik(self) -> float:
        """Log likelihood (quasi, for flows that are no counts), the constant in y included."""
        return self.family.loglik(self.design.y, self.raw.mu, self.design.weights)

    @property
    def null_loglik(self) -> float:
        """Log likelihood with a constant alone."""
        y = self.design.y
        return self.family.loglik(y, np.full(len(y), np.average(y, weights=self.design.weights)), self.design.weights)

    @property
    def deviance(self) -> float:
        """Twice the log likelihood's distance from a perfect fit; for OLS the sum of squared residuals."""
        part = self.family.deviance(self.design.y, self.raw.mu)
        return float((part if self.design.weights is None else part * self.design.weights).sum())

    @property
    def pseudo_r2(self) -> float:
        """McFadden's: one less the ratio of the log likelihood to that with a constant alone (as ppmlhdfe)."""
        return 1 - self.loglik / self.null_loglik

    @property
    def r2(self) -> float:
        """Squared correlation of actual and fitted values; for OLS the share of the variance explained."""
        y, w = self.design.y, self.design.weights
        y, mu = y - np.average(y, weights=w), self.raw.mu - np.average(self.raw.mu, weights=w)
        w = np.ones_like(y) if w is None else w
        below = (w @ y**2) * (w @ mu**2)
        return float((w @ (y * mu)) ** 2 / below) if below > 0 else float("nan")

    @property
    def n_parameters(self) -> int:
        """Coefficients and effect levels, a constant that sets of effects share counted once."""
        return n_parameters(self.design)

    @property
    def n_levels(self) -> int:
        """Levels of all fixed effects."""
        return sum(self.design.codes(effect.columns)[1] for effect in self.design.effects)

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return 2 * self.n_parameters - 2 * self.loglik

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        return self.n_parameters * float(np.log(self.n_used)) - 2 * self.loglik

    @property
    def statistics(self) -> Mapping[str, float]:
        """Log likelihood, pseudo R² (R² of OLS) and deviance."""
        if self.family.name == "ols":
            return {"log likelihood": self.loglik, "R²": self.r2}
        return {"log likelihood": self.loglik, "pseudo R²": self.pseudo_r2, "deviance": self.deviance}

    @property
    def effect_names(self) -> tuple[str, ...]:
        """The fixed effects as the formula writes them."""
        return tuple(effect.text for effect in self.design.effects)

    def fitted(self) -> Any:
        """One row a used row: row (position in the data), actual, fitted."""
        return self.table.like({"row": self._rows(), "actual": self.design.y, "fitted": self.raw.mu})

    def residuals(self, kind: str = "response") -> np.ndarray:
        """Residuals [n_rows] in the order of the data, nan for rows not used.

        kind : "response" actual less fitted, in the unit of the flow; "pearson" that over the root of the
        variance; "deviance" the signed root of the deviance; "working" relative to the mean's slope, "log" the
        log of actual over fitted (minus infinity for a zero flow)
        """
        y, mu = self.design.y, self.raw.mu
        if kind not in RESIDUALS:
            known = did_you_mean(str(kind), RESIDUALS)
            raise UsageError(f"Residuals are {', '.join(RESIDUALS)}, not {kind!r}.{known}")
        with np.errstate(divide="ignore", invalid="ignore"):
            values = {
                "response": lambda: y - mu,
                "pearson": lambda: (y - mu) / np.sqrt(self.family.variance(mu)),
                "deviance": lambda: np.sign(y - mu) * np.sqrt(np.maximum(self.family.deviance(y, mu), 0.0)),
                "working": lambda: (y - mu) / self.family.slope(mu),
                "log": lambda: np.log(y / mu),
            }[kind]()
        whole = np.full(self.n_rows, np.nan)
        whole[self._rows()] = values
        return whole

    @one_blas_thread
    def fixed_effects(self) -> FixedEffects:
        """The effects by label; ``fit.fixed_effects()["exporter^year"]`` is one set as a frame."""
        return effects_of(self.design, self.raw, self.table)

    def predict(self, data: Any = None, kind: str = "response") -> np.ndarray:
        """Expected flow [n] of each row of ``data`` (of the fit's own data where that is None).

        Parameters
        ----------
        data : frame or path with the formula's regressors and effects (no response is needed), and the offset
        kind : "response" in the unit of the flow, or "link" for the index (the log of the flow)

        Returns
        -------
        array : nan where the fit does not tell: a level it has not seen, effects whose sum its rows leave
            open, a missing value. :meth:`prediction` says which.
        """
        return self._predicted(data, kind)[0]

    def prediction(self, data: Any = None, kind: str = "response") -> Any:
        """One row a row of ``data``: row, predicted, reason (why there is none)."""
        return prediction_frame(self.table if data is None else read_table(data), *self._predicted(data, kind))

    @one_blas_thread
    def vcov(self, cluster: Any = None, *, ssc: str | None = None) -> GravityFit:
        """The same fit with other standard errors; nothing is fitted again.

        Parameters
        ----------
        cluster : as for :func:`fit_ppml`: None or "robust", "iid", "exporter^importer", "exporter + importer",
            "dyadic", "driscoll-kraay(year, 2)", "conley(lat, lon, 500)"
        ssc : small-sample factor, the fit's own if None

        Returns
        -------
        GravityFit : as an array it is its covariance [k, k]
        """
        clustering = read_clustering(cluster, self.table.columns, self.design.effects)
        axes = dict(self.design.axes)
        for column in (c for way in clustering.ways for c in way if c not in axes):
            codes, levels = self.table.codes(column)
            codes = codes if self.design.rows is None else codes[self.design.rows]
            if (codes < 0).any():
                raise DataError(
                    f"'{column}' is missing in {how_many(int((codes < 0).sum()), 'row')} of the fit.",
                    why="Their cluster is not known.",
                    fix=f"Fit with cluster={cluster!r}, which leaves these rows out.",
                )
            axes[column] = Codes(codes, levels)
        design = replace(self.design, axes=axes, known={})
        small = self.small_sample if ssc is None else ssc
        errors = covariance(design, self.raw, clustering, small, self.family)
        errors.matrix.flags.writeable = False
        return replace(
            self,
            se=ReadOnlyDict(dict(zip(self.names, np.sqrt(np.diag(errors.matrix)).tolist()))),
            cov=errors.matrix,
            n_clusters=errors.n_clusters,
            cov_repaired=errors.repaired,
            clustering=clustering,
            small_sample=small,
            design=design,
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.cov, dtype=dtype)

    def save(self, path: str | Path) -> Path:
        """Write the fit without its data; :func:`load_fit` reads it back. Returns the path."""
        return save_fit(self, self.fixed_effects(), self.design.coding, path)

    def _rows(self) -> np.ndarray:
        return np.arange(self.n_rows) if self.design.rows is None else self.design.rows

    @one_blas_thread
    def _predicted(self, data: Any, kind: str) -> tuple[np.ndarray, np.ndarray]:
        table, effects = self.table if data is None else read_table(data), self.fixed_effects()
        values, why = predicted(self, effects, self.design.coding, table, kind)
        if self.dropped and data is not None:
            other = (why == 0) & self._moves_otherwise(table, effects)
            values, why = np.where(other, np.nan, values), np.where(other, 4, why)
        return values, why

    def _moves_otherwise(self, table: Table, effects: FixedEffects) -> np.ndarray:
        """Rows [n] bool where a regressor left out is not what the effects and the others made of it in the fit."""
        terms, coding = with_series(parse(self.formula), self.table.columns).terms, self.design.coding
        own, new = (dict(zip(*regressors(t, terms, coding))) for t in (self.table, table))
        rows, kept = self._rows(), [name for name in self.names if name in own]
        odd = np.zeros(len(table), bool)
        projector = RowProjector(blocks_of(self.design))
        projector.weigh(np.ones(self.n_used))
        for name in self.dropped:
            if name not in own:
                continue
            columns = np.column_stack([own[name][rows], *(own[k][rows] for k in kept)])
            left, _ = projector.effects(columns, tol=1e-11)
            beta = np.linalg.lstsq(left[:, 1:], left[:, 0], rcond=1e-9)[0]
            rest = columns[:, 0] - columns[:, 1:] @ beta
            _, others = projector.effects(rest[:, None], tol=1e-11)
            levels = projector.levels(rest, others[:, 0]) if effects.sets else ()
            told, _ = effects.with_values(levels).index(table)
            told = told + sum((beta[p] * new[k] for p, k in enumerate(kept)), np.zeros(len(table)))
            scale = max(float(np.abs(columns[:, 0]).max(initial=0.0)), 1e-300)
            odd |= np.abs(told - new[name]) > 1e-6 * scale
        return odd
