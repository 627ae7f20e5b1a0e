"""The members of a pool that lie nearest to a dyad, and what such dyads' changes usually are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ANCHORS = 1000  #: in a larger pool the usual change is learnt at so many of its members and read off between them
BETWEEN = 4  #: anchors that it is read off between
BLUR = 0.1  #: distance below which one anchor counts no more than another
NARROWEST = 0.01  #: log points; no scatter of similar pairs is taken to be smaller
CHUNK = 4096  #: dyads worked on at a time
FAR = 50.0  #: where an infinite coordinate is put


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The members of a pool by their coordinates.

    Attributes
    ----------
    points : (N, N, d) array
        Coordinates of every dyad.
    members : (n,) int
        Flat positions of the pool's dyads.
    position : (N, N) int
        Place of each dyad among the members; -1 for those that are none.
    k : int
        How many count as near.
    """

    points: Floats
    members: Ints
    position: Ints
    k: int
    _tree: Any

    @classmethod
    def of(cls, coordinates: Floats, pool: NDArray[np.bool_], k: int) -> Neighbours:
        """The neighbours among the dyads of ``pool`` (N, N), by ``coordinates`` (N, N, d)."""
        points = np.nan_to_num(coordinates, nan=0.0, posinf=FAR, neginf=-FAR)
        members = np.flatnonzero(pool)
        position = np.full(pool.shape, -1, dtype=np.intp)
        position.ravel()[members] = np.arange(len(members))
        return cls(points, members, position, k, KDTree(points.reshape(-1, points.shape[-1])[members]))

    @property
    def dyads(self) -> Ints:
        """(n, 2) the members as origin and destination."""
        return np.stack(np.divmod(self.members, len(self.points)), axis=1)

    def nearest(self, dyads: Ints) -> Ints:
        """(m, k) places among the members of those nearest to each of ``dyads`` (m, 2), never itself or its reverse."""
        own, reverse = self.position[tuple(dyads.T)], self.position[tuple(dyads.T[::-1])]
        _, found = self._tree.query(self.points[tuple(dyads.T)], k=self.k + 2)
        drop = (found == own[:, None]) | (found == reverse[:, None])
        order = np.argsort(drop, axis=1, kind="stable")[:, : self.k]
        return np.take_along_axis(found, order, axis=1)

    def anchors(self) -> Ints:
        """Places of about ``ANCHORS`` members spread as the members are; of all in a pool no larger."""
        step = -(-len(self.members) // ANCHORS)
        return np.arange(len(self.members)) if step == 1 else np.sort(self._tree.indices[step // 2 :: step])


def usual_change(neighbours: Neighbours, value: Floats) -> tuple[Floats, Floats]:
    """Median change of the dyads similar to each member, and their scatter, both (n,) in log points.

    In a pool of up to ``ANCHORS`` they are those of each member's own k nearest. In a larger one they are learnt at the
    anchors and read off between the four nearest of them, which takes an eighth of the time.

    Parameters
    ----------
    neighbours : Neighbours
    value : (n,) array
        The members' changes, log points.
    """
    anchors = neighbours.dyads[neighbours.anchors()]
    parts = [
        middle_and_scatter(value[neighbours.nearest(anchors[a : a + CHUNK])]) for a in range(0, len(anchors), CHUNK)
    ]
    median, scatter = (np.concatenate(p) for p in zip(*parts))
    if len(anchors) == len(value):
        return median, scatter
    places = neighbours.points[tuple(anchors.T)]
    distance, found = KDTree(places).query(neighbours.points[tuple(neighbours.dyads.T)], k=BETWEEN)
    weight = 1.0 / (np.asarray(distance) + BLUR)
    weight /= weight.sum(axis=1, keepdims=True)
    return (weight * median[found]).sum(axis=1), np.exp((weight * np.log(scatter[found])).sum(axis=1))


def middle_and_scatter(changes: Floats) -> tuple[Floats, Floats]:
    """Medians (m,) of ``changes`` (m, k) and 1.4826 times their median absolute deviations (m,)."""
    median = np.median(changes, axis=1)
    deviation = np.median(np.abs(changes - median[:, None]), axis=1)
    return median, np.maximum(1.4826 * deviation, NARROWEST)
