"""What was found in a small table is remembered for whoever asks the same of the very same table.

A file whose bytes have not changed gives the same frame (:func:`detente.record.reading.read_table`), and frames are
never changed in place. After one row has been saved, the other tables of a record need no second look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import polars as pl

from detente.errors import Problem

SMALL = 5_000
"""Rows of a table up to which it is kept, with what was found in it."""


class _Same:
    """A thing as itself, whatever equals it."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing


def once(check: Callable[..., Iterable[Problem]], frame: pl.DataFrame, *more: Any) -> list[Problem]:
    """``check(frame, *more)``, looked for once as long as these are the same objects.

    >>> frame = pl.DataFrame({"a": ["x"]})
    >>> looked = []
    >>> def check(frame):
    ...     looked.append(frame)
    ...     return [Problem("a.csv", 2, "a", "It is x.")]
    >>> once(check, frame) == once(check, frame), len(looked)
    (True, 1)
    """
    if len(frame) > SMALL:
        return list(check(frame, *more))
    return list(_remembered(check, _Same(frame), *map(_Same, more)))


@lru_cache(maxsize=64)
def _remembered(check: Callable[..., Iterable[Problem]], *asked: _Same) -> tuple[Problem, ...]:
    return tuple(check(*(one.thing for one in asked)))
