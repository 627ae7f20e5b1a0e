"""Trade by year and direction, with other series and the events of the relation on the same time axis."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, spread, values, year_axis
from detente.charts.palette import shade
from detente.charts.strokes import runs
from detente.language import Catalogue, When
from detente.language.when import per_year, place
from detente.report.figures.events import event_marks, event_strip, number_layers
from detente.report.figures.register import enter
from detente.report.figures.series import DRAWN_STATUS, series_panels, series_rows
from detente.report.story import Story

SUBTITLES = {1: "trade.subtitle", 4: "trade.subtitle_quarter", 12: "trade.subtitle_month"}
AXES = {1: "trade.axis", 4: "trade.axis_quarter", 12: "trade.axis_month"}


@enter("trade", "timeline", 1)
def trade_chart(story: Story, words: Catalogue) -> Chart | None:
    """Lines of recorded trade, other published figures as dots; None without trade by direction."""
    rows = _flows(story, words)
    drawn = [row for row in rows if row["preferred"]]
    if not drawn:
        return None
    domain = (min(row["year"] for row in drawn), max(row["year"] for row in drawn) + 0.99)
    rows = [row for row in rows if domain[0] <= row["year"] <= domain[1]]
    events = event_marks(story, words, domain)
    finding = _finding(story, words, drawn)
    said = {"finding": finding, "first": int(domain[0]), "last": int(domain[1]), "n_events": len(events)}
    pictures = [_spec(story, words, rows, events, domain, compact) for compact in (False, True)]
    return Chart(
        slug="trade",
        title=finding,
        subtitle=_subtitle(story, words, rows, events, domain),
        source=_source(story, words),
        alt=words("trade.alt" if events else "trade.alt_plain", **said),
        data=story.timeline,
        spec=pictures[0],
        compact=pictures[1],
        headline=_headline(story, words, drawn),
        key=[f"{words.date(row['date'])}: {row['title']}" for row in events if "number" in row],
    )


def _flows(story: Story, words: Catalogue) -> list[dict[str, Any]]:
    """Recorded figures by direction; forecasts, bounds and totals are not drawn."""
    if story.timeline.is_empty():
        return []
    kept = story.timeline.drop_nulls(["origin", "destination", "value_usd_mn"]).filter(
        pl.col("status").is_in(DRAWN_STATUS)
    )
    rows = []
    for row in kept.sort("origin", "year").iter_rows(named=True):
        flow = story.arrow(row["origin"], row["destination"])
        value = words.money(row["value_usd_mn"])
        whose = f"{words.known('basis', row['basis'])}, {_whose(story, words, row['source_id'])}"
        rows.append({
            "flow": flow, "year": place(row["year"]), "when": When(row["year"]), "usd_mn": row["value_usd_mn"],
            "preferred": bool(row["preferred"]), "tip": f"{flow}, {words.period(row['year'])}: {value} ({whose})",
            "origin": row["origin"] == story.study.origin,
        })  # fmt: skip
    return rows


def _whose(story: Story, words: Catalogue, source_id: str) -> str:
    return story.run_tables.panel_name if source_id == "panel" else "; ".join(story.source_names(source_id))


def _totals(story: Story, drawn: list[dict[str, Any]]) -> dict[When, float]:
    """Total trade by year: the record's own preferred totals, or the sum of both directions."""
    if "flow" in story.timeline.columns:
        own = story.timeline.filter(pl.col("flow") == "total", pl.col("preferred").cast(pl.Boolean))
        if not own.is_empty():
            rows = own.drop_nulls("value_usd_mn").select("year", "value_usd_mn").sort("year").iter_rows()
            return {When(year): value for year, value in rows}
    by_year: dict[When, list[float]] = {}
    for row in drawn:
        by_year.setdefault(row["when"], []).append(row["usd_mn"])
    return {year: sum(both) for year, both in by_year.items() if len(both) == 2}


def _finding(story: Story, words: Catalogue, drawn: list[dict[str, Any]]) -> str:
    totals = _totals(story, drawn)
    if len(totals) < 2:
        return words("trade.title_plain", a=story.within(story.study.origin), b=story.within(story.study.destination))
    peak, last = max(totals, key=totals.__getitem__), max(totals)
    if peak == last:
        return words("trade.title_peak_now", value=words.money(totals[peak]), year=peak)
    if totals[last] == 0:
        return words("trade.title_gone", peak_value=words.money(totals[peak]), peak=peak, last=last)
    return words(
        "trade.title",
        peak_value=words.money(totals[peak]),
        peak=peak,
        last=last,
        share=words.whole_percent(100 * totals[last] / totals[peak]),
        value=words.money(totals[last]),
    )


def _headline(story: Story, words: Catalogue, drawn: list[dict[str, Any]]) -> tuple[str, str] | None:
    totals = _totals(story, drawn)
    if len(totals) < 2:
        return None
    peak, last = max(totals, key=totals.__getitem__), max(totals)
    if peak == last:
        return words.money(totals[last]), words("trade.headline_peak_now", year=last)
    if totals[last] == 0:
        return words.money(totals[peak]), words("trade.headline_gone", last=last, peak=peak)
    share = words.whole_percent(100 * totals[last] / totals[peak])
    return share, words("trade.headline", last=last, peak=peak, value=words.money(totals[last]))


def _subtitle(
    story: Story,
    words: Catalogue,
    rows: list[dict[str, Any]],
    events: list[dict[str, Any]],
    domain: tuple[float, float],
) -> str:
    """What is drawn, and no more than that."""
    parts = [words(SUBTITLES[per_year(rows[0]["when"])])]
    if not all(row["preferred"] for row in rows):
        parts.append(words("trade.subtitle_others"))
    below = [words("trade.below_series")] if series_rows(story, words, domain) else []
    below += [words("trade.below_events")] if events else []
    if below:
        parts.append(words("trade.subtitle_below", what=words("trade.and").join(below)))
    return " ".join(parts)


