"""Where flows of a like size and unrest stood some years on: the range for a pair of which no event is known.

The best guess for a flow some years ahead is close to its last value; how far off it will be depends on how large
the flow is and how much it moved lately. Every dyad of the panel in the same tenth of size and in the same tenth of
unrest (in a small panel: a coarser part), at every earlier year whose outcome was known by then, gives one change.
"""

from __future__ import annotations

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


def walk_of(standing: FlowHistory, i: int, j: int, horizon: int) -> FlowChanges:
    """What became of dyads that stood like ``i -> j`` in the last year, ``horizon`` years later.

    Parameters
    ----------
    standing : of the years known; nothing later is used.
    i, j : positions of origin and destination.
    horizon : years ahead of the last one.

    Raises
    ------
    NotIdentified
        No trade in the last year, or in none of the years before it: there is nothing to start from.
    TooFewDonors
        The years known are too few for this horizon.
    """
    size, unrest = standing.size[-1, i, j], standing.unrest[-1, i, j]
    if not (np.isfinite(size) and np.isfinite(unrest)):
        raise NotIdentified(
            f"The flow of {standing.years[-1]} or its recent steps are not on record, or zero.",
            why="A range for later years starts from the last flow and from how much it moved.",
            fix="Ask from a year that has one, or say what happened with event='reopening'.",
        )
    place = {int(year): t for t, year in enumerate(standing.years)}
    pairs = [(t, place[y + horizon]) for y, t in place.items() if y + horizon in place and t > 0]
    if not pairs:
        raise TooFewDonors(
            f"No year of the panel up to {standing.years[-1]} is followed by one {horizon} years later.",
            fix="Ask for a shorter horizon, or give a longer panel.",
        )
    then = [standing.size[t].ravel() for t, _ in pairs]
    moved = [standing.unrest[t].ravel() for t, _ in pairs]
    later = [standing.flows[s].ravel() for _, s in pairs]
    then, moved, later = (np.concatenate(parts) for parts in (then, moved, later))
    known = np.isfinite(then) & np.isfinite(moved) & np.isfinite(later)
    then, moved, later = then[known], moved[known], later[known]
    for parts in PARTS:
        alike = _same_part(then, size, parts) & _same_part(moved, unrest, parts)
        traded = alike & (later > 0)
        if traded.sum() >= FEWEST:
            return FlowChanges(np.sort(np.log(later[traded]) - then[traded]), 1.0 - float(traded.sum() / alike.sum()))
    raise TooFewDonors(
        f"{int((later > 0).sum())} flows have an outcome {horizon} years on.",
        why=f"A range needs {FEWEST}.",
        fix="Use a panel with more economies or years.",
    )


def _same_part(values: Floats, own: float, parts: int) -> NDArray[np.bool_]:
    edges = np.quantile(values, np.arange(1, parts) / parts)
    return np.digitize(values, edges) == np.digitize(own, edges)
