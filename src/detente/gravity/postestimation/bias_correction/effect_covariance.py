"""The covariance of the effects, and the meat that allows for it: corrected clustered errors."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from detente.gravity.postestimation.bias_correction.pair_arrays import PairArrays

EffectCovariance: TypeAlias = tuple[np.ndarray, np.ndarray, np.ndarray | None]
"""Blocks [i, t, t] of origins, [j, t, t] of destinations, and between them [i, t, j, t] (None: left out)."""


def effect_covariance(p: PairArrays, exact: bool) -> EffectCovariance:
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
    factor, failed = dpotrf(full, lower=True, overwrite_a=True)
    if failed:  # more is free than that: the economies do not all meet
        return np.linalg.pinv(whole, rcond=1e-10, hermitian=True)
    inverse, failed = dpotri(factor, lower=True, overwrite_c=True)
    if failed:
        return np.linalg.pinv(whole, rcond=1e-10, hermitian=True)
    return np.tril(inverse) + np.tril(inverse, -1).T


def corrected_meat(p: PairArrays, V_x: np.ndarray, V_fe: EffectCovariance) -> np.ndarray:
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
