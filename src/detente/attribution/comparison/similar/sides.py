"""What the origins' other markets and the destinations' other suppliers did in the same window.

``y = c + a_origin + b_destination`` by shrunk means, each dyad's own score left out of what it is compared with; the
scatter about it by origin and destination likewise; and the ranks of the scores within one origin and one destination.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

SCORE_CLIP = 5.0
PULL = 5.0  #: dyads of no information that a mean of one economy's scores is shrunk by
SCALE_PULL = 10.0  #: the same for its scatter
RANK_PULL = 5.0  #: the same for its ranks
SWEEPS = 3


@dataclass(frozen=True, slots=True)
class Side:
    """Sums of one side's dyads by economy, and each member's own contribution."""

    sums: Floats
    counts: Floats
    own: Floats

    @classmethod
    def of(cls, values: Floats, economy: Ints, n: int) -> Side:
        """Of the members' ``values`` (m,) by the ``economy`` (m,) on this side, one of ``n``."""
        sums, counts = np.bincount(economy, values, n), np.bincount(economy, minlength=n)
        return cls(sums.astype(float), counts.astype(float), values)

    def mean(self, economy: Ints, member: Ints, pull: float, prior: float = 0.0) -> Floats:
        """Shrunk mean for dyads of ``economy``, the own contribution of those that are members (not -1) left out."""
        inside = member >= 0
        own = np.where(inside, self.own[member], 0.0)
        return (self.sums[economy] - own + pull * prior) / (self.counts[economy] - inside + pull)


@dataclass(frozen=True, slots=True)
class SharedMoves:
    """Means and scatters of the scores by origin and by destination.

    Attributes
    ----------
    centre : float
    means, scatters : (Side, Side)
    answers : (Side, Side)
        By how much each score falls for a log point by which the effect of its origin, or destination, rises.
    moved : two (N, N) arrays
        Log points by which these effects move without each dyad.
    """

    centre: float
    means: tuple[Side, Side]
    scatters: tuple[Side, Side]
    answers: tuple[Side, Side]
    moved: tuple[Floats, Floats]

    @classmethod
    def of(cls, score: Floats, unit: Floats, dyads: Ints, moved: tuple[Floats, Floats]) -> SharedMoves:
        """From the members' scores (m,), clipped to +-5, each in a ``unit`` (m,) of log points; ``dyads`` (m, 2)."""
        n, y = len(moved[0]), np.clip(score, -SCORE_CLIP, SCORE_CLIP)
        origin, destination = dyads.T
        member = np.arange(len(y))
        centre = float(y.mean())
        of_origin = of_destination = Side.of(np.zeros(len(y)), origin, n)
        a = b = np.zeros(len(y))
        for _ in range(SWEEPS):
            of_origin = Side.of(y - centre - b, origin, n)
            a = of_origin.mean(origin, member, PULL)
            of_destination = Side.of(y - centre - a, destination, n)
            b = of_destination.mean(destination, member, PULL)
        squares = (y - centre - a - b) ** 2
        squares = squares / squares.mean()
        scatters = Side.of(squares, origin, n), Side.of(squares, destination, n)
        answer = np.where(np.abs(score) < SCORE_CLIP, 1.0 / unit, 0.0)
        answers = Side.of(answer, origin, n), Side.of(answer, destination, n)
        return cls(centre, (of_origin, of_destination), scatters, answers, moved)

    def scatter(self, dyads: Ints, member: Ints) -> Floats:
        """How widely the others of each dyad's origin and destination scatter, relative to all."""
        parts = [s.mean(e, member, SCALE_PULL, prior=1.0) for s, e in zip(self.scatters, dyads.T)]
        return np.sqrt(parts[0] * parts[1])

    def freed(self, score: Floats, dyads: Ints, member: Ints, *, apart: bool = False) -> Floats:
        """Scores (m,) of ``dyads`` less what the others did, over their scatter; ``member`` is -1 outside the pool.

        With ``apart``, what a dyad's own flow does to the effects of its origin and destination, and so to the scores
        of their other dyads, is taken out of these: the first step of a fit without it.
        """
        a, b = (side.mean(e, member, PULL) for side, e in zip(self.means, dyads.T))
        if apart:
            own = [
                np.nan_to_num(moved[tuple(dyads.T)]) * answer.mean(e, member, PULL)
                for answer, moved, e in zip(self.answers, self.moved, dyads.T)
            ]
            a, b = a - own[0], b - own[1]
        return (score - self.centre - a - b) / self.scatter(dyads, member)


@dataclass(frozen=True, slots=True)
class SortedScores:
    """Scores of the members by economy of one side, ascending within each."""

    values: Floats
    starts: Ints

    @classmethod
    def of(cls, score: Floats, economy: Ints, n: int) -> SortedScores:
        """Of the members' scores (m,) by the ``economy`` (m,), one of ``n``."""
        order = np.lexsort((score, economy))
        return cls(score[order], np.searchsorted(economy[order], np.arange(n + 1)))

    def rank(self, score: Floats, economy: Ints, own: Floats, towards: Floats) -> Floats:
        """(1 + others at or below ``score``) / (1 + others), shrunk to ``towards``, all (m,).

        ``own`` is what the dyad itself counts with among the members, nan where it is none.
        """
        below = np.empty(len(score))
        for e in np.unique(economy):
            mine = economy == e
            below[mine] = np.searchsorted(self.values[self.starts[e] : self.starts[e + 1]], score[mine], "right")
        others = np.diff(self.starts)[economy] - ~np.isnan(own)
        return (1 + below - (own <= score) + RANK_PULL * towards) / (1 + others + RANK_PULL)
