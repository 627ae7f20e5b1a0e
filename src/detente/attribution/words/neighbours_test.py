"""Is the test loose for this exporter or importer? Judged by their other dyads.

The placebo test keeps its level on average over dyads, not for each economy: exporters of
one commodity and importers in turmoil have residuals that wander, and many of their dyads
look unusual without any rupture. The share of their *other* dyads that the same test calls
an unusual loss in the same episode shows it; it would be 5% if nothing were wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.attribution.comparison.placebos import FACTOR

Floats = NDArray[np.float64]

FEWEST = 10  #: other dyads, below which the share says nothing
SMALLEST = 1.0  #: million US$ of base trade
LOOSE = 0.10  #: twice the nominal level


@dataclass(frozen=True, slots=True)
class Company:
    """Share of other dyads with an unusual loss in the same episode; nan with fewer than ten.

    Attributes
    ----------
    origin, destination : float
        Among the exporter's other markets, and among the importer's other suppliers.
    """

    origin: float
    destination: float


def company(change: Floats, base_mean: Floats, i: int, j: int, *, barred: Sequence[int] = ()) -> Company:
    """How many other dyads of ``i`` as exporter and of ``j`` as importer are called unusual.

    Parameters
    ----------
    change : (N, N) array
        Change of every dyad's residual over the episode, log points.
    base_mean : (N, N) array, million US$
    i, j : int
    barred : sequence of int
        Economies that are none.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> change = rng.normal(size=(40, 40))
    >>> change[:, 3] -= 2
    >>> found = company(change, np.full((40, 40), 5.0), 0, 3)
    >>> found.destination > 0.5, found.origin < 0.2
    (True, True)
    """
    usable = ~np.isnan(change) & (base_mean >= SMALLEST) & ~np.eye(len(change), dtype=bool)
    usable[list(barred), :] = usable[:, list(barred)] = False
    usable[i, j] = usable[j, i] = False
    order = np.argsort(base_mean[usable])
    size, value = base_mean[usable][order], change[usable][order]

    def share(others: NDArray[np.bool_], means: Floats, changes: Floats) -> float:
        if others.sum() < FEWEST:
            return float("nan")
        return float(np.mean([_rejects(m, c, size, value) for m, c in zip(means[others], changes[others])]))

    return Company(
        origin=share(usable[i], base_mean[i], change[i]),
        destination=share(usable[:, j], base_mean[:, j], change[:, j]),
    )


def _rejects(mean: float, change: float, size: Floats, value: Floats) -> bool:
    """Whether a dyad is in the lowest 5% of those within a factor of three (itself included)."""
    low, high = np.searchsorted(size, (mean / FACTOR, mean * FACTOR * (1 + 1e-12)))
    near = value[low:high]
    return bool(np.count_nonzero(near <= change) <= 0.05 * len(near))
