"""The state of the relation at the record's end, and what its measures and lines come to, in a few sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from detente.answer.speaker import Speaker
from detente.run.further.energy import kept_plans
from detente.run.what_next import newest_day
from detente.study.words import states_in_words

FULL = 0.95
"""Use of a line from which the line itself may be the limit."""


def relation_today(events: pl.DataFrame, say: Speaker) -> tuple[str, ...]:
    """One sentence on the states that hold at the record's end; none where the record sets no state.

    Where the record has no event yet, that is said, with what to do.
    """
    day = newest_day(events)
    if day is None:
        return (say("no_events"),) if events.is_empty() else ()
    parts = states_in_words(events, say.spec, day, say.words)
    return (say("today", day=say.words.date(day.isoformat()), states=say.listed(parts)),) if parts else ()


def measures_on_record(frames: Mapping[str, pl.DataFrame], say: Speaker) -> Iterator[str]:
    """The index of recorded measures, what lines carried, and plans that were kept or not; nothing where none is told."""
    yield from _index(frames["relation_strips"], say)
    yield from _lines(frames["lines"], frames["figures"], say)
    yield from _bounds(frames["bounds"], say)


def _index(strips: pl.DataFrame, say: Speaker) -> Iterator[str]:
    known = strips.drop_nulls("index")
    if known.is_empty():
        return
    now = known.row(-1, named=True)
    worst = known.sort("index", "month").row(0, named=True)
    low, high, at, least = (
        say.words.number(v) for v in (now["index_low"], now["index_high"], now["index"], worst["index"])
    )
    key = "index" if at != least else "index_lowest" if worst["month"] == now["month"] else "index_low_since"
    yield say.words(
        f"measures.{key}", now=at, month=say.words.date(now["month"]), worst=least,
        span="" if low == high else say.words("measures.index_span", low=low, high=high),
        worst_month=say.words.date(worst["month"]),
    )  # fmt: skip


def _lines(lines: pl.DataFrame, figures: pl.DataFrame, say: Speaker) -> Iterator[str]:
    carried = lines.filter(pl.col("kind") == "carried", pl.col("value") > 0).drop_nulls("use")
    for (family, a, b), group in carried.group_by("family", "origin", "destination", maintain_order=True):
        top = group.sort("value").row(-1, named=True)
        key = "line" if group["use"].max() < FULL else "line_full"  # type: ignore[operator]  # polars: any literal
        yield say.words(
            f"measures.{key}", family=say.words.known("family", str(family)), a=say.name(str(a)), b=say.name(str(b)),
            top=say.words.significant(top["value"]), unit=say.words.known("unit", top["unit"]),
            date=say.words.date(top["date"]), share=say.words.percent(100 * top["use"], 0),
            capacity=say.words.significant(top["capacity"]),
        )  # fmt: skip
        against = {ident for cell in group["contradicted"].drop_nulls() for ident in cell.split(";")}
        values = figures.filter(pl.col("figure_id").is_in(against))["value"].unique().sort().to_list()
        if values:
            yield say.words("measures.contradicted", figures=", ".join(say.words.significant(v) for v in values))
    for family, a, b, n, k, *chance in kept_plans(lines):
        middle, low, high = (say.words.percent(100 * p, 1) for p in chance)
        yield say.words(
            "measures.plans" if k else "measures.plans_none", family=say.words.known("family", family), a=say.name(a),
            b=say.name(b), n=say.words.number(n), k=say.words.number(k), chance=middle, low=low, high=high,
        )  # fmt: skip


def _bounds(bounds: pl.DataFrame, say: Speaker) -> Iterator[str]:
    """What each line can carry on the last days told of, what-ifs after what is on record, and flows that exceed their bound."""
    newest = bounds.group_by("family", "origin", "destination", "line", "assumed", maintain_order=True).last()
    for row in newest.sort("assumed", nulls_last=False, maintain_order=True).iter_rows(named=True):
        least = say.words.significant(row["high_least"])
        said = {
            "family": say.words.known("family", row["family"]), "a": say.name(row["origin"]), "b": say.name(row["destination"]),
            "date": say.words.date(row["from"]) if row["from"] else "…", "high": say.words.significant(row["high"]),
            "unit": say.words.known("unit", row["unit"]),
            "span": say.words("measures.bound_least", least=least) if row["high_least"] < row["high"] else "",
            "binds": say.listed([say.words.known("binds", term) for term in row["binds"].split(";")]),
        }  # fmt: skip
        assumed = row["assumed"]
        if assumed is None:
            yield say.words("measures.bound" if row["high"] else "measures.bound_none", **said)
        else:
            text = say.own(assumed)
            yield say.words("measures.bound_if", assumed=text[:1].lower() + text[1:], **said)
    for family, group in bounds.filter(pl.col("above").is_not_null()).group_by("family", maintain_order=True):
        figures = sorted({ident for cell in group["above"] for ident in cell.split(";")})
        yield say.words(
            "measures.bound_broken", family=say.words.known("family", str(family[0])), figures=", ".join(figures)
        )
