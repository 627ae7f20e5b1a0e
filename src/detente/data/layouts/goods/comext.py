"""Eurostat Comext, SDMX-CSV: a member's report on a partner, in euros, by month or year.

Quantities stand in the same column as values: only VALUE_IN_EUROS is used. Values are in euros and have to be turned
into US dollars with an exchange rate before they can be compared with other flows.
"""

from __future__ import annotations

import polars as pl

from detente.data.codes import EUROSTAT
from detente.data.facts import Count, Flows
from detente.data.source import DataSource
from detente.data.tables.rows import numbers, tidy
from detente.errors import DataError

VALUES = ("VALUE_IN_EUROS", "VALUE_EUR")


def read(table: pl.DataFrame) -> Flows:
    """Imports (flow 1, CIF) and exports (flow 2, FOB), in euros; the value column only, one frequency."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    count = Count()
    frame = count.drop(frame, pl.col("indicators").str.strip_chars().is_in(VALUES), "other_indicators")
    if frame["freq"].n_unique() > 1:
        raise DataError(
            "The file has yearly and monthly rows.", why="A month beside its year would count twice.",
            fix="Ask for one frequency.",
        )  # fmt: skip
    bought = pl.col("flow").cast(pl.String).str.strip_chars() == "1"
    value = numbers(frame["obs_value"], "OBS_VALUE")
    frame = frame.select(
        pl.when(bought).then("partner").otherwise("reporter").alias("origin"),
        pl.when(bought).then("reporter").otherwise("partner").alias("destination"),
        pl.col("time_period").alias("period"), pl.col("product").alias("product"),
        pl.when(bought).then(pl.lit("destination")).otherwise(pl.lit("origin")).alias("side"),
        value.alias("value"),
    )  # fmt: skip
    frame = tidy(frame, count, EUROSTAT)
    sides = frame["side"].unique().to_list()
    side = sides[0] if len(sides) == 1 else ""
    return Flows(
        frame, "usd", "goods", absent="missing", side=side, level="product", money="EUR",
        valuation={"origin": "fob", "destination": "cif"}.get(side, ""), notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="comext", title="Comext", publisher="Eurostat", what="goods of EU members by partner and product, in euros",
    gives="flows", kind="goods", unit="usd", periods=("year", "month"),
    licence="CC BY 4.0", may_share=True, cite="Eurostat, Comext (DS-045409)",
    home="https://ec.europa.eu/eurostat/comext",
    columns=(frozenset({"freq", "reporter", "partner", "product", "flow", "indicators", "time_period", "obs_value"}),),
    read=read,
)  # fmt: skip
