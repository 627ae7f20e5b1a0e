"""Rows that cannot inform the fit: levels that never trade, and singletons."""

from __future__ import annotations

import numpy as np

from detente.errors import EmptySample
from detente.gravity.design import Design
from detente.gravity.engines.layout import Layout


def zero_levels(design: Design, layout: Layout | None = None) -> np.ndarray:
    """Rows [n] whose exporter-year, pair or other effect has only zero flows: separated.

    One pass suffices: leaving out zeros changes no other level's sum. ``layout`` saves time where it is known.
    """
    prior = design.y if design.weights is None else design.y * design.weights
    gone = np.zeros(len(design.y), bool)
    if layout is not None:
        empty = [total <= 0 for total in _totals(layout, layout.spread(prior))]
        if not any(level.any() for level in empty):
            return gone
        cells = np.zeros(layout.shape, bool)
        for level in empty:
            cells |= level
        return layout.gather(list(cells))
    for codes, n in _coded(design):
        empty = np.bincount(codes, prior, n) <= 0
        if empty.any():
            gone |= empty[codes]
    return gone


def singletons(design: Design, layout: Layout | None = None) -> np.ndarray:
    """Rows [n] that are alone in a level, found until none is left."""
    gone = np.zeros(len(design.y), bool)
    if layout is not None:
        full = len(design.y) == np.prod(layout.shape)
        counts = layout.shape[1:] if full else _totals(layout, layout.spread(np.ones_like(design.y)))
        if not any(np.any(count == 1) for count in counts):
            return gone
    coded = _coded(design)
    sizes = [np.bincount(codes, minlength=n) for codes, n in coded]
    while any((size == 1).any() for size in sizes):
        for (codes, _), size in zip(coded, sizes):
            alone = np.flatnonzero((size == 1)[codes] & ~gone)
            gone[alone] = True
            for (other, n), less in zip(coded, sizes):
                less -= np.bincount(other[alone], minlength=n)
    return gone


def _coded(design: Design) -> list[tuple[np.ndarray, int]]:
    return [design.codes(effect.columns) for effect in design.effects if effect.intercept]


def _totals(layout: Layout, cells: np.ndarray) -> list[np.ndarray]:
    """Sums of cells [s, t, i, j] by origin-year, destination-year and pair, to be broadcast over the cells."""
    return [cells.sum(axis, keepdims=True) for axis in ((3, 2, 1) if layout.pairs else (3, 2))]


def nonempty(design: Design, what: str) -> Design:
    """The design, or EmptySample if nothing is left after ``what``."""
    if not len(design.y):
        raise EmptySample(
            f"No row is left after {what}.",
            why="Every row was alone in one of its effects or had only zero flows beside it.",
            fix="Use fewer fixed effects or more data; singletons='keep' leaves lone rows in.",
        )
    return design
