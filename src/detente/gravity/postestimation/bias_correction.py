"""Weidner & Zylkin's analytical corrections for two- and three-way Poisson gravity.

Weidner & Zylkin (2021), Journal of International Economics 132:103513. With exporter-year,
importer-year and pair effects the estimates are consistent for a fixed number of years, but
their bias is of the order of the standard error, and clustered errors are too small. With
two-way effects only the errors need correcting. Notation per pair ij, T-vectors over years:
``lam`` fitted flows, ``S = y - lam`` scores, ``H = diag(lam) - lam lam'/sum(lam)`` the
Hessian after profiling out the pair effect, ``x`` regressors less all effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy.linalg import get_lapack_funcs

from detente._read_only import ReadOnlyDict
from detente.errors import SpecificationError
from detente.gravity.design import Design
from detente.gravity.engines.layout import Layout, economies_of, lay_out
from detente.gravity.engines.threads import one_blas_thread
from detente.gravity.estimates import need_ppml, shown
from detente.gravity.result import GravityFit
from detente.panel.columns import KNOWN

EXACT_EFFECTS = 4000
"""Up to this many exporter- and importer-year effects their joint covariance is exact; beyond it the
covariance between exporter-year and importer-year effects is left out."""

EffectCovariance: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray | None]
"""Blocks [i, t, t] of origins, [j, t, t] of destinations, and between them [i, t, j, t] (None: left out)."""


@dataclass(frozen=True, slots=True)
class BiasCorrection:
    """Corrected coefficients; see :func:`bias_correct`.

    coef, se, bias : by term; cov : [k, k]; exact : whether the covariance of all effects was used
    """

    names: tuple[str, ...]
    coef: Mapping[str, float]
    se: Mapping[str, float]
    bias: Mapping[str, float]
    cov: np.ndarray
    n_pairs: int
    exact: bool
    fit: GravityFit

    def to_frame(self) -> Any:
        """One row a term: term, estimate, bias, corrected, std_error, corrected_std_error."""
        columns = {
            "term": list(self.names),
            "estimate": [self.fit.coef[n] for n in self.names],
            "bias": [self.bias[n] for n in self.names],
            "corrected": [self.coef[n] for n in self.names],
            "std_error": [self.fit.se[n] for n in self.names],
            "corrected_std_error": [self.se[n] for n in self.names],
        }
        return self.fit.table.like(columns)

    def summary(self) -> str:
        """The correction as text."""
        lines = [f"Weidner-Zylkin correction of {self.fit.formula} ({self.n_pairs:,} pairs)"]
        lines += [
            f"{n}: {shown(self.fit.coef[n])} ({shown(self.fit.se[n])}) -> {shown(self.coef[n])} ({shown(self.se[n])})"
            for n in self.names
        ]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.summary()


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Arrays over pairs: lam, S [i, j, t]; x [k, i, j, t]; live [i, j] bool, pairs with a used row.

    ``total`` [i, j] is the sum of lam over years when pair effects are profiled out, else None.
    """

    lam: np.ndarray
    S: np.ndarray
    x: np.ndarray
    live: np.ndarray
    total: np.ndarray | None

    def swapped(self) -> _Pairs:
        """The same with origins and destinations exchanged."""
        total = None if self.total is None else self.total.T
        return _Pairs(
            self.lam.transpose(1, 0, 2),
            self.S.transpose(1, 0, 2),
            self.x.transpose(0, 2, 1, 3),
            self.live.T,
            total,
        )

    def hessians(self) -> np.ndarray:
        """H of every pair: [i, j, t, t]."""
        H = np.einsum("ijt,ts->ijts", self.lam, np.eye(self.lam.shape[2]))
        if self.total is not None:
            H -= np.einsum("ijt,ijs->ijts", self.lam * self.inverse_total()[..., None], self.lam)
        return H

    def summed_hessians(self) -> np.ndarray:
        """Sum of H over destinations: [i, t, t]."""
        total = np.einsum("it,ts->its", self.lam.sum(1), np.eye(self.lam.shape[2]))
        if self.total is not None:
            scaled = self.lam * self.inverse_total()[..., None]
            total -= scaled.transpose(0, 2, 1) @ self.lam
        return total

    def inverse_total(self) -> np.ndarray:
        """One over ``total`` [i, j], zero where that is; zeros without pair effects."""
        if self.total is None:
            return np.zeros(self.lam.shape[:2])
        return np.divide(1.0, self.total, out=np.zeros_like(self.total), where=self.total > 0)


