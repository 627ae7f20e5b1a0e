"""How far outcomes of one region lie from their forecasts, against those of all regions: what that asks of a new one.

What a closure or a quarrel costs varies more in some regions than in others (in the Middle East closures went to
nothing and quarrels cost nothing, in Europe bans and quarrels cost little alike), and a forecast from everywhere is too
narrow for the ones and too wide for the others. The mean absolute errors of a region's pairs are compared with those of
all other pairs; their ratio counts in logs as m / (m + k), where m is the number of the region's pairs and k Bühlmann's
constant, estimated from the same errors (:mod:`.shrinkage`).

After a reopening, where widths hardly differ but forecasts are off in their tails, each forecast's probabilities are
recalibrated instead (Kuleshov, Fenner & Ermon 2018): where outcomes of the region fell in theirs, and, for as much as
the region has few pairs, those of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library.expected_paths import ObservedOutcome
from detente.attribution.library.shrinkage import credibility_constant, own_weight

Floats = NDArray[np.float64]

LEAST = 0.05  #: log points; no pair's mean error is taken to be smaller


@dataclass(frozen=True, slots=True)
class Miss:
    """How far one outcome lay from the middle of its forecast, learnt without its own pair of economies.

    ``error`` in log points; ``central`` is the share of the forecast that lay nearer to its middle, 0 to 1.
    """

    pair: str
    region: str
    error: float
    central: float = 0.5


def pair_of(outcome: ObservedOutcome) -> str:
    """The two economies of a case, in either direction.

    >>> pair_of(ObservedOutcome("VEN-COL-2015", "rupture", "closure", "Latin America", 1, -1.0, 0.0))
    'COL-VEN'
    """
    return "-".join(sorted(outcome.case_id.split("-")[:2]))


def width_factor(misses: Sequence[Miss], region: str) -> float:
    """By how much a forecast's distances from its middle are to be multiplied for a case of ``region``.

    1 where the region has no pair, or where regions differ by no more than chance.

    >>> wide = [Miss(f"A{k}", "A", 2.0 + 0.1 * k) for k in range(5)]
    >>> narrow = [Miss(f"B{k}", "B", 0.5 + 0.01 * k) for k in range(5)]
    >>> width_factor(wide + narrow, "A") > 1 > width_factor(wide + narrow, "B")
    True
    >>> width_factor(wide + narrow, "C")
    1.0
    """
    of_pair: dict[tuple[str, str], list[float]] = {}
    for miss in misses:
        of_pair.setdefault((miss.region, miss.pair), []).append(miss.error)
    means = {key: max(float(np.mean(errors)), LEAST) for key, errors in of_pair.items()}
    groups: dict[str, list[float]] = {}
    for (where, _), mean in means.items():
        groups.setdefault(where, []).append(mean)
    own = groups.get(region)
    if not own:
        return 1.0
    k = credibility_constant([np.log(group).tolist() for group in groups.values()])
    return float((np.mean(own) / np.mean(list(means.values()))) ** own_weight(len(own), k))


def recalibrated(weights: Floats, misses: Sequence[Miss], region: str, constant: float) -> Floats:
    """The weights of a forecast's points, moved to where outcomes of ``region`` fell in their own forecasts.

    Parameters
    ----------
    weights : (m,) array
        Of the points in ascending order; sums to 1.
    constant : float
        Pairs of the region that count as much as all pairs.

    Returns
    -------
    (m,) array
        Sums to 1; the middle stays where it is.

    Examples
    --------
    >>> tails = [Miss(f"A{k}", "A", 1.0, 0.95) for k in range(40)]
    >>> moved = recalibrated(np.full(100, 0.01), tails, "A", 8.0)
    >>> bool(moved[:10].sum() > 0.3), round(float(moved[:50].sum()), 6)
    (True, 0.5)
    """
    own = [miss for miss in misses if miss.region == region]
    share = own_weight(len({miss.pair for miss in own}), constant)
    central = np.array([miss.central for miss in (*own, *misses)])
    counted = np.concatenate([share * _each_pair(own), (1 - share) * _each_pair(misses)])
    order = np.argsort(central)
    below = np.cumsum(counted[order]) - counted[order] / 2
    edges = np.concatenate([[0.0], np.cumsum(weights)])
    side = 2 * edges - 1
    grid, told = np.concatenate([[0.0], central[order], [1.0]]), np.concatenate([[0.0], below, [1.0]])
    moved = 0.5 + np.sign(side) * np.interp(np.abs(side), grid, told) / 2
    found = np.maximum(np.diff(moved), 0.0)
    return found / found.sum()


def _each_pair(misses: Sequence[Miss]) -> Floats:
    """Weights that give each pair of economies as much, one in all."""
    if not misses:
        return np.empty(0)
    _, at, counts = np.unique([miss.pair for miss in misses], return_inverse=True, return_counts=True)
    return 1.0 / counts[at] / len(counts)
