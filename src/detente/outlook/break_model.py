"""The model of breaks: half of the log odds from a stratum's frequency, half from a ridge logit.

Learnt on every first of January before the day asked for whose outcome was known by then. The intercept is moved so
that the last ten of these years are expected as often as they were observed (breaks are reported more often lately,
which is at least in part the press).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.outlook.ridge_logit import fit_ridge_logit
from detente.outlook.states_at_risk import FEATURES, FIRST, broke_within, months_later, relevant_pairs, snapshot

Array = NDArray[np.float64]
STRATA = 8
SHRINK = 2.0
"""Rows at the overall rate that each stratum is given before its own."""
LAST = 10
"""Years on which the intercept stands."""


class Group(NamedTuple):
    """A set of pairs with the features and the penalty of its logit."""

    name: str
    features: tuple[str, ...]
    penalty: float


LAND = Group("land", ("rival", "log_breaks_of_either_max", "log_past_breaks_of_pair"), 10.0)
RELEVANT = Group("relevant", FEATURES, 100.0)


@dataclass(frozen=True, slots=True)
class Rows:
    """Dyad-years to learn from.

    Attributes
    ----------
    features : (n, K) float; stratum : (n,) int; event : (n,) float; year : (n,) int; pair : (n,) int
        One row a pair and first of January; ``pair`` is the place among the relevant pairs.
    cluster : (n,) int
        Rows of one pair are one cluster; the events of one decision are one cluster.
    """

    features: Array
    stratum: NDArray[np.int_]
    event: Array
    year: NDArray[np.int_]
    pair: NDArray[np.int_]
    cluster: NDArray[np.int_]

    def where(self, mask: NDArray[np.bool_]) -> Rows:
        """The rows of a mask."""
        return Rows(*(getattr(self, name)[mask] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class BreakModel:
    """A fitted model.

    Attributes
    ----------
    group : Group
    odds : (8,) float
        Log odds of each stratum.
    mean, scale : (K,) float
        Of the features in learning.
    beta : (1 + K,) float
        Of the ridge logit.
    shift : float
        Of the intercept.
    """

    group: Group
    odds: Array
    mean: Array
    scale: Array
    beta: Array
    shift: float

    def log_odds(self, features: Array, stratum: NDArray[np.int_]) -> Array:
        """(n,) log odds of a break."""
        z = (features - self.mean) / self.scale
        return 0.5 * self.odds[stratum] + 0.5 * (self.beta[0] + z @ self.beta[1:]) + self.shift


def columns_of(group: Group) -> list[int]:
    """Places of a group's features among all."""
    return [FEATURES.index(name) for name in group.features]


def rows_before(day: date, months: int, group: Group) -> Rows:
    """What can be learnt from on ``day``: every first of January whose outcome was known by then."""
    pairs, columns = relevant_pairs(), columns_of(group)
    keep = pairs.land if group is LAND else np.ones(len(pairs.codes), bool)
    parts = []
    clusters: dict[str, int] = {}
    for year in range(FIRST, day.year + 1):
        start = date(year, 1, 1)
        if months_later(start, months) > day:
            break
        now, broke = snapshot(start), broke_within(start, months)
        here = np.flatnonzero(now.at_risk & keep)
        event = np.isin(here, list(broke)).astype(float)
        cluster = here.copy()
        for k in np.flatnonzero(event):
            bloc = broke[int(here[k])].bloc
            if bloc:
                cluster[k] = len(pairs.codes) + clusters.setdefault(bloc, len(clusters))
        parts.append(
            (now.features[here][:, columns], now.stratum[here], event, np.full(len(here), year), here, cluster)
        )
    if not parts:
        empty = np.zeros(0)
        whole = empty.astype(int)
        return Rows(np.zeros((0, len(columns))), whole, empty, whole, whole, whole)
    return Rows(*(np.concatenate(column) for column in zip(*parts)))


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of equal features, stratum and age, which is all that a fit needs to know of them.

    Attributes
    ----------
    features : (g, K) float; stratum : (g,) int; late : (g,) bool
        ``late``: among the last ten years.
    place : (n,) int
        The group of each row.
    event : (n,) float
    """

    features: Array
    stratum: NDArray[np.int_]
    late: NDArray[np.bool_]
    place: NDArray[np.int_]
    event: Array

    @classmethod
    def of(cls, rows: Rows) -> Groups:
        """The groups of some rows."""
        late = rows.year > rows.year.max(initial=0) - LAST
        keys = np.column_stack([rows.features, rows.stratum, late])
        distinct, place = np.unique(keys, axis=0, return_inverse=True)
        return cls(
            distinct[:, :-2].astype(float),
            distinct[:, -2].astype(int),
            distinct[:, -1] > 0,
            place.reshape(-1),
            rows.event,
        )


def fit_breaks(groups: Groups, group: Group, weight: Array | None = None) -> BreakModel:
    """The model on grouped rows, each row counted ``weight`` (n,) times."""
    w = np.ones(len(groups.place)) if weight is None else weight
    size = len(groups.features)
    n = np.bincount(groups.place, w, size).astype(float)
    events = np.bincount(groups.place, w * groups.event, size).astype(float)
    total = float(n.sum())
    rate = float(events.sum()) / total
    exposed = np.bincount(groups.stratum, n, STRATA)
    observed = np.bincount(groups.stratum, events, STRATA)
    share = (observed + SHRINK * rate) / (exposed + SHRINK)
    mean = n @ groups.features / total
    scale = np.sqrt(np.maximum(n @ (groups.features - mean) ** 2 / total, 1e-12))
    beta = fit_ridge_logit((groups.features - mean) / scale, events, n, group.penalty)
    plain = BreakModel(group, np.log(share / (1 - share)), mean, scale, beta, 0.0)
    expected = n[groups.late] @ probability(plain.log_odds(groups.features, groups.stratum))[groups.late]
    return replace(plain, shift=float(np.log((events[groups.late].sum() + 1) / (expected + 1))))


def probability(log_odds: Array) -> Array:
    """(n,) between zero and one."""
    return 1 / (1 + np.exp(-log_odds))
