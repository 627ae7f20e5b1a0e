"""Recorded trade against what gravity expects, year by year, with the band of comparable pairs."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log, log2
from typing import Any

import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, percent_sign, rule, values, year_axis
from detente.charts.palette import shade
from detente.language import Catalogue, When
from detente.language.when import per_year, place
from detente.report.figures.register import enter
from detente.report.figures.why.tips import as_badly
from detente.report.story import Story

MOST_STEPS = 12
MANY = 1000  # percent of expected trade above which it is told as times
NAME_WIDTH, NAME_HEIGHT = 100, 11  # pixels that the band's name takes, and that it keeps from any line
FLOOR = 0.02  # percent of expected trade; less is drawn at the lower edge


@enter("residuals", "attribution", 1)
def residual_chart(story: Story, words: Catalogue) -> Chart | None:
    """The dyad's residual as a percentage of expected trade, log scale, one panel per direction."""
    if story.residuals.is_empty():
        return None
    base = _main_window(story)
    rows = [row for row in (_row(story, words, raw, base) for raw in story.residuals.iter_rows(named=True)) if row]
    drawn = [row for row in rows if row["main"]]
    if not drawn:
        return None
    there = story.directions[0]
    path = [row for row in drawn if row["origin"] == there[0] and not row["cited"]] or drawn
    last, low = path[-1], min(path, key=lambda row: row["pct"])
    many = last["pct"] > MANY
    finding = words(
        "residuals.title_many" if many else "residuals.title" if low is not last else "residuals.title_low_now",
        times=words.times(last["pct"] / 100),
        flow=story.arrow(last["origin"], last["destination"]),
        low=words.whole_percent(low["pct"]),
        low_year=low["when"],
        last=words.whole_percent(last["pct"]),
        last_year=last["when"],
    )
    domain = (min(row["year"] for row in rows) - 0.5, max(row["year"] for row in rows) + 0.5)
    return Chart(
        slug="residuals",
        title=finding,
        subtitle=words("residuals.subtitle", base_from=When(base[0]), base_to=When(base[1]), panel=_panels(story)),
        source=" ".join([words("residuals.source", panel=_panels(story)), *_undrawn(story, words, base)]),
        alt=words("residuals.alt", finding=finding),
        headline=(
            words.times(last["pct"] / 100) if many else words.whole_percent(last["pct"]),
            words(
                "residuals.headline_many" if many else "residuals.headline",
                flow=story.arrow(last["origin"], last["destination"]),
                year=last["when"],
            ),
        ),
        data=story.residuals,
        spec=_spec(story, words, rows, domain, compact=False),
        compact=_spec(story, words, rows, domain, compact=True),
    )


def _main_window(story: Story) -> tuple[int, int]:
    """The first base window of the study's own results; the others are drawn thin."""
    computed = story.residuals.filter(pl.col("status") == "computed")
    first = (computed if not computed.is_empty() else story.residuals).row(0, named=True)
    return first["base_from"], first["base_to"]


def _panels(story: Story) -> str:
    computed = story.residuals.filter(pl.col("status") == "computed")["panel"].unique(maintain_order=True).to_list()
    return "; ".join(story.own(str(name)) for name in computed)


def _undrawn(story: Story, words: Catalogue, base: tuple[int, int]) -> Iterator[str]:
    """Which years of a direction have no point because a zero is recorded, which no percent of a log scale shows."""
    main = story.residuals.filter(pl.col("base_from") == base[0], pl.col("base_to") == base[1])
    zero = main.filter(pl.col("log_ratio").is_null(), pl.col("actual_usd_mn") == 0).unique("year", maintain_order=True)
    for origin, destination in story.directions:
        years = zero.filter(origin=origin, destination=destination)["year"].to_list()
        if years:
            listed = ", ".join(str(When(year)) for year in sorted(years))
            yield words("residuals.undrawn", flow=story.arrow(origin, destination), years=listed)


