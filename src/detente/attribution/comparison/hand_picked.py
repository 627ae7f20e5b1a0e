"""Dyads picked one by one to compare with, in place of a class of them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from detente.attribution.sample import Sample
from detente.errors import SpecificationError, TooFewDonors, first_five

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST = 10  #: comparison dyads below which a 5-95% range says nothing


def picked(sample: Sample, dyads: Iterable[tuple[str, str]], i: int, j: int) -> Bools:
    """The dyads named, as an (N, N) bool array; for i -> j and its reverse.

    Raises
    ------
    UnknownEconomy
        A code that is not in the panel.
    SpecificationError
        The treated dyad or its reverse, an economy with itself, or one that is none (the rest of the world).

    Examples
    --------
    >>> sample = Sample(np.ones((2, 4, 4)), ("AAA", "BBB", "CCC", "DDD"), (2000, 2001), "toy")
    >>> np.argwhere(picked(sample, [("CCC", "DDD"), ("AAA", "CCC")], 0, 1)).tolist()
    [[0, 2], [2, 3]]
    """
    chosen = np.zeros((len(sample.economies),) * 2, dtype=bool)
    for dyad in dyads:
        a, b = (sample.economy(code) for code in dyad)
        name = f"{sample.economies[a]}-{sample.economies[b]}"
        if a == b:
            raise SpecificationError(f"'{name}' is no dyad: an economy has none with itself.", fix="Take it out.")
        if {a, b} == {i, j}:
            raise SpecificationError(
                f"'{name}' is the dyad in question, or its reverse.",
                why="It cannot be its own yardstick.",
                fix="Take it out of the dyads picked.",
            )
        if {a, b} & set(sample.barred):
            raise SpecificationError(
                f"'{name}' is no dyad of two economies: the rest of the world is many.", fix="Take it out."
            )
        chosen[a, b] = True
    return chosen


def usable(chosen: Bools, base_mean: Floats, sample: Sample) -> Bools:
    """Those among ``chosen`` that traded in the base years.

    Raises
    ------
    TooFewDonors
        Fewer than ten of them.
    """
    with np.errstate(invalid="ignore"):
        trading = chosen & (base_mean > 0)
    n = int(trading.sum())
    if n < FEWEST:
        silent = [f"{sample.economies[a]}-{sample.economies[b]}" for a, b in np.argwhere(chosen & ~trading)]
        without = f" No trade in the base years: {first_five(silent)}." if silent else ""
        raise TooFewDonors(
            f"{n} of the {int(chosen.sum())} dyads picked can be compared with; {FEWEST} are needed.{without}",
            why="A range of fewer says nothing about how unusual one dyad's change is.",
            fix=f"Pick at least {FEWEST - n} more, or compare with a class of dyads.",
        )
    return trading
