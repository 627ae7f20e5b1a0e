"""Does a fit show signs of separation? Where it shows none, that is proved.

For a certificate ``z = X g`` (see the package) the scores give ``sum z mu = -g' X'(y - mu)`` over the zero flows: the
fitted flow of a separated row is no larger than what the fit leaves of its equations. A zero fitted well above that
is not separated. One below may be; it is not if it is a combination of rows that are not, as the corner of a cube
(year, origin, destination) of such rows is, provided that these rows identify the regressors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.gravity.collinear import find_collinear
from detente.gravity.design import Design
from detente.gravity.engines.engine import EngineFit
from detente.gravity.engines.layout import Layout
from detente.gravity.engines.row_projection import blocks_of
from detente.gravity.engines.threads import stretches
from detente.gravity.estimators.family import POISSON, Family
from detente.gravity.separation.certificate import level_totals
from detente.gravity.separation.search import is_small

TINY, MOVING = 1e-8, 1e-4
"""A zero flow fitted below this share of the smallest positive flow, or a log flow still moving by this
much in the last step, gives reason to search."""
SLACK, LARGE = 100.0, 10.0
"""What a certificate's coefficients may add up to: a zero fitted below so many times the largest score left over
may be separated. Effects' coefficients are ones, a few of them to a row; on large panels, where a few levels have
nearly all of what is left over, the second does."""
TRIES = 32
"""Cubes drawn for each doubtful row before it is searched for its own."""
FEW = 20_000
"""Up to so many doubtful rows every cube is looked at: half a second."""


def looks_separated(design: Design, fit: EngineFit, family: Family = POISSON, layout: Layout | None = None) -> bool:
    """Whether the fit shows signs of separation.

    These are no convergence, a zero fitted as next to nothing, a regressor that the sample identifies but the fitted
    flows do not (the rows that identify it have sunk to nothing), and a zero fitted no higher than the fit's own
    error, unless other rows tell what its effects add up to. ``layout`` is the tensor that the rows lie on, if any.
    """
    zero = design.y == 0
    if not zero.any():
        return False
    huge = np.finfo(float).max  # masks by arithmetic: twenty times faster than picking rows
    least_fitted = np.maximum(fit.mu, huge * ~zero).min()
    if not fit.converged or fit.drift > MOVING or _unidentified(design, fit, family):
        return True
    if least_fitted < TINY * np.maximum(design.y, huge * zero).min():
        return True
    doubt = doubt_of(design, fit, family, layout, _left_over(design, family.gap(design.y, fit.mu), layout))
    if not doubt.n or layout is None:
        return bool(doubt.n)
    return not told_without(fit.hessian, doubt.information) or doubt.outside


@dataclass(frozen=True, slots=True)
class Doubt:
    """``n`` zeros whose fitted flow does not stand out; what they tell of the coefficients [k, k]; whether one of them
    is ``outside`` of every cube of rows that are sure."""

    n: int
    information: np.ndarray
    outside: bool


def doubt_of(design: Design, fit: EngineFit, family: Family, layout: Layout | None, left: float) -> Doubt:
    """The doubtful zeros where the largest score left over is ``left``."""
    rows = _doubtful(design, fit, family, left, layout)
    k = len(design.names)
    if not len(rows):
        return Doubt(0, np.zeros((k, k)), False)
    weight = family.weight(fit.mu[rows])
    weight = weight if design.weights is None else weight * design.weights[rows]
    part = fit.tilde[:, rows]
    information = part * weight @ part.T
    if layout is None or not told_without(fit.hessian, information):
        return Doubt(len(rows), information, True)
    return Doubt(len(rows), information, _outside_cubes(layout, rows))


def _unidentified(design: Design, fit: EngineFit, family: Family) -> bool:
    if not design.names:
        return False
    if not np.isfinite(fit.hessian).all():
        return True
    weight = family.weight(fit.mu) if design.weights is None else family.weight(fit.mu) * design.weights
    norms = np.zeros(len(design.names))
    for rows in stretches(len(weight)):
        norms += design.X[:, rows] ** 2 @ weight[rows]
    return find_collinear(fit.hessian, norms, design.names) is not None


def _doubtful(design: Design, fit: EngineFit, family: Family, left: float, layout: Layout | None) -> np.ndarray:
    """Positions of zeros whose fitted flow does not stand out from what the fit leaves of its scores."""
    zero = design.y == 0
    if not zero.any():
        return np.empty(0, int)
    gap = family.gap(design.y, fit.mu)
    gap = gap if design.weights is None else gap * design.weights
    slack = SLACK if is_small(design) else LARGE if layout is not None else 1.0  # rows alone: only the search tells
    least = np.maximum(fit.mu, np.finfo(float).max * ~zero).min()
    if design.weights is None and family.name == "ppml" and least > slack * left:
        return np.empty(0, int)
    return np.flatnonzero(zero & (-gap <= slack * left))


def _left_over(design: Design, gap: np.ndarray, layout: Layout | None) -> float:
    """The largest score of any effect level or (in units of its typical size) regressor."""
    gap = gap if design.weights is None else gap * design.weights
    squares = np.array([column @ column for column in design.X])
    return max(left_by_effects(design, gap, layout), left_by_regressors(design.X @ gap, squares, len(gap)))


def left_by_effects(design: Design, gap: np.ndarray, layout: Layout | None) -> float:
    """The largest score that ``gap`` [n] leaves of any effect's level."""
    if layout is not None:
        return max(float(np.abs(total).max()) for total in level_totals(layout, layout.spread(gap)))
    found = [0.0]
    for block in blocks_of(design):
        part = gap if block.slope is None else gap * block.slope
        scale = 1.0 if block.slope is None else max(float(np.abs(block.slope).max()), 1e-300)
        found.append(float(np.abs(np.bincount(block.codes, part, block.n)).max()) / scale)
    return max(found)


