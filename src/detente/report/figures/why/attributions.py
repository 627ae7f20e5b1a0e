"""One change, attributed in several ways: what is left to the pair depends on what it is compared with."""

from __future__ import annotations

from typing import Any

from detente.charts.chart import NARROW, WIDE, Chart, Spec, haloed, hits, percent_below, rule, values
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.story import Story

OWN = "the pair's own"
# attribution -> the part it leaves to the pair, in the order drawn
LEFT_TO_THE_PAIR = {
    "shift-share": "exporter's share",
    "three-way": OWN,
    "suppliers": "beyond comparable suppliers",
    "markets": "beyond comparable markets",
    "measures": "the pair's own without measures",
}


@enter("attributions", "attribution", 3)
def attribution_chart(story: Story, words: Catalogue) -> Chart | None:
    """The pair's part under each attribution, one panel per episode, first direction told and its base window."""
    rows = _rows(story, words)
    if len({row["attribution"] for row in rows}) < 2:
        return None
    lead = story.lead
    told = [row for row in rows if row["episode"] == lead] or rows
    own = [row["value"] for row in told if row["episode"] == told[0]["episode"]]
    finding = words(
        "attributions.title", span=words.span(min(own), max(own), 2), n=len(own), episode=told[0]["heading"]
    )
    flow = rows[0]["flow"]
    shown = story.parts.filter(story.parts["origin"] == flow[0])
    return Chart(
        slug="attributions",
        title=finding,
        subtitle=words("attributions.subtitle", flow=story.arrow(*flow)),
        source=words("attributions.source"),
        alt=words("attributions.alt", finding=finding),
        data=shown,
        spec=_spec(words, rows, compact=False),
        compact=_spec(words, rows, compact=True),
    )


def _rows(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    if story.parts.is_empty():
        return []
    told = (r for r in story.parts.iter_rows(named=True) if r["part"] == OWN and r["log_points"] is not None)
    base = next(told, story.parts.row(0, named=True))
    titles = {e.id: (story.own(e.title), words.periods(e.from_year, e.to_year)) for e in story.study.episodes}
    order = list(LEFT_TO_THE_PAIR)
    rows = []
    for raw in story.parts.iter_rows(named=True):
        same = all(raw[key] == base[key] for key in ("origin", "destination", "base_from", "base_to"))
        if not same or raw["log_points"] is None or LEFT_TO_THE_PAIR.get(raw["attribution"]) != raw["part"]:
            continue
        title, span = titles.get(raw["episode"], (raw["episode"], ""))
        ranged = raw["attribution"] in ("suppliers", "markets") and raw["low"] is not None
        value, label = raw["log_points"], words.known("attribution_by", raw["attribution"])
        tip = words("attributions.tip", heading=f"{title}, {span}", what=label,
                    log=words.number(value, 2, sign=True), pct=words.log_percent(value))  # fmt: skip
        if ranged:
            tip += " " + words("attributions.tip_range", span=words.span(raw["low"], raw["high"], 2))
        rows.append({
            "episode": raw["episode"], "heading": f"{title}, {span}", "attribution": raw["attribution"],
            "label": label, "value": value, "tip": tip, "flow": (raw["origin"], raw["destination"]),
            "low": raw["low"] if ranged else None, "high": raw["high"] if ranged else None,
        })  # fmt: skip
    place = {e.id: n for n, e in enumerate(story.study.episodes)}
    return sorted(rows, key=lambda row: (place.get(row["episode"], 99), order.index(row["attribution"])))


def _spec(words: Catalogue, rows: list[dict[str, Any]], compact: bool) -> Spec:
    ends = [row[name] for row in rows for name in ("value", "low", "high") if row[name] is not None]
    scale = {"domain": [min(*ends, 0.0) - 0.15, max(*ends, 0.0) + 0.15], "nice": False}
    headings = list(dict.fromkeys(row["heading"] for row in rows))
    panels = [
        _panel(words, [row for row in rows if row["heading"] == heading], heading, scale, compact,
               last=heading == headings[-1])
        for heading in headings
    ]  # fmt: skip
    return {"vconcat": panels, "spacing": 12}


def _panel(words: Catalogue, rows: list[dict[str, Any]], heading: str, scale: Spec, compact: bool, last: bool) -> Spec:
    x = {"field": "value", "type": "quantitative", "scale": scale,
         "axis": {"title": words("parts.axis") if last else None, "grid": True, "tickCount": 5, "labels": last,
                  "labelExpr": percent_below(words)}}  # fmt: skip
    names = {"title": None, "domain": False, "labelColor": shade("ink"), "labelLimit": 350}
    order = [row["label"] for row in rows]
    y = {"field": "label", "type": "nominal", "sort": order, "axis": None if compact else names}
    layers: list[Spec] = [
        {"data": values([{"zero": 0}]), "mark": rule("axis"), "encoding": {"x": {**x, "field": "zero"}}},
        {
            "mark": {"type": "bar", "height": 6, "opacity": 0.4, "color": shade("accent")},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 75, "opacity": 1, "color": shade("accent")},
            "encoding": {"x": x, "y": y},
        },
        hits({"x": x, "y": y}, size=220),
    ]
    if compact:
        mark = {"align": "left", "x": 0, "dy": -13, "fontSize": 12}
        layers.extend(haloed(mark, {"y": y, "text": {"field": "label"}}, colour="muted"))
    return {
        "width": NARROW + 60 if compact else WIDE - 270,
        "height": {"step": 36 if compact else 22},
        "title": {"text": heading, "frame": "group"},
        "data": values(rows),
        "layer": layers,
    }
