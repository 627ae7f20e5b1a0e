"""Measures as levers: each moves the dyad's trade by stated log points, from a published or own estimate."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from detente.attribution.library.expected_paths import typical_paths

CLOSED = -math.inf
TENTH = 1.2816  # standard deviations from a normal's median to its tenth


@dataclass(frozen=True, slots=True)
class Lever:
    """One measure.

    Attributes
    ----------
    id : catalogue keys start with ``lever.<id>``.
    low, high : range of the slider, log points.
    size : the typical effect, log points.
    sd : its standard deviation, from one case to another or of the estimate.
    presets : name of the preset to log points.
    closes : whether the lever can close the border exactly.
    cases : number of cases behind ``size`` with the ends of their middle 80%; empty for a published estimate.
    """

    id: str
    low: float
    high: float
    size: float
    sd: float
    presets: Mapping[str, float]
    closes: bool
    cases: Mapping[str, float]

    def error(self, effect: float) -> float:
        """Standard deviation of an effect: that of the typical one, and less where it is set smaller.

        >>> bloc = next(lever for lever in levers() if lever.id == "bloc")
        >>> bloc.error(0.475), bloc.error(0.0), bloc.error(1.2)
        (0.1095, 0.0, 0.1095)
        """
        return self.sd * min(1.0, abs(effect / self.size))


@cache
def levers() -> tuple[Lever, ...]:
    """The levers of the scenario desk, in their order; where sizes come from stands in ``levers.toml``.

    >>> [lever.id for lever in levers()]
    ['goods', 'relations', 'bloc', 'sanctions', 'payments']
    """
    raw = tomllib.loads((files("detente.web.desk") / "levers.toml").read_text(encoding="utf-8"))
    return tuple(_lever(row) for row in raw["lever"])


def _lever(row: dict[str, Any]) -> Lever:
    size, sd, cases = _typical(row["instrument"]) if "instrument" in row else (row["size"], row["sd"], {})
    presets = {row["worse"]: size} | ({row["better"]: -size} if "better" in row else {})
    return Lever(row["id"], row["low"], row["high"], size, sd, presets, row.get("closes", False), cases)


def _typical(instrument: str) -> tuple[float, float, dict[str, float]]:
    """Median, spread and the library's own account of an instrument in the first full year of a rupture.

    The spread is read from the shorter side of the median: the long tails are cases cut off entirely, which the
    closed border stands for, and a symmetric distribution would carry them over to gains that nobody has seen.
    """
    found = next(t for t in typical_paths() if (t.kind, t.instrument, t.horizon) == ("rupture", instrument, 1))
    cases = {"n": found.n_cases, "low": found.low, "high": found.high}
    return round(found.median, 3), min(found.median - found.low, found.high - found.median) / TENTH, cases
