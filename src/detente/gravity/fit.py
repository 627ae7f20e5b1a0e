"""From a design to a fit: what cannot inform is left out, an engine fits the rest, and errors follow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from detente._read_only import ReadOnlyDict
from detente.errors import NotConverged, NotIdentified, UsageError
from detente.gravity.collinear import Collinear
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout, lay_out
from detente.gravity.engines.row_engine import fit_on_rows
from detente.gravity.engines.scaling_engine import fit_by_scaling
from detente.gravity.engines.small_engine import fit_small
from detente.gravity.engines.tensor_engine import fit_on_tensor
from detente.gravity.estimators.convergence import balanced, remedy, unrest
from detente.gravity.estimators.family import POISSON, Family
from detente.gravity.estimators.glm_engine import fit_glm
from detente.gravity.estimators.linear_engine import fit_linear
from detente.gravity.inference.clustering import Clustering
from detente.gravity.inference.covariance import covariance
from detente.gravity.result import GravityFit
from detente.gravity.separation.certificate import SeparationCertificate, nonempty, singletons, zero_levels
from detente.gravity.separation.search import find_separated
from detente.gravity.separation.signs import looks_separated
from detente.panel.frames import Table

ENOUGH = 50
"""With fewer iterations allowed, an engine that has not converged may just have been stopped."""
SEARCHED_FIRST = 500
"""Up to this many rows the exact search comes before the fit: it costs less than one that runs away."""
ROUNDING = 1e-11
"""Variation around a mean that is rounding, relative to it."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns of offset and weights, None where there are none."""

    offset: str | None = None
    weights: str | None = None


@dataclass(slots=True)
class _State:
    """A fit on its way.

    design : the rows still in, with every regressor asked for; layout : the tensor they lie on, or None
    certificate : the separated rows taken out; dropped : reasons by regressor left out for collinearity
    used : the design without the dropped regressors; raw : the engine's result on it; at_once : whether it is that of the
        last resort, all parameters at once
    """

    design: Design
    engine: str
    tol: float
    max_iterations: int
    family: Family = POISSON
    layout: Layout | None = field(init=False)
    certificate: SeparationCertificate = field(init=False)
    n_singletons: int = 0
    dropped: dict[str, str] = field(default_factory=dict)
    used: Design = field(init=False)
    raw: EngineFit = field(init=False)
    at_once: bool = False

    def __post_init__(self) -> None:
        self.layout = _layout(self.design, self.engine) if self.family.name in ("ppml", "ols") else None

    def keep(self, rows: np.ndarray, otherwise: str) -> None:
        """Go on with ``rows`` [n] bool only; EmptySample names ``otherwise`` where none is left."""
        if not rows.all():
            self.design = nonempty(self.design.take(rows), otherwise)
            self.__post_init__()

    def drop_empty(self, lone_rows: bool) -> None:
        """Levels without trade (of a logit those with trade alone as well; OLS keeps all) and rows alone in a level."""
        empty = np.zeros(len(self.design.y), bool) if self.family.name == "ols" else self._empty()
        self.certificate = SeparationCertificate.of_levels(self.design, empty)
        kept, otherwise = ~empty, "leaving out levels without trade"
        if lone_rows and kept.any():
            alone = singletons(self.design, self.layout, kept)
            self.n_singletons = int(alone.sum())
            kept, otherwise = kept & ~alone, "leaving out singletons"
        self.keep(kept, otherwise)

    def _empty(self) -> np.ndarray:
        """Rows [n] in levels that tell nothing."""
        design = self.design
        empty = zero_levels(design, self.layout)
        while self.family.name == "logit":
            full = zero_levels(replace(design, y=1 - design.y).take(~empty))
            more = np.flatnonzero(~empty)[full]
            empty[more] = True
            none = zero_levels(design.take(~empty))
            empty[np.flatnonzero(~empty)[none]] = True
            if not (full.any() or none.any()):
                break
        return empty

    def drop_separated(self, method: str) -> bool:
        """Search with every regressor in, also those that the effects explain; whether any row was found."""
        z = find_separated(self.design, method)
        self.certificate = self.certificate.extended(self.design, z)
        self.keep(z <= 0, "leaving out separated rows")
        return bool((z > 0).any())

    def fit(self) -> None:
        """With the engine that suits the rows."""
        self.dropped = {}
        self.raw, self.used = self._fitted(self.layout, self.engine)
        if self.family.name == "ppml" and self.raw.converged and not balanced(self.used, self.raw):
            self.raw = replace(self.raw, converged=False)  # a coefficient ran to where the likelihood is flat

    def rescue(self) -> None:
        """Another engine where the choice is ours, and all parameters at once, where the first did not converge."""
        if self.raw.converged or self.family.name != "ppml":
            return
        if self.layout is not None and self.engine == "auto":
            raw, used = self._fitted(None, "irls")
            if raw.converged:
                self.raw, self.used, self.layout = raw, used, None
                return
        if self.max_iterations >= ENOUGH:
            small = fit_small(self.used, tol=self.tol, max_iterations=self.max_iterations)
            if small is not None:
                self.raw, self.layout, self.at_once = small, None, True

    def _fitted(self, layout: Layout | None, engine: str) -> tuple[EngineFit, Design]:
        """Fit, leaving out collinear regressors by name."""
        known = [k for k, name in enumerate(self.design.names) if name in self.dropped]
        design = self.design.without(known) if known else self.design
        while True:
            centre = _far_from_zero(design)
            moved = replace(design, X=design.X - centre[:, None]) if centre.any() else design
            raw = _by_engine(moved, layout, engine, self.tol, self.max_iterations, self.family)
            if not isinstance(raw, Collinear):
                return (raw.moved_back(float(raw.coef @ centre)) if centre.any() else raw), design
            self.dropped |= {design.names[k]: reason for k, reason in zip(raw.positions, raw.reasons)}
            design = design.without(raw.positions)
            if self.design.names and not design.names:
                raise NotIdentified(
                    "No coefficient can be estimated: " + "; ".join(self.dropped.values()) + ".",
                    why="The fixed effects, or zero flows alone, account for every regressor.",
                    fix="Use fewer effects, or a regressor that varies within them.",
                    state=self.certificate,
                )


