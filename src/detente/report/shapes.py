"""Outlines of countries for maps: thinned Natural Earth shapes, decoded to GeoJSON."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

Line = list[tuple[float, float]]
SMALL = 12.0  # square degrees below which a country also gets a dot, so that it can be seen


@cache
def _file() -> dict[str, Any]:
    return json.loads((files("detente.report") / "data" / "shapes.json").read_text(encoding="utf-8"))


@cache
def _arcs() -> tuple[Line, ...]:
    """Each arc as points in degrees; the file holds hundredths, first point absolute, the rest steps."""
    grid = _file()["grid"]
    arcs = []
    for flat in _file()["arcs"]:
        x = y = 0
        line = []
        for dx, dy in zip(flat[::2], flat[1::2]):
            x, y = x + dx, y + dy
            line.append((x / grid, y / grid))
        arcs.append(line)
    return tuple(arcs)


def _ring(indices: list[int]) -> Line:
    points: Line = []
    for index in indices:
        arc = _arcs()[index] if index >= 0 else _arcs()[~index][::-1]
        points += arc[1:] if points else arc
    return points


def _polygons(pieces: list[list[list[int]]]) -> dict[str, Any]:
    rings = [[_ring(ring) for ring in piece] for piece in pieces]
    solid = [[ring for ring in piece if len(set(ring)) >= 3] for piece in rings]
    return {"type": "MultiPolygon", "coordinates": [piece for piece in solid if piece]}


def land() -> dict[str, Any]:
    """All land but Antarctica and islands too small to see, as one GeoJSON feature."""
    return {"type": "Feature", "geometry": _polygons(_file()["land"])}


def borders() -> dict[str, Any]:
    """Lines between countries, each once, as one GeoJSON feature."""
    lines = [_arcs()[index] for index in _file()["borders"]]
    return {"type": "Feature", "geometry": {"type": "MultiLineString", "coordinates": lines}}


def outline(code: str) -> dict[str, Any] | None:
    """The country's shape as a GeoJSON feature; None if the map has none for this code."""
    pieces = _file()["countries"].get(code)
    return None if pieces is None else {"type": "Feature", "geometry": _polygons(pieces)}


def dot(code: str) -> tuple[float, float] | None:
    """Where to put a dot for a country too small to see (longitude, latitude); None for larger ones."""
    x, y, area = _file()["dots"].get(code, (0.0, 0.0, SMALL))
    return (x, y) if area < SMALL else None


def source() -> str:
    return str(_file()["source"])
