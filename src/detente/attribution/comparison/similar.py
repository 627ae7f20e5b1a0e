"""Every dyad's change over one window beside what similar pairs did in the same window.

1. The residual change of each dyad, every dyad left out of the fit alike: taking one flow out of its origin's and its
   destination's totals moves their effects by log((R - X) / (R - mu)) and log((C - X) / (C - mu)).
2. The pool: dyads that trade at least US$ 1 million a year, with a flow in the starting year and a known change,
   without a known rupture or reopening in the window.
3. The k dyads of the pool that are nearest in size, volatility, starting position and share; ``p_similar`` is the
   dyad's rank among them.
4. Each dyad's change as a score among its own k similar ones, freed of what the origin's other markets and the
   destination's other suppliers did in the same window, and of how widely theirs scatter; its rank among the scores of
   the k.
5. The ranks of that score among the same origin's and the same destination's dyads, each shrunk to the rank of step 4;
   ``p`` is the rank of the square root of their product among those of the k. (Either rank alone asks too much of a few
   dyads, and the root of two ranks is no p-value; ranked again among the k it is one.)
6. ``p_origin`` and ``p_destination``: the rank of ``p_similar`` among the same origin's, or destination's, other dyads.

All are one-sided for losses: (1 + number that did as badly or worse) / (1 + number compared with).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.features import SMALLEST, Features, features
from detente.attribution.comparison.placebos import stand
from detente.attribution.residuals import Effects
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

SIMILAR = "similar"  #: the name of this comparison, beside the classes of placebos
MOST = 400  #: similar pairs compared with
FEWEST = 39  #: with fewer, no rank of 2.5% exists; also the fewest of one origin's or destination's dyads
CLIP = 8.0  #: log points; a flow that fell to zero counts as a change of minus this
SCORE_CLIP = 5.0
PULL = 5.0  #: dyads of no information that a mean of one economy's scores is shrunk by
SCALE_PULL = 10.0  #: the same for its scatter
RANK_PULL = 20.0  #: the same for its ranks
SWEEPS = 3
NARROWEST = 0.01  #: log points; no scatter of similar pairs is taken to be smaller
AT = 0.05  #: the level at which the power is stated
CHUNK = 4096


@dataclass(frozen=True, slots=True)
class PlaceboTest:
    """How one dyad's change stands among similar pairs.

    Attributes
    ----------
    value : float
        The change, log points; minus infinity where the flow fell to zero.
    p : float
        The headline: rank after what the two economies' other trade did; nan where it cannot be told.
    p_similar : float
        Plain rank among the similar pairs.
    p_origin, p_destination : float
        Rank among the origin's other markets and the destination's other suppliers; nan with fewer than 39.
    n, n_as_bad : int
        Similar dyads, and those that did as badly or worse.
    low, median, high : float
        5%, 50% and 95% points of the similar pairs' changes, log points.
    unseen : float
        Log points (not positive): the extra loss that half of the similar pairs would have shown at 5%.
    n_ruptured : int
        Dyads left out for a known rupture or reopening of their own.
    size_factor, volatility_factor : float
        How far the widest of the similar pairs is off in size and in volatility.
    too_small : bool
        The dyad trades less than any it is compared with may.

    """

    value: float
    p: float
    p_similar: float
    p_origin: float
    p_destination: float
    n: int
    n_as_bad: int
    low: float
    median: float
    high: float
    unseen: float
    n_ruptured: int
    size_factor: float
    volatility_factor: float
    too_small: bool

    @property
    def adjusted(self) -> bool:
        """Whether ``p`` allows for what the two economies' other trade did (not for a class or dyads picked)."""
        return not np.isnan(self.size_factor)

    @property
    def share(self) -> float:
        """The headline ``p`` under the name that other standings use."""
        return self.p

    @property
    def smallest(self) -> float:
        """The smallest p that n dyads can show."""
        return 1.0 / (1.0 + self.n)


