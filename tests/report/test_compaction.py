"""A compacted picture shows the same lines."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.charts.compaction import NAMESPACE, SHAPE, compact, shorter
from detente.charts.svg import store

TENTH = 0.1 + 1e-9  # coordinates are kept to a tenth of a pixel
coordinate = st.floats(-900, 900).map(lambda x: round(x, 3))
line = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=30)


def points(path: str) -> list[tuple[float, float]]:
    """An independent reader of M, l and Z paths with relative steps."""
    out: list[tuple[float, float]] = []
    x = y = 0.0
    for command, body in re.findall(r"([MlZ])([^MlZ]*)", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.\d+|\.\d+|\d+)", body)]
        for dx, dy in zip(numbers[::2], numbers[1::2]):
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            out.append((x, y))
    return out


@given(line)
def test_steps_lead_to_the_same_points(corners):
    path = "M" + "L".join(f"{x:.3f},{y:.3f}" for x, y in corners) + "Z"
    got = points(shorter(path))
    kept = [corners[0]]
    for corner in corners[1:]:
        if [round(10 * c) for c in corner] != [round(10 * c) for c in kept[-1]]:
            kept.append(corner)
    assert len(got) == len(kept)
    for (ax, ay), (bx, by) in zip(got, kept):
        assert ax == pytest.approx(bx, abs=TENTH)
        assert ay == pytest.approx(by, abs=TENTH)


def svg(body: str) -> ElementTree.Element:
    return ElementTree.fromstring(f'<svg xmlns="{NAMESPACE}">{body}</svg>')


def tags(root: ElementTree.Element) -> list[str]:
    return [node.tag.removeprefix(f"{{{NAMESPACE}}}") for node in root.iter()][1:]


def test_empty_groups_and_unseen_paths_go():
    root = svg('<g transform="translate(0,0)"><g><path d="M0,0h9v9h-9Z"/></g><path d="M0,0L1,1" stroke="red"/></g>')
    compact(root, {})
    assert tags(root) == ["path"]


def test_groups_that_move_or_clip_stay():
    root = svg('<g transform="translate(5,0)"><path d="M0,0L1,1" stroke="red"/></g>')
    compact(root, {})
    assert tags(root) == ["g", "path"]


def test_what_all_say_is_said_once():
    paths = '<path d="M0,0L1,1" stroke="red" fill="blue"/><path d="M1,1L2,2" stroke="red" fill="green"/>'
    root = svg(f'<g class="hit">{paths}</g>')
    compact(root, {})
    assert root[0].get("stroke") == "red"
    assert [node.get("fill") for node in root[0]] == ["blue", "green"]
    assert all(node.get("stroke") is None for node in root[0])


def test_shapes_of_countries_are_drawn_from_one_store():
    outline = "M0,0" + "".join(f"L{n % 97}.5,{n * 7 % 89}.5" for n in range(300)) + "Z"
    outlines: dict[str, str] = {}
    for colour in ("red", "blue"):
        root = svg(f'<path d="{outline}" fill="{colour}" {SHAPE}="1"/><path d="M0,0L1,1" stroke="red" {SHAPE}="1"/>')
        compact(root, outlines)
        assert tags(root) == ["use", "path"]
        assert (root[0].get("href"), root[0].get("fill")) == ("#shape-0", colour)
        assert not any(SHAPE in node.attrib for node in root)
    assert list(outlines.values()) == ["shape-0"]
    assert [p for p in store(outlines).split('"') if p.startswith("M")] == [shorter(outline)]
