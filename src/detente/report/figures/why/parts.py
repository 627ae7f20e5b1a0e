"""The change of trade in each episode, split into the parts specific to each economy and to the pair."""

from __future__ import annotations

from typing import Any

from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, percent_below, rule, values
from detente.charts.palette import shade
from detente.language import Catalogue, When
from detente.report.figures.register import enter
from detente.report.figures.why.tips import p_among
from detente.report.story import Story


@enter("parts", "attribution", 2)
def parts_chart(story: Story, words: Catalogue) -> Chart | None:
    """Two bars an episode in log points, with the placebos' 5-95% range around the pair's bar."""
    rows = _rows(story, words)
    if not rows:
        return None
    dyad = [row for row in rows if row["kind"] == "dyad"]
    mine = [row for row in dyad if row["origin"] == story.study.origin] or dyad
    lead = story.episode(story.lead)
    head = next((row for row in mine if lead.endswith(f", {row['episode']}")), mine[0])
    finding = words(
        "parts.title" if head["total"] is not None else "parts.title_to_zero",
        flow=head["flow"],
        from_year=head["from_year"],
        to_year=head["to_year"],
        total=words.log_percent(head["total"]),
        dyad=words.number(head["value"], 2, sign=True),
        log="" if head["total"] is None else words.number(head["total"], 2, sign=True),
    )
    return Chart(
        slug="parts",
        title=finding,
        subtitle=words("parts.subtitle"),
        source=words("residuals.source", panel=story.own(str(head["panel"]))),
        alt=words("parts.alt", finding=finding),
        data=story.attribution,
        hidden=("dyad_pct",),  # said in words in the table below: as a number it can be negative or above 100
        spec=_spec(words, rows, compact=False),
        compact=_spec(words, rows, compact=True),
    )


def _rows(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    """Two rows per direction and episode, of the first base window and panel only."""
    rows: list[dict[str, Any]] = []
    seen = set()
    for raw in [] if story.attribution.is_empty() else story.attribution.iter_rows(named=True):
        key = (raw["origin"], raw["destination"], raw["from_year"], raw["to_year"])
        if key in seen or raw["dyad_part"] is None or raw["supply_demand_part"] is None:
            continue
        seen.add(key)
        flow = story.arrow(raw["origin"], raw["destination"])
        for kind, field in (("economies", "supply_demand_part"), ("dyad", "dyad_part")):
            value = raw[field]
            tip = f"{flow}, {words.periods(raw['from_year'], raw['to_year'])}: {words(f'parts.{kind}')} " + words(
                "parts.tip", log=words.number(value, 2, sign=True), pct=words.log_percent(value)
            )
            banded = kind == "dyad" and raw["n_placebos"] is not None
            if kind == "dyad" and raw["placebo_share"] is not None:
                tip += " " + p_among(words, raw["placebo_share"], raw["n_placebos"])
            rows.append(
                {
                    "origin": raw["origin"],
                    "flow": flow,
                    "from_year": When(raw["from_year"]),
                    "to_year": When(raw["to_year"]),
                    "episode": words.periods(raw["from_year"], raw["to_year"]),
                    "kind": kind,
                    "part": words(f"parts.{kind}"),
                    "value": value,
                    "total": raw["log_change"],
                    "tip": tip,
                    "panel": raw["panel"],
                    "banded": banded,
                    "low": raw["band_low"] if banded else None,
                    "high": raw["band_high"] if banded else None,
                }
            )
    return rows


def _spec(words: Catalogue, rows: list[dict[str, Any]], compact: bool) -> Spec:
    width = NARROW + 20 if compact else WIDE // 2 - 20
    flows = list(dict.fromkeys(row["flow"] for row in rows))
    ends = [row[name] for row in rows for name in ("value", "low", "high") if row[name] is not None]
    scale = {"domain": [min(*ends, 0.0) - 0.25, max(*ends, 0.0) + 0.25], "nice": False}
    edges = dict(zip(("low", "high"), scale["domain"]))  # of a whisker without an end: trade that stopped, or began
    rows = [{**row, **{k: edge for k, edge in edges.items() if row["banded"] and row[k] is None}} for row in rows]
    panels = [
        _panel(words, [row for row in rows if row["flow"] == flow], scale, width, compact, first=not index)
        for index, flow in enumerate(flows)
    ]
    return {"vconcat" if compact else "hconcat": panels, "spacing": 30}


def _encodings(words: Catalogue, scale: Spec, first: bool) -> tuple[Spec, ...]:
    """Where a part lies: its size, its episode, its lane there, and its colour."""
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": scale,
        "axis": {
            "title": words("parts.axis"),
            "grid": True,
            "tickCount": 5,
            "labelExpr": percent_below(words),
        },
    }
    kinds = ["economies", "dyad"]
    y = {
        "field": "episode",
        "type": "nominal",
        "sort": None,
        "scale": {"paddingInner": 0.35},
        "axis": {
            "title": None,
            "labelFontWeight": 600,
            "labelColor": shade("ink"),
            "labels": True,
            "domain": False,
        },
    }
    lane = {"field": "kind", "sort": kinds, "scale": {"paddingInner": 0.12}}
    colour = {
        "field": "part",
        "type": "nominal",
        "scale": {
            "domain": [words(f"parts.{kind}") for kind in kinds],
            "range": [shade("expected"), shade("accent")],
        },
        "legend": {
            "title": None,
            "orient": "top",
            "symbolType": "square",
            "labelLimit": 320,
            "padding": 0,
            "direction": "vertical",
        }
        if first
        else None,
    }
    return x, y, lane, colour


def _panel(words: Catalogue, rows: list[dict[str, Any]], scale: Spec, width: int, compact: bool, first: bool) -> Spec:
    x, y, lane, colour = _encodings(words, scale, first)
    banded = [row for row in rows if row["low"] is not None]
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 1}},
            "encoding": {"x": x, "y": y, "yOffset": lane, "color": colour},
        },
        {
            "data": values([{"zero": 0}]),
            "mark": rule("axis"),
            "encoding": {"x": {"field": "zero", "type": "quantitative"}},
        },
        {
            "data": values(banded),
            "mark": rule("ink", strokeWidth=1.5),
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "yOffset": lane},
        },
        *[
            {
                "data": values(banded),
                "mark": {"type": "tick", "color": shade("ink"), "thickness": 1.5, "size": 9},
                "encoding": {"x": {**x, "field": end}, "y": y, "yOffset": lane},
            }
            for end in ("low", "high")
        ],
        hits({"x": x, "y": y, "yOffset": lane}, size=260),
    ]
    return {
        "width": width,
        "height": {"step": 22},
        "title": rows[0]["flow"],
        "data": values(rows),
        "layer": layers,
    }
