"""What a fit asks of the machine: threads, and memory that is used again.

One thread for BLAS, whose many small products lose by more; two for large parts that fall into halves.
Where a part is cut depends on its size alone, so that a fit has the same digits on any number of cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache, wraps
from threading import Lock
from typing import ParamSpec, TypeVar

import numpy as np
import scipy.linalg  # noqa: F401  (its own BLAS must be loaded to be limited)
from threadpoolctl import OpenBLASController, ThreadpoolController

from detente._workers import processors

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
LARGE = 4_000_000
"""Numbers that a part must go through for a second thread to gain more than it costs."""
STRETCH = 1 << 15
"""Rows that are worked on at a time."""
KEPT = (32 << 20) - (1 << 16)
"""Bytes of the largest array of which the allocator of Linux still learns something."""


@cache
def _controller():
    return ThreadpoolController()


@cache
def keep_freed_memory() -> None:
    """Let this process keep up to 64 MB that it frees, once.

    The allocator of Linux gives the memory of arrays back to the system until a large one has been freed. A process that
    never had one gets every array anew, page by page, which costs as much as the arithmetic where they have a few MB.
    Elsewhere this does nothing.
    """
    np.empty(KEPT, np.uint8)  # never written to, so that it takes no memory itself


class _OneBlasThread:
    """A limit of the whole process, so set by the first thread that needs it and lifted by the last.

    Were each thread to lift its own, the others would go on with more, and with other digits.
    """

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin without a thread inside."""
        self._lock, self._inside, self._limit = Lock(), 0, None

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                _anyone()
                self._limit = _controller().limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside and self._limit is not None:
                _anyone()  # this thread need not be the one that set it
                self._limit.restore_original_limits()
                _anyone()


def _anyone() -> None:
    """Let any thread say how many BLAS has: since 3.8 threadpoolctl heeds the thread that did so last and no other."""
    if (clear := getattr(OpenBLASController, "clear_controlling_thread", None)) is not None:
        clear(force=True)


_limited = _OneBlasThread()
if hasattr(os, "register_at_fork"):  # the threads that hold it are not in the child
    os.register_at_fork(after_in_child=_limited.renew)


def one_blas_thread(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate ``function`` to run with a single BLAS thread, in memory that the process keeps."""

    @wraps(function)
    def limited(*args: P.args, **kwargs: P.kwargs) -> R:
        keep_freed_memory()
        with _limited:
            return function(*args, **kwargs)

    return limited


def halves(n: int, size: int) -> list[slice]:
    """0..n in one piece, or in two where ``size`` numbers are worth a second thread."""
    return [slice(0, n)] if n < 2 or size < LARGE else [slice(0, n // 2), slice(n // 2, n)]


def stretches(n: int, start: int = 0) -> list[slice]:
    """``n`` from ``start`` on in pieces whose intermediate arrays stay in the cache: whole ones would be cleared each time."""
    end = start + n
    return [slice(first, min(first + STRETCH, end)) for first in range(start, end, STRETCH)]


def side_by_side(work: Callable[[T], R], pieces: Sequence[T]) -> list[R]:
    """``work`` on every piece, in a thread each where there are cores for it; the results in order."""
    if len(pieces) < 2 or processors() < 2:
        return [work(piece) for piece in pieces]
    with ThreadPoolExecutor(len(pieces) - 1) as others:  # made anew: one that is kept would not survive a fork
        waiting = [others.submit(copy_context().run, work, piece) for piece in pieces[1:]]
        return [work(pieces[0]), *(one.result() for one in waiting)]
