"""What happened to trade between the two: its peak, its low, the newest year, and whose figures these are."""

from __future__ import annotations

import polars as pl

from detente.answer.speaker import Speaker
from detente.run.trade import PANEL_SOURCE


def peak_and_trough(timeline: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """The highest year, the lowest year after it, and the newest year of total trade."""
    drawn = timeline.filter((pl.col("flow") == "total") & pl.col("preferred") & pl.col("value_usd_mn").is_not_null())
    if drawn.is_empty():
        return (say("no_total", a=say.name(say.spec.dyad[0]), b=say.name(say.spec.dyad[1])),)
    drawn = drawn.sort("year")
    top = drawn.row(drawn["value_usd_mn"].arg_max(), named=True)
    peak, after = top["value_usd_mn"], drawn.filter(pl.col("year") > top["year"])
    facts = {"peak": say.money(peak), "peak_year": say.words.year(top["year"])}
    if after.is_empty():
        return (say("peak_now", **facts),)
    low, last = after.row(after["value_usd_mn"].arg_min(), named=True), after.row(-1, named=True)
    facts |= {"low": say.money(low["value_usd_mn"]), "low_year": say.words.year(low["year"])}
    ended = low["value_usd_mn"] == 0
    facts["fall"] = say.pct(100 * (1 - low["value_usd_mn"] / peak))
    if last["year"] == low["year"]:
        return (say("peak_and_zero" if ended else "peak_and_low", **facts),)
    facts |= {"last": say.money(last["value_usd_mn"]), "last_year": say.words.year(last["year"])}
    if last["value_usd_mn"] == low["value_usd_mn"]:
        still = say("peak_zero_still" if ended else "peak_low_still", **facts)
        return still, _provenance([top, low, last], timeline, say)
    newest = say(
        "peak_zero_last" if ended else "peak_low_last", share=say.pct(100 * last["value_usd_mn"] / peak), **facts
    )
    return newest, _provenance([top, low, last], timeline, say)


def outside_the_line(figures: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """How many figures of the pair's trade the line by calendar year leaves out: other periods, other money."""
    trade = figures.filter(pl.col("series").is_in(["trade.exports", "trade.imports", "trade.total"]))
    a_year = pl.col("period").cast(pl.String).str.contains(r"^\d{4}$")
    left = trade.filter(~a_year | (pl.col("unit") != "usd_mn")).height
    return (say("outside_the_line_one" if left == 1 else "outside_the_line", n=left),) if left else ()


def _provenance(rows: list[dict], timeline: pl.DataFrame, say: Speaker) -> str:
    """Whose figures the headline uses, on what basis, and what the panel has for the same years."""
    if all(row["source_id"] == PANEL_SOURCE for row in rows):
        beside = timeline.filter(pl.col("source_id") != PANEL_SOURCE, pl.col("flow") != "balance")
        return say("provenance_panel" if beside.is_empty() else "provenance_panel_beside")
    parts = []
    for row in rows:
        known = (("basis", row["basis"]), ("figure_status", row["status"]))
        said = [say.words.known(group, word) for group, word in known if word and word != "-"]
        words = say.source(row["source_id"]) + (f" ({', '.join(said)})" if said else "")
        panel = timeline.filter(
            (pl.col("flow") == "total") & (pl.col("year") == row["year"]) & (pl.col("source_id") == PANEL_SOURCE)
        )
        beside = "" if panel.is_empty() else "; " + say("panel_has", value=say.money(panel["value_usd_mn"][0]))
        parts.append(f"{say.words.year(row['year'])}, {words}{beside}")
    return say("provenance", parts=" · ".join(parts))
