"""Forecasts beside what happened: how many times the outcome each one named."""

from __future__ import annotations

from json import dumps
from statistics import median
from typing import Any

from detente.charts.chart import NARROW, WIDE, Chart, Spec, haloed, hits, rule, values
from detente.charts.palette import shade
from detente.charts.strokes import wrapped
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.series_names import target_in_words
from detente.report.story import Story

RESULTS = {"hit": "lowers", "near": "expected", "miss": "raises"}
SHAPES = {"point": "circle", "range": "circle", "floor": "triangle-right", "ceiling": "triangle-left"}
AMOUNTS = ("point", "range")
LINE = 54  # letters of a row's name that stand in one line
NAME = 52  # and above the row, on a phone


@enter("forecasts", "forecasts", 1)
def forecast_chart(story: Story, words: Catalogue) -> Chart | None:
    """Forecast over outcome on a log scale, one row a forecast; None if no forecast has a ratio."""
    rows = _rows(story, words)
    amounts = [row["mid"] for row in rows if row["kind"] in AMOUNTS]
    if not amounts:
        return None
    finding = words(
        "forecasts.title",
        above=sum(ratio > 1 for ratio in amounts),
        n=len(amounts),
        median=words.times(median(amounts)),
    )
    domain = min(0.5, min(row["low"] for row in rows) / 1.3), max(16.0, 1.3 * max(row["high"] for row in rows))
    return Chart(
        slug="forecasts",
        title=finding,
        subtitle=words("forecasts.subtitle"),
        source=words("forecasts.source"),
        alt=words("forecasts.alt", finding=finding),
        data=story.forecasts,
        hidden=("forecast_id", "outcome_figure_ids", "outcome_op", "note"),
        spec=_spec(words, rows, domain, compact=False),
        compact=_spec(words, rows, domain, compact=True),
    )


def _rows(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    rows = []
    for raw in [] if story.forecasts.is_empty() else story.forecasts.iter_rows(named=True):
        ratio, outcome = raw.get("ratio"), raw.get("outcome")
        if not ratio or ratio <= 0 or not outcome or outcome <= 0 or raw["result"] not in RESULTS:
            continue
        ends = [value / outcome for value in (raw["low"], raw["high"]) if value is not None and value > 0]
        result = words.known("result", raw["result"])
        who, horizon = story.own(raw["forecaster"]), words.horizon(raw["horizon"])
        tip = words(
            "forecasts.tip", date=words.date(raw["date"]), who=who, target=target_in_words(story, words, raw["target"]),
            horizon=horizon, forecast=_amount(words, raw), outcome=words.significant(outcome, 4),
            unit=words.known("unit", str(raw["unit"])), ratio=words.times(ratio), result=result,
        )  # fmt: skip
        rows.append({
            "id": raw["forecast_id"], "date": raw["date"], "kind": raw["kind"], "result": result, "tip": tip,
            "mid": ratio, "low": min(*ends, ratio), "high": max(*ends, ratio),
            "label": _label(f"{words.date(str(raw['date'])[:7])}: {who}", horizon),
        })  # fmt: skip
    rows.sort(key=lambda row: (row["date"], row["id"]))
    return [{**row, "row": number} for number, row in enumerate(rows)]


def _label(who: str, horizon: str) -> str:
    """Who forecast, and for when where one line holds both: the words of the point say it too."""
    whole = f"{who} ({horizon})"
    return whole if len(whole) <= LINE else who


def _amount(words: Catalogue, raw: dict[str, Any]) -> str:
    ends = [words.significant(value, 4) for value in (raw["low"], raw["high"]) if value is not None]
    return "–".join(dict.fromkeys(ends))


def _encodings(
    words: Catalogue, rows: list[dict[str, Any]], domain: tuple[float, float], compact: bool
) -> tuple[Spec, ...]:
    """Where a forecast lies: its ratio to what came, its row, its colour and its shape."""
    steps = [value for value in (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32) if domain[0] <= value <= domain[1]]
    x = {
        "field": "mid",
        "type": "quantitative",
        "scale": {"type": "log", "base": 2, "domain": list(domain), "nice": False},
        "axis": {
            "title": words("column.ratio"),
            "values": steps,
            "grid": True,
            "orient": "top",
            "labelExpr": "'×' + format(datum.value, '~r')",
        },
    }
    y = {
        "field": "row",
        "type": "nominal",
        "sort": None,
        "scale": {"paddingOuter": 0.4},
        "axis": None
        if compact
        else {
            "title": None,
            "labelLimit": 340,
            "labelAlign": "left",
            "labelPadding": 340,
            "labelColor": shade("ink"),
            "labelLineHeight": 12,
            "labelExpr": f"{dumps([wrapped(row['label'], LINE) for row in rows])}[datum.value]",
        },
    }
    colour = {"field": "result", "type": "nominal",
              "scale": {"domain": [words.known("result", name) for name in RESULTS],
                        "range": [shade(name) for name in RESULTS.values()]},
              "legend": {"title": None, "orient": "top", "symbolOpacity": 1, "symbolSize": 80}}  # fmt: skip
    shape = {"field": "kind", "type": "nominal", "legend": None,
             "scale": {"domain": list(SHAPES), "range": list(SHAPES.values())}}  # fmt: skip
    return x, y, colour, shape


def _spec(words: Catalogue, rows: list[dict[str, Any]], domain: tuple[float, float], compact: bool) -> Spec:
    width = NARROW + 60 if compact else WIDE - 290
    x, y, colour, shape = _encodings(words, rows, domain, compact)
    layers: list[Spec] = [
        {
            "data": values([{"one": 1}]),
            "mark": rule("ink", strokeWidth=1.25),
            "encoding": {"x": {"field": "one", "type": "quantitative"}},
        },
        {
            "mark": {"type": "bar", "height": 5, "opacity": 0.4, "cornerRadius": 2, "y": {"band": 0.5}},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
        },
        hits({"x": x, "y": y}, size=200),
    ]
    if compact:
        layers += _names(rows, y, width)
    step = 22 if all(len(row["label"]) <= LINE for row in rows) else 30  # two lines
    return {"width": width, "height": {"step": 38 if compact else step}, "data": values(rows), "layer": layers}


def _names(rows: list[dict[str, Any]], y: Spec, width: int) -> list[Spec]:
    """What each row is, above it: in one line, or in two where it is long."""
    layers: list[Spec] = []
    for count in (1, 2):
        held = [
            row | {"above": "|".join(said)}
            for row in rows
            if len(said := wrapped(row["label"].replace("|", "/"), NAME)) == count
        ]
        text = {
            "align": "left",
            "x": 0,
            "dy": -3 - 10 * count,
            "limit": width,
            "fontSize": 12,
            "lineBreak": "|",
            "lineHeight": 11,
        }
        named = haloed(text, {"y": y, "text": {"field": "above"}}, colour="muted")
        layers += [{"data": values(held), **layer} for layer in named if held]
    return layers
