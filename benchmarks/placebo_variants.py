"""What else was tried on the placebo test: how its shares are shrunk, ranks taken once more, the dyad's own weight.

    python benchmarks/placebo_variants.py DATA_FOLDER [START ...]

Fake events as in ``placebo_test.py``, on BACI, in windows that start in 2005, 2009 and 2012 or the years given. Prints
rejections at 5%, their distance from 5% by origin and destination, economies above 8%, and power against a halving.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from placebo_test import HALVED, Floats, Ints, baci, by_economy, distance, fake_events

from detente.attribution.comparison.similar import Window, sides
from detente.attribution.comparison.similar.window import clipped
from detente.attribution.residuals import Effects, fit_effects
from detente.attribution.sample import Sample

Ranked = Callable[[Window, Ints, Floats], Floats]
STARTS = (2005, 2009, 2012)
SHIPPED = {"PULL": sides.PULL, "SCALE_PULL": sides.SCALE_PULL, "RANK_PULL": sides.RANK_PULL}


def as_it_is(window: Window, dyads: Ints, change: Floats) -> Floats:
    return window.ranks(dyads, change).p


def once_more(pull: float) -> Ranked:
    """p ranked again among the p of the same origin's and destination's dyads, their root among those of the similar."""

    def ranked(window: Window, dyads: Ints, change: Floats) -> Floats:
        members = window._neighbours.dyads
        own = _rank(window, members, window._known(np.arange(len(members))).root)
        p, place = window.ranks(dyads, change).p, window._neighbours.position[tuple(dyads.T)]
        n, sides.RANK_PULL = len(window._neighbours.points), pull
        ordered = [sides.SortedScores.of(own, economy, n) for economy in members.T]
        told = np.where(place >= 0, own[place], np.nan)
        found = _root([s.rank(p, e, told, p) for s, e in zip(ordered, dyads.T)])
        theirs = _root([s.rank(own, e, own, own) for s, e in zip(ordered, members.T)])
        sides.RANK_PULL = SHIPPED["RANK_PULL"]
        near = window.nearest(dyads)
        return (1 + np.count_nonzero(theirs[near] <= found[:, None], axis=1)) / (1 + near.shape[1])

    return ranked


def with_own_weight(window: Window, dyads: Ints, change: Floats) -> Floats:
    """As if the dyad's own score had moved the mean of those it is ranked among, as each of theirs did."""
    near = window.nearest(dyads)
    members = window._known(near)
    score, _ = window._scored(dyads, clipped(change), near)
    towards = _among(members.score[near], score)
    nobody = np.full(len(dyads), np.nan)
    ranks = [
        side.rank(score * (1 + 1 / (np.diff(side.starts)[e] + sides.PULL)), e, nobody, towards)
        for side, e in zip(window._sorted, dyads.T)
    ]
    return _among(members.root[near], _root(ranks))


def _rank(window: Window, dyads: Ints, root: Floats) -> Floats:
    return _among(root[window.nearest(dyads)], root)


def _among(near: Floats, value: Floats) -> Floats:
    return (1 + np.count_nonzero(near <= value[:, None], axis=1)) / (1 + near.shape[1])


def _root(ranks: list[Floats]) -> Floats:
    return np.sqrt(ranks[0] * ranks[1])


VARIANTS: dict[str, tuple[dict[str, float], Ranked]] = {
    "as it is": ({}, as_it_is),
    **{f"ranks shrunk with {k:g}": ({"RANK_PULL": k}, as_it_is) for k in (3.0, 2.0)},
    **{f"scatters shrunk with {k:g}": ({"SCALE_PULL": k}, as_it_is) for k in (5.0, 20.0)},
    "means shrunk with 3": ({"PULL": 3.0}, as_it_is),
    **{f"ranked once more, {k:g}": ({}, once_more(k)) for k in (5.0, 20.0)},
    "own weight": ({}, with_own_weight),
}


def measured(sample: Sample, effects: Effects, starts: tuple[int, ...], ranked: Ranked) -> str:
    found = []
    for _, _, window, dyads in fake_events(sample, effects, starts):
        change = window.change[tuple(dyads.T)]
        found.append((dyads, ranked(window, dyads, change) <= 0.05, ranked(window, dyads, change + HALVED) <= 0.05))
    dyads, hit, lost = (np.concatenate(part) for part in zip(*found))
    of_origin, of_destination = (by_economy(hit, dyads[:, side]) for side in (0, 1))
    return (
        f"rejected {hit.mean():.4f}, distance {distance(of_origin):.4f} {distance(of_destination):.4f}, above 8% "
        f"{np.mean(of_origin > 0.08):.3f} {np.mean(of_destination > 0.08):.3f}, power {lost.mean():.3f}"
    )


def main(folder: Path, starts: tuple[int, ...]) -> None:
    sample = baci(folder)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    for name, (constants, ranked) in VARIANTS.items():
        for constant, value in {**SHIPPED, **constants}.items():
            setattr(sides, constant, value)
        sys.stdout.write(f"{name:28} {measured(sample, effects, starts, ranked)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(int, sys.argv[2:])) or STARTS)
