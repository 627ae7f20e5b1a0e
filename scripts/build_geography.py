"""Build ``src/detente/data/world/geography.parquet``: how far apart economies lie, and who borders whom by land.

    python scripts/build_geography.py

Both are computed from the country shapes of the maps, ``src/detente/charts/shapes.json`` (Natural Earth 1:50m, public
domain, thinned to 0.22 degrees; see ``scripts/build_shapes.py``). Neighbours share an arc of their outlines. The distance
of two economies is the mean of the great-circle distances between points spread evenly over their land (after
Head and Mayer 2002, who weigh towns by people where this weighs land alike); of an economy to itself likewise, so
that trade within has a distance on the same footing (of one too small for that, two thirds of the radius of a disk of
its area). Rounded to three significant digits.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

HOME = Path(__file__).resolve().parents[1] / "src" / "detente"
RADIUS = 6371.0  # km
DEGREE = np.radians(RADIUS)  # km
GRID = 6000  # points of the box around an economy
POINTS = 60  # at least so many of them inside, where there are as many
TINY = 0.05  # square degrees; of smaller ones the middle alone


def rings_of(pieces: list, arcs: list[np.ndarray]) -> list[np.ndarray]:
    """Outer rings and holes of an economy, as (n, 2) longitudes and latitudes."""
    lines = [[arcs[k] if k >= 0 else arcs[~k][::-1] for k in ring] for piece in pieces for ring in piece]
    return [np.concatenate([line if not n else line[1:] for n, line in enumerate(ring)]) for ring in lines]


def inside(points: np.ndarray, rings: list[np.ndarray]) -> np.ndarray:
    """Whether points lie in the shape: a ray to the east crosses its rings an odd number of times."""
    odd = np.zeros(len(points), dtype=bool)
    x, y = points.T
    for ring in rings:
        (x1, y1), (x2, y2) = ring.T, np.roll(ring, -1, axis=0).T
        up = (y1 > y[:, None]) != (y2 > y[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            at = (x2 - x1) * (y[:, None] - y1) / (y2 - y1) + x1
        odd ^= ((x[:, None] < at) & up).sum(axis=1) % 2 == 1
    return odd


def spread(rings: list[np.ndarray], middle: tuple[float, float], area: float) -> np.ndarray:
    """Points on an even grid of equal areas (longitude by sine of latitude) inside the shape; the middle where none is."""
    if area < TINY:
        return np.array([middle])
    everything = np.concatenate(rings)
    (left, low), (right, high) = everything.min(axis=0), everything.max(axis=0)
    bottom, top = np.sin(np.radians([low, high]))
    wide, tall = np.radians(right - left), top - bottom
    across = min(max(int((GRID * wide / tall) ** 0.5), 8), GRID // 8)
    xs = left + (np.arange(across) + 0.5) / across * (right - left)
    ys = np.degrees(np.arcsin(bottom + (np.arange(GRID // across) + 0.5) / (GRID // across) * tall))
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    found = grid[inside(grid, rings)]
    return found[:: max(len(found) // POINTS, 1)] if len(found) else np.array([middle])


def on_sphere(points: np.ndarray) -> np.ndarray:
    x, y = np.radians(points).T
    return np.stack([np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)], axis=1)


def main() -> None:
    shapes = json.loads((HOME / "charts" / "shapes.json").read_text(encoding="utf-8"))
    arcs = [np.cumsum(np.reshape(flat, (-1, 2)), axis=0) / shapes["grid"] for flat in shapes["arcs"]]
    codes = sorted(shapes["countries"])
    places, owners = {}, {}
    for code in codes:
        pieces = shapes["countries"][code]
        x, y, area = shapes["dots"][code]
        places[code] = on_sphere(spread(rings_of(pieces, arcs), (x, y), area))
        for arc in {k if k >= 0 else ~k for piece in pieces for ring in piece for k in ring}:
            owners.setdefault(arc, set()).add(code)
    border = {pair for both in owners.values() for pair in combinations(sorted(both), 2)}
    rows = []
    for k, a in enumerate(codes):
        for b in codes[k:]:
            apart = RADIUS * np.arccos(np.clip(places[a] @ places[b].T, -1.0, 1.0)).mean()
            if a == b and len(places[a]) == 1:
                apart = 2 / 3 * (shapes["dots"][a][2] * DEGREE**2 / np.pi) ** 0.5  # of a disk of that area
            rows.append((a, b, int(float(f"{max(apart, 1.0):.3g}")), (a, b) in border))
    schema = {"a": pl.String, "b": pl.String, "distance_km": pl.Int32, "neighbours": pl.Boolean}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    target = HOME / "data" / "world" / "geography.parquet"
    frame.write_parquet(target, compression="zstd", compression_level=19, statistics=False)


if __name__ == "__main__":
    main()
