"""A Vega-Lite specification becomes an inline SVG picture that fits the page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from detente.charts.compaction import NAMESPACE, SHAPE, compact
from detente.charts.palette import FONT, SHADES
from detente.charts.pen import By, here, svg_of

HIT = "hit"  # layers whose name begins with this carry the words a reader sees when pointing at a mark
_VARIABLE = {pair[0]: f"var(--c-{name},{pair[0]})" for name, pair in SHADES.items()}
_COLOUR = re.compile("|".join(map(re.escape, _VARIABLE)), re.IGNORECASE)


def draw(
    spec: dict[str, Any],
    *,
    ident: str,
    language: str = "en",
    narrow: bool = False,
    outlines: dict[str, str] | None = None,
    by: By = here,
) -> str:
    """The picture as SVG text.

    Parameters
    ----------
    spec : a Vega-Lite specification with inline data.
    ident : prefix of every id inside the picture, unique in the page.
    language : decides decimal signs on axes.
    narrow : larger letters, for a picture shown at phone width; its marks carry no words, since the page's
        script gives them those of the wide picture.
    outlines : the page's store of country shapes (path to id), filled here; see :func:`store`.
    by : who draws it; this process unless given.

    Raises
    ------
    detente.errors.MissingExtra : vl-convert-python is not installed.
    """
    text = by(svg_of, spec, language, narrow)
    return tidy(text, ident, {} if outlines is None else outlines, silent=narrow)


def store(outlines: dict[str, str]) -> str:
    """The definitions that the page's maps draw from, to stand once in the page."""
    shapes = "".join(f'<path id="{name}" d="{path}"/>' for path, name in outlines.items())
    return f'<svg xmlns="{NAMESPACE}" class="unseen" aria-hidden="true"><defs>{shapes}</defs></svg>' if shapes else ""


def tidy(text: str, ident: str, outlines: dict[str, str], *, silent: bool = False) -> str:
    """Make Vega's SVG fit an inline page: one image to a reader, own ids, colours that follow the theme."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.fromstring(text)
    for group in root.iter(f"{{{NAMESPACE}}}g"):
        words = group.get("class", "").split()
        if any(word.startswith(HIT) and word.endswith("_marks") for word in words):
            for mark in group:
                _mark_hit(mark, silent)
        if "mark-shape" in words:
            for mark in group:
                mark.set(SHAPE, "1")
    for parent in list(root.iter()):
        for child in list(parent):
            if child.get("display") == "none" or (child.tag.endswith("path") and not child.get("d")):
                parent.remove(child)
    ids = {node.get("id"): f"{ident}-{number}" for number, node in enumerate(root.iter()) if node.get("id")}
    for node in root.iter():
        _clean(node, ids)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("font-family", FONT)
    compact(root, outlines)
    return ElementTree.tostring(root, encoding="unicode")


def _mark_hit(mark: ElementTree.Element, silent: bool) -> None:
    """A mark with words; one that is not drawn becomes a ghost, which the style sheet hides."""
    if not silent:
        mark.set("data-tip", mark.get("aria-label", ""))
    mark.set("class", "hit")
    if mark.get("opacity") == "0":
        mark.set("class", "hit ghost")
        for name in ("opacity", "fill", "stroke", "stroke-width"):
            mark.attrib.pop(name, None)


def _clean(node: ElementTree.Element, ids: dict[str | None, str]) -> None:
    for name, value in list(node.attrib.items()):
        if name.startswith("aria-") or name in ("role", "pointer-events") or (name, value) == ("font-family", FONT):
            del node.attrib[name]
        elif name == "id":
            node.set(name, ids[value])
        elif value.startswith("url(#"):
            node.set(name, f"url(#{ids[value[5:-1]]})")
        elif name == "class" and "hit" not in value.split():
            del node.attrib[name]
        elif name in ("fill", "stroke", "stop-color"):
            node.set(name, _COLOUR.sub(lambda found: _VARIABLE[found.group().lower()], value))
