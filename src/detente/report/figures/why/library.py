"""This pair among other ruptures: what was left of trade two years on, by instrument."""

from __future__ import annotations

from math import exp, log2
from typing import Any

import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, haloed, hits, percent_sign, rule, values
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.figures.why.tips import as_badly
from detente.report.story import Story

FINDINGS = {"unusual loss": "raises", "unclear": "expected", "no loss": "lowers"}
LEAST, MOST = 0.25, 400.0  # percent of expected trade; beyond, points lie on the edge
EDGED = f"(datum.value <= {LEAST} ? '≤ ' : '') + format(datum.value, '.3~g')"
LANE, DOT = 11, 9  # pixels between dots of one place, and how near counts as one place


@enter("library", "attribution", 5)
def library_chart(story: Story, words: Catalogue) -> Chart | None:
    """One dot a rupture of the library, in rows by instrument; the study's own pair by name."""
    if story.library.is_empty():
        return None
    judged = story.library.drop_nulls("residual").filter(pl.col("finding").is_in(list(FINDINGS)))
    if judged.is_empty():
        return None
    rows = [_row(story, words, raw) for raw in judged.iter_rows(named=True)]
    tally = {kind: (sum(r["lost"] for r in group), len(group)) for kind, group in _by_instrument(rows).items()}
    ranked = sorted(tally, key=lambda kind: tally[kind][0] / tally[kind][1], reverse=True)
    most, least = ranked[0], ranked[-1]
    finding = words(
        "library.title", n=len(rows), lost=sum(lost for lost, _ in tally.values()),
        most=words.known("instrument", most), most_lost=tally[most][0], most_n=tally[most][1],
        least=words.known("instrument", least), least_lost=tally[least][0], least_n=tally[least][1],
    )  # fmt: skip
    return Chart(
        slug="library",
        title=finding,
        subtitle=words("library.subtitle"),
        source=words("library.source"),
        alt=words("library.alt", finding=finding),
        data=judged,
        hidden=("sources", "note", "panel"),
        spec=_spec(words, rows, ranked, compact=False),
        compact=_spec(words, rows, ranked, compact=True),
    )


def _row(story: Story, words: Catalogue, raw: dict[str, Any]) -> dict[str, Any]:
    pct = 100 * exp(raw["residual"])
    flow = story.arrow(raw["origin"], raw["destination"])
    tip = words("library.tip", flow=flow, start=words.date(raw["start"]), title=words.known("rupture", raw["title"]),
                instrument=words.known("instrument", raw["instrument"]), year=raw["judged_year"],
                pct=words.significant(pct), finding=words.known("finding", raw["finding"]))  # fmt: skip
    if raw["placebo_share"] is not None:
        tip += " " + as_badly(words, raw["placebo_share"], raw["n_placebos"])
    own = {raw["origin"], raw["destination"]} == {story.study.origin, story.study.destination}
    return {
        "instrument": raw["instrument"], "pct": min(max(pct, LEAST), MOST), "finding": raw["finding"],
        "finding_words": words.known("finding", raw["finding"]), "lost": raw["finding"] == "unusual loss",
        "own": own, "label": f"{raw['origin']} → {raw['destination']} {raw['start'][:4]}" if own else "", "tip": tip,
    }  # fmt: skip


def _by_instrument(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["instrument"], []).append(row)
    return groups


def _stacked(rows: list[dict[str, Any]], width: int) -> list[dict[str, Any]]:
    """Dots at nearly the same place are stacked around the middle of their row (``dy`` in lanes)."""
    per_pixel = width / (log2(MOST) - log2(LEAST))
    placed: list[tuple[float, int]] = []
    out = []
    for row in sorted(rows, key=lambda row: (not row["own"], row["pct"])):
        x = per_pixel * log2(row["pct"] / LEAST)
        taken = {lane for at, lane in placed if abs(at - x) < DOT}
        lane = next(n for n in (0, *(s * k for k in range(1, 40) for s in (1, -1))) if n not in taken)
        placed.append((x, lane))
        out.append({**row, "lane": lane})
    return out


