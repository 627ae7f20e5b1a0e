"""Every dyad's residual against its own base years, from one masked three-way fit.

The model ``X_ijt = exporter_it * importer_jt * pair_ij`` is fitted with the treated
dyad left out after its base years (METHODS A1b). The origin and destination effects
then owe nothing to what happened to it. For every dyad, treated or not, the pair
effect is taken from the base years only (METHODS A6.1)::

    pair_ij = sum_base X_ijt / sum_base exporter_it importer_jt
    residual_ijt = ln X_ijt - ln(exporter_it importer_jt pair_ij)

so a placebo is treated exactly as the dyad of interest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.gravity.engines.cells import Scales
from detente.gravity.left_out import WholeTensor

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effects:
    """Of a three-way fit, multiplicative.

    Attributes
    ----------
    origin, destination : (T, N) arrays
        Up to one common factor a year.
    pair : (N, N) array
        Of all years that the fit used; nan without any.
    used : (T, N, N) bool
        Cells that the fit used.
    """

    origin: Floats
    destination: Floats
    pair: Floats
    used: Bools


@dataclass(frozen=True, slots=True)
class Residuals:
    """Residuals of all dyads.

    Attributes
    ----------
    log_ratio : (T, N, N) array
        ln(actual / counterfactual); minus infinity for a recorded zero, nan where nothing is known.
    pair : (N, N) array
        Pair effects of the base years.
    effects : Effects
        Of the fit behind them.
    base_mean : (N, N) array, million US$
        Mean flow over the base years; nan for dyads without one.
    base : slice
        Positions of the base years.
    """

    log_ratio: Floats
    pair: Floats
    effects: Effects
    base_mean: Floats
    base: slice

    @property
    def counterfactual(self) -> Floats:
        """(T, N, N) million US$: what the origin, the destination and the pair's base years lead one to expect."""
        with np.errstate(invalid="ignore"):
            return self.effects.origin[:, :, None] * self.effects.destination[:, None, :] * self.pair

    def expected(self, i: int, j: int) -> Floats:
        """(T,) million US$: the counterfactual of i -> j."""
        with np.errstate(invalid="ignore"):
            return self.effects.origin[:, i] * self.effects.destination[:, j] * self.pair[i, j]

    def at_most(self, i: int, j: int, start: int, end: int, smallest: float) -> float:
        """Where i -> j fell to a recorded zero: what its residual's change is below, log points.

        Parameters
        ----------
        i, j, start, end : int
        smallest : float, million US$
            The smallest flow that the panel records.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.log(smallest) - np.log(self.expected(i, j)[end]) - self.log_ratio[start, i, j])


def left_out(shape: tuple[int, ...], dyads: Sequence[tuple[int, int]], base: slice) -> Bools:
    """(T, N, N) bool, True in the cells of ``dyads`` outside the base years."""
    out = np.zeros(shape, dtype=bool)
    for i, j in dyads:
        out[:, i, j] = True
        out[base, i, j] = False
    return out


def fit_effects(flows: Floats, used: Bools) -> Effects:
    """Effects of the three-way fit on the cells ``used``.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
        nan where missing; the diagonal is ignored.
    used : (T, N, N) bool
    """
    return effects_of(*WholeTensor.of(flows, used & observed(flows)).fit())


def effects_of(scales: Scales, used: Bools) -> Effects:
    """The scales of a fit under their names."""
    return Effects(scales.a, scales.g, scales.p, used)


def on_base(flows: Floats, effects: Effects, base: slice) -> Residuals:
    """Residuals of all dyads with their pair effects from the base years.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
    effects : Effects
    base : slice
        Positions of the base years.
    """
    known = observed(flows[base])
    amounts = np.where(known, flows[base], 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        common = effects.origin[:, :, None] * effects.destination[:, None, :]
        pair = amounts / np.where(known, common[base], 0.0).sum(axis=0)
        common *= np.where(pair > 0, pair, np.nan)  # the diagonal has none either
        log_ratio = np.divide(flows, common, out=common)
        np.log(log_ratio, out=log_ratio)
        base_mean = amounts / known.sum(axis=0)
    np.copyto(log_ratio, np.nan, where=np.isposinf(log_ratio))  # nobody knows the origin's or the destination's effect
    return Residuals(log_ratio, pair, effects, base_mean, base)


def residuals(flows: Floats, base: slice, dyads: Sequence[tuple[int, int]]) -> Residuals:
    """Residuals of all dyads, from a fit without ``dyads`` outside their base years.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
    base : slice
        Positions of the base years.
    dyads : sequence of (i, j)

    Returns
    -------
    Residuals
    """
    return on_base(flows, fit_effects(flows, ~left_out(flows.shape, dyads, base)), base)


def between(flows: Floats, effects: Effects, base: slice, i: int, j: int) -> Residuals:
    """Residuals (T, 2, 2) of two economies alone, ``i`` at position 0 and ``j`` at 1: the numbers of :func:`on_base`.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
    effects : Effects
    base : slice
    i, j : int
    """
    two = [i, j]
    corner = np.ix_(range(len(flows)), two, two)
    own = Effects(
        effects.origin[:, two], effects.destination[:, two], effects.pair[np.ix_(two, two)], effects.used[corner]
    )
    return on_base(flows[corner], own, base)


def observed(flows: Floats) -> Bools:
    """(T, N, N) bool: cells with a figure, the diagonal apart."""
    return np.isfinite(flows) & ~np.eye(flows.shape[1], dtype=bool)