def _row(story: Story, words: Catalogue, raw: dict[str, Any], base: tuple[int, int]) -> dict[str, Any] | None:
    if raw["log_ratio"] is None:
        return None
    cited = raw["status"] == "cited"
    flow = story.arrow(raw["origin"], raw["destination"])
    pct = 100 * exp(raw["log_ratio"])
    tip = words(
        "residuals.tip",
        flow=flow,
        year=When(raw["year"]),
        pct=words.whole_percent(pct),
        log=words.number(raw["log_ratio"], 2, sign=True),
    )
    if raw["placebo_share"] is not None:
        tip += " " + as_badly(words, raw["placebo_share"], raw["n_placebos"])
    if cited:
        tip += " " + words("residuals.cited")
    return {
        "flow": flow,
        "origin": raw["origin"],
        "destination": raw["destination"],
        "year": place(raw["year"]),
        "when": When(raw["year"]),
        "pct": pct,
        "window": words.periods(raw["base_from"], raw["base_to"]),
        "cited": cited,
        "tip": tip,
        "main": cited or (raw["base_from"], raw["base_to"]) == base,
        "banded": raw["n_placebos"] is not None,
        "low": None if raw["band_low"] is None else 100 * exp(raw["band_low"]),
        "high": None if raw["band_high"] is None else 100 * exp(raw["band_high"]),
    }


def outer_episodes(story: Story) -> list[dict[str, Any]]:
    """Episodes to shade: those that do not merely enclose others."""
    spans = [(e.from_year, e.to_year, story.own(e.title)) for e in story.study.episodes]
    inner = [s for s in spans if not any(o != s and s[0] <= o[0] and o[1] <= s[1] for o in spans)]
    return [{"from": place(start), "to": place(end), "title": title} for start, end, title in inner or spans]


