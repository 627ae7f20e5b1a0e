"""What else was tried on the placebo test: how its shares are shrunk, ranks taken once more, the dyad's own weight, what
the economies' dyads did in the years before, p-values recalibrated by economy on the half that builds.

    python benchmarks/placebo_variants.py DATA_FOLDER [START ...]

Fake events as in ``placebo_test.py``, on BACI, in windows that start in 2005, 2009 and 2012 or the years given. Prints
rejections at 5%, their distance from 5% by origin and destination, economies above 8%, and power against a halving.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
from placebo_test import HALVED, Floats, Ints, baci, by_economy, distance, fake_events, independent, shuffled

from detente.attribution.comparison.similar import Window, compare_window, sides
from detente.attribution.comparison.similar.neighbours import usual_change
from detente.attribution.comparison.similar.window import Members, clipped
from detente.attribution.residuals import Effects, fit_effects
from detente.attribution.sample import Sample
from detente.errors import TooFewDonors

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


def recalibrated(pull: float) -> Ranked:
    """p times how often the other dyads of its origin, and of its destination, on the half that builds lie below 10%,
    over 10%; each share shrunk to that by ``pull`` dyads."""

    def ranked(window: Window, dyads: Ints, change: Floats) -> Floats:
        members = window._neighbours.dyads
        low = _rank(window, members, window._known(np.arange(len(members))).root) <= TAIL
        p, n = window.ranks(dyads, change).p, len(window._neighbours.points)
        for economy, own in zip(members.T, dyads.T):
            p = p * ((np.bincount(economy, low, n) / TAIL + pull) / (np.bincount(economy, minlength=n) + pull))[own]
        return p

    return ranked


@dataclass(frozen=True, slots=True)
class FromThePast(sides.SharedMoves):
    """Scatters shrunk not to 1 but to those of the same economies in the window before, each (N,)."""

    past: tuple[Floats, Floats]

    def scatter(self, dyads: Ints, member: Ints) -> Floats:
        parts = [
            s.mean(e, member, sides.SCALE_PULL, prior=past[e])
            for s, e, past in zip(self.scatters, dyads.T, self.past)
        ]  # fmt: skip
        return np.sqrt(parts[0] * parts[1])


def own_past(window: Window, before: Window | None) -> Window:
    """The window with scatters shrunk to what they were in as many years before it."""
    if before is None:
        return window
    shrunk = [(s.sums + sides.SCALE_PULL) / (s.counts + sides.SCALE_PULL) for s in before._sides.scatters]
    mine = FromThePast(*(getattr(window._sides, f.name) for f in fields(sides.SharedMoves)), past=tuple(shrunk))
    near, value = window._neighbours, window._members.value
    median, unit = usual_change(near, value)
    rough = mine.freed((value - median) / unit, near.dyads, np.arange(len(value)))
    ordered = tuple(sides.SortedScores.of(rough, economy, len(near.points)) for economy in near.dyads.T)
    blank = Members(value, rough, *np.full((4, len(value)), np.nan))
    return replace(window, _sides=mine, _sorted=ordered, _members=blank)


def as_made(window: Window, before: Window | None) -> Window:
    return window


def _rank(window: Window, dyads: Ints, root: Floats) -> Floats:
    return _among(root[window.nearest(dyads)], root)


def _among(near: Floats, value: Floats) -> Floats:
    return (1 + np.count_nonzero(near <= value[:, None], axis=1)) / (1 + near.shape[1])


def _root(ranks: list[Floats]) -> Floats:
    return np.sqrt(ranks[0] * ranks[1])


@dataclass(frozen=True, slots=True)
class Variant:
    """Constants put in place of those shipped, what is done to a window, and how its p-values come about."""

    constants: dict[str, float] = field(default_factory=dict)
    made: Callable[[Window, Window | None], Window] = as_made
    ranked: Ranked = as_it_is


TAIL = 0.1
VARIANTS = {
    "as it is": Variant(),
    **{f"ranks shrunk with {k:g}": Variant({"RANK_PULL": k}) for k in (3.0, 2.0)},
    **{f"scatters shrunk with {k:g}": Variant({"SCALE_PULL": k}) for k in (5.0, 20.0)},
    "means shrunk with 3": Variant({"PULL": 3.0}),
    **{f"ranked once more, {k:g}": Variant(ranked=once_more(k)) for k in (5.0, 20.0)},
    "own weight": Variant(ranked=with_own_weight),
    "scatters of the years before": Variant(made=own_past),
    "the same, shrunk with 30": Variant({"SCALE_PULL": 30.0}, made=own_past),
    **{f"recalibrated, {k:g}": Variant(ranked=recalibrated(k)) for k in (50.0, 200.0)},
}


def measured(sample: Sample, effects: Effects, starts: tuple[int, ...], variant: Variant) -> str:
    found = []
    for start, horizon, plain, dyads in fake_events(sample, effects, starts):
        window = variant.made(
            plain, _before(sample, effects, start, horizon, plain) if variant.made is not as_made else None
        )
        change = window.change[tuple(dyads.T)]
        hit, lost = (variant.ranked(window, dyads, change + loss) <= 0.05 for loss in (0.0, HALVED))
        found.append((dyads, hit, lost))
    dyads, hit, lost = (np.concatenate(part) for part in zip(*found))
    shares = [by_economy(hit, dyads[:, side]) for side in (0, 1)]
    chance = [shuffled(hit, dyads, side, times=40)[0] for side in (0, 1)]
    return (
        f"rejected {hit.mean():.4f}, distance {distance(shares[0]):.4f} {distance(shares[1]):.4f} (independent "
        f"{independent(dyads[:, 0]):.4f} {independent(dyads[:, 1]):.4f}, shuffled {chance[0]:.4f} {chance[1]:.4f}), above 8% "
        f"{np.mean(shares[0] > 0.08):.3f} {np.mean(shares[1] > 0.08):.3f}, power {lost.mean():.3f}"
    )


def _before(sample: Sample, effects: Effects, start: int, horizon: int, window: Window) -> Window | None:
    """The same dyads over as many years before the start."""
    if start - horizon not in sample.years:
        return None
    a, b = sample.year(start - horizon), sample.year(start)
    try:
        return compare_window(sample.flows, effects, sample.years, a, b, built_from=window.pool)
    except TooFewDonors:
        return None


def main(folder: Path, starts: tuple[int, ...]) -> None:
    sample = baci(folder)
    effects = fit_effects(sample.flows, np.ones(sample.flows.shape, dtype=bool))
    for name, variant in VARIANTS.items():
        for constant, value in {**SHIPPED, **variant.constants}.items():
            setattr(sides, constant, value)
        sys.stdout.write(f"{name:28} {measured(sample, effects, starts, variant)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(map(int, sys.argv[2:])) or STARTS)
