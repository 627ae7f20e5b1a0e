"""A Vega-Lite specification becomes an inline SVG picture that fits the page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from detente.report.palette import FONT, SHADES, vega_config

NAMESPACE = "http://www.w3.org/2000/svg"
VEGA_LITE = "6.1"
HIT = "hit"  # layers whose name begins with this carry the words a reader sees when pointing at a mark
_VARIABLE = {pair[0]: f"var(--c-{name},{pair[0]})" for name, pair in SHADES.items()}
_COLOUR = re.compile("|".join(map(re.escape, _VARIABLE)), re.IGNORECASE)
_LONG = re.compile(r"-?\d+\.\d{2,}")
_CIRCLE = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_OUTLINE = re.compile(r"[MLZ\d.,-]+")
_POINT = re.compile(r"([ML])(-?[\d.]+),(-?[\d.]+)|Z")
_DEFAULTS = {("opacity", "1"), ("font-weight", "normal"), ("font-style", "normal"), ("font-family", FONT)}


def draw(spec: dict[str, Any], *, ident: str, language: str = "en", compact: bool = False) -> str:
    """The picture as SVG text.

    Parameters
    ----------
    spec : a Vega-Lite specification with inline data.
    ident : prefix of every id inside the picture, unique in the page.
    language : decides decimal signs on axes.
    compact : larger letters, for a picture shown at phone width.

    Raises
    ------
    detente.errors.MissingExtra : vl-convert-python is not installed.
    """
    try:
        import vl_convert
    except ImportError as absent:  # pragma: no cover - it is a requirement of the package
        from detente.errors import MissingExtra

        raise MissingExtra.needed("vl-convert-python", "web", "Drawing a chart") from absent
    locale = {"es": "es-ES"}.get(language)
    text = vl_convert.vegalite_to_svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            **spec,
            "config": vega_config(compact),
        },
        vl_version=VEGA_LITE,
        format_locale=locale,
        allowed_base_urls=[],
    )
    return tidy(text, ident)


def tidy(text: str, ident: str) -> str:
    """Make Vega's SVG fit an inline page: one image to a reader, own ids, colours that follow the theme."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.fromstring(text)
    for group in root.iter(f"{{{NAMESPACE}}}g"):
        words = group.get("class", "").split()
        if any(word.startswith(HIT) and word.endswith("_marks") for word in words):
            for mark in group:
                mark.set("data-tip", mark.get("aria-label", ""))
                mark.set("class", "hit")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("display") == "none" or (child.tag.endswith("path") and not child.get("d")):
                parent.remove(child)
    ids = {node.get("id"): f"{ident}-{number}" for number, node in enumerate(root.iter()) if node.get("id")}
    for node in root.iter():
        _clean(node, ids)
    for name in ("width", "height", "class", "version"):
        root.attrib.pop(name, None)
    root.set("font-family", FONT)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(node: ElementTree.Element, ids: dict[str | None, str]) -> None:
    for name, value in list(node.attrib.items()):
        if name.startswith("aria-") or name in ("role", "pointer-events") or (name, value) in _DEFAULTS:
            del node.attrib[name]
        elif name == "id":
            node.set(name, ids[value])
        elif value.startswith("url(#"):
            node.set(name, f"url(#{ids[value[5:-1]]})")
        elif name == "class" and value != "hit":
            del node.attrib[name]
        elif name in ("fill", "stroke", "stop-color"):
            node.set(name, _COLOUR.sub(lambda found: _VARIABLE[found.group().lower()], value))
        elif name == "d" and (circle := _CIRCLE.fullmatch(value)):
            node.tag = f"{{{NAMESPACE}}}circle"
            del node.attrib["d"]
            node.set("r", f"{float(circle[1]):.1f}")
        elif name == "d" and len(value) > 200 and _OUTLINE.fullmatch(value):
            node.set(name, shorter(value))
        elif name in ("d", "transform", "x", "y", "x2", "y2", "width", "height"):
            node.set(name, _LONG.sub(lambda found: f"{float(found.group()):.1f}", value))


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
