"""Rows that cannot inform the fit: levels that never trade, and singletons."""

from __future__ import annotations

import numpy as np

from detente.errors import EmptySample
from detente.gravity.design import Design


def zero_levels(design: Design) -> np.ndarray:
    """Rows [n] whose exporter-year, pair or other effect has only zero flows: separated.

    One pass suffices: leaving out zeros changes no other level's sum.
    """
    gone = np.zeros(len(design.y), bool)
    prior = design.y if design.weights is None else design.y * design.weights
    for effect in design.effects:
        if effect.intercept:
            codes, n = design.codes(effect.columns)
            gone |= (np.bincount(codes, prior, n) <= 0)[codes]
    return gone


def singletons(design: Design) -> np.ndarray:
    """Rows [n] that are alone in a level, found until none is left."""
    alive = np.ones(len(design.y), bool)
    coded = [design.codes(e.columns) for e in design.effects if e.intercept]
    found = True
    while found:
        found = False
        for codes, n in coded:
            alone = alive & (np.bincount(codes[alive], minlength=n) == 1)[codes]
            if alone.any():
                alive &= ~alone
                found = True
    return ~alive


def nonempty(design: Design, what: str) -> Design:
    """The design, or EmptySample if nothing is left after ``what``."""
    if not len(design.y):
        raise EmptySample(
            f"No row is left after {what}.",
            why="Every row was alone in one of its effects or had only zero flows beside it.",
            fix="Use fewer fixed effects or more data; singletons='keep' leaves lone rows in.",
        )
    return design
