"""What the library's forecasts gain over the library pooled, by what they are told and with which constants.

    python benchmarks/attribution_forecasts.py

Every region is predicted from the other regions, and every pair of economies from the other pairs. "Chosen within": the
constants that score best among the regions at hand, each of those predicted from the rest, so that the region scored has
no say in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.attribution.library import weighing
from detente.attribution.library.expected_paths import ObservedOutcome, outcomes
from detente.attribution.library.prediction import predict_case
from detente.attribution.library.regions import pair_of

Rows = list[ObservedOutcome]
Apart = Callable[[ObservedOutcome], str]
GRID: dict[str, dict[str, tuple[Any, ...]]] = {
    "rupture": {"ALIKE_FLOW": (1.5, 2.0, 3.0, 1e9), "FEWEST_POOL": (0.0, 2.0, 4.0)},
    "reopening": {"ALIKE_GAP": (0.35, 0.5, 0.7, 1.0), "AFTER_GAP": ((0.3, 0.0), (0.2, 0.05), (0.25, 0.1)), "POOL": (4.0, 8.0, 16.0)},
}  # fmt: skip
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "rupture": {
        "k as estimated": {"FEWEST_POOL": 0.0}, "k at least 4": {"FEWEST_POOL": 4.0},
        "flows alike in 1.5 log points": {"ALIKE_FLOW": 1.5}, "flows alike in 3": {"ALIKE_FLOW": 3.0},
        "noise 0.2": {"SPREAD": 0.2}, "noise 0.4": {"SPREAD": 0.4},
    },
    "reopening": {
        "gaps in log points as they are, alike in 1.5": {"_squeezed": np.asarray, "ALIKE_GAP": 1.5},
        "gaps alike in 0.35": {"ALIKE_GAP": 0.35}, "gaps alike in 0.5": {"ALIKE_GAP": 0.5}, "gaps alike in 1": {"ALIKE_GAP": 1.0},
        "noise 0.3": {"AFTER_GAP": (0.3, 0.0)}, "noise 0.25, 0.1 more a log point": {"AFTER_GAP": (0.25, 0.1)},
        "k = 3": {"POOL": 3.0}, "k = 16": {"POOL": 16.0},
    },
}  # fmt: skip


@contextmanager
def with_constants(constants: dict[str, Any]) -> Iterator[None]:
    """Other constants in :mod:`detente.attribution.library.weighing`."""
    shipped = {name: getattr(weighing, name) for name in constants}
    for name, value in constants.items():
        setattr(weighing, name, value)
    try:
        yield
    finally:
        for name, value in shipped.items():
            setattr(weighing, name, value)


def scored(rows: Rows, apart: Apart, pooled: bool = False) -> NDArray[np.float64]:
    """(n, 2): CRPS of every outcome from those that are ``apart`` from it, and whether its central 80% held."""
    found = []
    for o in rows:
        guess = predict_case(o, [r for r in rows if apart(r) != apart(o)], pooled=pooled)
        low, high = guess.quantile((0.1, 0.9))
        found.append((guess.crps(o.value), low <= o.value <= high))
    return np.array(found, dtype=float)


def chosen_within(kind: str, rows: Rows) -> NDArray[np.float64]:
    """As ``scored`` by region, with the constants that the other regions choose."""
    tried = [dict(zip(GRID[kind], values)) for values in product(*GRID[kind].values())]
    parts = []
    for out in sorted({o.region for o in rows}):
        inner = [o for o in rows if o.region != out]
        losses = []
        for constants in tried:
            with with_constants(constants):
                losses.append(scored(inner, lambda o: o.region)[:, 0].mean())
        with with_constants(tried[int(np.argmin(losses))]):
            every = scored(rows, lambda o: o.region)
        parts.append(every[[o.region == out for o in rows]])
    return np.concatenate(parts)


def told(kind: str, rows: Rows) -> dict[str, Rows]:
    """The outcomes with all that is known of them, and with less."""
    if kind == "reopening":
        return {"as shipped": rows, "instrument and gap, without the scope": [replace(o, scope="") for o in rows]}
    bare = [replace(o, scope="", flow=float("nan")) for o in rows]
    return {"as shipped": rows, "instrument alone": bare, "instrument and flow": [replace(o, scope="") for o in rows],
            "instrument and scope": [replace(o, flow=float("nan")) for o in rows]}  # fmt: skip


def main() -> None:
    for kind in ("rupture", "reopening"):
        rows = [o for o in outcomes() if o.kind == kind]
        ways: dict[str, Apart] = {"regions": lambda o: o.region, "pairs": pair_of}
        pool = {way: scored(rows, apart, pooled=True)[:, 0].mean() for way, apart in ways.items()}
        print(f"{kind}: {len(rows)} points; pooled {', '.join(f'{way} out {v:.3f}' for way, v in pool.items())}")

        def say(name: str, found: dict[str, NDArray[np.float64]], pool: dict[str, float] = pool) -> None:
            cells = [f"{v[:, 0].mean():.3f} | {100 * (1 - v[:, 0].mean() / pool[way]):.1f}% | {100 * v[:, 1].mean():.0f}%"
                     for way, v in found.items()]  # fmt: skip
            print(f"| {name} | {' | '.join(cells)} |", flush=True)

        for name, some in told(kind, rows).items():
            say(name, {way: scored(some, apart) for way, apart in ways.items()})
        for name, constants in VARIANTS[kind].items():
            with with_constants(constants):
                say(name, {way: scored(rows, apart) for way, apart in ways.items()})
        say("chosen within", {"regions": chosen_within(kind, rows)})


if __name__ == "__main__":
    main()
