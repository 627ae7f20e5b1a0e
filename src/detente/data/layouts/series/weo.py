"""IMF World Economic Outlook: SDMX-CSV (units), and the older tab-separated file (its Scale column in words)."""

from __future__ import annotations

import re

import polars as pl

from detente.aggregates import is_aggregate
from detente.data.codes import IMF
from detente.data.facts import Count, Series
from detente.data.source import DataSource
from detente.data.tables.rows import numbers
from detente.errors import first_five

SDMX = frozenset({"country", "indicator", "frequency", "time_period", "obs_value"})
TABS = frozenset({"weo country code", "iso", "weo subject code", "country", "units", "scale"})
SCALES = {"billions": 1e9, "millions": 1e6, "thousands": 1e3, "units": 1.0, "": 1.0}


def read(table: pl.DataFrame) -> Series:
    """Figures in units: US$ of NGDPD, persons of LP; the older file's billions are multiplied out."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    if set(frame.columns) >= SDMX:
        long = frame.select(
            pl.col("country").alias("economy"), "indicator", pl.col("time_period").alias("period"),
            numbers(frame["obs_value"], "OBS_VALUE").alias("value"),
        )  # fmt: skip
    else:
        long = _from_tabs(frame)
    long = long.with_columns(pl.col("economy").replace(IMF)).filter(pl.col("value").is_not_null())
    long = long.filter(pl.col("economy").is_not_null())
    groups = sorted(c for c in long["economy"].unique() if is_aggregate(c) or len(c) != 3)
    count = Count()
    long = count.drop(long, ~pl.col("economy").is_in(groups), "aggregates", codes=first_five(groups))
    long = long.with_columns(pl.col("period").cast(pl.Int64)).select("economy", "period", "indicator", "value")
    return Series(long.sort("economy", "indicator", "period"), notes=tuple(count.notes), rows=table.height)


def _from_tabs(frame: pl.DataFrame) -> pl.DataFrame:
    years = [c for c in frame.columns if re.fullmatch(r"\d{4}", c)]
    long = frame.select(pl.col("iso").alias("economy"), pl.col("weo subject code").alias("indicator"),
                        pl.col("scale").fill_null("").str.strip_chars().str.to_lowercase(), *years)  # fmt: skip
    long = long.unpivot(index=["economy", "indicator", "scale"], on=years, variable_name="period", value_name="value")
    factor = pl.col("scale").replace_strict(SCALES, default=None, return_dtype=pl.Float64)
    value = numbers(long["value"], "a year's column")
    return long.with_columns(value.alias("value")).with_columns(pl.col("value") * factor).drop("scale")


SOURCE = DataSource(
    name="weo", title="World Economic Outlook", publisher="IMF", what="GDP, population and forecasts", gives="series",
    periods=("year",), licence="IMF terms: attribution; large parts may not be passed on", may_share=False,
    cite="International Monetary Fund, World Economic Outlook database",
    home="https://www.imf.org/en/Publications/SPROLLs/world-economic-outlook-databases",
    columns=(SDMX, TABS), read=read,
)  # fmt: skip
