"""The dyad-specific part against comparable suppliers of the destination and markets of the origin.

The destination's effect already holds what its suppliers lost on average, weighted by
trade. When the losses were uneven - neighbours who sell manufactures on credit against
distant sellers of food - a supplier is better compared with suppliers like itself
(METHODS A7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import TooFewDonors

Floats = NDArray[np.float64]

FEWEST = 3  #: fewer comparable suppliers or markets show nothing
FACTOR = 3.0
MOST_EXPANDED = 10.0  #: the factor is widened to this before giving up


@dataclass(frozen=True, slots=True)
class Relative:
    """One dyad's change less the median change of comparable ones.

    Attributes
    ----------
    value : float
        Log points.
    median, low, high : float
        Median, 25% and 75% points of the comparable pairs' change.
    members : tuple of int
        Positions of the comparable economies.
    lowest, highest : float
        Range of ``value`` when each comparable is left out in turn.
    """

    value: float
    median: float
    low: float
    high: float
    members: tuple[int, ...]
    lowest: float
    highest: float


def comparable_suppliers(
    change: Floats, base_mean: Floats, i: int, j: int, *, barred: Sequence[int] = (), only: Sequence[int] = ()
) -> Relative:
    """The change of i -> j less the median change of comparable suppliers of j.

    Parameters
    ----------
    change : (N, N) array
        Change of every dyad's residual, log points; nan unknown, minus infinity for a fall to zero.
    base_mean : (N, N) array, million US$
    i, j : int
    barred : sequence of int
        Economies that are none.
    only : sequence of int
        Take these suppliers instead of those of similar size.

    Raises
    ------
    TooFewDonors
        Fewer than three comparable suppliers.

    Examples
    --------
    >>> change = np.tile(np.array([[-1.5], [-1.0], [-0.8], [-0.9], [0.0]]), (1, 5))
    >>> round(comparable_suppliers(change, np.ones((5, 5)), 0, 4).value, 2)
    -0.6
    """
    barred = (*barred, j)
    return _against(change[:, j], base_mean[:, j], i, barred, only, "suppliers of the destination")


def comparable_markets(
    change: Floats, base_mean: Floats, i: int, j: int, *, barred: Sequence[int] = (), only: Sequence[int] = ()
) -> Relative:
    """The change of i -> j less the median change of comparable markets of i; see the suppliers."""
    barred = (*barred, i)
    return _against(change[i], base_mean[i], j, barred, only, "markets of the origin")


def _against(change: Floats, size: Floats, own: int, barred: Sequence[int], only: Sequence[int], what: str) -> Relative:
    usable = ~np.isnan(change) & (size > 0)
    usable[[own, *barred]] = False
    if only:
        chosen = np.zeros_like(usable)
        chosen[list(only)] = True
        chosen &= usable
    else:
        chosen = _of_similar_size(size, own, usable)
    members = np.flatnonzero(chosen)
    if len(members) < FEWEST:
        raise TooFewDonors(
            f"Only {len(members)} comparable {what} have flows in both years.",
            why="A median of so few says nothing.",
            fix="Name the comparable economies, or use a panel with more of them.",
        )
    others = change[members]
    low, median, high = np.quantile(others, (0.25, 0.5, 0.75), method="inverted_cdf")
    with np.errstate(invalid="ignore"):  # falls to zero and rises from it: unknown
        without = [np.median(np.delete(others, k)) for k in range(len(members))]
        median = np.median(others)
        return Relative(
            value=float(change[own] - median),
            median=float(median),
            low=float(low),
            high=float(high),
            members=tuple(map(int, members)),
            lowest=float(change[own] - max(without)),
            highest=float(change[own] - min(without)),
        )


def _of_similar_size(size: Floats, own: int, usable: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Within a factor of three, widened step by step until there are enough."""
    factor = FACTOR
    while True:
        chosen = usable & (size >= size[own] / factor) & (size <= size[own] * factor)
        if chosen.sum() >= FEWEST or factor >= MOST_EXPANDED:
            return chosen
        factor = min(factor * 1.5, MOST_EXPANDED)