@one_blas_thread
def bias_correct(fit: GravityFit) -> BiasCorrection:
    """Correct a two- or three-way gravity fit for incidental-parameter bias.

    Parameters
    ----------
    fit : from :func:`fit_ppml`, with exporter-year and importer-year effects, with or without pair effects, or
        all of these by sector (pooled sectors with coefficients in common; a pair counts once in each sector)

    Returns
    -------
    BiasCorrection : ``coef = fit.coef - bias``; errors are clustered by pair and corrected. With two-way
        effects ``bias`` is zero.

    Raises
    ------
    SpecificationError : the fixed effects are others.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> from detente.gravity import fit_ppml
    >>> r = np.random.default_rng(1)
    >>> o, d, t = (a.ravel() for a in np.meshgrid(range(8), range(8), range(3)))
    >>> flows = pl.DataFrame({"o": o, "d": d, "t": t, "x": r.normal(size=192), "y": r.gamma(1, 1, 192)})
    >>> fit = fit_ppml(flows.filter(pl.col("o") != pl.col("d")), "y ~ x | o^t + d^t + o^d")
    >>> sorted(bias_correct(fit).bias)
    ['x']
    """
    need_ppml(fit, "The Weidner-Zylkin correction")
    if not fit.names:
        raise SpecificationError("The fit has no regressors: there is nothing to correct.")
    layout = fit.layout or lay_out(fit.design)
    if layout is None or not _is_gravity(fit.design, layout):
        raise SpecificationError(
            "The Weidner-Zylkin correction is for exporter-year and importer-year effects, with or without "
            "pair effects, each perhaps by sector.",
            where=f"This fit absorbs {' + '.join(e.text for e in fit.design.effects) or 'no effects'}.",
            why="Its two sides must be the economies of the flow: their number is what the bias depends on.",
            fix="Fit 'exporter^year + importer^year + exporter^importer', or all three '^sector'.",
        )
    sectors = _by_sector(fit, layout)
    n_pairs = sum(int(pairs.live.sum()) for pairs in sectors)
    W = fit.raw.hessian / n_pairs
    inverse = np.linalg.inv(W)
    bias = np.zeros(len(fit.names))
    if layout.pairs:
        for pairs in sectors:
            for side in (pairs, pairs.swapped()):
                n = int(side.live.any(1).sum())
                bias += n / (n - 1) * _one_sided(side) * n / n_pairs
        bias = inverse @ bias
    exact = all(p.lam.shape[2] * (p.lam.shape[0] + p.lam.shape[1]) <= EXACT_EFFECTS for p in sectors)
    meat = np.zeros_like(W)
    for pairs in sectors:
        meat += _meat(pairs, inverse / n_pairs, _effect_covariance(pairs, exact))
    cov = inverse @ meat @ inverse / n_pairs**2 * n_pairs / (n_pairs - 1)
    cov = (cov + cov.T) / 2
    return BiasCorrection(
        names=fit.names,
        coef=_mapping(fit.names, np.array(list(fit.coef.values())) - bias),
        se=_mapping(fit.names, np.sqrt(np.diag(cov))),
        bias=_mapping(fit.names, bias),
        cov=cov,
        n_pairs=n_pairs,
        exact=exact,
        fit=fit,
    )


def _is_gravity(design: Design, layout: Layout) -> bool:
    """Whether the two sides of the effects are economies: one column each, with levels in common, neither a time."""
    sides = economies_of(design.effects)
    if sides is None or any(name.casefold() in KNOWN["period"] for name in sides):
        return False
    origin, destination = (design.axes[name].levels for name in sides)
    return bool(np.isin(origin, destination).any()) and len(layout.shape) == 4


def _by_sector(fit: GravityFit, layout: Layout) -> list[_Pairs]:
    """The pairs of each sector; its effects are its own, so sectors meet in the coefficients alone."""
    prior = np.ones(fit.n_used) if fit.design.weights is None else fit.design.weights

    def by_pair(rows: np.ndarray) -> list[np.ndarray]:
        return [np.ascontiguousarray(cells.transpose(1, 2, 0)) for cells in layout.spread(rows).copy()]

    lam, gap = by_pair(prior * fit.raw.mu), by_pair(prior * (fit.design.y - fit.raw.mu))
    x = [by_pair(column) for column in fit.raw.tilde]
    live = by_pair(np.ones(fit.n_used))
    return [
        _Pairs(
            lam[s], gap[s], np.array([own[s] for own in x]), np.any(live[s] > 0, axis=2),
            lam[s].sum(2) if layout.pairs else None,
        )
        for s in range(layout.shape[0])
    ]  # fmt: skip