def fit_design(
    design: Design,
    table: Table,
    formula: str,
    clustering: Clustering,
    *,
    ssc: str = "stata",
    separation: str = "auto",
    drop_singletons: bool = True,
    engine: str = "auto",
    tol: float = 1e-9,
    max_iterations: int = 100,
    throw: bool = True,
    family: Family = POISSON,
    columns: Columns = Columns(),
) -> GravityFit:
    """Everything of :func:`fit_ppml` and its like after the formula has become arrays."""
    state = _State(design, engine, tol, max_iterations, family)
    del design  # what is left out of it is not kept beside it
    state.drop_empty(drop_singletons)
    auto = separation == "auto" and family.logs
    if separation in ("exact", "rectifier") and family.logs:
        state.drop_separated(separation)
    elif auto and len(state.design.y) <= SEARCHED_FIRST:
        state.drop_separated("exact")
    state.fit()
    if auto and looks_separated(state.used, state.raw, family, state.layout) and state.drop_separated("auto"):
        state.fit()
    state.rescue()
    fit = _assembled(state, table, formula, clustering, ssc, columns)
    if throw and not fit.converged:
        raise NotConverged(
            f"The {'Poisson' if family.name == 'ppml' else family.title} fit stopped after {fit.iterations} steps without converging.",
            state=fit,
            why=unrest(state.raw, tol),
            fix=remedy(state.design),
        )
    return fit


def _layout(design: Design, engine: str) -> Layout | None:
    """The tensor to work on, None where rows it is."""
    layout = None if engine in ("rows", "irls") else lay_out(design)
    if engine == "tensor" and layout is None:
        raise UsageError("These effects do not span a tensor.", fix="Leave engine to 'auto'.")
    return layout


def _by_engine(
    design: Design, layout: Layout | None, engine: str, tol: float, max_iterations: int, family: Family
) -> EngineFit | Collinear:
    if family.name == "ols":
        return fit_linear(design, layout)
    if family.name != "ppml":
        return fit_glm(design, family, tol=tol, max_iterations=max_iterations)
    if layout is not None:
        return fit_on_tensor(design, layout, tol=tol, max_iterations=max_iterations)
    raw = None if engine == "irls" else fit_by_scaling(design, tol=tol, max_iterations=max_iterations)
    return raw or fit_on_rows(design, tol=tol, max_iterations=max_iterations)


def _far_from_zero(design: Design) -> np.ndarray:
    """Means [k] of regressors that vary little around a large one, which would cost digits; 0 for the others.

    Only where the first effect has an intercept to take the mean up.
    """
    if not design.effects or not design.effects[0].intercept:
        return np.zeros(len(design.names))
    mean = design.X.mean(1)
    few = design.X[:, :: max(1, len(design.y) // 1000)]  # a first look
    far = np.ptp(few, axis=1) < 0.1 * np.abs(mean)
    range_ = np.zeros_like(mean)
    for k in np.flatnonzero(far):
        range_[k] = np.ptp(design.X[k])
    return np.where(far & (range_ < 0.1 * np.abs(mean)) & (range_ > ROUNDING * np.abs(mean)), mean, 0.0)


def _assembled(
    state: _State, table: Table, formula: str, clustering: Clustering, ssc: str, columns: Columns
) -> GravityFit:
    design, raw = state.used, state.raw
    errors = covariance(design, raw, clustering, ssc, state.family)
    for array in (errors.matrix, raw.mu, raw.tilde):
        array.flags.writeable = False
    return GravityFit(
        formula=formula,
        family=state.family,
        offset=columns.offset,
        weights=columns.weights,
        names=design.names,
        coef=ReadOnlyDict(dict(zip(design.names, raw.coef.tolist()))),
        se=ReadOnlyDict(dict(zip(design.names, np.sqrt(np.diag(errors.matrix)).tolist()))),
        cov=errors.matrix,
        n_rows=design.n_rows,
        n_missing=design.n_missing,
        n_separated=len(state.certificate.rows),
        n_singletons=state.n_singletons,
        n_used=len(design.y),
        n_clusters=errors.n_clusters,
        cov_repaired=errors.repaired,
        clustering=clustering,
        small_sample=ssc,
        dropped=ReadOnlyDict(state.dropped),
        separated=state.certificate,
        engine="all at once" if state.at_once else "rows" if state.layout is None else "tensor",
        converged=bool(raw.converged),
        iterations=raw.iterations,
        design=design,
        raw=raw,
        layout=state.layout,
        table=table,
    )
