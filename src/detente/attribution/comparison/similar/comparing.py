"""Every dyad's change over one window beside what similar pairs did in the same window.

1. The residual change of each dyad, every dyad left out of the fit alike: taking one flow out of its origin's and its
   destination's totals moves their effects by log((R - X) / (R - mu)) and log((C - X) / (C - mu)).
2. The pool: dyads that trade at least US$ 1 million a year, with a flow in the starting year and a known change,
   without a known rupture or reopening in the window.
3. The k dyads of the pool that are nearest in size, volatility, starting position and share; ``p_similar`` is the
   dyad's rank among them.
4. Each dyad's change as a score among its own k similar ones, freed of what the origin's other markets and the
   destination's other suppliers did in the same window, and of how widely theirs scatter; its rank among the scores of
   the k.For the dyad asked about, what its
   own flow does to the effects of its origin and destination, and so to the others' changes, is taken out first.
5. The ranks of that score among the same origin's and the same destination's dyads, each shrunk to the rank of step 4;
   ``p`` is the rank of the square root of their product among those of the k. (Either rank alone asks too much of a few
   dyads, and the root of two ranks is no p-value; ranked again among the k it is one.)
6. ``p_origin`` and ``p_destination``: the rank of ``p_similar`` among the same origin's, or destination's, other dyads.

All are one-sided for losses: (1 + number that did as badly or worse) / (1 + number compared with).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.features import Features, features, large_enough
from detente.attribution.comparison.similar.neighbours import Neighbours, usual_change
from detente.attribution.comparison.similar.sides import SharedMoves, SortedScores
from detente.attribution.comparison.similar.totals import Totals
from detente.attribution.comparison.similar.window import FEWEST, MOST, Members, Window, clipped
from detente.attribution.residuals import Effects
from detente.errors import TooFewDonors

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


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
    moved = Totals.of(flows[end], effects, end).moved()
    before, after = _left_out(flows, effects, moved, start, end)
    traits = features(flows, before, years, start, season)
    with np.errstate(invalid="ignore"):
        change = after - before[start]
        pool = large_enough(traits.size) & (flows[start] > 0) & ~np.isnan(change) & ~np.isposinf(change)
    pool &= np.isfinite(traits.coordinates).all(axis=-1)
    pool[list(barred), :] = pool[:, list(barred)] = False
    for dyad in treated:
        pool[dyad] = False
    known = np.zeros_like(pool) if ruptured is None else pool & ruptured
    pool &= ~known
    if built_from is not None:
        pool &= built_from
    if pool.sum() < FEWEST + 2:
        raise TooFewDonors(
            f"Only {int(pool.sum())} dyads with trade can be compared with.",
            why=f"Without at least {FEWEST} similar pairs nothing says how unusual one pair's change is.",
            fix="Use a panel with more economies, or quick=True for the split alone.",
        )
    return _scored_window(change, traits, pool, known, moved)


def _left_out(
    flows: Floats, effects: Effects, moved: tuple[Floats, Floats], start: int, end: int
) -> tuple[Floats, Floats]:
    """log X less the log effects up to ``start`` (start + 1, N, N), and in ``end`` (N, N).

    In ``end`` each dyad is left out of the totals of its origin and destination.
    """
    years = [*range(start + 1), end]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log(flows[years])
        ratio -= np.log(effects.origin[years])[:, :, None]
        ratio -= np.log(effects.destination[years])[:, None, :]
        ratio[np.isposinf(ratio)] = np.nan
        for side in moved:
            ratio[-1] -= side
    return ratio[:-1], ratio[-1]


def _scored_window(change: Floats, traits: Features, pool: Bools, known: Bools, moved: tuple[Floats, Floats]) -> Window:
    n, size = len(change), int(pool.sum())
    k = min(MOST, max(FEWEST, size // 4))  # below the size, which FEWEST bounds
    coordinates = traits.coordinates
    neighbours = Neighbours.of(coordinates, pool, k)
    value = clipped(change.ravel()[neighbours.members])
    dyads = neighbours.dyads
    median, scatter = usual_change(neighbours, value)
    score = (value - median) / scatter
    sides = SharedMoves.of(score, scatter, dyads, moved)
    rough = sides.freed(score, dyads, np.arange(size))
    members = Members(value, rough, *np.full((4, size), np.nan))
    ordered = tuple(SortedScores.of(rough, economy, n) for economy in dyads.T)
    told = np.asarray(np.isfinite(coordinates).all(axis=-1))
    return Window(change, traits, pool, k, known, told, neighbours, sides, ordered, members)
