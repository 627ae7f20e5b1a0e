"""Build ``src/detente/report/data/shapes.json``, the country shapes of the report's maps.

Input is ``countries-50m.json`` of the npm package world-atlas 2.0.2 (Natural Earth 1:50m, public domain)::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/build_shapes.py package/countries-50m.json

Arcs that countries share stay shared: they are thinned by Douglas and Peucker's rule, so that borders meet.
Islands too small to see are dropped, except the largest piece of each country; Antarctica is left out.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1] / "src" / "detente"
TOLERANCE = 0.22  # degrees; below half a pixel on a map 700 pixels wide
SMALLEST = 0.25  # square degrees
GRID = 100  # hundredths of a degree
UNNUMBERED = {"Kosovo": "XKX"}


def thin(line: np.ndarray, tolerance: float) -> np.ndarray:
    """Douglas and Peucker: keep the points farther than ``tolerance`` from the chord, ends always."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord, between = line[last] - line[first], line[first + 1 : last] - line[first]
        length = np.hypot(*chord)
        if length:
            far = np.abs(chord[0] * between[:, 1] - chord[1] * between[:, 0]) / length
        else:
            far = np.hypot(*between.T)
        at = int(far.argmax())
        if far[at] > tolerance:
            middle = first + 1 + at
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return line[keep]


def thinned(line: np.ndarray) -> np.ndarray:
    """The thin line on the grid; an island that thins to a point keeps one point on its far side."""
    thin_line = np.round(thin(line, TOLERANCE) * GRID)
    if len(np.unique(thin_line, axis=0)) > 1:
        return thin_line
    return np.round(line[[0, len(line) // 2, -1]] * GRID)


def decode(topology: dict) -> list[np.ndarray]:
    scale, shift = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def ring_of(indices: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([part if not n else part[1:] for n, part in enumerate(parts)])


def area_of(ring: np.ndarray) -> float:
    """Signed area in square degrees at the ring's latitude."""
    x, y = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean())), ring[:, 1]
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def polygons_of(geometry: dict) -> list[list[list[int]]]:
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])


def keep_visible(polygons: list, arcs: list[np.ndarray]) -> list:
    """Pieces worth drawing: large ones, and always the largest."""
    sized = [(abs(area_of(ring_of(piece[0], arcs))), piece) for piece in polygons]
    largest = max(size for size, _ in sized)
    kept = [piece for size, piece in sized if size >= SMALLEST or size == largest]
    return [[ring for ring in piece if len(ring_of(ring, arcs)) >= 4] or piece[:1] for piece in kept]


def main(path: str) -> None:
    topology = json.loads(Path(path).read_text())
    with (ROOT / "economies.csv").open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["numeric"] and not row["valid_to"]]
    codes = {row["numeric"].zfill(3): row["code"] for row in rows}
    full = decode(topology)
    arcs = [thinned(arc) for arc in full]
    pieces_of: dict[str, list] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name, number = geometry["properties"]["name"], geometry.get("id")
        code = codes.get(number, UNNUMBERED.get(name)) if number != "010" else None
        if code:  # Australia and its Ashmore islands carry one number
            pieces_of.setdefault(code, []).extend(polygons_of(geometry))
    countries, dots = {}, {}
    for code, pieces in pieces_of.items():
        rings = [ring_of(piece[0], full) for piece in pieces]
        sizes = [abs(area_of(ring)) for ring in rings]
        middle = rings[int(np.argmax(sizes))].mean(axis=0)
        dots[code] = [round(float(middle[0]), 2), round(float(middle[1]), 2), round(sum(sizes), 3)]
        countries[code] = keep_visible(pieces, full)
    land = [piece for geometry in topology["objects"]["land"]["geometries"] for piece in polygons_of(geometry)]
    land = [piece for piece in land if ring_of(piece[0], full)[:, 1].max() > -60]
    land = [piece for piece in keep_visible(land, full) if abs(area_of(ring_of(piece[0], full))) >= SMALLEST]
    used = sorted({~i if i < 0 else i for pieces in [land, *countries.values()] for p in pieces for r in p for i in r})
    place = {old: new for new, old in enumerate(used)}
    seen: dict[int, int] = {}
    for pieces in countries.values():
        for i in {~i if i < 0 else i for piece in pieces for ring in piece for i in ring}:
            seen[i] = seen.get(i, 0) + 1

    def moved(pieces: list) -> list:
        return [[[place[i] if i >= 0 else ~place[~i] for i in ring] for ring in piece] for piece in pieces]

    packed = []
    for old in used:
        line = arcs[old].astype(int)
        line = line[np.r_[True, np.any(np.diff(line, axis=0) != 0, axis=1)]]
        packed.append(np.concatenate([line[:1], np.diff(line, axis=0)]).ravel().tolist())
    out = {
        "source": f"Natural Earth 1:50m (public domain), through world-atlas 2.0.2; thinned to {TOLERANCE} degrees",
        "grid": GRID,
        "arcs": packed,
        "land": moved(land),
        "borders": [place[i] for i in used if seen.get(i, 0) > 1],
        "countries": {code: moved(countries[code]) for code in sorted(countries)},
        "dots": {code: dots[code] for code in sorted(dots)},
    }
    target = ROOT / "report" / "data" / "shapes.json"
    target.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(countries)} countries, {sum(map(len, packed)) // 2} points, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
