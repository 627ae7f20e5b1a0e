"""Outlines of countries for maps: thinned Natural Earth shapes, decoded to GeoJSON.

``step`` thins further, for small maps: points nearer than so many degrees to the last, and islands
narrower than twice that, are left out. Countries share their arcs, so borders still meet. Each feature is made once:
whoever is given one puts it into a chart and leaves it as it is.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from math import hypot
from typing import Any

Line = list[tuple[float, float]]
SMALL = 5.0  # square degrees below which a country also gets a dot, so that it can be seen


@cache
def _file() -> dict[str, Any]:
    return json.loads((files("detente.charts") / "shapes.json").read_text(encoding="utf-8"))


@cache
def _arcs(step: float) -> tuple[Line, ...]:
    """Each arc as points in degrees, at least ``step`` apart but for its ends.

    The file holds hundredths of a degree: the first point absolute, the others as steps from the last.
    """
    grid = _file()["grid"]
    arcs = []
    for flat in _file()["arcs"]:
        x = y = 0
        line = []
        for dx, dy in zip(flat[::2], flat[1::2]):
            x, y = x + dx, y + dy
            line.append((x / grid, y / grid))
        arcs.append(_sparse(line, step))
    return tuple(arcs)


def _sparse(line: Line, step: float) -> Line:
    kept = line[:1]
    for point in line[1:-1]:
        if hypot(point[0] - kept[-1][0], point[1] - kept[-1][1]) >= step:
            kept.append(point)
    return [*kept, line[-1]]


def _ring(indices: list[int], step: float) -> Line:
    points: Line = []
    for index in indices:
        arc = _arcs(step)[index] if index >= 0 else _arcs(step)[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _polygons(pieces: list[list[list[int]]], step: float) -> dict[str, Any]:
    rings = [[_ring(ring, step) for ring in piece] for piece in pieces]
    solid = [[ring for ring in piece if len(set(ring)) >= 3 and (n == 0 or _wide(ring) >= 2 * step)]
             for n, piece in enumerate(sorted(rings, key=lambda piece: -_wide(piece[0])))]  # fmt: skip
    return {"type": "MultiPolygon", "coordinates": [piece for piece in solid if piece]}


def _wide(ring: Line) -> float:
    """The longer side of a ring's box, in degrees."""
    xs, ys = zip(*ring)
    return max(max(xs) - min(xs), max(ys) - min(ys))


@cache
def land(step: float = 0.0) -> dict[str, Any]:
    """All land but Antarctica and islands too small to see, as one GeoJSON feature."""
    return {"type": "Feature", "geometry": _polygons(_file()["land"], step)}


@cache
def borders(step: float = 0.0) -> dict[str, Any]:
    """Lines between countries, each once, as one GeoJSON feature."""
    lines = [_arcs(step)[index] for index in _file()["borders"]]
    return {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}}


@cache
def outline(code: str, step: float = 0.0) -> dict[str, Any] | None:
    """The country's shape as a GeoJSON feature; None if the map has none for this code."""
    pieces = _file()["countries"].get(code)
    return None if pieces is None else {"type": "Feature", "geometry": _polygons(pieces, step)}


def dot(code: str) -> tuple[float, float] | None:
    """Where to put a dot for a country too small to see (longitude, latitude); None for larger ones."""
    x, y, area = _file()["dots"].get(code, (0.0, 0.0, SMALL))
    return (x, y) if area < SMALL else None


def source() -> str:
    return str(_file()["source"])
