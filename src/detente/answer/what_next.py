"""What next, in three sentences: a range of trade, the odds of a break or a return, each with its score, and the limit."""

from __future__ import annotations

from typing import Any

import polars as pl

from detente.answer.speaker import Voice
from detente.data.periods import YEARS
from detente.language import Catalogue
from detente.language.error_words import said_part
from detente.outlook.odds_of_pair import NO_RELATIONS, NO_STATE, NOT_RELEVANT
from detente.outlook.trade.trade_forecast import REOPENED, RUPTURED, SCOPED
from detente.run.what_next import A_BLOC

NO_ODDS = {
    A_BLOC: "next_no_odds_bloc", NO_RELATIONS: "next_no_odds_relations", NO_STATE: "next_no_odds_state",
    NOT_RELEVANT: "next_no_odds_relevant",
}  # fmt: skip

LAST_YEAR = YEARS[1]
"""A larger number is a quarter or a month."""


def incident_sentences(incidents: pl.DataFrame, say: Voice) -> tuple[str, ...]:
    """From the table ``incidents``: the longest total ahead, with its score; nothing where nothing is counted."""
    known = incidents.filter(pl.col("refused").is_null())
    if known.is_empty():
        return (
            (say("next_no_incidents", why=_in_words(incidents["refused"][0], say.words.language)),)
            if incidents.height
            else ()
        )
    row = known.sort("n_periods").row(-1, named=True)
    key = "next_incidents" if row["method"] == "two memories" else "next_incidents_mean"
    return (
        say(
            key, n=row["n_periods"], every=say.words.known("word", f"{row['every']}s"), until=say.words.date(row["until"]),
            middle=say.words.number(row["middle"]), low=say.words.number(row["low"]), high=say.words.number(row["high"]),
            gain=say.pct(row["skill_pct"], sign=True), held=say.pct(100 * row["coverage_80"]), cases=row["n_cases"],
        ),
    )  # fmt: skip


def _in_words(refused: str, language: str) -> str:
    """Why nothing is given, as a run kept it, in the reader's language where it has words for it."""
    return said_part(refused, language) or refused


def what_next_sentences(outlook: pl.DataFrame, say: Voice) -> tuple[str, ...]:
    """From the table ``outlook``; nothing where it is empty, as in runs of earlier versions."""
    if outlook.is_empty():
        return ()
    trade = outlook.filter(pl.col("event") == "trade")
    odds = outlook.filter(pl.col("event") != "trade")
    told = [*([_trade(trade, say)] if trade.height else []), *(_odds(row, say) for row in odds.to_dicts())]
    known = outlook.filter(pl.col("refused").is_null())
    return (*told, say("next_limit")) if known.height else tuple(told)


def pair_next_sentences(outlook: pl.DataFrame, words: Catalogue) -> tuple[str, ...]:
    """The sentences of any two economies, without a study.

    Examples
    --------
    >>> from detente.answer.pairs.any_pair import pair, shipped_panel
    >>> said = pair_next_sentences(pair("COL", "VEN").outlook(), Catalogue("en"))
    >>> said[0].partition(":")[0]
    'If nothing breaks or opens, trade both ways'
    """
    say = Voice(words)
    return tuple(map(say.begun, what_next_sentences(outlook, say)))


def _trade(rows: pl.DataFrame, say: Voice) -> str:
    told = rows.filter(pl.col("refused").is_null())
    if told.is_empty():
        row = rows.row(0, named=True)
        ends = {"a": say.name(row["origin"]), "b": say.name(row["destination"])}
        if row["method"] == REOPENED:
            return say("next_no_trade_reopened", **ends, year=row["year"], last_year=row["last_year"])
        if row["method"] == A_BLOC:
            return say("next_no_trade_bloc", **ends)
        if row["last_year"] is not None:
            return say("next_no_trade_now", **ends, year=say.words.year(row["last_year"]))
        return say("next_no_trade" if rows["on"].drop_nulls().len() else "next_no_years", **ends)
    both = told.filter(pl.col("both_ways"))
    shown = (both if both.height else told.filter(pl.col("origin") == told["origin"][0])).sort("year").to_dicts()
    first = shown[0]
    who = (say("next_both_ways") if both.height
           else say("next_one_way", a=say.name(first["origin"]), b=say.name(first["destination"])))  # fmt: skip
    years = [  # the first and the last: what lies between is in the table
        say("next_year", year=say.words.year(row["year"]), middle=say.words.money(row["median_usd_mn"], rough=True),
            low=say.words.money(row["low_usd_mn"], rough=True), high=say.words.money(row["high_usd_mn"], rough=True))
        for row in (shown if len(shown) < 3 else (first, shown[-1]))
    ]  # fmt: skip
    seasonal = first["year"] > LAST_YEAR
    key = {REOPENED: "next_trade_reopened", RUPTURED: "next_trade_ruptured", SCOPED: "next_trade_ruptured"}.get(
        first["method"], "next_trade_season" if seasonal else "next_trade"
    )
    return say(
        key, who=who, years=say.listed(years), last=say.money(first["last_usd_mn"]), last_year=say.words.year(first["last_year"]),
        gain_last=say.pct(shown[-1]["skill_pct"]), held=say.pct(100 * first["coverage_80"]), gain=say.pct(first["skill_pct"]),
        n=say.words.number(first["n_cases"], 0),
    )  # fmt: skip


def _odds(row: dict[str, Any], say: Voice) -> str:
    if row["refused"] is not None:
        key = NO_ODDS.get(row["method"], "next_no_odds") if row["on"] else "next_no_day"
        return say(key, a=say.name(row["origin"]), b=say.name(row["destination"]))
    facts = {
        "months": row["months"], "day": say.words.date(row["on"]), "chance": say.pct(100 * row["chance"]),
        "low": say.pct(100 * row["chance_low"]), "high": say.pct(100 * row["chance_high"]),
    }  # fmt: skip
    if row["event"] == "return":
        return say("next_return", **facts, n=say.words.number(row["n_cases"], 0))
    return say(
        "next_break", **facts, base=say.pct(100 * row["base_rate"]), group=say(f"next_group_{row['method']}"),
        rank=say.words.number(row["rank"]), n=say.words.number(row["n_ranked"], 0), gain=say.pct(row["skill_pct"], sign=True),
        gain_low=say.pct(row["skill_low"], sign=True), gain_high=say.pct(row["skill_high"], sign=True),
    )  # fmt: skip
