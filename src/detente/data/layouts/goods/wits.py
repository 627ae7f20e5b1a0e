"""World Bank WITS, tables of trade by partner: thousand US$; years side by side or one a row."""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource
from detente.data.tables.rows import numbers, tidy

LONG = frozenset({"reporteriso3", "partneriso3", "year", "tradeflowname", "tradevalue in 1000 usd"})


def read(table: pl.DataFrame) -> Flows:
    """Gross exports and imports of the reporter, all products or by product."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    count = Count()
    words = pl.col("tradeflowname").str.strip_chars().str.to_lowercase()
    sold, bought = (
        words.is_in(["export", "gross exp.", "gross export"]),
        words.is_in(["import", "gross imp.", "gross import"]),
    )
    frame = count.drop(frame, sold | bought, "reexports")
    product = next((c for c in ("productcode", "product code") if c in frame.columns), None)
    value = numbers(frame["tradevalue in 1000 usd"], "TradeValue in 1000 USD")
    frame = frame.select(
        pl.when(sold).then("reporteriso3").otherwise("partneriso3").alias("origin"),
        pl.when(sold).then("partneriso3").otherwise("reporteriso3").alias("destination"),
        pl.col("year").alias("period"), *([pl.col(product).alias("product")] if product else []),
        pl.when(sold).then(pl.lit("origin")).otherwise(pl.lit("destination")).alias("side"),
        value.alias("value"),
    )  # fmt: skip
    frame = tidy(frame, count)
    sides = frame["side"].unique().to_list()
    side = sides[0] if len(sides) == 1 else ""
    return Flows(
        frame, "kusd", "goods", absent="missing", side=side, level="product" if product else "total",
        valuation={"origin": "fob", "destination": "cif"}.get(side, ""), notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="wits", title="WITS", publisher="World Bank", what="goods as each side reports them, thousand US$",
    gives="flows", kind="goods", unit="kusd", periods=("year",),
    licence="WITS terms: UN Comtrade data, no re-dissemination", may_share=False,
    cite="World Bank, World Integrated Trade Solution", home="https://wits.worldbank.org",
    columns=(LONG,), read=read,
)  # fmt: skip
