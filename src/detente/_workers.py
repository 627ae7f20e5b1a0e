"""Worker processes that start afresh.

A process must not be forked once polars or BLAS have threads: the child would wait for locks that nobody
holds any more. Fresh processes usually run the caller's script again to find its functions; ours need only
the package, so a script without ``if __name__ == "__main__"`` works as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any


def fresh_processes(workers: int | None = None) -> ProcessPoolExecutor:
    """An executor of ``workers`` new processes (None: one a processor) for functions of this package."""
    return ProcessPoolExecutor(workers, mp_context=_Context())


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
