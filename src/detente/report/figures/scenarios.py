"""What each scenario would do to trade and real income, as ranges over the specifications."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import polars as pl

from detente.charts.chart import NARROW, WIDE, Chart, Spec, haloed, hits, rule, values
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.report.figures.register import enter
from detente.report.story import Story

SOLVED = ("converged", "solved")
MEASURES = ("exports_change_usd_mn", "welfare_pct")


def scenario_summary(story: Story) -> pl.DataFrame:
    """Per scenario, baseline year and economy: lowest and highest change over all specifications, and the middle case.

    A run of an earlier version marks no middle case: of those it is the median.
    """
    if story.scenarios.is_empty():
        return pl.DataFrame()
    solved = story.scenarios.filter(pl.col("status").is_in(SOLVED))
    middle = pl.col("middle").fill_null(False)
    spans = [
        what.alias(f"{name}_{label}")
        for name in (*MEASURES, "exports_after_usd_mn")
        for label, what in (
            ("low", pl.col(name).min()),
            ("mid", pl.coalesce(pl.col(name).filter(middle).first(), pl.col(name).median())),
            ("high", pl.col(name).max()),
        )
    ]
    return solved.group_by("scenario", "title", "year", "economy", maintain_order=True).agg(
        pl.len().alias("n_specifications"), *spans
    )


@enter("scenarios", "scenarios", 1)
def scenario_chart(story: Story, words: Catalogue) -> Chart | None:
    summary = scenario_summary(story)
    if summary.is_empty():
        return None
    newest = summary.filter(_newest(summary, story))
    draws = _draws(story, newest["year"][0])
    rows = [
        _row(story, words, raw, name, draws.get((raw["scenario"], raw["economy"], name)))
        for raw in newest.iter_rows(named=True)
        for name in MEASURES
    ]
    rows = [row for row in rows if row["mid"] is not None]
    largest = max(
        (row for row in rows if row["measure"] == "welfare_pct"),
        key=lambda row: abs(row["mid"]),
        default=None,
    )
    if largest is None:
        return None
    ends = ("p05", "p95") if largest["p05"] is not None else ("low", "high")
    span = words.span(*(largest[end] for end in ends))
    named = {"scenario": largest["title"], "economy": story.within(largest["economy"])}
    finding = words("scenarios.title", span=span, **named)
    return Chart(
        slug="scenarios",
        title=finding,
        subtitle=_subtitle(story, words, newest, rows),
        source=words("scenarios.source"),
        alt=words("scenarios.alt", finding=finding),
        headline=(words("scenarios.headline_number", span=span), words("scenarios.headline", **named)),
        data=summary,
        hidden=("scenario",),
        spec=_spec(story, words, rows, compact=False),
        compact=_spec(story, words, rows, compact=True),
    )


def _subtitle(story: Story, words: Catalogue, newest: pl.DataFrame, rows: list[dict[str, Any]]) -> str:
    """What dot, bar and line are; and the middle of the draws beside the dot, since the first screen shows the former."""
    told = words("scenarios.subtitle", n=int(newest["n_specifications"].to_numpy().max()), year=newest["year"][0])
    drawn = [row for row in rows if row["measure"] == "welfare_pct" and row["p05"] is not None]
    if not drawn:
        return told
    largest = max(drawn, key=lambda row: abs(row["mid"]))
    at = {"scenario": largest["scenario"], "economy": largest["economy"], "year": newest["year"][0]}
    middle = story.bands.filter(**at)["welfare_pct_p50"].drop_nulls()
    if not middle.len():
        return told
    draws, dot = (words.number(value, 2, sign=True) for value in (middle[0], largest["mid"]))
    named = {"scenario": largest["title"], "economy": story.within(largest["economy"])}
    return f"{told} {words('scenarios.subtitle_draws', draws=draws, dot=dot, **named)}"


def _newest(summary: pl.DataFrame, story: Story) -> pl.Expr:
    """Rows of the newest baseline year, and those solved on the study's input-output table, which has its own."""
    on_table = story.scenarios.filter(pl.col("gdp_case") == "table")["scenario"].unique().to_list()
    whole = summary.filter(~pl.col("scenario").is_in(on_table))
    years = (whole if whole.height else summary)["year"]
    return (pl.col("year") == years.max()) | pl.col("scenario").is_in(on_table)


def _draws(story: Story, year: int) -> dict[tuple[str, str, str], tuple[float, float]]:
    """5% and 95% points over the draws, by scenario, economy and measure; exports as change from the baseline."""
    if story.bands.is_empty():
        return {}
    baseline = story.scenarios.filter(pl.col("year") == year).drop_nulls("exports_before_usd_mn")
    before = dict(baseline.select("economy", "exports_before_usd_mn").iter_rows())
    found = {}
    for row in story.bands.filter(pl.col("year") == year).iter_rows(named=True):
        ends = {name: (row[f"{name}_p05"], row[f"{name}_p95"]) for name in ("welfare_pct", "exports_usd_mn")}
        if None not in ends["welfare_pct"]:
            found[row["scenario"], row["economy"], "welfare_pct"] = ends["welfare_pct"]
        if None not in ends["exports_usd_mn"] and row["economy"] in before:
            low, high = (end - before[row["economy"]] for end in ends["exports_usd_mn"])
            found[row["scenario"], row["economy"], "exports_change_usd_mn"] = (low, high)
    return found


