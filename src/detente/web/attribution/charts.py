"""The charts of the attribution desk: the fan of placebo paths and the specification curve."""

from __future__ import annotations

from typing import Any

from detente.charts.palette import shade
from detente.web.desk.charts import framed
from detente.web.http.words import Words

Spec = dict[str, Any]


def attribution_charts(words: Words) -> dict[str, Spec]:
    """``fan`` (one for each direction) and ``curve``."""
    return {"fan": _fan(words), "curve": _curve(words)}


def _fan(words: Words) -> Spec:
    """Rows of three sorts in one table: ``what`` is band, placebo or path."""
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"nice": False, "zero": False},
        "axis": {"format": "d", "title": None, "tickMinStep": 1, "labelOverlap": "greedy", "labelSeparation": 8},
    }
    y = {"type": "quantitative", "axis": {"title": words("word.log_points"), "grid": True, "tickCount": 6}}

    def only(what: str) -> list[Spec]:
        return [{"filter": f"datum.what === '{what}'"}]

    def area(low: str, high: str, opacity: float) -> Spec:
        return {
            "transform": only("band"),
            "mark": {"type": "area", "color": shade("band"), "opacity": opacity},
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}},
        }

    zero = {
        "mark": {"type": "rule", "color": shade("axis"), "strokeDash": [4, 3]},
        "data": {"values": [{"zero": 0}]},
    }
    return framed(
        {
            "height": 260,
            "data": {"name": "rows"},
            "layer": [
                area("q5", "q95", 0.55),
                area("q25", "q75", 0.95),
                {
                    "transform": only("placebo"),
                    "mark": {"type": "line", "color": shade("axis"), "strokeWidth": 0.6, "opacity": 0.5},
                    "encoding": {"x": x, "y": {**y, "field": "value"}, "detail": {"field": "pair"}},
                },
                zero | {"encoding": {"y": {**y, "field": "zero"}}},
                {
                    "transform": only("path"),
                    "mark": {
                        "type": "line",
                        "color": shade("accent"),
                        "strokeWidth": 3,
                        "point": {"size": 30, "color": shade("accent")},
                    },
                    "encoding": {"x": x, "y": {**y, "field": "value"}},
                },
            ],
        }
    )  # fmt: skip


def _curve(words: Words) -> Spec:
    """One row a specification: the pair-specific component over the range of its placebos."""
    x = {
        "type": "quantitative",
        "scale": {"padding": 12},  # a point at the edge does not lie on its row's name
        "axis": {"title": words("word.log_points"), "grid": True, "tickCount": 6},
    }
    y = {
        "field": "label",
        "type": "nominal",
        "sort": {"field": "order"},
        "axis": {"title": None, "labelColor": shade("ink"), "labelLimit": 200, "labelExpr": "split(datum.label, '|')"},
    }
    colour = {"condition": {"test": "datum.asked", "value": shade("accent")}, "value": shade("muted")}
    return framed(
        {
            "height": {"step": 32},
            "data": {"name": "rows"},
            "layer": [
                {
                    "mark": {"type": "bar", "height": 9, "cornerRadius": 4, "color": shade("band")},
                    "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
                },
                {
                    "data": {"values": [{"zero": 0}]},
                    "mark": {"type": "rule", "color": shade("axis")},
                    "encoding": {"x": {"field": "zero", "type": "quantitative"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
                    "encoding": {"x": {**x, "field": "value"}, "y": y, "color": colour},
                },
            ],
        }
    )  # fmt: skip
