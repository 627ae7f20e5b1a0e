"""Other series of the relation (people, gas, flights) as small panels under the trade lines."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.answer.run_facts.flags import decimal_year
from detente.charts.chart import Spec, hits, values, year_axis
from detente.charts.palette import shade
from detente.language import Catalogue
from detente.record.schema import PREFERRED
from detente.report.series_names import series_in_words
from detente.report.story import Story

MOST = 3  # families drawn where the study names none
TRADE = "trade"  # the family that the lines above show
DRAWN_STATUS = ("reported", "derived", "approximate")
FEWEST_POINTS = 3


def series_panels(story: Story, words: Catalogue, domain: tuple[float, float], width: int, compact: bool) -> list[Spec]:
    """One panel a family, with the family's longest stock or rate; none where the record has none."""
    return [
        _panel(story, words, family, rows, domain, width, compact)
        for family, rows in series_rows(story, words, domain).items()
    ]


def series_rows(story: Story, words: Catalogue, domain: tuple[float, float]) -> dict[str, list[dict[str, Any]]]:
    """Points of the longest series of each family; a figure for a span of time gives both its ends."""
    if story.figures.is_empty():
        return {}
    usable = story.figures.filter(pl.col("status").is_in(DRAWN_STATUS), pl.col("kind").is_in(["stock", "rate"]))
    found = {}
    asked = story.shown_series
    for family in asked or _families(usable):
        if not asked and len(found) == MOST:
            break
        mine = usable.filter(pl.col("series").str.starts_with(family + "."))
        if mine.is_empty():
            continue
        sizes = mine.group_by("series", "unit").len().sort(["len", "series"], descending=[True, False])
        name, unit = sizes.row(0)[:2]
        raw = (
            mine.filter(pl.col("series") == name, pl.col("unit") == unit).with_columns(PREFERRED).iter_rows(named=True)
        )
        rows = [point for row in raw for point in _points(story, words, row, domain)]
        if len(rows) >= FEWEST_POINTS:
            found[family] = sorted(rows, key=lambda row: row["x"])
    return found


def _families(usable: pl.DataFrame) -> list[str]:
    """The families of series beside trade, that with the longest series first."""
    sizes = usable.group_by("series", "unit").len().with_columns(family=pl.col("series").str.extract(r"^([^.]+)\."))
    longest = sizes.drop_nulls("family").filter(pl.col("family") != TRADE).group_by("family").agg(pl.col("len").max())
    return longest.sort(["len", "family"], descending=[True, False])["family"].to_list()


def _named(story: Story, words: Catalogue, series: str) -> str:
    """The series as the title of an axis."""
    known = words.known("series", series)
    if known != series:
        return known
    text = series_in_words(story, words, series)
    return text[:1].upper() + text[1:]


def _points(story: Story, words: Catalogue, row: dict[str, Any], domain: tuple[float, float]) -> list[dict[str, Any]]:
    unit = words.known("unit", row["unit"])
    value, whose = words.significant(row["value"], 4), "; ".join(story.source_names(row["source_id"]))
    tip = f"{words.date(row['period'])}: {value} {unit} ({_named(story, words, row['series'])}, {whose})"
    ends = [decimal_year(part) for part in str(row["period"]).split("/")]
    if len(ends) == 2 and ends[1] is not None:  # a span that runs past the axis is drawn to its end
        ends[1] = min(ends[1], domain[1])
    return [
        {"x": x, "value": row["value"], "preferred": row["preferred"],
         "series": row["series"], "unit": row["unit"], "tip": tip}
        for x in ends if x is not None and domain[0] <= x <= domain[1]
    ]  # fmt: skip


def _panel(
    story: Story,
    words: Catalogue,
    family: str,
    rows: list[dict[str, Any]],
    domain: tuple[float, float],
    width: int,
    compact: bool,
) -> Spec:
    chosen = [row for row in rows if row["preferred"]]
    drawn = chosen if len(chosen) >= FEWEST_POINTS else rows
    others = [row for row in rows if row not in drawn]
    x = {"field": "x", **year_axis(domain, compact, labels=False)}
    title = words(
        "series.axis", what=_named(story, words, rows[0]["series"]), unit=words.known("unit", rows[0]["unit"])
    )
    y = {"field": "value", "type": "quantitative", "scale": {"zero": True},
         "axis": {"title": title, "tickCount": 3, "format": "~s",
                  "labelExpr": "datum.value ? datum.label : '0'"}}  # fmt: skip
    colour = shade("accent")
    return {
        "width": width,
        "height": 64,
        "layer": [
            {
                "data": values(others),
                "mark": {"type": "point", "size": 14, "strokeWidth": 1, "opacity": 0.6, "color": colour},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": values(drawn),
                "mark": {"type": "line", "color": colour, "point": {"size": 16, "color": colour}},
                "encoding": {"x": x, "y": y},
            },
            hits({"x": x, "y": y}, name=f"hit_{family}", size=90, data=values(rows)),
        ],
    }
