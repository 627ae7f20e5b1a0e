"""Matrix completion for residual paths (Athey, Bayati, Doudchenko, Imbens & Khosravi 2021).

    min over L, a, g   mean over known cells of (Y_it - L_it - a_i - g_t)^2 + penalty * |L|_*

solved by soft-impute (Mazumder, Hastie & Tibshirani 2010), the penalty chosen on held-out
blocks of the same shape as the treated one. Each comparable pair is also treated in turn
(in folds), so the effect comes with a placebo share of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import Standing, stand
from detente.attribution.comparison.synthetic import whole_paths

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 20
PENALTIES = (np.inf, 0.5, 0.2, 0.1, 0.05)  #: shares of the largest singular value; inf means L = 0


@dataclass(frozen=True, slots=True)
class CompletedMatrix:
    """A treated path against its completed counterfactual.

    Attributes
    ----------
    gap : (T - event,) array
        Actual less completed, log points.
    effect : float
        Its mean.
    rmse_before : float
        Root mean squared gap before the event, log points.
    penalty : float
        Chosen share of the largest singular value; infinite where no factor helps.
    standing : Standing
        ``effect`` among the donors treated in turn.
    """

    gap: Floats
    effect: float
    rmse_before: float
    penalty: float
    standing: Standing


def soft_impute(y: Floats, known: Bools, share: float, *, sweeps: int = 200, tol: float = 1e-4) -> Floats:
    """Fitted matrix ``L + a + g`` of the unknown and known cells.

    Parameters
    ----------
    y : (n, T) array
    known : (n, T) bool
    share : float
        Penalty as a share of the largest singular value of the two-way residual.
    sweeps, tol : int, float
        Stop when no cell moves by more than ``tol``, or after ``sweeps``.

    Returns
    -------
    (n, T) array

    Examples
    --------
    >>> y = np.add.outer(np.arange(5.0), np.arange(6.0)); known = y < 9
    >>> float(np.abs(soft_impute(y, known, np.inf, sweeps=5000, tol=1e-12) - y).max() < 1e-6)
    1.0
    """
    low_rank = np.zeros_like(y)
    fitted = _two_way(np.where(known, y, 0.0), known, np.zeros_like(y))
    limit = None
    for _ in range(sweeps):
        filled = np.where(known, y, fitted)
        ways = _means(filled - low_rank)
        if np.isfinite(share):
            rest = filled - ways
            squares, v = np.linalg.eigh(rest.T @ rest)  # years are few: cheaper than the singular vectors of cells
            s = np.sqrt(np.maximum(squares, 0.0))
            limit = share * s[-1] if limit is None else limit
            kept = s > limit
            low_rank = (rest @ (v[:, kept] * (1 - limit / s[kept]))) @ v[:, kept].T
        new = ways + low_rank
        moved = np.abs(new - fitted).max()
        fitted = new
        if moved < tol:
            break
    return fitted


def _means(y: Floats) -> Floats:
    """Row plus column means of a full matrix."""
    return y.mean(axis=1, keepdims=True) + y.mean(axis=0, keepdims=True) - y.mean()


def _two_way(y: Floats, known: Bools, low_rank: Floats) -> Floats:
    """Row and column effects on the known cells, a few sweeps: where to start."""
    count_row, count_col = known.sum(1), known.sum(0)
    row, col = np.zeros(y.shape[0]), np.zeros(y.shape[1])
    rest = np.where(known, y - low_rank, 0.0)
    for _ in range(20):
        row = (rest.sum(1) - known @ col) / np.maximum(count_row, 1)
        col = (rest.sum(0) - row @ known) / np.maximum(count_col, 1)
    return row[:, None] + col[None, :]


def complete_path(path: Floats, donors: Floats, event: int, *, folds: int = 5, seed: int = 0) -> CompletedMatrix:
    """Complete the treated path after ``event`` and rank the gap among donors.

    Parameters
    ----------
    path : (T,) array
        Residual of the treated dyad, log points.
    donors : (n, T) array
        Residuals of comparable pairs, whole paths.
    event : int
        Position of the first year of the episode.
    folds : int
        Donors are treated in this many groups.
    seed : int
        Of the grouping.

    Raises
    ------
    TooFewDonors
    """
    donors = whole_paths(donors, event, FEWEST, "Completing a path")
    groups = np.random.default_rng(seed).permutation(len(donors)) % folds
    gaps = {share: _gaps_in_turn(donors, groups, event, share) for share in PENALTIES}
    penalty = min(PENALTIES, key=lambda share: float(np.mean(gaps[share] ** 2)))
    y = np.vstack([path, donors])
    known = np.ones(y.shape, dtype=bool)
    known[0, event:] = False
    gaps_of_own = (y - soft_impute(np.where(known, y, 0.0), known, penalty))[0]
    gap, before = gaps_of_own[event:], gaps_of_own[:event]
    effect = float(gap.mean())
    rmse = float(np.sqrt(np.mean(before**2)))
    return CompletedMatrix(gap, effect, rmse, float(penalty), stand(effect, gaps[penalty].mean(axis=1)))


def _gaps_in_turn(donors: Floats, groups: NDArray[np.int_], event: int, share: float) -> Floats:
    """(n, T - event) gaps of each donor when its group is treated."""
    gaps = np.empty((len(donors), donors.shape[1] - event))
    for g in range(groups.max() + 1):
        known = np.ones(donors.shape, dtype=bool)
        known[groups == g, event:] = False
        fitted = soft_impute(np.where(known, donors, 0.0), known, share)
        gaps[groups == g] = (donors - fitted)[groups == g, event:]
    return gaps
