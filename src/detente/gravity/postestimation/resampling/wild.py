"""What fits with one coefficient held say of it: the wild cluster bootstrap and the profile likelihood.

For OLS the restricted wild cluster bootstrap (Cameron, Gelbach & Miller 2008; Roodman, MacKinnon, Nielsen & Webb
2019), fixed effects taken out first; for PPML and its like the score bootstrap (Kline & Santos 2012), which is the
same at the restricted estimates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from scipy.optimize import root_scalar

from detente.errors import NotIdentified, UsageError
from detente.gravity.engines.row_projection import RowProjector, blocks_of
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.fit import fit_design
from detente.gravity.inference.clustering import Clustering
from detente.gravity.inference.meat import cluster_sums
from detente.gravity.postestimation.hypotheses import places, quantile
from detente.gravity.result import GravityFit


@dataclass(frozen=True, slots=True)
class WildTest:
    """Test that ``term`` equals ``value``: t statistic, two-sided p-value, draws, and whether these are all there are."""

    term: str
    value: float
    t: float
    p_value: float
    draws: int
    exact: bool

    def summary(self) -> str:
        """The test in a line."""
        kind = "all sign changes" if self.exact else f"{self.draws:,} draws"
        return (
            f"Wild cluster bootstrap of {self.term} = {self.value:g}: t = {self.t:.3f}, p = {self.p_value:.4f} ({kind})"
        )

    def __repr__(self) -> str:
        return self.summary()


@one_blas_thread
def wild_test(fit: GravityFit, term: str, *, value: float = 0.0, n: int = 9999, seed: int = 0) -> WildTest:
    """Test one coefficient by the wild cluster bootstrap with Rademacher's signs, the null imposed.

    Parameters
    ----------
    fit : clustered in one way; term : its coefficient; value : under the null
    n : draws; where there are no more sign changes than that, each is taken once; seed : of the random numbers

    Raises
    ------
    UsageError : the fit is not clustered in one way. NotIdentified : nothing is left without the term.
    """
    place = places(fit.names, [term])[0]
    if fit.clustering.kind != "cluster" or len(fit.clustering.ways) != 1:
        raise UsageError(
            "The wild bootstrap needs a fit clustered in one way.", fix="Call fit.vcov('exporter^importer')."
        )
    restricted = _restricted(fit, place, value)
    tilde, W, gap = restricted
    codes, groups = fit.design.codes(fit.clustering.ways[0])
    k = len(fit.names)
    scores = cluster_sums(tilde * gap, codes, groups)
    squares = (tilde[:, None] * (tilde * W)).reshape(k * k, -1)
    pieces = cluster_sums(squares, codes, groups).T.reshape(groups, k, k)
    bread = np.linalg.inv(pieces.sum(0))
    exact = groups < 60 and 2**groups <= n
    if exact:
        signs = np.array(list(product((1.0, -1.0), repeat=groups)))
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], (n, groups))
    t = _statistic(scores, pieces, bread, place, np.ones((1, groups)))[0]
    drawn = _statistic(scores, pieces, bread, place, signs)
    beyond = np.abs(drawn) >= abs(t) * (1 - 1e-10)
    p = float(beyond.mean()) if exact else float((1 + beyond.sum()) / (1 + n))
    return WildTest(term, value, float(t), p, len(signs), exact)


@one_blas_thread
def profile_interval(fit: GravityFit, term: str, level: float = 0.95) -> tuple[float, float]:
    """Interval of one coefficient from the profile likelihood: what a fit with the term held there would lose.

    The loss is put in units of the fit's own errors (Royall 1986, International Statistical Review 54(2)): with
    ``cluster="iid"`` it is the likelihood-ratio interval. Near a normal likelihood it equals the Wald interval;
    with few informative rows it is lopsided where that is not.

    Raises
    ------
    NotIdentified : the likelihood does not fall far enough on one side.
    """
    place = places(fit.names, [term])[0]
    b, se = fit.coef[term], fit.se[term]
    information = 1 / np.linalg.inv(fit.raw.hessian)[place, place]
    if fit.family.name == "ols":
        information /= float(((fit.design.y - fit.raw.mu) ** 2).mean())
    allowed = quantile(level) ** 2 * se**2 * information / 2

    def beyond(value: float) -> float:
        held = _held(fit, place, value)
        return fit.loglik - fit.family.loglik(fit.design.y, held.raw.mu, fit.design.weights) - allowed

    ends = []
    for side in (-1, 1):
        reach = side * quantile(level) * se
        for _ in range(12):
            if beyond(b + reach) > 0:
                break
            reach *= 1.6
        else:
            raise NotIdentified(f"The likelihood hardly falls as '{term}' moves away from {b:.3g}.")
        ends.append(root_scalar(beyond, bracket=(b, b + reach), xtol=1e-7 * se).root)
    return ends[0], ends[1]


def _held(fit: GravityFit, place: int, value: float) -> GravityFit:
    """The fit again with one coefficient held at ``value``."""
    design = fit.design
    moved = value * design.X[place]
    offset = moved if design.offset is None else design.offset + moved
    narrow = replace(design.without([place]), offset=offset, n_missing=0, n_rows=len(design.y), rows=None)
    if not (narrow.names or narrow.effects):
        raise NotIdentified("Without this term there is nothing to fit.")
    return fit_design(
        narrow, fit.table, fit.formula, Clustering("robust"), ssc="none", drop_singletons=False,
        separation="levels", family=fit.family,
    )  # fmt: skip


def _restricted(fit: GravityFit, place: int, value: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors less effects [k, n], weights [n] and gaps [n] (prior weights in both) at the restricted estimates."""
    design, again = fit.design, _held(fit, place, value)
    prior = np.ones_like(design.y) if design.weights is None else design.weights
    W = prior * fit.family.weight(again.raw.mu)
    projector = RowProjector(blocks_of(design))
    projector.weigh(W)
    tilde, _ = projector.effects(np.ascontiguousarray(design.X.T), tol=1e-10)
    return np.ascontiguousarray(tilde.T), W, prior * fit.family.gap(design.y, again.raw.mu)


def _statistic(scores: np.ndarray, pieces: np.ndarray, bread: np.ndarray, place: int, signs: np.ndarray) -> np.ndarray:
    """t [b] of the coefficient for signs [b, g] on the clusters' scores [k, g]."""
    signed = signs[:, None, :] * scores  # [b, k, g]
    step = signed.sum(2) @ bread  # [b, k]
    left = signed - np.einsum("gkl,bl->bkg", pieces, step)
    spread = np.einsum("k,bkg->bg", bread[place], left)
    with np.errstate(divide="ignore", invalid="ignore"):
        return step[:, place] / np.sqrt((spread**2).sum(1))
