"""Worker processes that start afresh.

A process must not be forked once polars or BLAS have threads: the child would wait for locks that nobody
holds any more. Fresh processes usually run the caller's script again to find its functions; ours need only
the package, so a script without ``if __name__ == "__main__"`` works as well.

Work can also be given to any executor of ``concurrent.futures``. What is asked of it here are functions of arrays, which
a forked process can do too. A process that is ended from outside gives :class:`WorkerLost`, and nobody waits for it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, ProcessPoolExecutor, wait
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Thread
from typing import Any

from detente.errors import WorkerLost


def processors() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def fresh_processes(workers: int | None = None) -> ProcessPoolExecutor:
    """An executor of ``workers`` new processes (None: one a processor) for functions of this package."""
    return ProcessPoolExecutor(workers, mp_context=_Context(), initializer=_end_with_parent)


@contextmanager
def workers_of(executor: Executor | None, workers: int, module: str) -> Iterator[Executor | None]:
    """``executor``, or new processes (None for 0 of them) that import ``module`` as they start and nobody waits for."""
    if executor is not None or workers < 1:
        yield executor
        return
    pool = fresh_processes(workers)
    try:
        with lost_workers_named():
            for _ in range(workers):
                pool.submit(_ready, module)
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def share_out(
    work: Callable[..., Any],
    tasks: Sequence[Callable[[], tuple]],
    executor: Executor,
    *,
    here: bool = False,
    ahead: int = 8,
) -> Iterator[tuple[int, Any]]:
    """``work(*task())`` of every task, as (its position, the result) in the order in which they end.

    At most ``ahead`` tasks are made and under way at once, which bounds the memory. With ``here`` this process works
    too, from the other end, and never waits: at worst it does a task that another process is at as well.

    Raises
    ------
    WorkerLost : a process has ended from outside.
    """
    left, under_way = deque(range(len(tasks))), {}
    try:
        while left or under_way:
            while left and len(under_way) < ahead:
                k = left.popleft()
                with lost_workers_named():
                    future = executor.submit(work, *tasks[k]())
                under_way[future] = k
            if here:  # what others have not ended is done here rather than waited for
                future = None if left else next(reversed(under_way))
                if future is None or not future.done():
                    k = left.pop() if future is None else under_way.pop(future)
                    if future is not None:
                        future.cancel()
                    yield k, work(*tasks[k]())
                done = {future for future in under_way if future.done()}
            else:
                done = wait(under_way, return_when=FIRST_COMPLETED).done
            for future in done:
                with lost_workers_named():
                    result = future.result()
                yield under_way.pop(future), result
    finally:
        for future in under_way:
            future.cancel()


def in_order(executor: Executor | None, work: Callable[..., Any], tasks: Sequence[tuple]) -> list[Any]:
    """``work(*task)`` of every task, in their order whichever ended first; here where ``executor`` is None.

    Raises
    ------
    WorkerLost : a process has ended from outside.
    """
    if executor is None:
        return [work(*task) for task in tasks]
    waiting: list[Any] = []
    try:
        with lost_workers_named():
            waiting = [executor.submit(work, *task) for task in tasks]
            return [future.result() for future in waiting]
    finally:
        for future in waiting:
            future.cancel()


@contextmanager
def lost_workers_named() -> Iterator[None]:
    """What executors raise when a process of theirs is gone, as :class:`WorkerLost`."""
    try:
        yield
    except Exception as error:
        if not (isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"):  # the latter is dask's
            raise
        raise WorkerLost(
            "A worker process has ended before its work was done.",
            why=f"Memory ran out, or it was ended from outside ({type(error).__name__}).",
            fix="Use fewer workers, or close what else takes memory. A script that starts a process pool of its own must do so "
            'under `if __name__ == "__main__":`, since its processes run the script again.',
        ) from error


def _ready(module: str) -> None:
    """In a worker: import what its work takes. What that makes stays, and the collector need not go through it."""
    gc.disable()
    import_module(module)
    gc.freeze()
    gc.enable()


def _end_with_parent() -> None:
    """In a worker: end when the process that started it does, however that ended; else it would wait for ever."""
    parent = parent_process()
    if parent is not None:
        Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


class _Process(SpawnProcess):
    @staticmethod
    def _Popen(process_obj: Any) -> Any:
        with _script_out_of_sight():
            return SpawnProcess._Popen(process_obj)


class _Context(SpawnContext):
    Process = _Process


@contextmanager
def _script_out_of_sight() -> Iterator[None]:
    main = sys.modules["__main__"]
    seen = {name: getattr(main, name) for name in ("__file__", "__spec__") if getattr(main, name, None) is not None}
    try:
        for name in seen:
            setattr(main, name, None)
        yield
    finally:
        for name, value in seen.items():
            setattr(main, name, value)