def among(value: float, changes: Floats) -> PlaceboTest:
    """A plain rank among dyads chosen in another way (a class, or picked by hand).

    Parameters
    ----------
    value : float
        The dyad's change, log points; minus infinity for a fall to zero, nan unknown.
    changes : (n,) array
        Of the dyads compared with; nan where there is none.

    Raises
    ------
    TooFewDonors
        None of them has a change.
    """
    place = stand(value, changes)
    known = changes[~np.isnan(changes)]
    nan = float("nan")
    return PlaceboTest(
        value, place.share, place.share, nan, nan, place.n, int(np.count_nonzero(known <= value)), place.low,
        place.median, place.high, min(place.low - place.median, 0.0) if np.isfinite(place.low) else float("-inf"),
        0, nan, nan, False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks of many dyads at once, each (m,): the headline, the plain one, and the score behind the headline."""

    p: Floats
    p_similar: Floats
    score: Floats


@dataclass(frozen=True, slots=True)
class _Side:
    """Sums of one side's dyads by economy, and each member's own contribution."""

    sums: Floats
    counts: Floats
    own: Floats

    def mean(self, economy: Ints, member: Ints, pull: float, prior: float = 0.0) -> Floats:
        """Shrunk mean for dyads of ``economy``, the own contribution of those that are members (not -1) left out."""
        inside = member >= 0
        own = np.where(inside, self.own[member], 0.0)
        return (self.sums[economy] - own + pull * prior) / (self.counts[economy] - inside + pull)


def _side(values: Floats, economy: Ints, n: int) -> _Side:
    return _Side(np.bincount(economy, values, n).astype(float), np.bincount(economy, minlength=n).astype(float), values)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Scores of the members by economy, ascending within each."""

    values: Floats
    starts: Ints

    @classmethod
    def of(cls, score: Floats, economy: Ints, n: int) -> _Sorted:
        order = np.lexsort((score, economy))
        return cls(score[order], np.searchsorted(economy[order], np.arange(n + 1)))

    def rank(self, score: Floats, economy: Ints, inside: Bools, towards: Floats) -> Floats:
        """(1 + others at or below) / (1 + others), shrunk to ``towards``; ``inside`` marks members, no others to selves."""
        below = np.empty(len(score))
        for e in np.unique(economy):
            mine = economy == e
            below[mine] = np.searchsorted(self.values[self.starts[e] : self.starts[e + 1]], score[mine], "right")
        others = np.diff(self.starts)[economy] - inside
        return (1 + below - inside + RANK_PULL * towards) / (1 + others + RANK_PULL)


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
    n_ruptured : int
        Dyads that a known rupture keeps out of the pool.
    """

    change: Floats
    features: Features
    pool: Bools
    k: int
    n_ruptured: int
    _tree: Any
    _members: Ints
    _position: Ints
    _value: Floats
    _score: Floats
    _scale: Floats
    _p_similar: Floats
    _root: Floats
    _sorted: tuple[_Sorted, ...]
    _centre: float
    _means: tuple[_Side, _Side]
    _scales: tuple[_Side, _Side]

    def ranks(self, dyads: Ints, change: Floats | None = None) -> Ranks:
        """Ranks of ``dyads`` (m, 2), of the pool or not, whatever their ``change`` (m,) was."""
        moved = self.change[tuple(dyads.T)] if change is None else change
        found = [self._ranks(dyads[a : a + CHUNK], _clipped(moved[a : a + CHUNK])) for a in range(0, len(dyads), CHUNK)]
        whole = (np.concatenate(parts) for parts in zip(*found)) if found else (np.empty(0),) * 3
        return Ranks(*whole)

    def _ranks(self, dyads: Ints, moved: Floats) -> tuple[Floats, Floats, Floats]:
        near = self.nearest(dyads)
        score = self._freed(dyads, _scored(self._value[near], moved)[0])
        known = np.isfinite(moved) & np.isfinite(self.features.coordinates[tuple(dyads.T)]).all(axis=1)
        p = _rank(self._score[near], score)
        if self._root.size:
            p = _rank(self._root[near], self._rooted(dyads, score, p))
        return np.where(known, p, np.nan), np.where(known, _rank(self._value[near], moved), np.nan), score

    def nearest(self, dyads: Ints) -> Ints:
        """(m, k) positions in the pool of the dyads nearest to each, never itself or its reverse."""
        return _nearest(self._tree, self.features.coordinates, self._position, dyads, self.k)

    def similar(self, i: int, j: int) -> Ints:
        """(k, 2) the dyads similar to i -> j."""
        n = len(self.change)
        return np.stack(np.divmod(self._members[self.nearest(np.array([[i, j]]))[0]], n), axis=1)

    def _freed(self, dyads: Ints, score: Floats) -> Floats:
        """Scores (m,) freed of what the two economies' other dyads did, and of how widely they scatter."""
        member = self._position[tuple(dyads.T)]
        sides = [(mean, scale, dyads[:, s]) for s, (mean, scale) in enumerate(zip(self._means, self._scales))]
        for mean, _, economy in sides:
            score = score - mean.mean(economy, member, PULL)
        scatter = np.ones(len(dyads))
        for _, scale, economy in sides:
            scatter = scatter * np.sqrt(scale.mean(economy, member, SCALE_PULL, prior=1.0))
        return (score - self._centre) / scatter

    def _rooted(self, dyads: Ints, score: Floats, p: Floats) -> Floats:
        """Square root of the product of the two economies' own ranks of the score, each shrunk to ``p``."""
        inside = self._position[tuple(dyads.T)] >= 0
        ranks = [side.rank(score, economy, inside, p) for side, economy in zip(self._sorted, dyads.T)]
        return np.sqrt(ranks[0] * ranks[1])

    def test(self, i: int, j: int, change: float | None = None) -> PlaceboTest:
        """Where the change of i -> j stands; another ``change`` than the window's own may be given."""
        dyad = np.array([[i, j]])
        near = self.nearest(dyad)
        value = float(self.change[i, j]) if change is None else change
        found = self.ranks(dyad, np.array([value]))
        p_similar = float(found.p_similar[0])
        changes = self._value[near[0]]
        low, median, high = np.quantile(changes, (0.05, 0.5, 0.95), method="inverted_cdf")
        size = self.features.size
        return PlaceboTest(
            value=value,
            p=float(found.p[0]),
            p_similar=p_similar,
            p_origin=self._among(i, j, p_similar, 0),
            p_destination=self._among(i, j, p_similar, 1),
            n=self.k,
            n_as_bad=int(np.count_nonzero(changes <= _clipped(value))) if not np.isnan(value) else 0,
            low=_opened(low),
            median=_opened(median),
            high=_opened(high),
            unseen=self._unseen(near[0]),
            n_ruptured=self.n_ruptured,
            size_factor=self._widest(near[0], size, i, j),
            volatility_factor=self._widest(near[0], self.features.volatility, i, j),
            too_small=bool(size[i, j] < SMALLEST),
        )

    def _among(self, i: int, j: int, p_similar: float, side: int) -> float:
        """Rank of ``p_similar`` among the pool's other dyads of the origin (side 0) or destination (1)."""
        ends = np.divmod(self._members, len(self.change))
        others = (ends[side] == (i, j)[side]) & ~((ends[0] == i) & (ends[1] == j))
        n = int(others.sum())
        if n < FEWEST or np.isnan(p_similar):
            return float("nan")
        return float((1 + np.count_nonzero(self._p_similar[others] <= p_similar)) / (1 + n))

    def _unseen(self, near: Ints) -> float:
        """The extra loss with which half of the similar pairs would rank at 5% or below."""
        score = np.sort(self._score[near])
        allowed = int(AT * (1 + len(score)) + 1e-9) - 1
        if allowed < 0:
            return float("-inf")
        return float(min(-np.median((self._score[near] - score[allowed]) * self._scale[near]), 0.0))

    def _widest(self, near: Ints, trait: Floats, i: int, j: int) -> float:
        others = trait.ravel()[self._members[near]]
        with np.errstate(divide="ignore", invalid="ignore"):
            return float(np.exp(np.abs(np.log(others / trait[i, j])).max()))


def compare_window(
    flows: Floats, effects: Effects, years: Sequence[int], start: int, end: int,
    ruptured: Bools | None = None, barred: Sequence[int] = (), treated: Sequence[tuple[int, int]] = (),
    built_from: Bools | None = None, season: int = 1,
) -> Window:  # fmt: skip
    """Every dyad's change from the year at ``start`` to that at ``end``, and what it is compared with.

    Parameters
    ----------
    flows : (T, N, N) array, million US$
        nan where missing.
    effects : Effects
        Of a three-way fit; the cells that it left out are taken as they are.
    years : sequence of int
    start, end : int
        Positions; ``start`` may be any year before ``end``.
    ruptured : (N, N) bool, optional
        Dyads known to have ruptured or reopened in the window: never compared with.
    barred : sequence of int
        Economies that are none.
    treated : sequence of (i, j)
        The dyads asked about: never compared with.
    built_from : (N, N) bool, optional
        Restrict the pool to these dyads (to validate the test on the others).
    season : int
        Periods in a year.

    Raises
    ------
    TooFewDonors
        Fewer than 39 dyads to compare with.
    """
    flows = np.where(np.eye(flows.shape[1], dtype=bool), np.nan, flows)
    ratio = _left_out_ratio(flows, effects, start)
    traits = features(flows, ratio, years, start, season)
    with np.errstate(invalid="ignore"):
        change = ratio[end] - ratio[start]
        pool = (traits.size >= SMALLEST) & (flows[start] > 0) & ~np.isnan(change) & ~np.isposinf(change)
    pool &= np.isfinite(traits.coordinates).all(axis=-1)
    pool[list(barred), :] = pool[:, list(barred)] = False
    for dyad in treated:
        pool[dyad] = False
    n_ruptured = 0
    if ruptured is not None:
        n_ruptured = int((pool & ruptured).sum())
        pool &= ~ruptured
    if built_from is not None:
        pool &= built_from
    if pool.sum() < FEWEST + 2:
        raise TooFewDonors(
            f"Only {int(pool.sum())} dyads with trade can be compared with.",
            why=f"Without at least {FEWEST} similar pairs nothing says how unusual one pair's change is.",
            fix="Use a panel with more economies, or quick=True for the split alone.",
        )
    return _scored_window(change, traits, pool, n_ruptured)


def _left_out_ratio(flows: Floats, effects: Effects, start: int) -> Floats:
    """log X less the log effects, each dyad left out of the totals of its origin and destination after ``start``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(flows) - np.log(effects.origin)[:, :, None] - np.log(effects.destination)[:, None, :]
        ratio[np.isposinf(ratio)] = np.nan
        for t in range(start + 1, len(flows)):
            used = effects.used[t]
            x = np.where(used, flows[t], 0.0)
            mu = np.where(used, effects.origin[t][:, None] * effects.destination[t][None, :] * effects.pair, 0.0)
            moved = np.zeros_like(x)
            for axis in (1, 0):
                rest = x.sum(axis=axis, keepdims=True) - x
                fitted = mu.sum(axis=axis, keepdims=True) - mu
                moved += np.log(np.where(rest > 0, rest, np.nan)) - np.log(np.where(fitted > 0, fitted, np.nan))
            ratio[t] -= np.where(used, moved, 0.0)
    return ratio


def _scored_window(change: Floats, traits: Features, pool: Bools, n_ruptured: int) -> Window:
    from scipy.spatial import KDTree

    n = len(change)
    members = np.flatnonzero(pool)
    position = np.full(change.shape, -1, dtype=np.intp)
    position.ravel()[members] = np.arange(len(members))
    coordinates = traits.coordinates
    k = int(min(MOST, max(FEWEST, len(members) // 4), len(members) - 2))
    tree = KDTree(coordinates.reshape(-1, 4)[members])
    value = _clipped(change.ravel()[members])
    dyads = np.stack(np.divmod(members, n), axis=1)
    score, scale, p_similar = np.empty(len(members)), np.empty(len(members)), np.empty(len(members))
    for a in range(0, len(members), CHUNK):
        cut = slice(a, a + CHUNK)
        near = value[_nearest(tree, coordinates, position, dyads[cut], k)]
        score[cut], scale[cut] = _scored(near, value[cut])
        p_similar[cut] = _rank(near, value[cut])
    centre, means, scales = _sides(np.clip(score, -SCORE_CLIP, SCORE_CLIP), dyads, n)
    made = Window(
        change, traits, pool, k, n_ruptured, tree, members, position, value, score, scale, p_similar, np.empty(0), (),
        centre, means, scales,
    )  # fmt: skip
    return _ranked(made, dyads)


def _ranked(window: Window, dyads: Ints) -> Window:
    """The window with its members' scores freed, their scales in log points, and their roots of two ranks."""
    n, member = len(window.change), np.arange(len(dyads))
    spread = np.ones(len(dyads))
    for side, economy in zip(window._scales, dyads.T):
        spread = spread * np.sqrt(side.mean(economy, member, SCALE_PULL, prior=1.0))
    freed = window._freed(dyads, window._score)
    sides = tuple(_Sorted.of(freed, economy, n) for economy in dyads.T)
    window = replace(window, _score=freed, _scale=window._scale * spread, _sorted=sides)
    p = np.concatenate([
        _rank(freed[window.nearest(dyads[a : a + CHUNK])], freed[a : a + CHUNK]) for a in range(0, len(dyads), CHUNK)
    ])  # fmt: skip
    return replace(window, _root=window._rooted(dyads, freed, p))


def _sides(y: Floats, dyads: Ints, n: int) -> tuple[float, tuple[_Side, _Side], tuple[_Side, _Side]]:
    """y = c + a_origin + b_destination by shrunk means with the own dyad left out, and the scatter about it."""
    origin, destination = dyads.T
    member = np.arange(len(y))
    centre = float(y.mean())
    of_origin = _side(y - centre, origin, n)
    a = of_origin.mean(origin, member, PULL)
    of_destination = _side(y - centre - a, destination, n)
    b = of_destination.mean(destination, member, PULL)
    for _ in range(SWEEPS - 1):
        of_origin = _side(y - centre - b, origin, n)
        a = of_origin.mean(origin, member, PULL)
        of_destination = _side(y - centre - a, destination, n)
        b = of_destination.mean(destination, member, PULL)
    squares = (y - centre - a - b) ** 2
    squares = squares / squares.mean()
    return centre, (of_origin, of_destination), (_side(squares, origin, n), _side(squares, destination, n))


def _nearest(tree: Any, coordinates: Floats, position: Ints, dyads: Ints, k: int) -> Ints:
    """(m, k) nearest members of the tree, without the dyad itself and its reverse."""
    points = np.nan_to_num(coordinates[tuple(dyads.T)], nan=0.0, posinf=50.0, neginf=-50.0)
    _, found = tree.query(points, k=k + 2)
    own, reverse = position[tuple(dyads.T)], position[tuple(dyads.T[::-1])]
    drop = (found == own[:, None]) | (found == reverse[:, None])
    order = np.argsort(drop, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(found, order, axis=1)


def _scored(near: Floats, value: Floats) -> tuple[Floats, Floats]:
    """(value - median) / (1.4826 MAD) of the similar pairs' changes ``near`` (m, k), and that scale."""
    median = np.median(near, axis=1)
    scale = 1.4826 * np.maximum(np.median(np.abs(near - median[:, None]), axis=1), NARROWEST / 1.4826)
    return (value - median) / scale, scale


def _rank(near: Floats, value: Floats) -> Floats:
    return (1 + np.count_nonzero(near <= value[:, None], axis=1)) / (1 + near.shape[1])


def _clipped(change: Any) -> Any:
    return np.clip(change, -CLIP, CLIP)


def _opened(value: float) -> float:
    """A clipped change as what it stands for."""
    return float("-inf") if value <= -CLIP else float("inf") if value >= CLIP else float(value)
