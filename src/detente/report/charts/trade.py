"""Trade by year and direction, with the events of the relation on the same time axis."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.report.catalogue import Catalogue
from detente.report.charts.chart import NARROW, WIDE, Chart, Spec, hits, rule, spread, values, year_axis
from detente.report.palette import shade
from detente.report.story import Story, decimal_year

WAYS = {"+": "raises", "0": "mixed", "-": "lowers"}


def trade_chart(story: Story, words: Catalogue) -> Chart | None:
    """Lines of recorded trade, other published figures as dots, events below; None without trade figures."""
    if story.timeline.is_empty():
        return None
    rows = _flows(story, words)
    drawn = [row for row in rows if row["preferred"]]
    if not drawn:
        return None
    domain = (min(row["year"] for row in rows), max(row["year"] for row in rows) + 0.9)
    events = [row for row in _events(story, words) if domain[0] <= row["x"] <= domain[1]]
    marked = _most_severe(events)
    for number, row in enumerate(marked, 1):
        row["number"] = str(number)
    finding = _finding(story, words, drawn)
    return Chart(
        slug="trade",
        title=finding,
        subtitle=words("trade.subtitle"),
        source=words("trade.source", sources=_publishers(story)),
        alt=words(
            "trade.alt", finding=finding, first=int(domain[0]), last=int(domain[1]), n_events=len(events)
        ),
        data=story.timeline,
        spec=_spec(story, words, rows, events, marked, domain, compact=False),
        compact=_spec(story, words, rows, events, marked, domain, compact=True),
        key=[f"{words.date(row['date'])}: {row['title']}" for row in marked],
    )


def _flows(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    rows = []
    for row in story.timeline.drop_nulls("value_usd_mn").sort("exporter", "year").iter_rows(named=True):
        flow = story.arrow(row["exporter"], row["importer"])
        tip = (
            f"{flow}, {row['year']}: {words.money(row['value_usd_mn'])} ({row['basis']}, {row['source_id']})"
        )
        rows.append(
            {
                "flow": flow,
                "year": row["year"],
                "usd_mn": row["value_usd_mn"],
                "preferred": bool(row["preferred"]),
                "tip": tip,
                "origin": row["exporter"] == story.study.origin,
            }
        )
    return rows


def _events(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    rows = []
    for row in [] if story.events.is_empty() else story.events.iter_rows(named=True):
        x = decimal_year(row["date"])
        if x is None or row["kind"] == "initial state":
            continue
        way = WAYS.get(str(row["direction"]), "mixed")
        rows.append(
            {
                "x": x,
                "date": row["date"],
                "title": row["title"],
                "way": words(f"events.{way}"),
                "kind": way,
                "severity": row["severity"] or 1,
                "tip": f"{words.date(row['date'])}: {row['title']} ({words(f'events.{way}')})",
            }
        )
    return rows


def _most_severe(events: list[dict[str, Any]], apart: float = 1.9, at_most: int = 9) -> list[dict[str, Any]]:
    """The gravest events, far enough apart to carry a number on the picture."""
    chosen: list[dict[str, Any]] = []
    for row in sorted(events, key=lambda row: (-row["severity"], row["x"])):
        if row["severity"] >= 4 and all(abs(row["x"] - other["x"]) >= apart for other in chosen):
            chosen.append(row)
    return sorted(chosen[:at_most], key=lambda row: row["x"])


def _finding(story: Story, words: Catalogue, drawn: list[dict[str, Any]]) -> str:
    by_year: dict[int, list[float]] = {}
    for row in drawn:
        by_year.setdefault(row["year"], []).append(row["usd_mn"])
    totals = {year: sum(both) for year, both in by_year.items() if len(both) == 2}
    if len(totals) < 2:
        return words("trade.title_plain", a=story.study.origin_name, b=story.study.destination_name)
    peak, last = max(totals, key=totals.__getitem__), max(totals)
    if peak == last:
        return words("trade.title_peak_now", value=words.money(totals[peak]), year=peak)
    return words(
        "trade.title",
        peak_value=words.money(totals[peak]),
        peak=peak,
        last=last,
        share=words.percent(100 * totals[last] / totals[peak], 0),
        value=words.money(totals[last]),
    )


def _publishers(story: Story) -> str:
    if story.sources.is_empty():
        return ""
    used = set(story.timeline.filter(pl.col("preferred").cast(pl.Boolean))["source_id"].to_list())
    names = [row["publisher"] for row in story.sources.iter_rows(named=True) if row["source_id"] in used]
    unique = list(dict.fromkeys(names))
    return "; ".join(unique[:4]) + (" …" if len(unique) > 4 else "")


def _spec(
    story: Story,
    words: Catalogue,
    rows: list[dict[str, Any]],
    events: list[dict[str, Any]],
    marked: list[dict[str, Any]],
    domain: tuple[float, float],
    compact: bool,
) -> Spec:
    width, height = (NARROW, 230) if compact else (WIDE, 280)
    x = {"field": "year", **year_axis(domain, compact)}
    top = 1.12 * max(row["usd_mn"] for row in rows)
    y = {
        "field": "usd_mn",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": words("trade.axis"), "tickCount": 5, "format": ",.0f"},
    }
    colour = {
        "field": "origin",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [True, False], "range": [shade("origin"), shade("destination")]},
    }
    flows = values([row for row in rows if row["preferred"]])
    others = values([row for row in rows if not row["preferred"]])
    layers: list[Spec] = [
        {
            "data": values(marked),
            "mark": rule("axis", strokeDash=[2, 3]),
            "encoding": {"x": {"field": "x", **year_axis(domain, compact)}},
        },
        {
            "data": values(marked),
            "mark": {"type": "text", "y": 6, "fontWeight": 600, "color": shade("muted")},
            "encoding": {"x": {"field": "x", **year_axis(domain, compact)}, "text": {"field": "number"}},
        },
        {
            "data": others,
            "mark": {"type": "point", "size": 16, "filled": False, "strokeWidth": 1, "opacity": 0.6},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        {"data": flows, "mark": "line", "encoding": {"x": x, "y": y, "color": colour}},
        _line_labels(rows, top, height, colour),
        hits({"x": x, "y": y}, data=flows),
    ]
    panels: list[Spec] = [{"width": width, "height": height, "layer": layers}]
    if events:
        panels.append(_strip(words, events, domain, width, compact))
    return {"vconcat": panels, "spacing": 14, "resolve": {"scale": {"color": "independent"}}}


def _line_labels(rows: list[dict[str, Any]], top: float, height: int, colour: Spec) -> Spec:
    """The name of each flow beside the end of its line, in two rows of text."""
    ends: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["preferred"]:
            ends[row["flow"]] = row
    gap = 38 * top / height
    places = spread([max(row["usd_mn"], gap / 2) for row in ends.values()], gap)
    labels = [
        {**row, "at": place, "flow": row["flow"].split(" → ")[0] + " →|" + row["flow"].split(" → ")[1]}
        for row, place in zip(ends.values(), places)
    ]
    return {
        "data": values(labels),
        "mark": {
            "type": "text",
            "align": "left",
            "dx": 8,
            "lineBreak": "|",
            "baseline": "middle",
            "fontWeight": 600,
        },
        "encoding": {
            "x": {"field": "year", "type": "quantitative"},
            "y": {"field": "at", "type": "quantitative"},
            "text": {"field": "flow"},
            "color": colour,
        },
    }


def _strip(
    words: Catalogue, events: list[dict[str, Any]], domain: tuple[float, float], width: int, compact: bool
) -> Spec:
    """Events as marks: triangles up where friction rises, down where it falls, sized by severity."""
    order = ["raises", "mixed", "lowers"]
    present = [way for way in order if any(row["kind"] == way for row in events)]
    encoding = {
        "x": {"field": "x", **year_axis(domain, compact)},
        "y": {
            "field": "way",
            "type": "nominal",
            "sort": [words(f"events.{way}") for way in order],
            "axis": {"title": None, "labelLimit": 90, "labels": not compact, "grid": True},
        },
    }
    marks = {
        "mark": {"type": "point", "filled": True, "opacity": 0.75},
        "encoding": {
            **encoding,
            "shape": {
                "field": "kind",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": order, "range": ["triangle-up", "circle", "triangle-down"]},
            },
            "color": {
                "field": "kind",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": order, "range": [shade(way) for way in order]},
            },
            "size": {
                "field": "severity",
                "type": "quantitative",
                "legend": None,
                "scale": {"domain": [1, 5], "range": [25, 150]},
            },
        },
    }
    return {
        "width": width,
        "height": {"step": 26},
        "data": values(events),
        "layer": [marks, hits(encoding, name="hit_events", size=140)],
        **(
            {
                "title": {
                    "text": "   ".join(words(f"events.{way}_short") for way in present),
                    "fontSize": 13,
                    "fontWeight": "normal",
                }
            }
            if compact
            else {}
        ),
    }