def _row(
    story: Story, words: Catalogue, raw: dict[str, Any], measure: str, draws: tuple[float, float] | None
) -> dict[str, Any]:
    low, mid, high = (raw[f"{measure}_{end}"] for end in ("low", "mid", "high"))
    name = story.economy(raw["economy"])
    unit = words.known("unit", "usd_mn" if measure.endswith("usd_mn") else "percent")
    tip = words(
        "scenarios.tip",
        scenario=raw["title"],
        economy=name,
        what=words(f"scenarios.{measure}"),
        span=words.span(low, high),
        mid=words.significant(mid, sign=True),
        unit=unit,
    )
    if draws is not None:
        tip += " " + words("scenarios.tip_draws", span=words.span(*draws), unit=unit)
    return {
        "title": raw["title"],
        "lines": "|".join(wrap(raw["title"].replace("|", "/"), 30)),
        "above": "|".join(wrap(raw["title"].replace("|", "/"), 42)),
        "economy": raw["economy"],
        "scenario": raw["scenario"],
        "name": name,
        "measure": measure,
        "low": low,
        "mid": mid,
        "high": high,
        "p05": draws[0] if draws else None,
        "p95": draws[1] if draws else None,
        "tip": tip,
    }


def _spec(story: Story, words: Catalogue, rows: list[dict[str, Any]], compact: bool) -> Spec:
    width = NARROW + 20 if compact else WIDE // 2 - 70
    panels = [
        _panel(
            story,
            words,
            [row for row in rows if row["measure"] == name],
            name,
            width,
            compact,
            labels=compact or not index,
        )
        for index, name in enumerate(MEASURES)
    ]
    return {"vconcat" if compact else "hconcat": panels, "spacing": 28}


def _encodings(
    story: Story, words: Catalogue, rows: list[dict[str, Any]], measure: str, compact: bool, labels: bool
) -> tuple[Spec, ...]:
    """Where a result lies: its size, its scenario, its economy's lane there, and its colour."""
    codes = [story.study.origin, story.study.destination]
    x = {
        "field": "mid",
        "type": "quantitative",
        "axis": {
            "title": words(f"scenarios.{measure}_axis"),
            "grid": True,
            "tickCount": 4,
            "labelOverlap": True,
        },
    }
    y = {
        "field": "lines",
        "type": "nominal",
        "sort": list(dict.fromkeys(row["lines"] for row in rows)),
        "scale": {"paddingInner": 0.4},
        "axis": {
            "title": None,
            "labels": labels and not compact,
            "domain": False,
            "labelColor": shade("ink"),
            "labelLimit": 210,
            "labelExpr": "split(datum.label, '|')",
        },
    }
    lane = {"field": "economy", "sort": codes}
    colour = {
        "field": "name",
        "type": "nominal",
        "scale": {
            "domain": [story.economy(code) for code in codes],
            "range": [shade("origin"), shade("destination")],
        },
        "legend": {
            "title": None,
            "orient": "top",
        }
        if labels and measure == MEASURES[0]
        else None,
    }
    return x, y, lane, colour


def _panel(
    story: Story,
    words: Catalogue,
    rows: list[dict[str, Any]],
    measure: str,
    width: int,
    compact: bool,
    labels: bool,
) -> Spec:
    codes = [story.study.origin, story.study.destination]
    x, y, lane, colour = _encodings(story, words, rows, measure, compact, labels)
    place = {"y": y, "yOffset": lane, "color": colour}
    layers: list[Spec] = [
        {
            "data": values([{"zero": 0}]),
            "mark": rule("axis"),
            "encoding": {"x": {"field": "zero", "type": "quantitative"}},
        },
        {
            "mark": {"type": "bar", "height": 7, "opacity": 0.45, "cornerRadius": 3},
            "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, **place},
        },
        {
            "transform": [{"filter": "isValid(datum.p05)"}],
            "mark": {"type": "rule", "strokeWidth": 1.25},
            "encoding": {"x": {**x, "field": "p05"}, "x2": {"field": "p95"}, **place},
        },
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1}, "encoding": {"x": x, **place}},
        hits({"x": x, "y": y, "yOffset": lane}, size=260),
    ]
    if compact:  # the scenario's name above its rows instead of beside them
        lines = max(row["above"].count("|") for row in rows) + 1 if rows else 1
        for row in rows:
            row["above"] = "|" * (lines - 1 - row["above"].count("|")) + row["above"]
        layers.extend(
            {"transform": [{"filter": {"field": "economy", "equal": codes[0]}}], **layer}
            for layer in haloed(
                {"align": "left", "x": 0, "dy": -3 - 13 * lines, "fontWeight": 600, "limit": width, "lineBreak": "|"},
                {"y": y, "yOffset": lane, "text": {"field": "above"}},
            )
        )
        y["scale"] = {"paddingInner": 0.4 + 0.15 * lines, "paddingOuter": 0.2 + 0.15 * lines}
    return {
        "width": width,
        "height": {"step": 17},
        "title": words(f"scenarios.{measure}_title"),
        "data": values(rows),
        "layer": layers,
    }
