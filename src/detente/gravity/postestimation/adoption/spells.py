"""When a treatment is on: each switching-on of a dyad is an event, with time before, during and after."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

NONE = -1


@dataclass(frozen=True, slots=True)
class Spells:
    """Event time of n rows, counted in periods of the data.

    on : [n] bool, treated; period : [n] label
    start : [n] label of the period in which the treatment last came on (NONE before any)
    since : [n] periods since then while on, else NONE
    until : [n] periods to the next switching-on while off, 0 where none follows or the treatment is on
    since_off : [n] periods since the switching-off (1 in the first period off), 0 otherwise
    unknown_start : [n] bool, on since before the dyad's first row
    """

    on: np.ndarray
    period: np.ndarray
    start: np.ndarray
    since: np.ndarray
    until: np.ndarray
    since_off: np.ndarray
    unknown_start: np.ndarray

    def take(self, rows: np.ndarray) -> Spells:
        """The same for some rows."""
        return Spells(*(getattr(self, f.name)[rows] for f in fields(self)))


def spells_of(unit: np.ndarray, period: np.ndarray, treatment: np.ndarray) -> Spells:
    """Spells from a 0/1 ``treatment`` [n] of ``unit`` [n] (codes) in ``period`` [n].

    Examples
    --------
    >>> s = spells_of(np.zeros(5, int), np.arange(2000, 2005), np.array([0, 0, 1, 1, 0]))
    >>> s.until.tolist(), s.since.tolist(), s.since_off.tolist()
    ([2, 1, 0, 0, 0], [-1, -1, 0, 1, -1], [0, 0, 0, 0, 1])
    """
    n = len(unit)
    on = treatment > 0
    labels, step = np.unique(period, return_inverse=True)
    start = np.full(n, NONE, dtype=np.int64 if labels.dtype.kind == "u" else labels.dtype)
    since, until, since_off = np.full(n, NONE), np.zeros(n, int), np.zeros(n, int)
    unknown = np.zeros(n, bool)
    order = np.lexsort((step, unit))
    bounds = np.flatnonzero(np.diff(unit[order])) + 1
    for rows in np.split(order, bounds):
        if on[rows].any():
            _one_unit(rows, on, step, labels, start, since, until, since_off, unknown)
    return Spells(on, period, start, since, until, since_off, unknown)


def _one_unit(rows, on, step, labels, start, since, until, since_off, unknown) -> None:
    began, ended, known = NONE, NONE, True
    for place, row in enumerate(rows):
        before = place > 0 and on[rows[place - 1]]
        if on[row] and not before:
            began, known = step[row], place > 0
        elif before and not on[row]:
            ended = step[row]
        if on[row]:
            unknown[row] = not known
            start[row], since[row] = labels[began], step[row] - began
        elif ended != NONE:
            since_off[row] = step[row] - ended + 1
    coming = NONE
    for row in rows[::-1]:
        if on[row]:
            coming = step[row]
        elif coming != NONE:
            until[row] = coming - step[row]
