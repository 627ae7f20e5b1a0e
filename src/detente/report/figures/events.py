"""Dated events on a time axis: a strip of marks by effect, and numbers for the gravest."""

from __future__ import annotations

from typing import Any

from detente.answer.run_facts.flags import decimal_year
from detente.charts.chart import Spec, hits, rule, values, year_axis
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.record.schema import FRICTION
from detente.report.story import Story

NUMBERED_FROM, NUMBERED_AT_MOST, YEARS_APART = 4, 9, 1.3


def event_marks(story: Story, words: Catalogue, domain: tuple[float, float]) -> list[dict[str, Any]]:
    """Events inside the time axis, by date; the gravest carry a ``number``."""
    rows = []
    for row in [] if story.events.is_empty() else story.events.iter_rows(named=True):
        x = decimal_year(row["date"])
        if x is None or row["kind"] == "initial state" or not domain[0] <= x <= domain[1]:
            continue
        way = FRICTION.get(str(row["direction"]), "mixed")
        title = story.own(row["title"])
        tip = f"{words.date(row['date'])}: {title} ({words(f'events.{way}')})"
        rows.append({"x": x, "date": row["date"], "title": title, "kind": way, "tip": tip,
                     "way": words(f"events.{way}"), "severity": row["severity"] or 1})  # fmt: skip
    rows.sort(key=lambda row: row["x"])
    for number, row in enumerate(_gravest(rows), 1):
        row["number"] = str(number)
    return rows


def _gravest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The gravest events, far enough apart for their numbers, by date."""
    chosen: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: (-row["severity"], row["x"])):
        apart = all(abs(row["x"] - other["x"]) >= YEARS_APART for other in chosen)
        if row["severity"] >= NUMBERED_FROM and apart:
            chosen.append(row)
    return sorted(chosen[:NUMBERED_AT_MOST], key=lambda row: row["x"])


def number_layers(events: list[dict[str, Any]], domain: tuple[float, float], compact: bool) -> list[Spec]:
    """Dotted lines with the numbers of the gravest events on top; on a phone in two rows."""
    numbered = [row for row in events if "number" in row]
    x = {"field": "x", **year_axis(domain, compact)}
    layers: list[Spec] = [{"data": values(numbered), "mark": rule("axis", strokeDash=[2, 3]), "encoding": {"x": x}}]
    for row in range(2 if compact else 1):
        mark = {"type": "text", "y": 6 + 15 * row, "fontWeight": 600, "color": shade("muted")}
        part = numbered[row::2] if compact else numbered
        layers.append({"data": values(part), "mark": mark, "encoding": {"x": x, "text": {"field": "number"}}})
    return layers


def event_strip(
    words: Catalogue, events: list[dict[str, Any]], domain: tuple[float, float], width: int, compact: bool
) -> Spec:
    """Triangles up where friction rises, down where it falls, sized by severity."""
    order = list(FRICTION.values())
    x = {"field": "x", **year_axis(domain, compact)}
    y = {"field": "way", "type": "nominal", "sort": [words(f"events.{way}") for way in order],
         "axis": {"title": None, "labelLimit": 90, "labels": not compact, "grid": True}}  # fmt: skip
    scales = {
        "shape": {"domain": order, "range": ["triangle-up", "circle", "triangle-down"]},
        "color": {"domain": order, "range": [shade(way) for way in order]},
    }
    looks = {
        name: {"field": "kind", "type": "nominal", "legend": None, "scale": scale} for name, scale in scales.items()
    }
    size = {"field": "severity", "type": "quantitative", "legend": None,
            "scale": {"domain": [1, 5], "range": [25, 150]}}  # fmt: skip
    present = [way for way in order if any(row["kind"] == way for row in events)]
    legend = "   ".join(words(f"events.{way}_short") for way in present)
    strip: Spec = {
        "width": width,
        "height": {"step": 26},
        "data": values(events),
        "layer": [
            {
                "mark": {"type": "point", "filled": True, "opacity": 0.75},
                "encoding": {"x": x, "y": y, "size": size, **looks},
            },
            hits({"x": x, "y": y}, name="hit_events", size=140),
        ],
    }
    if compact:
        strip["title"] = {"text": legend, "fontSize": 13, "fontWeight": "normal"}
    return strip
