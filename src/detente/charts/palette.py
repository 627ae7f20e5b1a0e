"""Colours of the page and its charts: one name a role, a light and a dark shade.

Charts are drawn once in the light shades; :mod:`detente.charts.svg` turns each shade into a CSS variable
that falls back to it, so the same picture follows the page from light to dark and still stands alone as a
file. The two flows are Okabe and Ito's blue and vermilion, apart for every common kind of colour vision and
also in lightness; states of friction differ by shape as well.
"""

from __future__ import annotations

from typing import Any

SHADES: dict[str, tuple[str, str]] = {
    #             light      dark
    "paper": ("#fefefe", "#12161c"),
    "ink": ("#1c2530", "#e6eaf0"),
    "muted": ("#566270", "#a3afbd"),
    "grid": ("#e1e5ea", "#2c3540"),
    "axis": ("#98a2ad", "#67727f"),
    "shade": ("#eef1f5", "#1d242d"),
    "band": ("#cfd8e2", "#38444f"),
    "origin": ("#0a6cb0", "#62b2ee"),
    "destination": ("#b84a08", "#f49a57"),
    "raises": ("#a8263f", "#f08197"),
    "lowers": ("#127a6d", "#4fc7b5"),
    "mixed": ("#6d6a75", "#b3afbd"),
    "expected": ("#5f6c79", "#a3afbe"),
    "gap": ("#fae8d8", "#4a3320"),
    "gap_ink": ("#8a3a06", "#f6b98a"),
    "strained": ("#f0c98a", "#8a6a2c"),
    "accent": ("#6a3d9a", "#c3a0e6"),
    # maps: land without data, steps of a share, losses and gains
    "land": ("#e6e9ed", "#262e37"),
    "step0": ("#f0ead2", "#33402f"),
    "step1": ("#c9e0c2", "#2f5a4c"),
    "step2": ("#8fcbbb", "#2f7d70"),
    "step3": ("#4ba3ae", "#45a298"),
    "step4": ("#2b6f9c", "#7fc8b4"),
    "step5": ("#1f3b73", "#d3ecc4"),
    "loss3": ("#8c2d04", "#ffb27a"),
    "loss2": ("#d9793a", "#c9702f"),
    "loss1": ("#f6d3b3", "#6b4424"),
    "gain1": ("#c6dbef", "#2b4a63"),
    "gain2": ("#5a9bcc", "#4181b3"),
    "gain3": ("#08407f", "#9ccbf2"),
}
FONT = "'Liberation Sans', Arial, Helvetica, sans-serif"  # one set of widths, measured here and shown there


def shade(name: str) -> str:
    """The light shade of a role: what a chart specification names."""
    return SHADES[name][0]


def vega_config(compact: bool = False) -> dict[str, Any]:
    """Vega-Lite's ``config``: quiet axes, horizontal grid, text that can be read on a phone."""
    size = 13 if compact else 12
    return {
        "background": None,
        "padding": 8,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": shade("muted"),
            "titleColor": shade("muted"),
            "titleFontWeight": "normal",
            "labelFontSize": size,
            "titleFontSize": size,
            "gridColor": shade("grid"),
            "domainColor": shade("axis"),
            "tickColor": shade("axis"),
            "labelPadding": 4,
            "titlePadding": 8,
        },
        "axisX": {"grid": False, "tickSize": 4},
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleAnchor": "start",
            "titleBaseline": "bottom",
            "titleX": 0,
            "titleY": -8,
        },
        "header": {
            "labelColor": shade("ink"),
            "labelFontSize": size + 1,
            "labelFontWeight": 600,
            "title": None,
        },
        "legend": {
            "labelColor": shade("ink"),
            "titleColor": shade("muted"),
            "labelFontSize": size,
            "titleFontSize": size,
            "columnPadding": 22,
        },
        "text": {"color": shade("ink"), "fontSize": size},
        "line": {"strokeWidth": 2.25, "strokeJoin": "round"},
        "title": {"color": shade("ink"), "fontSize": size + 1, "fontWeight": 600, "anchor": "start"},
    }


def css_variables() -> str:
    """The shades as CSS custom properties: light, dark by preference, by choice, and light on paper."""

    def block(which: int) -> str:
        return "".join(f"--c-{name}:{pair[which]};" for name, pair in SHADES.items())

    return (
        f":root{{color-scheme:light;{block(0)}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{block(1)}}}}}"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{block(1)}}}}}"
    )