def left_by_regressors(scores: np.ndarray, squares: np.ndarray, n: int) -> float:
    """The largest of ``scores`` [k] in units of a regressor's typical size, from sums of squares [k] over ``n`` rows.

    That is below its largest: on the safe side.
    """
    size = np.sqrt(squares / n)
    return float((np.abs(scores) / np.maximum(size, 1e-300)).max(initial=0.0))


def told_without(hessian: np.ndarray, information: np.ndarray) -> bool:
    """Whether the coefficients are mostly told by other rows than those whose ``information`` [k, k] this is."""
    if not len(hessian):
        return True
    scale = np.outer(np.sqrt(np.diag(hessian)), np.sqrt(np.diag(hessian)))
    share = np.linalg.solve(hessian / scale, information / scale)
    return bool(np.abs(np.linalg.eigvals(share)).max() < 0.5)


def _outside_cubes(layout: Layout, doubtful: np.ndarray) -> bool:
    """Whether some doubtful row is the corner of no cube (with pair effects) or rectangle of rows that are sure."""
    sure = np.zeros(int(np.prod(layout.shape)), bool)
    sure[layout.cell] = True
    sure[layout.cell[doubtful]] = False
    sure = sure.reshape(layout.shape)
    if not sure.any():
        return True
    s, t, i, j = (np.asarray(at) for at in np.unravel_index(layout.cell[doubtful], layout.shape))
    rng, (_, years, origins, destinations) = np.random.default_rng(0), layout.shape
    other_i, other_j, other_t = (_members(sure, axis) for axis in (2, 3, 1))
    for _ in range(TRIES):
        i2 = _drawn(rng, other_i, (s * years + t) * destinations + j)
        j2 = _drawn(rng, other_j, (s * years + t) * origins + i)
        told = sure[s, t, i2, j] & sure[s, t, i, j2] & sure[s, t, i2, j2]
        if layout.pairs:
            t2 = _drawn(rng, other_t, (s * origins + i) * destinations + j)
            told &= sure[s, t2, i, j] & sure[s, t2, i2, j] & sure[s, t2, i, j2] & sure[s, t2, i2, j2]
        sure[s[told], t[told], i[told], j[told]] = True
        s, t, i, j = s[~told], t[~told], i[~told], j[~told]
        if not len(s):
            return False
    if len(s) > FEW:
        return True
    for at in zip(s, t, i, j):
        if not _has_cube(sure[at[0]], layout.pairs, *at[1:]):
            return True
        sure[at] = True
    return False


def _members(sure: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Where along ``axis`` the lines of ``sure`` [s, t, i, j] hold: places, line after line, and where each starts."""
    lines = np.moveaxis(sure, axis, 3).reshape(-1, sure.shape[axis])
    counts = np.count_nonzero(lines, axis=1)
    return np.flatnonzero(lines) % sure.shape[axis], np.concatenate([[0], np.cumsum(counts)])


def _drawn(rng: np.random.Generator, members: tuple[np.ndarray, np.ndarray], lines: np.ndarray) -> np.ndarray:
    """One place at random on each of ``lines`` [n]; any where a line has none."""
    places, starts = members
    first = starts[lines]
    at = first + (rng.random(len(lines)) * (starts[lines + 1] - first)).astype(int)
    return places[np.minimum(at, len(places) - 1)]


def _has_cube(sure: np.ndarray, pairs: bool, t: int, i: int, j: int) -> bool:
    """Whether the other corners of some cube at (t, i, j) are ``sure`` [t, i, j]."""
    if not pairs:
        return bool((sure[t] & sure[t, :, j, None] & sure[t, i]).any())
    here = sure[t] & sure[t, :, j, None] & sure[t, i]
    return any((here & sure[u] & sure[u, :, j, None] & sure[u, i]).any() for u in np.flatnonzero(sure[:, i, j]))
