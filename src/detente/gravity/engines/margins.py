"""Masked three-way Poisson margins on the dense tensor of year x origin x destination.

Without regressors the three-way Poisson pseudo-maximum-likelihood fit is the
solution of its margin equations (Larch, Wanner, Yotov & Zylkin 2019; Fally 2015):
with flows ``X``, 0/1 mask ``M`` and known offsets ``o``, find effects such that

    mu[t,i,j] = exp(a[t,i] + g[t,j] + p[i,j] + o[t,i,j])
    sum_j M (X - mu) = 0,   sum_i M (X - mu) = 0,   sum_t M (X - mu) = 0.

The sweep below solves each block exactly in turn (iterative proportional
scaling; the sums are made in :mod:`.cells`) and extrapolates the sequence of
sweeps by Anderson's method.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import DataError, InvalidFlow, NotConverged
from detente.gravity.engines.acceleration import Anderson
from detente.gravity.engines.cells import Cells, DigitsLost, Margins, NearlyAll, Scales, Weighted
from detente.gravity.engines.threads import one_blas_thread


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """A three-way fit on T years and N origins by N destinations.

    origin_year : [t, i] log effect; nan without an unmasked cell, -inf where all of them are zero
    destination_year : [t, j] the same for destinations
    pair : [i, j] the same for dyads
    expected : [t, i, j] fitted flow of every cell, the masked ones included, in the unit of the
        flows; 0 where an effect is -inf and nan where an effect it needs has no unmasked cell
    iterations : sweeps made
    residual : largest relative gap between a fitted and an observed margin
    converged : whether the sweeps met the tolerance

    The effects are fixed only up to the usual constants; ``expected`` does not depend on them.
    """

    origin_year: np.ndarray
    destination_year: np.ndarray
    pair: np.ndarray
    expected: np.ndarray
    iterations: int
    residual: float
    converged: bool


@one_blas_thread
def fit_margins(
    flows: np.ndarray,
    mask: np.ndarray,
    offset: np.ndarray | None = None,
    *,
    tol: float = 1e-9,
    max_sweeps: int = 2000,
    start: ThreeWay | None = None,
    throw: bool = True,
) -> ThreeWay:
    """Fit exporter-year, importer-year and pair effects by Poisson scaling, some cells left out.

    Parameters
    ----------
    flows : [t, i, j] non-negative; ignored (and may be nan) where masked out
    mask : [t, i, j] bool, True where the cell is used; leave the diagonal out here
    offset : [t, i, j] known part of the log mean, or None
    tol : largest change of a log effect in one sweep at which to stop
    start : an earlier fit of the same shape to start from
    throw : raise when not converged; otherwise return the state reached

    Raises
    ------
    InvalidFlow : a used flow is negative, infinite or not a number.
    NotConverged : the sweeps ran out (``.state`` holds the fit so far).

    Examples
    --------
    >>> flows = np.array([[[0, 4.0], [2, 0]], [[0, 8.0], [4, 0]]])
    >>> used = np.broadcast_to(~np.eye(2, dtype=bool), flows.shape)
    >>> float(fit_margins(flows, used).expected[1, 0, 1])
    8.0

    Notes
    -----
    Larch, Wanner, Yotov & Zylkin (2019), Oxford Bulletin of Economics and Statistics 81(3).
    """
    flows, mask = _checked(flows, mask)
    observed = np.where(mask, flows, 0.0)
    weight = mask if offset is None else np.where(mask, np.exp(offset), 0.0)
    margins = margins_of(observed)
    begin = starting_scales(margins) if start is None else _restart(start, margins)
    few = NearlyAll.of(mask, margins) if offset is None else None
    scales, sweeps, change, residual = scaled(few, weight, margins, begin, tol=tol, max_sweeps=max_sweeps)
    fit = _result(scales, mask, offset, sweeps, residual, change <= tol)
    if throw and not fit.converged:
        raise NotConverged(
            f"The three-way margins were not met after {sweeps} sweeps.",
            state=fit,
            why=f"The largest relative gap of a margin is {residual:.1e}.",
            fix="Raise max_sweeps or tol, or look for separated cells.",
        )
    return fit


def margins_of(observed: np.ndarray) -> Margins:
    """Sums of ``observed`` [t, i, j] by origin-year, destination-year and pair."""
    return Margins(observed.sum(2), observed.sum(1), observed.sum(0))


def starting_scales(margins: Margins) -> Scales:
    """Ones, and zero where a margin is zero."""
    return Scales(*((m > 0).astype(m.dtype) for m in (margins.a, margins.g, margins.p)))


def scaled(
    few: NearlyAll | None, weight: np.ndarray, margins: Margins, start: Scales, *, tol: float, max_sweeps: int
) -> tuple[Scales, int, float, float]:
    """What :func:`balance` gives and the largest relative gap of a margin, by the few gaps where their digits hold.

    ``weight`` is [t, i, j], bool or numbers.
    """
    if few is not None:
        try:
            scales, sweeps, change = balance(few, margins, start, tol=tol, max_sweeps=max_sweeps)
            return scales, sweeps, change, margin_residual(few, margins, scales)
        except DigitsLost:
            pass
    cells = weight.astype(float)
    scales, sweeps, change = balance(cells, margins, start, tol=tol, max_sweeps=max_sweeps)
    return scales, sweeps, change, margin_residual(cells, margins, scales)


def balance(
    weight: np.ndarray | Cells,
    margins: Margins,
    start: Scales,
    *,
    tol: float,
    max_sweeps: int,
    pairs: bool = True,
    inner: int = 2,
) -> tuple[Scales, int, float]:
    """Scale ``weight`` [t, i, j], or the cells given, until the margins are the observed ones.

    Returns the scales, the number of sweeps and the last largest change of a log effect.
    ``pairs=False`` keeps the pair scales as they are (two-way effects).
    """
    a, g, p = start.a.copy(), start.g.copy(), start.p.copy()
    live_a, live_g = margins.a > 0, margins.g > 0
    jump, cells = Anderson(depth=5), Weighted(weight) if isinstance(weight, np.ndarray) else weight
    change, best = np.inf, np.inf
    sweep = 0
    while sweep < max_sweeps:
        sweep += 1
        before = _logs(a[live_a], g[live_g])
        if pairs:
            p = cells.pair_scales(margins, a, g)
        cells.year_scales(margins, a, g, p, inner)
        after = _logs(a[live_a], g[live_g])
        change = float(np.abs(after - before).max(initial=0.0))
        if change <= tol:
            break
        if change > 10 * best:
            jump.forget()
        best = min(best, change)
        ahead = jump.step(before, after)
        if ahead is not after:
            a[live_a], g[live_g] = np.split(np.exp(ahead), [live_a.sum()])
    if pairs:
        p = cells.pair_scales(margins, a, g)
    return Scales(a, g, p), sweep, change


def _logs(a: np.ndarray, g: np.ndarray) -> np.ndarray:
    return np.log(np.concatenate([a, g]), dtype=float)


def margin_residual(weight: np.ndarray | Cells, margins: Margins, scales: Scales) -> float:
    """Largest relative gap between fitted and observed positive margins."""
    cells = Weighted(weight) if isinstance(weight, np.ndarray) else weight
    fitted = cells.fitted(margins, scales)
    return max(_gap(f, m) for f, m in ((fitted.a, margins.a), (fitted.g, margins.g), (fitted.p, margins.p)))


def _gap(fitted: np.ndarray, observed: np.ndarray) -> float:
    live = observed > 0
    return float(np.abs(fitted[live] / observed[live] - 1).max(initial=0.0))


def _checked(flows: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    flows, mask = np.asarray(flows, float), np.asarray(mask, bool)
    if flows.ndim != 3 or mask.shape != flows.shape:
        raise DataError(
            f"Flows and mask must have one shape [t, i, j], not {flows.shape} and {mask.shape}.",
        )
    used = flows[mask]
    wrong = ~(np.isfinite(used) & (used >= 0))
    if wrong.any():
        cells = np.argwhere(mask)[wrong]
        raise InvalidFlow(
            f"{wrong.sum()} of the used flows are negative, infinite or not a number,",
            where=f"the first at [t, i, j] = {cells[0].tolist()}.",
            fix="Correct them or mask them out.",
        )
    return flows, mask


def _restart(start: ThreeWay, margins: Margins) -> Scales:
    """Scales of an earlier fit; ones where it has none but the margin is positive."""

    def level(log_effect: np.ndarray, observed: np.ndarray) -> np.ndarray:
        known = np.isfinite(log_effect)
        return np.where(observed > 0, np.exp(np.where(known, log_effect, 0.0)), 0.0)

    logs = (start.origin_year, start.destination_year, start.pair)
    return Scales(*(level(e, m) for e, m in zip(logs, (margins.a, margins.g, margins.p))))


def _result(scales: Scales, mask, offset, sweeps: int, residual: float, converged: bool) -> ThreeWay:
    counts = mask.sum(2), mask.sum(1), mask.sum(0)
    with np.errstate(divide="ignore"):
        log_a, log_g, log_p = (
            np.where(n > 0, np.log(level), np.nan) for n, level in zip(counts, (scales.a, scales.g, scales.p))
        )
    a, g, p = (np.where(n > 0, level, np.nan) for n, level in zip(counts, (scales.a, scales.g, scales.p)))
    expected = a[:, :, None] * g[:, None, :] * p
    if offset is not None:
        expected *= np.exp(offset)
    for array in (log_a, log_g, log_p, expected):
        array.flags.writeable = False
    return ThreeWay(log_a, log_g, log_p, expected, sweeps, residual, converged)
