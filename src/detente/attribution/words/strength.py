"""How strong the evidence of one test is, in words, and what it could have missed."""

from __future__ import annotations

from math import exp, isnan
from typing import Literal

from detente.attribution.comparison.similar import PlaceboTest

STRONG = 0.02  #: p below which the evidence is called strong
SOME = 0.10  #: p up to which there is some

Strength = Literal["strong", "some", "none", "too few"]


def tail(test: PlaceboTest) -> float:
    """p in the direction of the change: for a gain, the share of dyads that did as well or better.

    Parameters
    ----------
    test : PlaceboTest
    """
    return test.p if test.value < 0 else 1.0 - test.p + test.smallest


def strength(test: PlaceboTest) -> Strength:
    """``strong`` below 2%, ``some`` up to 10%, ``none`` above; ``too few`` where fewer than nine dyads could tell."""
    if isnan(test.p):
        return "none"
    if test.smallest > SOME:
        return "too few"
    p = tail(test)
    return "strong" if p < STRONG else "some" if p <= SOME else "none"


def unseen_pct(test: PlaceboTest) -> float:
    """The extra loss, in percent, that the test would have found in half of the similar pairs; 100 where none."""
    return 100.0 * (1.0 - exp(test.unseen))
