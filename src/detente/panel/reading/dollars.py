"""Flows in other money as US dollars."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from detente.data.facts import Flows, Series
from detente.data.periods import read_periods
from detente.data.registry import source_named
from detente.data.tables.files import Files
from detente.errors import DataError, first_five
from detente.language import Text
from detente.panel.frames import read_table


def in_dollars(flows: Flows, rates: Any, label: str) -> Flows:
    """The same flows in US dollars, with the rate of each period.

    Raises
    ------
    DataError : the flows are in other money and no rates, or none of a period, are given.
    """
    if flows.money == "USD" or flows.kind != "goods":
        return flows
    if rates is None:
        raise DataError(
            f"The values of {label} are in {flows.money}.", why="Flows are compared in US dollars.",
            fix="Give exchange rates with rates= (on the command line --rates): a file of the ECB or of FRED.",
        )  # fmt: skip
    known = source_named("exchange-rates")
    facts = known.facts_in(Files(Path(rates))) if isinstance(rates, str | Path) else known.facts_of(
        read_table(rates).frame.to_polars(), "the rates")  # fmt: skip
    assert isinstance(facts, Series)
    direct, inverse = f"USD/{flows.money}", f"{flows.money}/USD"
    found = facts.frame.filter(pl.col("indicator").is_in([direct, inverse]))
    found = found.with_columns(rate=pl.when(pl.col("indicator") == direct).then("value").otherwise(1 / pl.col("value")))
    periods, period = read_periods(flows.frame["period"], label)
    frame = flows.frame.with_columns(periods.alias("period"))
    if facts.period == "month" and period == "year":
        found = found.with_columns(period=pl.col("period") // 100)
    mean = found.group_by("period").agg(pl.col("rate").mean())
    joined = frame.join(
        mean.with_columns(pl.col("period").cast(pl.Int64)), on="period", how="left", maintain_order="left"
    )
    without = joined.filter(pl.col("rate").is_null())["period"].unique().sort().to_list()
    if without:
        raise DataError(f"The rates have no {direct} for {first_five(without)}.", fix="Give rates of all periods.")
    note = Text("rows.dollars", money=flows.money, source=known.publisher)
    dollars = joined.with_columns(pl.col("value") * pl.col("rate")).drop("rate")
    return replace(flows, frame=dollars, money="USD").with_notes(note)
