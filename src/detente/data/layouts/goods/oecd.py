"""OECD balanced bilateral merchandise trade (BIMTS), SDMX-CSV: one reconciled flow a dyad, US$."""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource
from detente.data.tables.rows import numbers, tidy


def read(table: pl.DataFrame) -> Flows:
    """From REF_AREA (origin) to COUNTERPART_AREA; UNIT_MULT is a power of ten; the total of all products."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    power = numbers(frame["unit_mult"], "UNIT_MULT").fill_null(0.0) if "unit_mult" in frame.columns else pl.lit(0.0)
    value = numbers(frame["obs_value"], "OBS_VALUE")
    product = next((c for c in frame.columns if c in ("product", "activity", "commodity", "product_cpa")), None)
    frame = frame.with_columns(value.alias("obs_value"), _power=power).select(
        pl.col("ref_area").alias("origin"), pl.col("counterpart_area").alias("destination"),
        pl.col("time_period").alias("period"), *([pl.col(product).alias("product")] if product else []),
        (pl.col("obs_value") * 10.0 ** pl.col("_power")).alias("value"),
    )  # fmt: skip
    count = Count()
    frame = tidy(frame, count, {"W": "WLD"})
    return Flows(
        frame, "usd", "goods", absent="missing", side="reconciled", valuation="fob",
        level="product" if product else "total", notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="oecd", title="BIMTS", publisher="OECD", what="goods between economies, both reports balanced",
    gives="flows", kind="goods", unit="usd", periods=("year",),
    licence="CC BY 4.0 (OECD, since 2024)", may_share=True,
    cite="OECD, Balanced international merchandise trade statistics", home="https://data-explorer.oecd.org",
    columns=(frozenset({"ref_area", "counterpart_area", "time_period", "obs_value"}),), read=read,
)  # fmt: skip
