"""The rows of what if: each scenario, and what it does to sectors, over the years and to people."""

from __future__ import annotations

import polars as pl

from detente.language import Catalogue
from detente.report.figures.scenarios import scenario_summary
from detente.report.story import Story
from detente.report.tables.cells import Row

MOST_SECTORS = 10
"""Sectors of a scenario and economy that the page shows, those that lose or gain most jobs; the CSV has them all."""
PATH_YEARS = (0, 5, 10, 20)
"""Years of a path of capital that the page shows, before its end."""


def further_tables(story: Story, words: Catalogue) -> list[Row]:
    """What scenarios do to sectors, over the years and to people, as tables: name, caption, head, rows, frame."""
    made = (("sectors", _sector_cells), ("capital", _capital_cells), ("people", _people_cells))
    found = []
    for name, cells in made:
        frame = getattr(story, name)
        if not frame.is_empty():
            head, lines = cells(frame, story, words)
            keys = [words.heading("further", key) for key in head]
            found.append(
                {"name": name, "caption": words(f"further.{name}"), "head": keys, "rows": lines, "frame": frame}
            )
    return found


def _sector_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    drawn = frame["employment_pct_p05"].null_count() < frame.height
    ranges = ("employment_range",) if drawn else ()
    head = ("scenario", "economy", "sector", "lost_wages", "employment", *ranges, "output", "exports_change", "revenue")
    most = frame.with_columns(_size=pl.col("lost_wages_usd_mn").abs().fill_null(0.0)).sort("_size", descending=True)
    most = most.group_by("scenario", "economy", maintain_order=True).head(MOST_SECTORS)
    return head, [
        [
            row["title"], story.economy(row["economy"]), row["sector"],
            words.significant(row["lost_wages_usd_mn"], sign=True), words.significant(row["employment_pct"], sign=True),
            *(words.span(row["employment_pct_p05"], row["employment_pct_p95"]) for _ in ranges),
            words.significant(row["real_output_pct"], sign=True),
            words.significant(row["exports_after_usd_mn"] - row["exports_before_usd_mn"], sign=True),
            words.significant(row["revenue_after_usd_mn"]),
        ]
        for row in most.iter_rows(named=True)
    ]  # fmt: skip


def _capital_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    lines = []
    for (_, title, code), path in frame.group_by("scenario", "title", "economy", maintain_order=True):
        by_year = dict(path.select("year", "welfare_pct").iter_rows())
        ends = [words.significant(by_year.get(year), sign=True) for year in PATH_YEARS]
        lines.append([title, story.economy(code), *ends, words.significant(path["welfare_pct_end"][0], sign=True)])
    return ("scenario", "economy", *(f"year_{year}" for year in PATH_YEARS), "in_the_end"), lines


def _people_cells(frame: pl.DataFrame, story: Story, words: Catalogue) -> tuple[tuple[str, ...], list[list[str]]]:
    head = ("scenario", "origin", "residence", "persons", "change", "wage", "origin_income")
    return head, [
        [
            row["title"], story.economy(row["origin"]), story.economy(row["residence"]),
            words.number(row["persons_before"]), words.number(row["change"], sign=True),
            words.significant(row["real_wage_pct"], sign=True), words.significant(row["origin_welfare_pct"], sign=True),
        ]
        for row in frame.iter_rows(named=True)
    ]  # fmt: skip


def scenario_rows(story: Story, words: Catalogue) -> list[Row]:
    found = []
    for row in scenario_summary(story).iter_rows(named=True):
        spans = {
            key: words.span(row[f"{name}_low"], row[f"{name}_high"])
            for key, name in (("exports", "exports_change_usd_mn"), ("income", "welfare_pct"))
        }
        found.append(
            {
                "title": row["title"],
                "year": row["year"],
                "economy": story.economy(row["economy"]),
                **spans,
                "n": words.number(row["n_specifications"]),
            }
        )
    return found
