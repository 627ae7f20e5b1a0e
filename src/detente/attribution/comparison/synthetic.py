"""Synthetic control for one dyad's residual (Abadie, Diamond & Hainmueller 2010; Abadie 2021).

Donors are other dyads of the same importer and of the same exporter. Weights lie on the
simplex and are fitted to the years before the event only. What a fit with good looks is
worth is read from the same exercise on every donor: the ratio of the root mean squared
gap after to the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import TooFewDonors, how_many

Floats = NDArray[np.float64]

FEWEST = 10  #: fewer donors give neither a fit nor a placebo share
FLOOR = 0.02  #: log points added to the pre-event error, so that a lucky fit does not win


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A weighted average of donors against the treated path.

    Attributes
    ----------
    weights : (n,) array
        Non-negative, sum 1.
    gap : (T,) array
        Treated less synthetic, log points, all years.
    rmse_before : float
        Root mean squared gap before the event, log points.
    effect : float
        Mean gap from the event on.
    share : float
        (1 + donors whose ratio of errors is at least as large) / (1 + n).
    n : int
        Donors.
    lowest, highest : float
        Range of ``effect`` when each donor with weight is left out in turn.
    """

    weights: Floats
    gap: Floats
    rmse_before: float
    effect: float
    share: float
    n: int
    lowest: float
    highest: float


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """Weights w >= 0, sum 1, that minimise ``|target - w @ donors|`` (least squares).

    Parameters
    ----------
    target : (T0,) array
    donors : (n, T0) array

    Examples
    --------
    >>> simplex_weights(np.array([1.0, 2.0]), np.array([[0.0, 0.0], [2.0, 4.0]])).round(3).tolist()
    [0.5, 0.5]
    """
    from scipy.optimize import nnls  # here: it takes a second to load, and only this method needs it

    scale = 1e3 * max(1.0, float(np.abs(donors).max(initial=0)), float(np.abs(target).max(initial=0)))
    stacked = np.vstack([donors.T, np.full(len(donors), scale)])
    weights, _ = nnls(stacked, np.append(target, scale))
    return weights / weights.sum()


def whole_paths(donors: Floats, event: int, fewest: int, method: str) -> Floats:
    """The donors (n, T) without a gap; refused where fewer than ``fewest``, or than two years before ``event``, are left for ``method``.

    Raises
    ------
    TooFewDonors
    """
    whole = donors[np.isfinite(donors).all(axis=1)]
    if len(whole) < fewest or event < 2:
        raise TooFewDonors(
            f"{how_many(len(whole), 'donor')} with whole paths and {how_many(event, 'year')} before the event.",
            why=f"{method} needs at least {fewest} donors and two years before.",
            fix="Widen the donors, or read the placebo share alone.",
        )
    return whole


def synthetic_control(path: Floats, donors: Floats, event: int) -> Synthetic:
    """Fit before ``event``, read the gap from it on.

    Parameters
    ----------
    path : (T,) array
        Residual of the treated dyad, log points.
    donors : (n, T) array
        Residuals of the donors, whole paths.
    event : int
        Position of the first year of the episode.

    Returns
    -------
    Synthetic

    Raises
    ------
    TooFewDonors

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common = rng.normal(size=(3, 20)).cumsum(1) * 0.2
    >>> donors = rng.dirichlet(np.ones(3), 40) @ common + rng.normal(scale=0.02, size=(40, 20))
    >>> path = common.mean(0) - 1.0 * (np.arange(20) >= 12)
    >>> bool(abs(synthetic_control(path, donors, 12).effect + 1.0) < 0.1)
    True
    """
    donors = whole_paths(donors, event, FEWEST, "A synthetic control")
    weights = simplex_weights(path[:event], donors[:, :event])
    gap = path - weights @ donors
    own = _ratio(gap, event)
    others = [_ratio(_gap_of(donors, k, event), event) for k in range(len(donors))]
    effects = []
    for k in np.flatnonzero(weights > 1e-6):
        rest = np.delete(donors, k, axis=0)
        effects.append(float((path - simplex_weights(path[:event], rest[:, :event]) @ rest)[event:].mean()))
    return Synthetic(
        weights=weights,
        gap=gap,
        rmse_before=float(np.sqrt(np.mean(gap[:event] ** 2))),
        effect=float(gap[event:].mean()),
        share=float((1 + np.sum(np.array(others) >= own)) / (1 + len(donors))),
        n=len(donors),
        lowest=min(effects),
        highest=max(effects),
    )


def _gap_of(donors: Floats, k: int, event: int) -> Floats:
    rest = np.delete(donors, k, axis=0)
    return donors[k] - simplex_weights(donors[k, :event], rest[:, :event]) @ rest


def _ratio(gap: Floats, event: int) -> float:
    after, before = np.sqrt(np.mean(gap[event:] ** 2)), np.sqrt(np.mean(gap[:event] ** 2))
    return float(after / (before + FLOOR))
