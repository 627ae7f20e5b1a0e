"""The same change under other choices: a curve of all specifications, episode by episode."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.answer.run_facts.checks import calls_unusual, can_tell
from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, rule, values
from detente.charts.palette import shade
from detente.charts.strokes import wrapped
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.figures.why.tips import p_among
from detente.report.story import Story


@enter("specifications", "attribution", 4)
def specification_chart(story: Story, words: Catalogue) -> Chart | None:
    """The pair-specific component in every specification, sorted; filled where few placebos did as badly."""
    if story.specifications.is_empty():
        return None
    ran = story.specifications.drop_nulls("dyad_part").sort("dyad_part")
    panels = [
        (
            heading := f"{story.own(e.title)}, {words.periods(e.from_year, e.to_year)}",
            _rows(words, heading, rows, gained=_gained(story, e.id)),
        )
        for e in story.study.episodes
        if (rows := ran.filter(ran["episode"] == e.id).to_dicts())
    ]
    lead = story.episode(story.lead)
    if not panels:
        return None
    heading, first = next((panel for panel in panels if panel[0] == lead), panels[0])
    low, high = first[0]["value"], first[-1]["value"]
    judged = [row for row in first if row["able"]]
    key = "specifications.title" + ("_unable" if len(judged) < len(first) else "")
    finding = words(key, episode=heading, span=words.span(low, high, 2), n=len(first),
                    unusual=sum(row["unusual"] for row in judged), judged=len(judged),
                    unable=len(first) - len(judged))  # fmt: skip
    return Chart(
        slug="specifications",
        title=finding,
        subtitle=words("specifications.subtitle", flow=story.arrow(*story.directions[0])),
        source=words("specifications.source"),
        alt=words("specifications.alt", finding=finding),
        data=story.specifications,
        spec=_spec(words, panels, compact=False),
        compact=_spec(words, panels, compact=True),
    )


def _gained(story: Story, episode: str) -> bool:
    """Whether the first direction's change is a gain, which is rare where few pairs did better; else few did as badly."""
    ends = dict(zip(("origin", "destination"), story.directions[0]))
    row = next(story.attribution.filter(pl.col("episode") == episode, **ends).iter_rows(named=True), None)
    return row is not None and (row["log_change"] or 0) > 0 and (row["dyad_part"] or 0) > 0


def _rows(words: Catalogue, heading: str, found: list[dict[str, Any]], *, gained: bool) -> list[dict[str, Any]]:
    rows = []
    for rank, raw in enumerate(found, 1):
        share = raw["placebo_share"]
        tip = words("specifications.tip", heading=heading, base=raw["base"],
                    sample=words.known("sample", raw["sample"]), placebos=words.known("placebos", raw["placebos"]),
                    log=words.number(raw["dyad_part"], 2, sign=True))  # fmt: skip
        if share is not None:
            tip += " " + p_among(words, share, raw["n_placebos"])
        unusual = calls_unusual(raw, gained=gained)
        rows.append({
            "rank": rank, "value": raw["dyad_part"], "share": share, "able": can_tell(raw), "unusual": unusual, "tip": tip,
            "kind": words("specifications.unusual" if unusual else "specifications.usual"),
        })  # fmt: skip
    return rows


def _spec(words: Catalogue, panels: list[tuple[str, list[dict[str, Any]]]], compact: bool) -> Spec:
    ends = [row["value"] for _, rows in panels for row in rows]
    scale = {"domain": [min(*ends, 0.0) - 0.15, max(*ends, 0.0) + 0.15], "nice": False}
    width = NARROW + 30 if compact else (WIDE + 60) // len(panels) - 30
    kinds = [words("specifications.unusual"), words("specifications.usual")]
    colour = {"field": "kind", "type": "nominal",
              "scale": {"domain": kinds, "range": [shade("raises"), shade("expected")]},
              "legend": {"title": None, "orient": "top", "labelLimit": 400, "direction": "vertical"}}  # fmt: skip
    drawn = []
    for number, (heading, rows) in enumerate(panels):
        x = {"field": "rank", "type": "quantitative", "scale": {"domain": [0, len(rows) + 1], "nice": False},
             "axis": {"title": words("specifications.rank"), "tickMinStep": 1, "tickCount": 5,
                      "format": "d"}}  # fmt: skip
        y = {"field": "value", "type": "quantitative", "scale": scale,
             "axis": {"title": words("word.log_points"), "tickCount": 5}}  # fmt: skip
        tone = colour if not number else {**colour, "legend": None}
        shape = {"field": "kind", "type": "nominal", "scale": {"domain": kinds, "range": ["triangle-down", "circle"]},
                 "legend": None}  # fmt: skip
        drawn.append({
            "width": width, "height": 150, "title": {"text": wrapped(heading, width // 6), "frame": "group"},
            "data": values(rows),
            "layer": [
                {"data": values([{"zero": 0}]), "mark": rule("axis"), "encoding": {"y": {**y, "field": "zero"}}},
                {"mark": {"type": "point", "filled": True, "size": 45, "opacity": 0.9},
                 "encoding": {"x": x, "y": y, "color": tone, "shape": shape}},
                hits({"x": x, "y": y}, size=90),
            ],
        })  # fmt: skip
    return {"vconcat" if compact else "hconcat": drawn, "spacing": 24}
