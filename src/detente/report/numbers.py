"""The numbers behind a chart as a table in the page: headings and cells in the reader's language."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.language import Catalogue
from detente.report.figures import Chart
from detente.report.series_names import target_in_words
from detente.report.story import Story

SHOWN_ROWS = 30  # rows of a chart's data shown in the page; the download has all
WORDS = {  # column -> the catalogue's group of its words
    "verdict": "verdict", "status": "figure_status", "basis": "basis", "result": "result", "unit": "unit",
    "instrument": "instrument", "scope": "scope", "finding": "finding", "sample": "sample", "placebos": "placebos",
    "attribution": "attribution_by", "part": "part_name", "flow": "flow", "kind": "forecast_kind",
    "panel": "panel_name", "region": "region", "title": "rupture",
}  # fmt: skip
DATES = ("date", "start", "reopened", "horizon")


def head(chart: Chart, words: Catalogue) -> list[str]:
    """The headings of the columns shown."""
    return [words.known("column", name) for name in _shown(chart).columns]


def cells(chart: Chart, story: Story, words: Catalogue) -> list[list[str]]:
    """The first rows as text: numbers with at most four significant digits, nothing for an absent cell."""
    frame = _shown(chart).head(SHOWN_ROWS)
    return [[_written(name, cell, story, words) for name, cell in zip(frame.columns, row)] for row in frame.iter_rows()]


def _shown(chart: Chart) -> pl.DataFrame:
    return chart.data.drop(chart.hidden, strict=False) if chart.hidden else chart.data


def _written(column: str, cell: Any, story: Story, words: Catalogue) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return words("chart.yes" if cell else "chart.no")
    if isinstance(cell, float):
        return words.significant(cell, 4)
    text = str(cell)
    if column in DATES:
        return words.date(text)
    if column == "episode":
        return story.episode(text)
    if column == "target":
        return target_in_words(story, words, text)
    said = story.own(text)
    return words.known(WORDS[column], text) if said == text and column in WORDS else said
