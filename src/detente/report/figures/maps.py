"""Maps: with whom both economies trade, and who wins and who loses in each scenario."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from math import isfinite
from typing import Any

import polars as pl

from detente.charts import shapes
from detente.charts.chart import Chart, Spec, values
from detente.charts.palette import shade
from detente.economies import in_text
from detente.language import Catalogue, When
from detente.report.figures.register import enter
from detente.report.story import Story

WIDTH, HEIGHT = 365, 168  # of one map in pixels: always the same, so that all maps share their shapes
PROJECTION = {"type": "equalEarth", "scale": 66, "translate": [181, 98], "precision": 0}
FEW = 10  # small states; where more carry a dot, dots are smaller
STEP = 0.8  # degrees, less than a pixel at the width of one map
SHARE_STEPS = (1.0, 2.5, 5.0, 10.0, 25.0)  # percent of an economy's trade
SHARE_SHADES = tuple(f"step{n}" for n in range(6))
GAIN_SHADES = ("loss3", "loss2", "loss1", "gain1", "gain2", "gain3")


@dataclass(frozen=True, slots=True)
class _Map:
    """One map of a figure: its heading, its rows (code, name, value, bin, tip) and the economy it is about."""

    name: str
    rows: list[dict[str, Any]]
    own: str = ""


@enter("partners", "timeline", 3)
def partner_map(story: Story, words: Catalogue) -> Chart | None:
    """Each economy's goods trade by partner in the newest year with both flows of the pair, one map per economy."""
    if story.partners.is_empty():
        return None
    newest = story.partners.filter(pl.col("year") == pl.col("year").max())
    there, back = story.study.origin, story.study.destination
    maps = [_Map(story.economy(code), _partners(story, words, newest, code), code) for code in (there, back)]
    if not all(one.rows for one in maps):
        return None
    year = When(newest["year"][0])
    own = {row["code"]: row["value"] for row in maps[0].rows}
    mapped = [row for row in maps[0].rows if shapes.outline(row["code"])]
    top = max(mapped or maps[0].rows, key=lambda row: row["value"])
    key = "partners_top" if top["code"] == back else "partners_title"
    finding = words(f"maps.{key}", economy=in_text(there, words.language), year=year,
                    top=in_text(top["code"], words.language), top_share=words.percent(top["value"], 0),
                    other=in_text(back, words.language), share=words.whole_percent(own.get(back, 0.0)))  # fmt: skip
    finding = finding[:1].upper() + finding[1:]
    absent = sorted({row["name"] for one in maps for row in one.rows if shapes.outline(row["code"]) is None})
    labels = _share_labels(words)
    return Chart(
        slug="partners",
        title=finding,
        subtitle=words("maps.partners_subtitle", year=year) + _not_shown(words, absent),
        source=words("maps.partners_source", panel=story.run_tables.panel_name, shapes=words("maps.shapes")),
        alt=words("maps.alt", finding=finding),
        data=newest,
        spec=_spec(maps, labels, SHARE_SHADES, words("maps.share"), compact=False),
        compact=_spec(maps, labels, SHARE_SHADES, words("maps.share"), compact=True),
    )


@enter("winners", "scenarios", 2)
def winner_map(story: Story, words: Catalogue) -> Chart | None:
    """Change in real income of every economy of the baseline, one map per scenario, newest baseline."""
    if story.winners.is_empty():
        return None
    newest = story.winners.filter(pl.col("year") == pl.col("year").max()).drop_nulls("welfare_pct_mid")
    outside = newest.filter(~pl.col("economy").is_in([story.study.origin, story.study.destination]))
    if newest.is_empty() or outside.is_empty():
        return None
    size = outside["welfare_pct_mid"].abs().to_numpy()
    steps = _gain_steps(float(size.max()))
    maps = [
        _Map(rows["title"][0], [_gain(story, words, row, steps) for row in rows.iter_rows(named=True)])
        for rows in newest.partition_by("scenario", maintain_order=True)
    ]
    most = outside.row(int(size.argmax()), named=True)
    finding = words("maps.winners_title", economy=in_text(most["economy"], words.language), scenario=most["title"],
                    pct=words.significant(most["welfare_pct_mid"], 1, sign=True))  # fmt: skip
    absent = sorted({row["name"] for one in maps for row in one.rows if shapes.outline(row["code"]) is None})
    labels = _gain_labels(words, steps)
    return Chart(
        slug="winners",
        title=finding,
        subtitle=words("maps.winners_subtitle", year=newest["year"][0]) + _not_shown(words, absent),
        source=words("maps.winners_source", shapes=words("maps.shapes")),
        alt=words("maps.alt", finding=finding),
        data=newest,
        hidden=("scenario",),
        spec=_spec(maps, labels, GAIN_SHADES, words("maps.gain"), compact=False),
        compact=_spec(maps, labels, GAIN_SHADES, words("maps.gain"), compact=True),
    )


def _not_shown(words: Catalogue, names: list[str]) -> str:
    return " " + words("maps.absent", names=", ".join(names)) if names else ""


