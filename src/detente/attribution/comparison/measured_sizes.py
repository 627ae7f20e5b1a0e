"""How often each test rejects when nothing happened, as measured on real dyads and shipped in calibration.csv.

``benchmarks/attribution_size.py`` makes the measurement: fake events, importers split at random, dyads into one half
tested against placebos into the other half.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Size:
    """Share of rejections at the 5% level among dyads to which nothing, or a known loss, was done.

    Attributes
    ----------
    test, group : str
        Which test, on which dyads.
    horizon : int
        Years after the fake event; 0 where it has no meaning.
    n : int
        Tests made.
    rejected : float
        The size of the test where ``loss_pct`` is zero, its power otherwise.
    level : float
        What the size should be.
    loss_pct : float
        Loss put on each dyad tested, percent.
    """

    test: str
    group: str
    horizon: int
    n: int
    rejected: float
    level: float = 0.05
    loss_pct: float = 0.0


@cache
def shipped_sizes() -> tuple[Size, ...]:
    """Sizes and powers measured on BACI 2000-2020 and on simulated panels, from calibration.csv."""
    text = (files("detente.attribution.comparison") / "calibration.csv").read_text(encoding="utf-8")
    kinds = {"test": str, "group": str, "horizon": int, "n": int}
    rows = csv.DictReader(text.splitlines())
    return tuple(Size(**{k: kinds.get(k, float)(v) for k, v in row.items()}) for row in rows)
