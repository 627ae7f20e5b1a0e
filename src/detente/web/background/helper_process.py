"""A helper process for work that leaves memory behind: started when first needed, ended when it has had nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from detente._workers import fresh_processes

REST = 20.0  # seconds without work after which it ends


class Helper:
    """Does one piece of work at a time in another process: ``helper(work, *arguments)``.

    The work is a function of this package; it, its arguments and its result can be pickled. What it raises is raised.
    """

    def __init__(self, rest: float = REST) -> None:
        self.rest = rest
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0
        self._clock: threading.Timer | None = None

    def __call__(self, work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return self._do(work, *arguments)
        except BrokenProcessPool:  # it was ended from outside; what it was asked changes nothing, so once more
            self.close()
            return self._do(work, *arguments)

    def _do(self, work: Callable[..., Any], *arguments: Any) -> Any:
        with self._lock:
            self._waiting += 1
            if self._clock is not None:
                self._clock.cancel()
            if self._pool is None:
                self._pool = fresh_processes(1)
            asked = self._pool.submit(work, *arguments)
        try:
            return asked.result()
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._clock = threading.Timer(self.rest, self._rested)
                    self._clock.daemon = True
                    self._clock.start()

    @property
    def at_work(self) -> bool:
        """Whether there is a process."""
        return self._pool is not None

    def _rested(self) -> None:
        with self._lock:
            if self._waiting:
                return
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def close(self) -> None:
        """End the process; it is started again when asked."""
        with self._lock:
            pool, self._pool = self._pool, None
            if self._clock is not None:
                self._clock.cancel()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


__all__ = ["Helper"]
