"""All blocks of a fit as one: each piece of work is shared out, and the sums are made in the order of the blocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from detente._workers import in_order
from detente.gravity.blocks import block as pieces
from detente.gravity.blocks.block import Work
from detente.gravity.blocks.newton import LOOSE, MIDDLE, TIGHT, Parts
from detente.gravity.engines.sectors.sector_tensor import Profile
from detente.gravity.engines.sectors.solved_sector import Units
from detente.gravity.engines.threads import one_blas_thread

STATES = ("one", "two", "three")
"""Where effects are kept: as they are, as they were when held, and a place for the next."""


def each(executor: Executor | None, work: Callable[..., Any], tasks: Sequence[tuple]) -> list[Any]:
    """``work(*task)`` of every task, in their order whichever ended first.

    Raises
    ------
    WorkerLost : a process has ended from outside.
    """
    if executor is None:
        return [work(*task) for task in tasks]
    return in_order(executor, piece_of_work, [(work, *task) for task in tasks])


@one_blas_thread
def piece_of_work(work: Callable[..., Any], *task: Any) -> Any:
    """``work(*task)`` in another process, whose threads and memory are its own affair."""
    return work(*task)


class Blocks(Parts):
    """The blocks ``works`` worked on by ``executor`` (None: here), as :class:`Parts`."""

    def __init__(self, works: Sequence[Work], executor: Executor | None) -> None:
        self.works, self.executor = works, executor
        self.state: str | None = None
        self._held: str | None = None
        self._total, self._settled, self._absorbed = 0.0, True, False
        self._known: tuple[float, Profile] | None = None
        self._gradient: np.ndarray | None = None
        self.near = False

    @property
    def single(self) -> bool:
        return self.works[0].units is not None

    @property
    def settled(self) -> bool:
        return self._settled

    @property
    def absorbed(self) -> bool:
        return self._absorbed

    def each(self, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """``work(block, *arguments)`` of every block, in order."""
        return each(self.executor, work, [(one, *arguments) for one in self.works])

    def _solved(
        self, read: str | None, coef: np.ndarray, move: np.ndarray | None, tol: float, accuracy: float | None
    ) -> float:
        into = next(name for name in STATES if name not in (self.state, self._held))
        found = self.each(pieces.solve, read, into, coef, move, tol, accuracy)
        self.state, self._total = into, sum(one.total for one in found)
        self._settled = all(one.settled for one in found)
        known = [one.profile for one in found if one.profile is not None]
        self._known = (accuracy, reduce(add, known)) if accuracy and len(known) == len(found) else None
        self._gradient = reduce(add, (one.gradient for one in found))
        return sum(one.likelihood for one in found)

    def solve(self, coef: np.ndarray, tol: float) -> float:
        return self._solved(self.state, coef, None, tol, None if self.near else MIDDLE)

    def hold(self) -> None:
        self._held = self.state

    def advance(self, coef: np.ndarray, move: np.ndarray, tol: float) -> float:
        return self._solved(self._held, coef, move, tol, TIGHT if self.near else LOOSE)

    def total(self) -> float:
        return self._total

    def gradient(self) -> np.ndarray:
        return np.zeros(len(self.works[0].kept)) if self._gradient is None else self._gradient

    def profile(self, tol: float) -> Profile:
        if self._known is not None and self._known[0] <= tol:
            return self._known[1]
        return reduce(add, self.each(pieces.profile, self.state, tol))

    def absorb(self, tol: float) -> None:
        k = len(self.works[0].kept)
        self.each(pieces.absorb, STATES[0], np.zeros(k), tol)
        self.state, self._held, self._absorbed, self._known = STATES[0], None, True, None

    def sample_moments(self, tol: float) -> tuple[np.ndarray, np.ndarray]:
        grams, norms = zip(*self.each(pieces.sample_moments, self.state, tol))
        return np.sum(grams, axis=0), np.sum(norms, axis=0)

    def in_double(self, coef: np.ndarray, move: np.ndarray, units: Units) -> Blocks:
        """The blocks in double precision at ``coef`` [k], near the solution, with the effects found in ``units``.

        The last ``move`` to there, in units, was not solved for.
        """
        works = [replace(work, units=None) for work in self.works]
        other = Blocks(works, self.executor)
        into = next(name for name in STATES if name != self.state)
        each(self.executor, pieces.adopt, [(work, self.state, into, coef, move, units) for work in works])
        other.state, other.near = into, True
        return other
