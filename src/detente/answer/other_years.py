"""The scenarios on baseline years before the newest: one sentence a year, below the answer on the newest."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker


def other_years(scenarios: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """Each earlier year's range of real income over everything solved on it, newest first."""
    solved = scenarios.filter(pl.col("status") == "converged")
    years = sorted(solved["year"].unique(), reverse=True)
    return tuple(_sentence(solved.filter(pl.col("year") == year), year, say) for year in years[1:])


def _sentence(rows: pl.DataFrame, year: int, say: Speaker) -> str:
    parts = []
    for title, part in rows.group_by("title", maintain_order=True):
        spans = []
        for code in say.spec.dyad:
            welfare = part.filter(part["economy"] == code)["welfare_pct"]
            spans.append(say.span(welfare.min(), welfare.max(), lambda v: say.pct(v, sign=True)))
        ends = dict(zip(("a", "b"), map(say.name, say.spec.dyad)))
        parts.append(say("other_year_part", title=say.own(title[0]), first=spans[0], second=spans[1], **ends))
    return say("other_year", year=year, parts="; ".join(parts))