def _one_sided(p: _Pairs) -> np.ndarray:
    """B [k] (D with the sides exchanged): mean over i of the two traces."""
    hessian = p.summed_hessians()
    inverse = np.linalg.pinv(hessian, rcond=1e-10, hermitian=True)
    outer = p.S.transpose(0, 2, 1) @ p.S
    weighted_outer = inverse @ outer @ inverse
    share = p.lam * p.inverse_total()[..., None]
    result = []
    for x in p.x:
        lx = p.lam * x
        cross = lx.transpose(0, 2, 1) @ p.S
        third = 2 * np.einsum("it,ts->its", lx.sum(1), np.eye(lx.shape[2]))
        mixed = lx.transpose(0, 2, 1) @ share
        third -= mixed + mixed.transpose(0, 2, 1)
        first = np.einsum("its,ist->", cross, inverse)
        second = np.einsum("its,ist->", weighted_outer, -third)
        result.append((-first + second / 2) / p.live.any(1).sum())
    return np.array(result)


def _effect_covariance(p: _Pairs, exact: bool) -> EffectCovariance:
    """V_FE as blocks [i, t, t], [j, t, t] and cross [i, t, j, t]; cross is None when left out."""
    rows, columns = p.summed_hessians(), p.swapped().summed_hessians()
    if not exact:
        own, other = (np.linalg.pinv(block, rcond=1e-10, hermitian=True) for block in (rows, columns))
        return own, other, None
    n, m, years = p.lam.shape
    cross = p.hessians().transpose(0, 2, 1, 3)
    whole = np.zeros((n * years + m * years,) * 2)
    for block, start in ((rows, 0), (columns, n * years)):
        for k, piece in enumerate(block):
            at = slice(start + k * years, start + (k + 1) * years)
            whole[at, at] = piece
    whole[: n * years, n * years :] = cross.reshape(n * years, m * years)
    whole[n * years :, : n * years] = whole[: n * years, n * years :].T
    inverse = _generalised_inverse(whole, n, m, years, p.total is not None)
    top, bottom = inverse[: n * years, : n * years], inverse[n * years :, n * years :]
    own = np.stack([top[k * years : (k + 1) * years, k * years : (k + 1) * years] for k in range(n)])
    other = np.stack([bottom[k * years : (k + 1) * years, k * years : (k + 1) * years] for k in range(m)])
    return own, other, inverse[: n * years, n * years :].reshape(n, years, m, years)


def _generalised_inverse(whole: np.ndarray, n: int, m: int, years: int, profiled: bool) -> np.ndarray:
    """A symmetric generalised inverse; which one does not matter, as scores sum to zero where it is free.

    Exporter-year and importer-year effects may trade a constant in each year, and with pair effects each
    economy's own constant is free too: adding these directions makes the matrix invertible.
    """
    free = np.zeros((years + (n + m) * profiled, (n + m), years))
    free[range(years), :n, range(years)], free[range(years), n:, range(years)] = 1.0, -1.0
    if profiled:
        free[range(years, years + n + m), range(n + m), :] = 1.0
    free = free.reshape(len(free), -1) * np.sqrt(np.diag(whole).mean())
    full = whole + free.T @ free
    full.flat[:: len(full) + 1] += np.diag(whole) == 0
    factorise, invert = get_lapack_funcs(("potrf", "potri"), (full,))
    factor, failed = factorise(full, lower=True, overwrite_a=True)
    if failed:  # more is free than that: the economies do not all meet
        return np.linalg.pinv(whole, rcond=1e-10, hermitian=True)
    inverse, failed = invert(factor, lower=True, overwrite_c=True)
    if failed:
        return np.linalg.pinv(whole, rcond=1e-10, hermitian=True)
    return np.tril(inverse) + np.tril(inverse, -1).T


def _meat(p: _Pairs, V_x: np.ndarray, V_fe: EffectCovariance) -> np.ndarray:
    """sum over pairs of x' [I - H (x V_x x' + d V_FE d')]^-1 S S' x, symmetrised: [k, k]."""
    own, other, cross = V_fe
    meat = np.zeros((len(p.x), len(p.x)))
    eye = np.eye(p.lam.shape[2])
    for i in range(len(p.lam)):
        live = p.live[i]
        lam, S, x = p.lam[i, live], p.S[i, live], p.x[:, i, live]
        H = np.einsum("jt,ts->jts", lam, eye)
        if p.total is not None:
            H -= np.einsum("jt,js->jts", lam * p.inverse_total()[i, live, None], lam)
        V = np.einsum("kjt,kl,ljs->jts", x, V_x, x) + own[i] + other[live]
        if cross is not None:
            mixed = cross[i][:, live].transpose(1, 0, 2)
            V = V + mixed + mixed.transpose(0, 2, 1)
        leverage = np.linalg.solve(eye - H @ V, S[..., None])[..., 0]
        left = np.einsum("kjt,jt->kj", x, leverage)
        right = np.einsum("kjt,jt->kj", x, S)
        meat += left @ right.T
    return (meat + meat.T) / 2


def _mapping(names: tuple[str, ...], values: np.ndarray) -> Mapping[str, float]:
    return ReadOnlyDict(dict(zip(names, values.tolist())))
