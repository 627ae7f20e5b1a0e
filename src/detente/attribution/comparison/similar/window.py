"""One window: every dyad's change, and the ranks of any of them among the dyads most like it.

How it comes about, step by step, is told in :mod:`.comparing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.features import Features, large_enough
from detente.attribution.comparison.similar.neighbours import CHUNK, Neighbours, middle_and_scatter
from detente.attribution.comparison.similar.placebo_test import PlaceboTest
from detente.attribution.comparison.similar.sides import SharedMoves, SortedScores

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

MOST = 400  #: similar pairs compared with
FEWEST = 39  #: with fewer, no rank of 2.5% exists; also the fewest of one origin's or destination's dyads
CLIP = 8.0  #: log points; a flow that fell to zero counts as a change of minus this
AT = 0.05  #: the level at which the power is stated


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks of many dyads at once, each (m,): the headline, the plain one, and the score behind the headline."""

    p: Floats
    p_similar: Floats
    score: Floats


@dataclass(frozen=True, slots=True)
class Members:
    """The pool's dyads (n of them): what each did, and where it stands, which is computed when first needed.

    value : clipped change, log points
    rough : its score against the changes usual near it, freed of the sides
    score, scatter : the score against its own k similar dyads, and the log points that one unit of it is worth
    root, p_similar : the root of its ranks, and its rank among its own k similar dyads
    """

    value: Floats
    rough: Floats
    score: Floats
    scatter: Floats
    root: Floats
    p_similar: Floats


