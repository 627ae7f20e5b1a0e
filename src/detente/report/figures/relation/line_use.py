"""What a line between the two carried, beside what it could carry by date: a pipeline, a cable."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.answer.run_facts.flags import decimal_year
from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, values, year_axis
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.story import Story

MONTH = 1 / 12
HEIGHT = 130


@enter("lines", "timeline", 3)
def lines_chart(story: Story, words: Catalogue) -> Chart | None:
    """A panel a direction of the family with most figures: shaded up to what it could carry, bars of what it carried."""
    carried = story.lines.filter(pl.col("kind") == "carried")
    if carried.is_empty():
        return None
    sizes = carried.group_by("family", "unit").len().sort(["len", "family"], descending=[True, False])
    family, unit = sizes.row(0)[:2]
    carried = carried.filter(family=family, unit=unit)
    flows = [row for raw in carried.iter_rows(named=True) if (row := _flow(story, words, raw)) is not None]
    domain = (min(row["x"] for row in flows) - 1, max(row["x2"] for row in flows) + 0.5)
    limits = [row for raw in _limits(story, family, unit) if (row := _limit(story, words, raw, domain)) is not None]
    if not limits:
        limits = _in_print(carried, story, words, domain)
    top = carried.sort("value").row(-1, named=True)
    most = _allowed(story, top, limits, flows)
    title = words(
        "line_use.title" if most else "line_use.title_bare",
        family=words.known("family", family), unit=words.known("unit", unit), when=words.date(top["date"]),
        top=words.significant(top["value"]), way=story.arrow(top["origin"], top["destination"]),
        most=words.significant(most),
    )  # fmt: skip
    rows = pl.DataFrame([*limits, *flows], infer_schema_length=None)
    axis = words("line_use.axis", unit=words.known("unit", unit))
    return Chart(
        slug="lines", title=title, subtitle=words("line_use.subtitle"), source=words("line_use.source"),
        alt=words("line_use.alt", finding=title), data=rows,
        spec=_spec(limits, flows, domain, axis, compact=False), compact=_spec(limits, flows, domain, axis, compact=True),
        hidden=("tip",),
    )  # fmt: skip


def _allowed(story: Story, top: dict[str, Any], limits: list[dict[str, Any]], flows: list[dict[str, Any]]) -> float:
    """The most that the line could carry while it carried its most; zero where no limit is known for that time."""
    way = story.arrow(top["origin"], top["destination"])
    when = next((f for f in flows if f["direction"] == way and f["high"] == top["value"]), None)
    return max((r["high"] for r in limits if when and r["direction"] == way and r["x"] < when["x2"] and when["x"] < r["x2"]),
               default=0.0)  # fmt: skip


def _flow(story: Story, words: Catalogue, row: dict[str, Any]) -> dict[str, Any] | None:
    """A figure of what was carried, over its period and at least a month wide."""
    start, _, end = str(row["date"]).partition("/")
    x, x2 = decimal_year(start), decimal_year(end or start)
    if x is None or x2 is None:
        return None
    way = story.arrow(row["origin"], row["destination"])
    tip = words("line_use.tip_carried", way=way, when=words.date(row["date"]), value=words.significant(row["value"]),
                unit=words.known("unit", row["unit"]), source="; ".join(story.source_names(row["source_id"])))  # fmt: skip
    return {"direction": way, "kind": "carried", "x": x, "x2": x2 + (MONTH if len(start) > 4 else 1.0),
            "high": float(row["value"]), "binds": None, "tip": tip}  # fmt: skip


def _limits(story: Story, family: str, unit: str) -> list[dict[str, Any]]:
    """The bounds on record, what-ifs left out."""
    found = story.bounds.filter(pl.col("family") == family, pl.col("unit") == unit, pl.col("assumed").is_null())
    return found.to_dicts()


def _limit(story: Story, words: Catalogue, row: dict[str, Any], domain: tuple[float, float]) -> dict[str, Any] | None:
    first = domain[0] if row["from"] is None else decimal_year(row["from"]) or domain[0]
    last = domain[1] if row["until"] is None else decimal_year(row["until"]) or domain[1]
    x, x2 = max(first, domain[0]), min(last, domain[1])
    if x >= x2:
        return None
    way = story.arrow(row["origin"], row["destination"])
    binds = ", ".join(words.known("binds", term) for term in row["binds"].split(";"))
    tip = words("line_use.tip_limit", way=way, first=words.date(row["from"]) if row["from"] else "…",
                last=words.date(row["until"]) if row["until"] else "…", value=words.significant(row["high"]),
                unit=words.known("unit", row["unit"]), binds=binds)  # fmt: skip
    return {
        "direction": way,
        "kind": "can carry",
        "x": x,
        "x2": x2,
        "high": float(row["high"]),
        "binds": binds,
        "tip": tip,
    }


def _in_print(
    carried: pl.DataFrame, story: Story, words: Catalogue, domain: tuple[float, float]
) -> list[dict[str, Any]]:
    """Where the study gives no terms: the largest capacity in print of each direction."""
    told = (
        carried.drop_nulls("capacity")
        .group_by("origin", "destination", "unit", maintain_order=True)
        .agg(pl.col("capacity").max())
    )
    every = (
        {**row, "from": None, "until": None, "high": row["capacity"], "binds": "capacity"} for row in told.to_dicts()
    )
    return [limit for row in every if (limit := _limit(story, words, row, domain)) is not None]


def _spec(
    limits: list[dict[str, Any]], flows: list[dict[str, Any]], domain: tuple[float, float], axis: str, *, compact: bool
) -> Spec:
    ways = list(dict.fromkeys(row["direction"] for row in (*flows, *limits)))
    top = max((row["high"] for row in (*flows, *limits)), default=1.0)
    panels = [
        _panel(way, [r for r in limits if r["direction"] == way], [r for r in flows if r["direction"] == way], domain, top,
               axis, compact=compact)
        for way in ways
    ]  # fmt: skip
    return {"vconcat": panels}


def _panel(
    way: str, limits: list[dict[str, Any]], flows: list[dict[str, Any]], domain: tuple[float, float], top: float, axis: str,
    *, compact: bool,
) -> Spec:  # fmt: skip
    x = {"field": "x", **year_axis(domain, compact)}
    y = {
        "field": "high",
        "type": "quantitative",
        "scale": {"domain": [0, top]},
        "axis": {"title": axis, "tickCount": 3},
    }
    box = {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"datum": 0}}
    return {
        "title": {"text": way, "anchor": "start", "fontSize": 12, "fontWeight": "normal", "color": shade("ink")},
        "width": NARROW if compact else WIDE, "height": HEIGHT,
        "layer": [
            {"data": values(limits), "mark": {"type": "rect", "color": shade("accent"), "opacity": 0.15}, "encoding": box},
            {"data": values(limits), "mark": {"type": "rule", "color": shade("accent"), "strokeWidth": 2},
             "encoding": {key: box[key] for key in ("x", "x2", "y")}},
            {"data": values(flows), "mark": {"type": "rect", "color": shade("origin")}, "encoding": box},
            {"data": values(flows), "mark": {"type": "rule", "color": shade("origin"), "strokeWidth": 2},
             "encoding": {key: box[key] for key in ("x", "x2", "y")}},
            hits({"x": x, "y": y}, name="hit_limits", data=values(limits)),
            hits({"x": x, "y": y}, name="hit_flows", data=values(flows)),
        ],
    }  # fmt: skip
