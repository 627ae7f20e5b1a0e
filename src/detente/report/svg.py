"""A Vega-Lite specification becomes an inline SVG picture that fits the page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from detente.report.compaction import NAMESPACE, compact
from detente.report.palette import FONT, SHADES, vega_config

VEGA_LITE = "6.1"
HIT = "hit"  # layers whose name begins with this carry the words a reader sees when pointing at a mark
_VARIABLE = {pair[0]: f"var(--c-{name},{pair[0]})" for name, pair in SHADES.items()}
_COLOUR = re.compile("|".join(map(re.escape, _VARIABLE)), re.IGNORECASE)


def draw(spec: dict[str, Any], *, ident: str, language: str = "en", narrow: bool = False) -> str:
    """The picture as SVG text.

    Parameters
    ----------
    spec : a Vega-Lite specification with inline data.
    ident : prefix of every id inside the picture, unique in the page.
    language : decides decimal signs on axes.
    narrow : larger letters, for a picture shown at phone width.

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
            "config": vega_config(narrow),
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
                _mark_hit(mark)
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
    compact(root, ident)
    return ElementTree.tostring(root, encoding="unicode")


def _mark_hit(mark: ElementTree.Element) -> None:
    """A mark with words; one that is not drawn becomes a ghost, which the style sheet hides."""
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
