"""The same SVG picture in fewer bytes: Vega spells out much that can be shared or left out."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree import ElementTree

NAMESPACE = "http://www.w3.org/2000/svg"
INHERITED = ("fill", "stroke", "stroke-width", "stroke-linejoin", "stroke-dasharray", "font-size", "font-weight",
             "text-anchor")  # fmt: skip
SHARED_FROM = 90  # characters of an outline worth drawing once and using again
SHAPE = "data-shape"  # marks outlines of countries, which recur from map to map
_DEFAULTS = {("opacity", "1"), ("font-weight", "normal"), ("font-style", "normal"), ("stroke-dashoffset", "0")}
_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_PLACE = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")
_OUTLINE = re.compile(r"[MLZ\d.,-]+")
_POINT = re.compile(r"([ML])(-?[\d.]+),(-?[\d.]+)|Z")
_LONG = re.compile(r"-?\d+\.\d{2,}")
_NUMBERS = ("d", "transform", "x", "y", "x2", "y2", "width", "height")


def compact(root: ElementTree.Element, outlines: dict[str, str]) -> None:
    """Shorten a picture in place; what is seen stays the same to a tenth of a pixel.

    Parameters
    ----------
    outlines : the page's store of country shapes, from path to id; grows by the shapes of this picture.
    """
    for node in root.iter():
        _shorten(node)
    _drop_unseen(root)
    _unwrap(root)
    for group in root.iter(_tag("g")):
        _hoist(group)
    _share_outlines(root, outlines)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _shorten(node: ElementTree.Element) -> None:
    for name, value in list(node.attrib.items()):
        if (name, value) in _DEFAULTS:
            del node.attrib[name]
        elif name == "d" and (circle := _CIRCLE.fullmatch(value)):
            _as_circle(node, float(circle[1]))
        elif name == "d" and len(value) > 200 and _OUTLINE.fullmatch(value):
            node.set(name, shorter(value))
        elif name in _NUMBERS:
            node.set(name, _LONG.sub(lambda found: f"{float(found.group()):.1f}", value))


def _as_circle(node: ElementTree.Element, radius: float) -> None:
    node.tag = _tag("circle")
    del node.attrib["d"]
    node.set("r", f"{radius:.1f}")
    if place := _PLACE.fullmatch(node.get("transform", "")):
        del node.attrib["transform"]
        for name, at in zip(("cx", "cy"), place.groups()):
            node.set(name, f"{float(at):.1f}".removesuffix(".0"))


def _drop_unseen(root: ElementTree.Element) -> None:
    """Vega's backgrounds and foregrounds: paths that are neither filled nor stroked."""
    for parent in list(root.iter()):
        for child in list(parent):
            bare = child.tag == _tag("path") and not {"fill", "stroke", "class"} & set(child.attrib)
            if bare and parent.tag != _tag("clipPath"):
                parent.remove(child)


def _unwrap(node: ElementTree.Element) -> None:
    """Groups that say nothing give way to their children; empty groups go."""
    children: list[ElementTree.Element] = []
    for child in node:
        _unwrap(child)
        nothing = {name: value for name, value in child.attrib.items() if value != "translate(0,0)"}
        if child.tag != _tag("g") or (nothing and len(child)):
            children.append(child)
        else:
            children.extend(child)
    node[:] = children


def _hoist(group: ElementTree.Element) -> None:
    """What all children say the same way, their group says once."""
    children = list(group)
    if len(children) < 2 or any(child.tag == _tag("g") for child in children):
        return
    for name in INHERITED:
        said = {child.get(name) for child in children}
        if len(said) == 1 and None not in said and group.get(name) is None:
            group.set(name, said.pop() or "")
            for child in children:
                del child.attrib[name]


def _share_outlines(root: ElementTree.Element, outlines: dict[str, str]) -> None:
    """Shapes of countries are drawn from the page's store, so that five maps hold them once."""
    for node in root.iter(_tag("path")):
        if node.attrib.pop(SHAPE, None) and len(node.get("d", "")) >= SHARED_FROM:
            name = outlines.setdefault(node.attrib.pop("d"), f"shape-{len(outlines)}")
            node.tag = _tag("use")
            node.set("href", f"#{name}")
            if node.get("transform") == "translate(0,0)":
                del node.attrib["transform"]


@lru_cache(maxsize=1024)  # an outline comes back in every map, width and language of a page
def shorter(path: str) -> str:
    """The same polylines in steps of a tenth of a pixel from point to point; points that fall together go.

    >>> shorter("M10,10L12.04,10.5L12.0,10.51L9,9Z")
    'M10 10l2 .5-3-1.5Z'
    """
    out: list[str] = []
    x = y = 0
    drawing = False
    for command, px, py in (found.groups() for found in _POINT.finditer(path)):
        if command is None:
            drawing = False
            out.append("Z")
            continue
        to_x, to_y = round(10 * float(px)), round(10 * float(py))
        if command == "M":
            drawing = False
            out.append(f"M{_tenth(to_x)}{_joined(_tenth(to_y))}")
        elif (to_x, to_y) != (x, y):
            step = _tenth(to_x - x)
            out.append(_joined(step) if drawing else f"l{step}")
            out.append(_joined(_tenth(to_y - y)))
            drawing = True
        x, y = to_x, to_y
    return "".join(out)


def _tenth(value: int) -> str:
    text = f"{value / 10:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _joined(number: str) -> str:
    return number if number.startswith("-") else f" {number}"
