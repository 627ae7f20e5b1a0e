"""Measures as levers: each moves the dyad's trade by stated log points, from a published or own estimate."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CLOSED = -math.inf


@dataclass(frozen=True, slots=True)
class Lever:
    """One measure.

    Attributes
    ----------
    id : catalogue keys start with ``lever.<id>``.
    low, high : range of the slider, log points.
    rel : standard deviation of the effect relative to its size.
    presets : name of the preset to log points; minus infinity closes the border exactly.
    """

    id: str
    low: float
    high: float
    rel: float
    presets: Mapping[str, float]


@cache
def levers() -> tuple[Lever, ...]:
    """The levers of the scenario desk, in their order; values and sources in ``levers.toml``.

    >>> [lever.id for lever in levers()]
    ['goods', 'relations', 'bloc', 'sanctions', 'payments']
    """
    raw = tomllib.loads((files(__package__) / "levers.toml").read_text(encoding="utf-8"))
    return tuple(
        Lever(
            row["id"], row["low"], row["high"], row["rel"],
            {name: CLOSED if value == "closed" else float(value) for name, value in row["presets"].items()},
        )
        for row in raw["lever"]
    )  # fmt: skip
