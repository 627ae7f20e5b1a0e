"""Rows that cannot inform a fit, and the proof: levels without trade, rows alone in a level, separated rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from detente.errors import EmptySample
from detente.gravity.design import Design
from detente.gravity.engines.layout import Layout


@dataclass(frozen=True, slots=True)
class SeparationCertificate:
    """Rows left out because the estimates would not exist with them.

    rows : [m] positions in the data; z : [m] > 0, the combination that proves it (1 for a level
    without trade); by_level : [m] bool, True where a whole level of an effect has zero flows only
    """

    rows: np.ndarray
    z: np.ndarray
    by_level: np.ndarray

    @classmethod
    def of_levels(cls, design: Design, separated: np.ndarray) -> SeparationCertificate:
        """For rows ``separated`` [n] bool found in levels that have zero flows only."""
        rows = _positions(design, separated)
        return cls(rows, np.ones(len(rows)), np.ones(len(rows), bool))

    def extended(self, design: Design, z: np.ndarray) -> SeparationCertificate:
        """With the rows of ``design`` where ``z`` [n] is positive."""
        more = z > 0
        rows = _positions(design, more)
        return SeparationCertificate(
            np.concatenate([self.rows, rows]),
            np.concatenate([self.z, z[more]]),
            np.concatenate([self.by_level, np.zeros(len(rows), bool)]),
        )

    def to_frame(self) -> pl.DataFrame:
        """row, z, why: one row a separated row (polars)."""
        level, mixed = "every flow of one of its effects is zero", "regressors and effects predict the zero"
        why = [level if by_level else mixed for by_level in self.by_level]
        return pl.DataFrame({"row": self.rows, "z": self.z, "why": pl.Series(why, dtype=pl.String)})


def zero_levels(design: Design, layout: Layout | None = None) -> np.ndarray:
    """Rows [n] whose exporter-year, pair or other effect has only zero flows: separated.

    One pass suffices: leaving out zeros changes no other level's sum. ``layout`` saves time where it is known.
    """
    prior = design.y if design.weights is None else design.y * design.weights
    gone = np.zeros(len(design.y), bool)
    if layout is not None:
        empty = [total <= 0 for total in level_totals(layout, layout.spread(prior))]
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


def singletons(design: Design, layout: Layout | None = None, among: np.ndarray | None = None) -> np.ndarray:
    """Rows [n] that are alone in a level, found until none is left; ``among`` [n] bool says which rows there are."""
    gone = np.zeros(len(design.y), bool)
    if among is not None and among.all():
        among = None
    if layout is not None:
        rows = np.ones(len(gone)) if among is None else among.astype(float)
        counts = layout.shape[1:] if layout.full and among is None else level_totals(layout, layout.spread(rows))
        if not any(np.any(count == 1) for count in counts):
            return gone
    coded = _coded(design) if among is None else [(codes[among], n) for codes, n in _coded(design)]
    alone = _alone(coded, len(gone) if among is None else int(among.sum()))
    gone[slice(None) if among is None else among] = alone
    return gone


def _alone(coded: Sequence[tuple[np.ndarray, int]], rows: int) -> np.ndarray:
    """Which of the ``rows`` are alone in a level, each effect by its codes [rows] and how many levels there are."""
    gone = np.zeros(rows, bool)
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


def level_totals(layout: Layout, cells: np.ndarray) -> list[np.ndarray]:
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


def _positions(design: Design, chosen: np.ndarray) -> np.ndarray:
    return np.flatnonzero(chosen) if design.rows is None else design.rows[chosen]
