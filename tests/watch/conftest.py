"""A study of one's own, and a clock that moves a day a look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from watched import WatchedStudy


@pytest.fixture
def mine(tmp_path: Path) -> WatchedStudy:
    return WatchedStudy(tmp_path)


@pytest.fixture
def clock() -> Callable[[], float]:
    moments = iter(range(1_795_000_000, 1_900_000_000, 86_400))
    last = [0.0]

    def tick() -> float:
        last[0] = float(next(moments))
        return last[0]

    return tick