@dataclass(frozen=True, slots=True)
class Window:
    """All dyads over one window; made by :func:`compare_window`.

    Attributes
    ----------
    change : (N, N) array
        Change of the residual, log points; minus infinity for a fall to zero, nan unknown.
    features : Features
    pool : (N, N) bool
        Dyads compared with.
    k : int
        How many similar ones.
    known : (N, N) bool
        Dyads that a known rupture keeps out of the pool.
    """

    change: Floats
    features: Features
    pool: Bools
    k: int
    known: Bools
    _told: Bools
    _neighbours: Neighbours
    _sides: SharedMoves
    _sorted: tuple[SortedScores, ...]
    _members: Members

    @property
    def n_ruptured(self) -> int:
        """How many dyads those are."""
        return int(self.known.sum())

    def ranks(self, dyads: Ints, change: Floats | None = None, *, apart: bool = False) -> Ranks:
        """Ranks of ``dyads`` (m, 2), of the pool or not, whatever their ``change`` (m,) was.

        With ``apart`` the others are seen without what each dyad's own flow does to their effects, as :meth:`test` does.
        """
        moved = clipped(self.change[tuple(dyads.T)] if change is None else change)
        found = [self._ranks(dyads[a : a + CHUNK], moved[a : a + CHUNK], apart) for a in range(0, len(dyads), CHUNK)]
        whole = (np.concatenate(parts) for parts in zip(*found)) if found else (np.empty(0),) * 3
        return Ranks(*whole)

    def _ranks(self, dyads: Ints, moved: Floats, apart: bool) -> tuple[Floats, Floats, Floats]:
        near = self.nearest(dyads)
        members = self._known(near)
        score, _ = self._scored(dyads, moved, near, apart=apart)
        known = np.isfinite(moved) & self._told[tuple(dyads.T)]
        root = self._rooted(dyads, score, _rank(members.score[near], score))
        p, p_similar = _rank(members.root[near], root), _rank(members.value[near], moved)
        return np.where(known, p, np.nan), np.where(known, p_similar, np.nan), score

    def nearest(self, dyads: Ints) -> Ints:
        """(m, k) positions in the pool of the dyads nearest to each, never itself or its reverse."""
        return self._neighbours.nearest(dyads)

    def similar(self, i: int, j: int) -> Ints:
        """(k, 2) the dyads similar to i -> j."""
        return self._neighbours.dyads[self.nearest(np.array([[i, j]]))[0]]

    def _scored(self, dyads: Ints, moved: Floats, near: Ints, *, apart: bool = False) -> tuple[Floats, Floats]:
        """Scores (m,) of changes among ``near`` (m, k), freed of what the two economies' other dyads did and of how
        widely they scatter, and the log points that one unit of each is worth."""
        median, scatter = middle_and_scatter(self._members.value[near])
        member = self._neighbours.position[tuple(dyads.T)]
        score = self._sides.freed((moved - median) / scatter, dyads, member, apart=apart)
        return score, scatter * self._sides.scatter(dyads, member)

    def _rooted(self, dyads: Ints, score: Floats, p: Floats) -> Floats:
        """Square root of the product of the two economies' own ranks of the score, each shrunk to ``p``."""
        member = self._neighbours.position[tuple(dyads.T)]
        own = np.where(member >= 0, self._members.rough[member], np.nan)
        ranks = [side.rank(score, economy, own, p) for side, economy in zip(self._sorted, dyads.T)]
        return np.sqrt(ranks[0] * ranks[1])

    def _known(self, wanted: Ints) -> Members:
        """The members, with all that is asked of those ``wanted`` (any shape) computed."""
        mine = self._members
        missing = np.zeros(len(mine.value), dtype=bool)
        missing[wanted] = True
        lacking = np.flatnonzero(missing & np.isnan(mine.root))
        for a in range(0, len(lacking), CHUNK):
            these = lacking[a : a + CHUNK]
            dyads, value = self._neighbours.dyads[these], mine.value[these]
            near = self.nearest(dyads)
            score, mine.scatter[these] = self._scored(dyads, value, near)
            mine.score[these] = score
            mine.p_similar[these] = _rank(mine.value[near], value)
            mine.root[these] = self._rooted(dyads, score, _rank(mine.rough[near], score))
        return mine

    def headline(self, i: int, j: int) -> tuple[float, float, float]:
        """What :meth:`test` gives as ``p``, ``low`` and ``high``, at half its cost."""
        dyad = np.array([[i, j]])
        low, _, high = self._range(self.nearest(dyad)[0])
        return float(self.ranks(dyad, apart=True).p[0]), low, high

    def test(self, i: int, j: int, change: float | None = None) -> PlaceboTest:
        """Where the change of i -> j stands; another ``change`` than the window's own may be given."""
        dyad = np.array([[i, j]])
        near = self.nearest(dyad)[0]
        value = float(self.change[i, j]) if change is None else change
        found = self.ranks(dyad, np.array([value]), apart=True)
        p_similar = float(found.p_similar[0])
        changes = self._members.value[near]
        low, median, high = self._range(near)
        size = self.features.size
        return PlaceboTest(
            value=value,
            p=float(found.p[0]),
            p_similar=p_similar,
            p_origin=self._among(i, j, p_similar, 0),
            p_destination=self._among(i, j, p_similar, 1),
            n=self.k,
            n_as_bad=int(np.count_nonzero(changes <= clipped(value))) if not np.isnan(value) else 0,
            low=low,
            median=median,
            high=high,
            unseen=self._unseen(near),
            n_ruptured=self.n_ruptured - int(self.known[i, j]) - int(self.known[j, i]),
            size_factor=self._widest(near, size, i, j),
            volatility_factor=self._widest(near, self.features.volatility, i, j),
            too_small=not bool(large_enough(size)[i, j]),
        )

    def _range(self, near: Ints) -> tuple[float, float, float]:
        """5%, 50% and 95% points of the changes of those ``near`` (k,)."""
        low, median, high = np.quantile(self._members.value[near], (0.05, 0.5, 0.95), method="inverted_cdf")
        return _opened(low), _opened(median), _opened(high)

    def _among(self, i: int, j: int, p_similar: float, side: int) -> float:
        """Rank of ``p_similar`` among the pool's other dyads of the origin (side 0) or destination (1)."""
        others = self.pool[i].copy() if side == 0 else self.pool[:, j].copy()
        others[j if side == 0 else i] = False
        ends = np.flatnonzero(others)
        if len(ends) < FEWEST or np.isnan(p_similar):
            return float("nan")
        position = self._neighbours.position
        places = position[i, ends] if side == 0 else position[ends, j]
        plain = self._known(places).p_similar[places]
        return float((1 + np.count_nonzero(plain <= p_similar)) / (1 + len(ends)))

    def _unseen(self, near: Ints) -> float:
        """The extra loss with which half of the similar pairs would rank at 5% or below."""
        members = self._known(near)
        score = np.sort(members.score[near])
        allowed = int(AT * (1 + len(score)) + 1e-9) - 1
        if allowed < 0:
            return float("-inf")
        short = members.score[near] - score[allowed]
        return float(min(-np.median(short * members.scatter[near]), 0.0))

    def _widest(self, near: Ints, trait: Floats, i: int, j: int) -> float:
        others = trait.ravel()[self._neighbours.members[near]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.exp(np.abs(np.log(others / trait[i, j])).max()))


def _rank(near: Floats, value: Floats) -> Floats:
    return (1 + np.count_nonzero(near <= value[:, None], axis=1)) / (1 + near.shape[1])


def clipped(change: Any) -> Any:
    """A change between -8 and 8 log points."""
    return np.clip(change, -CLIP, CLIP)


def _opened(value: float) -> float:
    """A clipped change as what it stands for."""
    return float("-inf") if value <= -CLIP else float("inf") if value >= CLIP else float(value)
