"""How far outcomes of one region lie from their forecasts, against those of all regions: a factor for a forecast's width.

What a closure or a quarrel costs varies more in some regions than in others (in the Middle East closures went to
nothing and quarrels cost nothing, in Europe bans and quarrels cost little alike), and a forecast from everywhere is too
narrow for the ones and too wide for the others. The mean absolute errors of a region's pairs are compared with those of
all other pairs; their ratio counts in logs as m / (m + k), where m is the number of the region's pairs and k Bühlmann's
constant, estimated from the same errors (:mod:`.shrinkage`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.attribution.library.expected_paths import ObservedOutcome
from detente.attribution.library.shrinkage import credibility_constant, own_weight

LEAST = 0.05  #: log points; no pair's mean error is taken to be smaller


@dataclass(frozen=True, slots=True)
class Miss:
    """How far one outcome lay from the middle of its forecast, learnt without its own pair of economies."""

    pair: str
    region: str
    error: float


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
