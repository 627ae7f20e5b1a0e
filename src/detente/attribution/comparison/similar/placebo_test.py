"""How one dyad's change stands among others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import stand

Floats = NDArray[np.float64]

SIMILAR = "similar"  #: the name of this comparison, beside the classes of placebos


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
