"""Where flows of a like size and unrest stood some years on: the range for a pair of which no event is known.

The best guess for a flow some years ahead is close to its last value; how far off it will be depends on how large
the flow is and how much it moved lately. Every dyad of the panel in the same tenth of size and in the same tenth of
unrest (in a small panel: a coarser part), at every earlier year whose outcome was known by then, gives one change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.errors import NotIdentified, TooFewDonors

Floats = NDArray[np.float64]

PARTS = (10, 5, 3, 1)  #: into which sizes and unrests are cut; coarser where a small panel has too few alike
RECENT = 4  #: yearly steps from which unrest is measured
FEWEST = 100


@dataclass(frozen=True, slots=True)
class FlowChanges:
    """Changes of dyads like the one asked about.

    Attributes
    ----------
    changes : (m,) array, log points, in order
        Of those that still traded.
    chance_of_zero : float
        Share of them whose flow was a recorded zero.
    """

    changes: Floats
    chance_of_zero: float


@dataclass(frozen=True, slots=True)
class FlowHistory:
    """Size and unrest of every dyad in every year.

    Attributes
    ----------
    years : (T,) array
    flows : (T, N, N) array, million US$
    size : (T, N, N) array
        Log flow; nan where it is zero or missing.
    unrest : (T, N, N) array
        Root mean square of the steps of the log flow between the last five years on record; nan with none.
    """

    years: NDArray[np.int64]
    flows: Floats
    size: Floats
    unrest: Floats

    @classmethod
    def of(cls, flows: Floats, years: tuple[int, ...]) -> FlowHistory:
        """From flows (T, N, N), million US$; nan where missing."""
        size = np.log(np.where(flows > 0, flows, np.nan))
        steps = np.diff(size, axis=0) ** 2
        known = np.isfinite(steps)
        total, count = np.nancumsum(steps, axis=0), np.cumsum(known, axis=0)
        unrest = np.full(size.shape, np.nan)
        for t in range(1, len(years)):
            first = max(t - 1 - RECENT, -1)
            before = (total[first], count[first]) if first >= 0 else (0.0, 0)
            n = count[t - 1] - before[1]
            with np.errstate(invalid="ignore", divide="ignore"):
                unrest[t] = np.sqrt(np.where(n > 0, np.maximum(total[t - 1] - before[0], 0.0) / n, np.nan))
        return cls(np.asarray(years), flows, size, unrest)


@dataclass(frozen=True, slots=True)
class PastChanges:
    """Every flow of the panel that has an outcome a number of years later.

    Attributes
    ----------
    size, unrest, later : (m,) arrays
        Log flow and unrest then, and the flow that came, million US$.
    """

    size: Floats
    unrest: Floats
    later: Floats
    _edges: Mapping[int, tuple[Floats, Floats]]

    @classmethod
    def of(cls, history: FlowHistory, horizon: int) -> PastChanges:
        """All of them, ``horizon`` years apart.

        Raises
        ------
        TooFewDonors
            No year is followed by one so much later.
        """
        place = {int(year): t for t, year in enumerate(history.years)}
        pairs = [(t, place[y + horizon]) for y, t in place.items() if y + horizon in place and t > 0]
        if not pairs:
            raise TooFewDonors(
                f"No year of the panel up to {history.years[-1]} is followed by one {horizon} years later.",
                fix="Ask for a shorter horizon, or give a longer panel.",
            )
        columns = (
            np.concatenate([of[t].ravel() for t in at])
            for of, at in (
                (history.size, [t for t, _ in pairs]),
                (history.unrest, [t for t, _ in pairs]),
                (history.flows, [s for _, s in pairs]),
            )
        )
        size, unrest, later = columns
        known = np.isfinite(size) & np.isfinite(unrest) & np.isfinite(later)
        size, unrest, later = size[known], unrest[known], later[known]
        shares = [np.arange(1, n) / n for n in PARTS]
        cuts = [n - 1 for n in PARTS]
        both = (np.split(np.quantile(x, np.concatenate(shares)), np.cumsum(cuts)[:-1]) for x in (size, unrest))
        return cls(size, unrest, later, dict(zip(PARTS, zip(*both))))

    def like(self, size: float, unrest: float) -> FlowChanges:
        """What became of flows of the same tenth of size and of unrest, or of a coarser part.

        Parameters
        ----------
        size, unrest : of the flow asked about, log million US$ and log points.

        Raises
        ------
        NotIdentified
            No trade in the last year, or in none of the years before it: there is nothing to start from.
        TooFewDonors
            Too few flows have an outcome.
        """
        if not (np.isfinite(size) and np.isfinite(unrest)):
            raise NotIdentified(
                "The last flow or its recent steps are not on record, or zero.",
                why="A range for later years starts from the last flow and from how much it moved.",
                fix="Ask from a year that has one, or say what happened with event='reopening'.",
            )
        for parts in PARTS:
            by_size, by_unrest = self._edges[parts]
            alike = _same_part(self.size, size, by_size) & _same_part(self.unrest, unrest, by_unrest)
            traded = alike & (self.later > 0)
            if traded.sum() >= FEWEST:
                changes = np.log(self.later[traded]) - self.size[traded]
                return FlowChanges(np.sort(changes), 1.0 - float(traded.sum() / alike.sum()))
        raise TooFewDonors(
            f"{int((self.later > 0).sum())} flows have an outcome so many years on.",
            why=f"A range needs {FEWEST}.",
            fix="Use a panel with more economies or years.",
        )


def _same_part(values: Floats, own: float, edges: Floats) -> NDArray[np.bool_]:
    """Which values lie between the same two edges as ``own``."""
    k = int(np.digitize(own, edges))
    low = edges[k - 1] if k else -np.inf
    high = edges[k] if k < len(edges) else np.inf
    return (values >= low) & (values < high)
