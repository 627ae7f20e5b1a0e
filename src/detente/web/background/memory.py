"""How the C library keeps memory: one heap for all threads, and large arrays given back as soon as they are free.

Every thread that allocates gets a heap of its own otherwise, and forty threads of a server hold what each of them once
needed at most.
"""

from __future__ import annotations

import ctypes
import sys

ARENAS, MAP_FROM = -8, -3  # M_ARENA_MAX, M_MMAP_THRESHOLD of glibc's malloc.h
LARGE = 1 << 20  # bytes from which an array has pages of its own


def keep_small() -> bool:
    """Set both for this process; False where the C library is another one than glibc, which is no fault."""
    if not sys.platform.startswith("linux"):
        return False
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    return change is not None and bool(change(ARENAS, 1)) and bool(change(MAP_FROM, LARGE))
