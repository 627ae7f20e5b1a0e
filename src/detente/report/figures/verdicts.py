"""How many claims hold: one bar for each way in which they were found to."""

from __future__ import annotations

from collections import Counter
from json import dumps

import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, hits, values
from detente.charts.palette import shade
from detente.charts.strokes import wrapped
from detente.language import Catalogue
from detente.record import VERDICTS
from detente.record.verdicts.judge import INDEPENDENT, SOFT, tally
from detente.report.figures.register import enter
from detente.report.story import Story

LINE = 36  # letters of a bar's name that stand in one line


def verdict_counts(story: Story) -> dict[str, int]:
    """Claims by verdict, in the order of the vocabulary; verdicts that do not occur are left out."""
    if story.claims.is_empty():
        return {}
    counts = Counter(story.claims["verdict"].to_list())
    return {verdict: counts[verdict] for verdict in (*VERDICTS, *(set(counts) - set(VERDICTS))) if counts[verdict]}


@enter("verdicts", "claims", 1)
def verdict_chart(story: Story, words: Catalogue) -> Chart | None:
    if story.claims.is_empty():
        return None
    counts = tally(story.claims)
    if not counts:
        return None
    total = sum(counts.values())
    held, soft = counts.get(INDEPENDENT, 0), counts.get(SOFT, 0)
    decided = held + soft + sum(n for word, n in counts.items() if word in VERDICTS and VERDICTS[word].decided)
    finding, form = words("verdicts.title", hold=held, decided=decided, total=total), story.claims.height - total
    rows = [
        {
            "verdict": words.known("verdict", standing),
            "kind": standing,
            "n": n,
            "tip": words("verdicts.tip", verdict=words.known("verdict", standing), n=n),
        }
        for standing, n in counts.items()
    ]
    return Chart(
        slug="verdicts",
        title=finding,
        subtitle=" ".join([words("verdicts.subtitle"), *([words("verdicts.form", n=form)] if form else [])]),
        source=words("verdicts.source"),
        alt=words("verdicts.alt", finding=finding, counts=", ".join(f"{row['verdict']} {row['n']}" for row in rows)),
        headline=(
            words("verdicts.headline_number", hold=held, decided=decided),
            words("verdicts.headline", total=total),
        ),
        data=pl.DataFrame({"verdict": list(counts), "n_claims": list(counts.values())}),
        spec=_spec(words, rows, compact=False),
        compact=_spec(words, rows, compact=True),
    )


def _spec(words: Catalogue, rows: list[dict[str, object]], compact: bool) -> Spec:
    axis = {"title": words("word.claims"), "grid": True, "tickMinStep": 1, "tickCount": 5, "format": "d"}
    x = {"field": "n", "type": "quantitative", "axis": axis}
    y = _names(rows)
    return {
        "width": NARROW - 60 if compact else WIDE - 140,
        "height": {"step": 26},
        "data": values(rows),
        "layer": [
            {"mark": {"type": "bar", "height": 16}, "encoding": {"x": x, "y": y, "color": _colours(rows)}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "fontWeight": 600},
                "encoding": {"x": x, "y": y, "text": {"field": "n"}},
            },
            hits({"x": x, "y": y}),
        ],
    }


def _names(rows: list[dict[str, object]]) -> Spec:
    """The bars' names, long ones in several lines."""
    names = {name: wrapped(name, LINE) for row in rows if (name := str(row["verdict"]))}
    axis = {
        "title": None,
        "labelColor": shade("ink"),
        "labelLimit": 220,
        "labelLineHeight": 12,
        "labelExpr": f"{dumps(names)}[datum.value]",
        "domain": False,
    }
    return {"field": "verdict", "type": "nominal", "sort": None, "axis": axis}


def _colours(rows: list[dict[str, object]]) -> Spec:
    shades = {INDEPENDENT: "lowers", SOFT: "destination"} | {word: v.shade for word, v in VERDICTS.items()}
    order = [row["kind"] for row in rows]
    scale = {"domain": order, "range": [shade(shades.get(str(kind), "mixed")) for kind in order]}
    return {"field": "kind", "type": "nominal", "legend": None, "scale": scale}