def _spec(words: Catalogue, rows: list[dict[str, Any]], order: list[str], compact: bool) -> Spec:
    width = NARROW + 70 if compact else WIDE - 60
    names = [words.known("finding", name) for name in FINDINGS]
    panels = [
        _panel(
            words, _stacked(group, width), kind, names, width, first=not n, last=n == len(order) - 1, compact=compact
        )
        for n, (kind, group) in enumerate((kind, _by_instrument(rows)[kind]) for kind in order)
    ]
    return {"vconcat": panels, "spacing": 34, "bounds": "flush"}


def _label(row: dict[str, Any], edge: float, x: Spec, y: Spec) -> list[Spec]:
    """The name of an own case on the upper or lower edge of its row, with a line to its mark."""
    right = row["pct"] > 40  # the text runs to the side where there is room
    mark = {"align": "right" if right else "left", "dx": 5 if right else -5, "baseline": "middle",
            "fontWeight": 600, "fontSize": 11}  # fmt: skip
    data = values([{**row, "edge": edge}])
    at = {"x": x, "y": {**y, "field": "edge"}}
    return [
        {"data": data, "mark": rule("ink"), "encoding": {**at, "y2": {"field": "lane"}}},
        *({"data": data, **layer} for layer in haloed(mark, {**at, "text": {"field": "label"}})),
    ]


def _panel(
    words: Catalogue,
    rows: list[dict[str, Any]],
    kind: str,
    names: list[str],
    width: int,
    *,
    first: bool,
    last: bool,
    compact: bool,
) -> Spec:
    own = [row for row in rows if row["own"]]
    reach = max(2, *(abs(row["lane"]) for row in rows)) + (2 if own else 1)
    steps = [0.25, 1, 4, 25, 100, 400] if compact else [0.25, 0.5, 1, 2, 5, 12.5, 25, 50, 100, 200, 400]
    x = {"field": "pct", "type": "quantitative",
         "scale": {"type": "log", "base": 2, "domain": [LEAST / 1.15, MOST * 1.15], "nice": False},
         "axis": {"title": words("residuals.axis") if last else None, "values": steps, "grid": True,
                  "labels": last, "ticks": last, "domain": last,
                  "labelExpr": f"{EDGED} + '{percent_sign(words)}'"}}  # fmt: skip
    y = {"field": "lane", "type": "quantitative", "axis": None, "scale": {"domain": [-reach, reach], "nice": False}}
    colour = {"field": "finding_words", "type": "nominal",
              "scale": {"domain": names, "range": [shade(name) for name in FINDINGS.values()]},
              "legend": {"title": None, "orient": "top", "symbolOpacity": 1} if first else None}  # fmt: skip
    shape = {"field": "finding_words", "type": "nominal",
             "scale": {"domain": names, "range": ["triangle-down", "square", "circle"]},
             "legend": {"title": None, "orient": "top"} if first else None}  # fmt: skip
    n_lost = sum(row["lost"] for row in rows)
    title = words("library.row", kind=words.known("instrument", kind), lost=n_lost, n=len(rows))
    layers: list[Spec] = [
        {"data": values([{"pct": 100}]), "mark": rule("expected", strokeWidth=1.25), "encoding": {"x": x}},
        {
            "mark": {"type": "point", "filled": True, "size": 55, "opacity": 0.85},
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
        },
        {
            "data": values(own),
            "mark": {"type": "point", "size": 150, "strokeWidth": 2, "shape": "circle", "color": shade("ink")},
            "encoding": {"x": x, "y": y},
        },
        *(layer for n, row in enumerate(own) for layer in _label(row, (-1, 1)[n % 2] * (reach - 0.5), x, y)),
        hits({"x": x, "y": y}, size=110),
    ]
    return {
        "width": width,
        "height": max(34, LANE * 2 * reach),
        "title": {"text": title, "fontSize": 13, "frame": "group"},
        "data": values(rows),
        "layer": layers,
    }
