"""Sums of outer products of scores within whatever may be correlated.

Several clusters add and subtract (Cameron, Gelbach & Miller 2011); dyadic lets all dyads that share an economy be
correlated (Aronow, Samii & Assenova 2015; Cameron & Miller 2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.errors import DataError, NotIdentified, UsageError, first_five
from detente.gravity.design import Design, compress
from detente.gravity.engines.threads import stretches
from detente.gravity.inference.clustering import Clustering

EARTH = 6371.0
"""Radius in kilometres."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores [k, n] one regressor after the other, never all in memory: ``tilde`` [k, n] times ``gap`` [n]."""

    tilde: np.ndarray
    gap: np.ndarray

    def __iter__(self) -> Iterator[np.ndarray]:
        """Each is overwritten by the next."""
        out = np.empty_like(self.gap)
        return (np.multiply(column, self.gap, out=out) for column in self.tilde)

    def products(self) -> np.ndarray:
        """Sum of outer products of every row's scores [k, k]."""
        total = np.zeros((len(self.tilde), len(self.tilde)))
        for rows in stretches(len(self.gap)):
            part = self.tilde[:, rows] * self.gap[rows]
            total += part @ part.T
        return total


def meat_of(
    design: Design, scores: Iterable[np.ndarray], clustering: Clustering, small_sample: str
) -> tuple[np.ndarray, tuple[int, ...]]:
    """Sum of outer products of ``scores``, k of [n], within what may be correlated [k, k], and the clusters of each way.

    Rows that share all of the clusters' columns may be summed beforehand.
    """
    if clustering.kind == "dyadic":
        return _dyadic_meat(design, scores, clustering)
    if clustering.kind == "driscoll-kraay":
        return _serial_meat(design, scores, clustering, small_sample)
    if clustering.kind == "conley":
        return _spatial_meat(design, scores, clustering)
    sums = within_clusters(design, scores, clustering.ways)
    return clustered_meat(sums, clustering, small_sample)


def cluster_sums(
    scores: Iterable[np.ndarray], codes: np.ndarray, n: int, among: np.ndarray | None = None
) -> np.ndarray:
    """Scores, k of [n], summed by cluster: [k, clusters]; ``among`` [n] bool are the rows that ``codes`` is of."""
    return np.array([np.bincount(codes, s if among is None else s[among], n) for s in scores]).reshape(-1, n)


def within_clusters(
    design: Design, scores: Iterable[np.ndarray], ways: Sequence[tuple[str, ...]]
) -> list[tuple[int, np.ndarray]]:
    """Clusters, and the sum of outer products within them [k, k], of each combination of ways, the ways alone first."""
    coded, found = [design.codes(way) for way in ways], []
    for size in range(1, len(coded) + 1):
        for chosen in combinations(coded, size):
            codes, n = chosen[0]
            for more, m in chosen[1:]:
                codes, n = compress(codes * m + more, n * m)
            sums = cluster_sums(scores, codes, n)
            found.append((n, sums @ sums.T))
    return found


def clustered_meat(
    sums: Sequence[tuple[int, np.ndarray]], clustering: Clustering, small_sample: str
) -> tuple[np.ndarray, tuple[int, ...]]:
    """The meat of :func:`within_clusters`, combinations of even size taken off.

    Raises
    ------
    NotIdentified : a way has a single cluster.
    """
    ways = clustering.ways
    counts = tuple(n for n, _ in sums[: len(ways)])
    for way, n in zip(ways, counts):
        if n < 2:
            raise NotIdentified(
                f"There is a single cluster in '{'^'.join(way)}'.",
                why="Nothing can be said about the variation between clusters.",
                fix="Cluster by something that varies, or leave cluster out for robust errors.",
            )
    sizes = [size for size in range(1, len(ways) + 1) for _ in combinations(ways, size)]
    meat = np.zeros_like(sums[0][1])
    for size, (n, product) in zip(sizes, sums):
        groups = min(counts) if small_sample == "fixest" else n
        factor = 1.0 if small_sample == "none" else groups / (groups - 1)
        meat += (-1) ** (size + 1) * factor * product
    return meat, counts


def _dyadic_meat(design, scores, clustering):
    names = [way[0] for way in clustering.ways]
    origin, destination = (design.axes[name] for name in names)
    if not np.isin(origin.levels, destination.levels).any():
        raise DataError(
            f"'{names[0]}' and '{names[1]}' have no economy in common: {first_five(origin.levels[:2].tolist())} there, "
            f"{first_five(destination.levels[:2].tolist())} here.",
            why="Dyadic errors let flows that share an economy, on either side, be correlated.",
            fix="Write both sides alike, or cluster by 'origin + destination' columns.",
        )
    economies = np.union1d(origin.levels, destination.levels)
    i = np.searchsorted(economies, origin.levels)[origin.codes]
    j = np.searchsorted(economies, destination.levels)[destination.codes]
    n, abroad = len(economies), i != j
    member = cluster_sums(scores, i, n) + cluster_sums(scores, j[abroad], n, abroad)
    pairs = np.minimum(i, j)[abroad] * n + np.maximum(i, j)[abroad]
    codes, count = compress(pairs, n * n)
    both = cluster_sums(scores, codes, count, abroad)
    return member @ member.T - both @ both.T, (n,)


def _serial_meat(design, scores, clustering, small_sample):
    """Driscoll & Kraay (1998): sums by period, correlated over some lags with Bartlett's weights."""
    codes, n = design.codes(clustering.ways[0])
    axis, lags = design.axes[clustering.ways[0][0]], int(clustering.options[0])
    if axis.levels.dtype.kind not in "iuf":
        raise DataError(f"Periods of '{clustering.ways[0][0]}' are no numbers.", fix="Give a column of years.")
    first = np.zeros(n, int)
    first[codes] = axis.codes
    time = axis.levels[first]
    sums = cluster_sums(scores, codes, n)
    distance = np.abs(time[:, None] - time[None, :])
    weight = np.maximum(0.0, 1 - distance / (lags + 1))
    factor = 1.0 if small_sample == "none" else n / (n - 1)
    return factor * (sums @ weight @ sums.T), (n,)


def _spatial_meat(design, scores, clustering):
    """Conley (1999): places within a distance are correlated, all with weight one, as in fixest."""
    lat, lon = (design.axes[way[0]] for way in clustering.ways)
    for axis, way in zip((lat, lon), clustering.ways):
        if axis.levels.dtype.kind not in "iuf":
            raise DataError(f"'{way[0]}' holds no numbers.", fix="Give degrees of latitude and longitude.")
    codes, n = design.codes((clustering.ways[0][0], clustering.ways[1][0]))
    if n > 20_000:
        raise UsageError(f"There are {n:,} different places: too many for Conley's errors.", fix="Round the degrees.")
    first = np.zeros(n, int)
    first[codes] = np.arange(len(codes))
    phi, lam = (np.radians(axis.levels[axis.codes[first]]) for axis in (lat, lon))
    haversine = np.sin((phi[:, None] - phi) / 2) ** 2
    haversine += np.cos(phi[:, None]) * np.cos(phi) * np.sin((lam[:, None] - lam) / 2) ** 2
    near = 2 * EARTH * np.arcsin(np.sqrt(np.clip(haversine, 0, 1))) <= clustering.options[0]
    sums = cluster_sums(scores, codes, n)
    return sums @ near @ sums.T, (n,)
