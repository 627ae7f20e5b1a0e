"""Where outcomes of one region fell in their forecasts, against those of all regions: what that asks of a new one.

What a closure or a quarrel costs varies more in some regions than in others, and a forecast from everywhere is too
narrow for the ones and too wide for the others. Where the region is told, the probabilities of a forecast are
recalibrated (Kuleshov, Fenner & Ermon 2018): to where the outcomes of the region fell in their own forecasts from the
other pairs of economies, with weight m / (m + k) for its m pairs, and to where those of all regions did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.expected_paths import ObservedOutcome
from detente.attribution.library.shrinkage import own_weight

Floats = NDArray[np.float64]

ALL_PAIRS = 2.0  #: pairs of the region that count as much as all pairs


@dataclass(frozen=True, slots=True)
class Miss:
    """Where one outcome fell in its forecast, learnt without its own pair of economies.

    ``central`` is the share of the forecast that lay nearer to its middle, 0 to 1.
    """

    pair: str
    region: str
    central: float


def pair_of(outcome: ObservedOutcome) -> str:
    """The two economies of a case, in either direction.

    >>> pair_of(ObservedOutcome("VEN-COL-2015", "rupture", "closure", "Latin America", 1, -1.0, 0.0))
    'COL-VEN'
    """
    return "-".join(sorted(outcome.case_id.split("-")[:2]))


def recalibrated(weights: Floats, misses: Sequence[Miss], region: str) -> Floats:
    """The weights of a forecast's points, moved to where outcomes of ``region`` fell in their own forecasts.

    Parameters
    ----------
    weights : (m,) array
        Of the points in ascending order; sums to 1.
    misses : sequence of Miss
        Of all regions.
    region : str

    Returns
    -------
    (m,) array
        Sums to 1; the middle stays where it is.

    Examples
    --------
    >>> tails = [Miss(f"A{k}", "A", 0.95) for k in range(40)]
    >>> moved = recalibrated(np.full(100, 0.01), tails, "A")
    >>> bool(moved[:10].sum() > 0.3), round(float(moved[:50].sum()), 6)
    (True, 0.5)
    """
    own = [miss for miss in misses if miss.region == region]
    share = own_weight(len({miss.pair for miss in own}), ALL_PAIRS)
    central = np.array([miss.central for miss in (*own, *misses)])
    counted = np.concatenate(
        [np.full(len(own), share / max(len(own), 1)), np.full(len(misses), (1 - share) / len(misses))]
    )
    order = np.argsort(central)
    below = np.cumsum(counted[order]) - counted[order] / 2
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    side = 2 * edges - 1
    grid, told = np.concatenate([[0.0], central[order], [1.0]]), np.concatenate([[0.0], below, [1.0]])
    moved = 0.5 + np.sign(side) * np.interp(np.abs(side), grid, told) / 2
    found = np.maximum(np.diff(moved), 0.0)
    return found / found.sum()
