"""How fast broken relations return: one rate for all, since nothing known did better."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from detente.outlook.states_at_risk import FIRST, known_spells

DRAWS = 400
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class ReturnRates:
    """Returns a year of an open spell.

    Attributes
    ----------
    read : float
        Spells without a return that was read count up to the last source that still speaks of them.
    open : float
        They count as open to the day asked for: the truth lies between.
    interval : (float, float)
        90% of ``read``, one decision a cluster.
    returns : int
    years : float
        Under ``read``.
    """

    read: float
    open: float
    interval: tuple[float, float]
    returns: int
    years: float


@cache
def return_rates(day: date) -> ReturnRates:
    """The rates from what was known on ``day``.

    Examples
    --------
    >>> rates = return_rates(date(2022, 6, 1))
    >>> rates.open < rates.read
    True
    """
    returned, read, still, cluster = [], [], [], []
    for spell in known_spells():
        if spell.broke is None or spell.broke >= day or spell.broke.year < FIRST:
            continue
        back = spell.ended is not None and spell.ended < day
        end = spell.ended if back and spell.ended else day
        seen = end if back else min(day, max(spell.read, spell.broke))
        returned.append(float(back))
        read.append((seen - spell.broke).days / YEAR)
        still.append((end - spell.broke).days / YEAR)
        cluster.append(spell.cluster)
    events, years, longer = np.array(returned), np.array(read), np.array(still)
    _, group = np.unique(cluster, return_inverse=True)
    weights = np.random.default_rng(20220826).poisson(1.0, (DRAWS, group.max() + 1))[:, group]
    rates = (weights @ events) / np.maximum(weights @ years, 1e-9)
    low, high = np.quantile(rates, (0.05, 0.95))
    return ReturnRates(
        float(events.sum() / years.sum()), float(events.sum() / longer.sum()), (float(low), float(high)),
        int(events.sum()), float(years.sum()),
    )  # fmt: skip
