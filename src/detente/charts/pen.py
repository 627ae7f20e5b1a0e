"""What vl-convert draws, and who draws it: this process, or another one that is handed the work.

Drawing takes some 90 MB that the process never gives back, so a server hands it to a helper. The functions here load
nothing but the chart library, and take and give plain values.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, cast

from detente.charts.palette import vega_config
from detente.errors import MissingExtra
from detente.language.registry import language_of

VEGA_LITE = "6.1"
KEPT = 96  # pictures drawn last: a run's report and the app's view of it show the same ones
_DRAWN: dict[bytes, str] = {}
By = Callable[..., Any]  # does a piece of work with its arguments: ``by(work, *arguments)``


def here(work: Callable[..., Any], *arguments: Any) -> Any:
    """The work done by this process.

    >>> here(max, 2, 3)
    3
    """
    return work(*arguments)


def svg_of(spec: dict[str, Any], language: str, narrow: bool) -> str:
    """A Vega-Lite specification as Vega draws it.

    Raises
    ------
    MissingExtra
    """
    chart = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **spec, "config": vega_config(narrow)}
    asked = sha256(json.dumps([chart, language]).encode()).digest()
    drawn = _DRAWN.pop(asked, None) or _library().vegalite_to_svg(
        chart,
        vl_version=VEGA_LITE,
        format_locale=cast(Any, language_of(language).chart_locale or None),
        allowed_base_urls=[],
    )
    _DRAWN[asked] = drawn
    while len(_DRAWN) > KEPT:
        _DRAWN.pop(next(iter(_DRAWN)), None)
    return drawn


def png_of(svg: str, scale: float) -> bytes:
    """A standalone picture as PNG; raises as :func:`svg_of`."""
    return _library().svg_to_png(svg, scale=scale)


def pdf_of(svg: str) -> bytes:
    """A standalone picture as PDF of one page; raises as :func:`svg_of`."""
    return _library().svg_to_pdf(svg)


def _library() -> Any:
    try:
        import vl_convert  # here: 9 MB that whoever hands the drawing to another process never needs
    except ImportError as absent:  # pragma: no cover - it is a requirement of the package
        raise MissingExtra.needed("vl-convert-python", "web", "Drawing a chart") from absent
    return vl_convert
