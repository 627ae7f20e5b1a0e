"""The charts of the scenario desk as Vega-Lite specifications with named data, filled and refilled in the page."""

from __future__ import annotations

from typing import Any

from detente.charts.palette import shade, vega_config
from detente.charts.pen import VEGA_LITE
from detente.study import Study
from detente.web.http.words import Words

Spec = dict[str, Any]
SCHEMA = f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE.split('.')[0]}.json"


def desk_charts(words: Words, study: Study) -> dict[str, Spec]:
    """One specification a chart: ``flows``, ``income`` and ``elsewhere``."""
    names = [words.economy(code) for code in study.spec.dyad]
    return {
        "flows": _ranges(
            words("trade.axis"), "flow",
            [words("desk.flow", a=names[0], b=names[1]), words("desk.flow", a=names[1], b=names[0])], before=True,
        ),
        "income": _ranges(words("maps.gain"), "economy", names, before=False),
        "elsewhere": _elsewhere(words),
    }  # fmt: skip


def framed(spec: Spec) -> Spec:
    """A specification with the report's configuration and the width of its place."""
    return {
        "$schema": SCHEMA, "width": "container", "autosize": {"type": "fit-x", "contains": "padding", "resize": True},
        "config": {**vega_config(), "axisY": {"domain": False, "ticks": False}}, **spec,
    }  # fmt: skip


def _ranges(title: str, by: str, domain: list[str], *, before: bool) -> Spec:
    """A dot for the central path, a bar for its band, a tick for the baseline, a triangle for what was sold since; one row
    a scenario and ``by``."""
    x = {"type": "quantitative", "axis": {"title": title, "grid": True, "tickCount": 5, "labelOverlap": True}}
    y = {
        "field": "label", "type": "nominal", "sort": {"field": "order"}, "scale": {"paddingInner": 0.45},
        "axis": {"title": None, "labelColor": shade("ink"), "labelLimit": 150},
    }  # fmt: skip
    lane = {"field": by, "sort": domain}
    colour = {
        "field": by, "type": "nominal", "scale": {"domain": domain, "range": [shade("origin"), shade("destination")]},
        "legend": {"title": None, "orient": "top", "direction": "vertical", "labelLimit": 400, "symbolType": "circle"},
    }  # fmt: skip
    fresh = {"condition": {"test": "datum.stale", "value": shade("grid")}, **colour}
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.low)"}],
            "mark": {"type": "bar", "height": 8, "cornerRadius": 4, "opacity": 0.45},
            "encoding": {
                "x": {**x, "field": "low"},
                "x2": {"field": "high"},
                "y": y,
                "yOffset": lane,
                "color": fresh,
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {"x": {**x, "field": "after"}, "y": y, "yOffset": lane, "color": colour},
        },
    ]
    if before:
        layers += _before(x, y, lane)
    else:
        zero = {"data": {"values": [{"zero": 0}]}, "mark": {"type": "rule", "color": shade("axis")}}
        layers.insert(0, zero | {"encoding": {"x": {"field": "zero", "type": "quantitative"}}})
    return framed({"height": {"step": 20}, "data": {"name": "rows"}, "layer": layers})


def _before(x: Spec, y: Spec, lane: Spec) -> list[Spec]:
    """A triangle for what was sold since, a tick for the baseline."""
    triangle = {
        "type": "point", "shape": "triangle-down", "filled": True, "color": shade("ink"), "size": 70, "opacity": 1,
    }  # fmt: skip
    tick = {"type": "tick", "color": shade("ink"), "thickness": 2, "size": 15}
    return [
        {
            "transform": [{"filter": "isValid(datum.fact)"}],
            "mark": triangle,
            "encoding": {"x": {**x, "field": "fact"}, "y": y, "yOffset": lane},
        },
        {"mark": tick, "encoding": {"x": {**x, "field": "before"}, "y": y, "yOffset": lane}},
    ]


def _elsewhere(words: Words) -> Spec:
    """Real income of the economies outside the pair that win or lose most, in the scenario being moved."""
    x_axis = {"title": words("maps.gain"), "tickCount": 3, "labelOverlap": True}
    y_axis = {"title": None, "labelColor": shade("ink"), "labelLimit": 150}
    return framed(
        {
            "height": {"step": 22},
            "data": {"name": "rows"},
            "mark": {"type": "bar", "height": {"band": 0.7}},
            "encoding": {
                "x": {"field": "pct", "type": "quantitative", "axis": x_axis},
                "y": {"field": "name", "type": "nominal", "sort": None, "axis": y_axis},
                "color": {"condition": {"test": "datum.pct < 0", "value": shade("raises")}, "value": shade("lowers")},
            },
        }
    )  # fmt: skip
