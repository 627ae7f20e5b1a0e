"""USITC ITPD-E and ITPD-S: ``exporter_iso3, importer_iso3, year, industry_id, trade``, million current US$."""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, column
from detente.data.tables.rows import numbers, tidy


def read(table: pl.DataFrame) -> Flows:
    """Flows by industry, with internal trade as the file has it."""
    count = Count()
    product = column(table, "industry_id") if "industry_id" in table.columns else None
    frame = table.select(
        pl.col(column(table, "exporter_iso3")).alias("origin"),
        pl.col(column(table, "importer_iso3")).alias("destination"),
        pl.col(column(table, "year")).alias("period"),
        *([pl.col(product).cast(pl.String).alias("product")] if product else []),
        numbers(table[column(table, "trade")], "trade").alias("value"),
    )
    frame = tidy(frame, count)
    return Flows(
        frame, "usd_mn", "goods", absent="missing", valuation="fob", side="reconciled", internal=True,
        level="industry" if product else "total", notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="itpd", title="ITPD-E", publisher="USITC", what="goods and services by industry, with internal trade",
    gives="flows", kind="goods", unit="usd_mn", periods=("year",),
    licence="public domain (US government), as USITC states on its page", may_share=False,
    cite="Borchert, Larch, Shikher & Yotov (2021), The International Trade and Production Database for Estimation",
    home="https://www.usitc.gov/data/gravity/itpde.htm",
    columns=(frozenset({"exporter_iso3", "importer_iso3", "year", "trade"}),),
    uses=("exporter_iso3", "importer_iso3", "year", "industry_id", "trade"), read=read,
)  # fmt: skip