def _spec(
    story: Story, words: Catalogue, rows: list[dict[str, Any]], domain: tuple[float, float], compact: bool
) -> Spec:
    """Panels side by side at a desk, one above the other on a phone."""
    width, height = (NARROW + 30, 210) if compact else ((WIDE + 40) // 2 - 20, 300)
    bottom = min(min(row["pct"], row["low"] or row["pct"]) for row in rows)
    top = max(max(row["pct"], row["high"] or row["pct"]) for row in rows)
    scale = {
        "type": "log",
        "base": 2,
        "domain": [max(bottom / 1.15, FLOOR), max(top * 1.15, 200)],
        "nice": False,
        "clamp": True,
    }
    rows = [_within(row, scale["domain"]) for row in rows]
    panels = []
    for origin, destination in story.directions:
        mine = [row for row in rows if (row["origin"], row["destination"]) == (origin, destination)]
        if mine:
            colour = "origin" if origin == story.study.origin else "destination"
            panels.append(_panel(story, words, mine, domain, scale, shade(colour), width, height, compact))
    return {"vconcat" if compact else "hconcat": panels, "spacing": 26}


def _within(row: dict[str, Any], domain: list[float]) -> dict[str, Any]:
    """A row whose band ends at the edges of the picture where it has no end: trade that stopped, or began."""
    ends = {"low": domain[0], "high": domain[1]} if row["banded"] else {}
    return {**row, **{name: edge for name, edge in ends.items() if row[name] is None}}


def _with_gaps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of each base window with the years between them that have no residual, where the line breaks."""
    steps = per_year(rows[0]["when"]) if rows else 1
    known = {(row["window"], round(row["year"] * steps)): row for row in rows}
    windows = {row["window"]: [at for window, at in known if window == row["window"]] for row in rows}
    return [
        known.get((window, at), {"window": window, "year": at / steps, "pct": None})
        for window, places in windows.items()
        for at in range(min(places), max(places) + 1)
    ]


def _axes(words: Catalogue, domain: tuple[float, float], scale: Spec) -> tuple[Spec, Spec]:
    """Years, and percent of expected trade with halvings as steps."""
    x = {"field": "year", **year_axis(domain, True)}
    halvings = [100 * 2.0**power for power in range(-13, 14)]
    steps = [value for value in halvings if scale["domain"][0] <= value <= scale["domain"][1]]
    if len(steps) > MOST_STEPS:  # trade that nearly stopped: a tick every third halving, 100% among them
        steps = [value for value in steps if round(log2(value / 100)) % 3 == 0]
    y = {
        "field": "pct",
        "type": "quantitative",
        "scale": scale,
        "axis": {
            "title": words("residuals.axis"),
            "values": steps,
            "labelExpr": f"format(datum.value, datum.value < 10 ? ',.2~r' : ',.3~r') + '{percent_sign(words)}'",
        },
    }
    return x, y


def _lines(rows: list[dict[str, Any]], main: list[dict[str, Any]], x: Spec, y: Spec, colour: str) -> list[Spec]:
    """The path on the first base years, those on others, and figures cited from elsewhere."""
    return [
        {
            "data": values(_with_gaps([row for row in rows if not row["main"]])),
            "mark": {
                "type": "line",
                "strokeWidth": 1.25,
                "strokeDash": [4, 3],
                "color": colour,
                "opacity": 0.75,
            },
            "encoding": {"x": x, "y": y, "detail": {"field": "window"}},
        },
        {
            "data": values(_with_gaps(main)),
            "mark": {"type": "line", "color": colour, "point": {"size": 22, "color": colour}},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": values([row for row in rows if row["cited"]]),
            "mark": {"type": "point", "size": 60, "strokeWidth": 2, "filled": False, "color": colour},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": values([{**row, "label": f"{row['year']}*"} for row in rows if row["cited"]]),
            "mark": {"type": "text", "dy": -12, "color": shade("muted")},
            "encoding": {"x": x, "y": y, "text": {"field": "label"}},
        },
    ]


def _panel(
    story: Story,
    words: Catalogue,
    rows: list[dict[str, Any]],
    domain: tuple[float, float],
    scale: Spec,
    colour: str,
    width: int,
    height: int,
    compact: bool,
) -> Spec:
    x, y = _axes(words, domain, scale)
    main = [row for row in rows if row["main"] and not row["cited"]]
    band = [row for row in main if row["low"] is not None and row["high"] is not None]
    layers: list[Spec] = [
        {
            "data": values(_shaded(story, domain)),
            "mark": {"type": "rect", "color": shade("shade")},
            "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
        },
        {
            "data": values(band),
            "mark": {"type": "area", "color": shade("band"), "opacity": 0.75},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {
            "data": values([{"at": 100}]),
            "mark": rule("expected", strokeWidth=1.25),
            "encoding": {"y": {**y, "field": "at"}},
        },
        *_lines(rows, main, x, y, colour),
        hits({"x": x, "y": y}, data=values([row for row in rows if row["main"]])),
    ]
    if (at := _free_height(rows, band, domain, scale, width, height)) is not None:
        name = {"type": "text", "align": "right", "dx": -4, "baseline": "middle"}
        layers.append(
            {
                "data": values([{**band[-1], "at": at}]),
                "mark": name | {"color": shade("muted"), "text": words("column.n_placebos")},
                "encoding": {"x": x, "y": {**y, "field": "at"}},
            }
        )
    return {"width": width, "height": height, "title": rows[0]["flow"], "layer": layers}


def _free_height(
    rows: list[dict[str, Any]],
    band: list[dict[str, Any]],
    domain: tuple[float, float],
    scale: Spec,
    width: int,
    height: int,
) -> float | None:
    """Where in the band its name is furthest from every line and edge of the last years; None where none has room."""
    if not band:
        return None
    first = band[-1]["year"] - (domain[1] - domain[0]) * NAME_WIDTH / width - 1  # and the line that leads there
    low = max(row["low"] for row in band if row["year"] >= first)
    high = min(row["high"] for row in band if row["year"] >= first)
    met = [100.0, low, high, *(row["pct"] for row in rows if row["year"] >= first)]
    pixels = height / log(scale["domain"][1] / scale["domain"][0])
    heights = [low * (high / low) ** (k / 50) for k in range(1, 50)] if low < high else []
    room = [(pixels * min(abs(log(at / value)) for value in met if value > 0), at) for at in heights]
    most, at = max(room, default=(0.0, 0.0))
    return at if most >= NAME_HEIGHT else None


def _shaded(story: Story, domain: tuple[float, float]) -> list[dict[str, Any]]:
    """The episodes to shade, as far as they lie within the years shown."""
    episodes = [e for e in outer_episodes(story) if e["to"] >= domain[0] and e["from"] <= domain[1]]
    for episode in episodes:
        episode["from"], episode["to"] = max(episode["from"], domain[0]), min(episode["to"], domain[1])
        episode["label"] = f"{episode['from']:.0f}–{episode['to']:.0f}"
    return episodes
