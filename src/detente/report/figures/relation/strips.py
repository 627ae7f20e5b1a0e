"""The state of the relation as four strips by month, and the index of recorded measures under them."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.answer.run_facts.flags import decimal_year
from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, values, year_axis
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.record.states.strips import DOMAINS
from detente.report.figures.register import enter
from detente.report.story import Story

MONTH = 1 / 12


@enter("strips", "timeline", 2)
def strips_chart(story: Story, words: Catalogue) -> Chart | None:
    """Four strips, darker where more is shut, blank where the record tells nothing; the index where three are known."""
    frame = story.relation_strips
    known = frame.drop_nulls("index")
    if known.is_empty():
        return None
    cells = [cell for name in DOMAINS for cell in _cells(frame, name, words)]
    line = [_point(row, words) for row in known.iter_rows(named=True)]
    domain = (cells[0]["x"], max(cell["x2"] for cell in cells))
    domain = (min(cell["x"] for cell in cells), domain[1])
    now, worst = known.row(-1, named=True), known.sort("index").row(0, named=True)
    lowest = words.number(now["index"]) == words.number(worst["index"])
    finding = words("strips.title_lowest" if lowest else "strips.title", now=words.number(now["index"]), month=words.date(now["month"]),
                    worst=words.number(worst["index"]), worst_month=words.date(worst["month"]))  # fmt: skip
    return Chart(
        slug="strips",
        title=finding,
        subtitle=words("strips.subtitle"),
        source=words("strips.source"),
        alt=words("strips.alt", finding=finding),
        data=frame,
        spec=_spec(words, cells, line, domain, compact=False),
        compact=_spec(words, cells, line, domain, compact=True),
    )


def _cells(frame: pl.DataFrame, name: str, words: Catalogue) -> list[dict[str, Any]]:
    """Stretches of months in which a strip keeps its value."""
    found: list[dict[str, Any]] = []
    for month, value in frame.select("month", name).iter_rows():
        x = decimal_year(month)
        if value is None or x is None:
            continue
        level = round(value, 2)
        if found and found[-1]["value"] == level and abs(found[-1]["x2"] - x) < MONTH / 2:
            found[-1]["x2"], found[-1]["to"] = x + MONTH, month
        else:
            found.append(
                {"strip": words(f"strips.{name}"), "x": x, "x2": x + MONTH, "value": level, "from": month, "to": month}
            )
    for cell in found:
        shut = words.percent(100 * cell["value"], 0)
        span = words("number.range", low=words.date(cell["from"]), high=words.date(cell["to"]))
        when = words.date(cell["from"]) if cell["from"] == cell["to"] else span
        cell["tip"] = words("strips.tip", strip=cell["strip"], when=when, shut=shut)
    return found


def _point(row: dict[str, Any], words: Catalogue) -> dict[str, Any]:
    number = words.number
    tip = words("strips.tip_index", month=words.date(row["month"]), index=number(row["index"]),
                low=number(row["index_low"]), high=number(row["index_high"]))  # fmt: skip
    return {"x": (decimal_year(row["month"]) or 0.0) + MONTH / 2, "index": row["index"], "low": row["index_low"],
            "high": row["index_high"], "tip": tip}  # fmt: skip


def _spec(
    words: Catalogue,
    cells: list[dict[str, Any]],
    line: list[dict[str, Any]],
    domain: tuple[float, float],
    compact: bool,
) -> Spec:
    width = NARROW - 20 if compact else WIDE - 80
    x = {"field": "x", **year_axis(domain, compact)}
    bare = {"field": "x", **year_axis(domain, compact, labels=False)}
    y = {"field": "strip", "type": "nominal", "sort": None,
         "axis": {"title": None, "domain": False, "ticks": False, "labelColor": shade("ink"), "labelLimit": 120}}  # fmt: skip
    dark = {"field": "value", "type": "quantitative", "legend": None, "scale": {"domain": [0, 1], "range": [0.12, 1]}}
    box = {"x": bare, "x2": {"field": "x2"}, "y": y}
    score = {"field": "index", "type": "quantitative", "scale": {"domain": [0, 100]},
             "axis": {"title": words("strips.axis"), "tickCount": 3}}  # fmt: skip
    band = {"x": x, "y": {**score, "field": "low"}, "y2": {"field": "high"}}
    return {
        "vconcat": [
            {
                "width": width, "height": 96,
                "layer": [
                    {"data": values(cells), "mark": {"type": "rect", "color": shade("raises"), "height": 18},
                     "encoding": {**box, "opacity": dark}},
                    hits(box, name="hit_strips", data=values(cells)),
                ],
            },
            {
                "width": width, "height": 90,
                "layer": [
                    {"data": values(line), "mark": {"type": "area", "opacity": 0.15, "color": shade("accent")}, "encoding": band},
                    {"data": values(line), "mark": {"type": "line", "color": shade("accent")}, "encoding": {"x": x, "y": score}},
                    hits({"x": x, "y": score}, name="hit_index", data=values(line)),
                ],
            },
        ]
    }  # fmt: skip
