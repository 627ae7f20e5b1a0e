"""A lock file that its holder owns: the system frees it when the holder dies, and whoever frees it removes it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, *, wait: bool) -> bool:
        """Lock the first byte; where it is taken, wait for it or say so."""
        while True:
            try:
                os.lseek(handle, 0, os.SEEK_SET)
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
                return True
            except OSError:
                if not wait:
                    return False
                time.sleep(0.02)

    def _free(handle: int) -> None:
        with suppress(OSError):
            os.lseek(handle, 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        os.close(handle)

else:
    import fcntl

    def _take(handle: int, *, wait: bool) -> bool:
        """Lock the file; where it is taken, wait for it or say so."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        except OSError:  # a file system without locks: as safe as one process is
            return True
        return True

    def _free(handle: int) -> None:
        os.close(handle)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold a lock file for as long as this lasts; yields whether it could be had. The file goes with it."""
    handle = locked(path, wait=False)
    try:
        yield handle is not None
    finally:
        unlocked(handle, path)


def locked(path: Path, *, wait: bool) -> int | None:
    """A handle on the lock file, locked; None where another has it and nobody is to wait.

    Whoever frees the lock removes the file, so the one that was locked must still be the one that stands there.
    """
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        if not _take(handle, wait=wait):
            os.close(handle)
            return None
        try:
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        except FileNotFoundError:
            pass
        _free(handle)


def unlocked(handle: int | None, path: Path) -> None:
    if handle is None:
        return
    with suppress(OSError):  # a system that keeps open files lets it stand
        path.unlink()
    _free(handle)