def _source(story: Story, words: Catalogue) -> str:
    names = _publishers(story, words)
    return f"{names}." if names == story.run_tables.panel_name else words("trade.source", sources=names)


def _publishers(story: Story, words: Catalogue) -> str:
    """The publishers of the drawn figures, most used first."""
    preferred = story.timeline.filter(pl.col("preferred").cast(pl.Boolean)).drop_nulls("origin")
    uses = dict(preferred.group_by("source_id").len().iter_rows())
    by_publisher = {story.run_tables.panel_name: uses["panel"]} if "panel" in uses else {}
    for row in [] if story.sources.is_empty() else story.sources.iter_rows(named=True):
        if row["source_id"] in uses:
            publisher = story.own(row["publisher"])
            by_publisher[publisher] = by_publisher.get(publisher, 0) + uses[row["source_id"]]
    names = sorted(by_publisher, key=lambda name: (-by_publisher[name], name))
    return "; ".join(names[:4]) + (words("trade.others") if len(names) > 4 else "")


def _spec(
    story: Story,
    words: Catalogue,
    rows: list[dict[str, Any]],
    events: list[dict[str, Any]],
    domain: tuple[float, float],
    compact: bool,
) -> Spec:
    width, height = (NARROW, 230) if compact else (WIDE, 280)
    x = {"field": "year", **year_axis(domain, compact)}
    top = 1.12 * max(row["usd_mn"] for row in rows)
    y = {"field": "usd_mn", "type": "quantitative", "scale": {"domain": [0, top], "nice": False},
         "axis": {"title": words(AXES[per_year(rows[0]["when"])]), "tickCount": 5,
                  "format": ",.0f" if top >= 10 else ",.2~r"}}  # fmt: skip
    colour = {"field": "origin", "type": "nominal", "legend": None,
              "scale": {"domain": [True, False], "range": [shade("origin"), shade("destination")]}}  # fmt: skip
    drawn = [row for row in rows if row["preferred"]]
    flows, steps, alone = values(drawn), *map(values, _stretches(drawn))
    others = values([row for row in rows if not row["preferred"]])
    dots = {"type": "point", "size": 16, "filled": False, "strokeWidth": 1, "opacity": 0.6}
    layers: list[Spec] = [
        *number_layers(events, domain, compact),
        {"data": others, "mark": dots, "encoding": {"x": x, "y": y, "color": colour}},
        *(
            {
                "data": steps,
                "transform": [{"filter": f"datum.known === {known}"}],
                "mark": {"type": "line", **look},
                "encoding": {"x": x, "y": y, "color": colour, "detail": {"field": "run"}},
            }
            for known, look in (
                ("true", {}),
                ("false", {"strokeDash": [1, 4], "strokeWidth": 1.5, "strokeCap": "round"}),
            )
        ),
        {
            "data": alone,
            "mark": {"type": "point", "filled": True, "size": 28},
            "encoding": {"x": x, "y": y, "color": colour},
        },
        _line_labels(rows, top, height, colour),
        hits({"x": x, "y": y}, data=flows),
    ]
    panels: list[Spec] = [{"width": width, "height": height, "layer": layers}]
    panels += series_panels(story, words, domain, width, compact)
    if events:
        panels.append(event_strip(words, events, domain, width, compact))
    return {"vconcat": panels, "spacing": 16, "resolve": {"scale": {"color": "independent"}}}


def _stretches(drawn: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Points of the lines, a ``run`` each: those of consecutive periods, and (not ``known``) what joins two of them where
    periods between have no figure; and the points that stand alone, of which no line is made."""
    points: list[dict[str, Any]] = []
    alone: list[dict[str, Any]] = []
    for flow in dict.fromkeys(row["flow"] for row in drawn):
        mine = {int(row["when"]): row for row in drawn if row["flow"] == flow}
        stretches = [[row for _, row in run] for run in runs(mine)]
        alone += [stretch[0] for stretch in stretches if len(stretch) == 1]
        pieces = [(True, stretch) for stretch in stretches]
        pieces += [(False, [one[-1], other[0]]) for one, other in pairwise(stretches)]
        points += [
            {
                "year": row["year"],
                "usd_mn": row["usd_mn"],
                "origin": row["origin"],
                "known": known,
                "run": f"{flow} {k}",
            }
            for k, (known, stretch) in enumerate(pieces)
            for row in stretch
        ]
    return points, alone


def _line_labels(rows: list[dict[str, Any]], top: float, height: int, colour: Spec) -> Spec:
    """The name of each flow beside the end of its line, in two rows of text."""
    ends = {row["flow"]: row for row in rows if row["preferred"]}
    gap = 38 * top / height
    places = spread([max(row["usd_mn"], gap / 2) for row in ends.values()], gap)
    labels = [
        {**row, "at": place, "flow": row["flow"].replace(" → ", " →|", 1)} for row, place in zip(ends.values(), places)
    ]
    mark = {
        "type": "text",
        "align": "left",
        "dx": 8,
        "lineBreak": "|",
        "baseline": "middle",
        "fontWeight": 600,
    }
    return {
        "data": values(labels),
        "mark": mark,
        "encoding": {
            "x": {"field": "year", "type": "quantitative"},
            "y": {"field": "at", "type": "quantitative"},
            "text": {"field": "flow"},
            "color": colour,
        },
    }