def _partners(story: Story, words: Catalogue, frame: pl.DataFrame, code: str) -> list[dict[str, Any]]:
    rows = []
    for row in frame.filter(pl.col("economy") == code).iter_rows(named=True):
        if row["share"] is None or not isfinite(row["share"]):
            continue
        name, pct = story.economy(row["partner"]), 100 * row["share"]
        tip = words("maps.partner_tip", economy=story.economy(code), partner=name, share=words.percent(pct, 1),
                    exports=words.money(row["exports_usd_mn"]), imports=words.money(row["imports_usd_mn"]))  # fmt: skip
        bin_ = sum(pct >= step for step in SHARE_STEPS)
        rows.append({"code": row["partner"], "name": name, "value": pct, "bin": bin_, "tip": tip})
    return rows


def _gain(story: Story, words: Catalogue, row: dict[str, Any], steps: tuple[float, float]) -> dict[str, Any]:
    value, name = row["welfare_pct_mid"], story.economy(row["economy"])
    tip = words("maps.gain_tip", economy=name, scenario=row["title"],
                span=words.span(row["welfare_pct_low"], row["welfare_pct_high"]))  # fmt: skip
    size = sum(abs(value) >= step for step in steps)
    return {
        "code": row["economy"],
        "name": name,
        "value": value,
        "bin": 3 + size if value >= 0 else 2 - size,
        "tip": tip,
    }


def _gain_steps(largest: float) -> tuple[float, float]:
    """Two round limits between faint, visible and strong effects, by powers of ten from the largest outside."""
    step = 1.0
    while step > max(largest, 1e-9):
        step /= 10
    return step, 10 * step


def _share_labels(words: Catalogue) -> list[str]:
    ends = [words.number(step, 0 if step == int(step) else 1) for step in SHARE_STEPS]
    spans = [f"< {ends[0]}", *(f"{low}–{high}" for low, high in itertools.pairwise(ends)), f"≥ {ends[-1]}"]
    return [words("number.percent", value=span) for span in spans]


def _gain_labels(words: Catalogue, steps: tuple[float, float]) -> list[str]:
    low, high = (words.significant(step, 1) for step in steps)
    return [f"≤ −{high}", f"−{high} … −{low}", f"−{low} … 0", f"0 … +{low}", f"+{low} … +{high}", f"≥ +{high}"]


def _spec(maps: list[_Map], labels: list[str], names: tuple[str, ...], title: str, compact: bool) -> Spec:
    across = 1 if compact else min(2, len(maps))
    legend = {
        "title": title, "orient": "top", "direction": "horizontal", "values": labels, "columns": 3 if compact else 6,
        "symbolType": "square", "symbolSize": 160, "symbolStrokeColor": shade("axis"),
        "titleLimit": 500, "columnPadding": 22,
    }  # fmt: skip
    colour = {"field": "label", "type": "nominal", "legend": legend,
              "scale": {"domain": labels, "range": [shade(name) for name in names]}}  # fmt: skip
    panels = [
        {
            "width": WIDTH,
            "height": HEIGHT,
            "title": one.name,
            "projection": PROJECTION,
            "layer": _layers(one, number, labels, colour if not number else {**colour, "legend": None}),
        }
        for number, one in enumerate(maps)
    ]
    return {"concat": panels, "columns": across, "spacing": 20}


def _layers(one: _Map, number: int, labels: list[str], colour: Spec) -> list[Spec]:
    """Land, countries with data, the economy itself, borders, and dots for small states."""
    filled, dots = [], []
    for row in one.rows:
        data = {"label": labels[row["bin"]], "tip": row["tip"]}
        feature, place = shapes.outline(row["code"], STEP), shapes.dot(row["code"])
        if feature is not None:
            filled.append({**feature, **data})
        if place is not None:
            dots.append({"lon": place[0], "lat": place[1], **data})
    own = shapes.outline(one.own, STEP)
    shaded = {"color": colour, "description": {"field": "tip"}}
    layers: list[Spec] = [
        _plain(shapes.land(STEP), fill=shade("land")),
        {
            "name": f"hit_shapes_{number}",
            "data": values(filled),
            "mark": {"type": "geoshape", "stroke": None},
            "encoding": shaded,
        },
        *([_plain(own, fill=shade("expected"))] if own else []),
        _plain(shapes.borders(STEP), stroke=shade("paper")),
    ]
    if dots:
        where = {axis: {"field": field, "type": "quantitative"}
                 for axis, field in (("longitude", "lon"), ("latitude", "lat"))}  # fmt: skip
        size = 45 if len(dots) <= FEW else 18
        mark = {"type": "circle", "size": size, "opacity": 1, "stroke": shade("ink"), "strokeWidth": 0.7}
        layers.append(
            {"name": f"hit_dots_{number}", "data": values(dots), "encoding": {**where, **shaded}, "mark": mark}
        )
    return layers


def _plain(feature: dict[str, Any], fill: str | None = None, stroke: str | None = None) -> Spec:
    mark = {"type": "geoshape", "fill": fill, "stroke": stroke, "strokeWidth": 0.5}
    return {"data": values([feature]), "mark": mark}
