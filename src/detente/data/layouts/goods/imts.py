"""IMF International Merchandise Trade Statistics (formerly DOTS), SDMX-CSV: exports FOB and imports CIF, US$."""

from __future__ import annotations

import polars as pl

from detente.data.codes import IMF
from detente.data.facts import Count, Flows
from detente.data.source import DataSource
from detente.data.tables.rows import numbers, tidy
from detente.errors import DataError, first_five
from detente.language import Text

EXPORTS, IMPORTS = ("XG_FOB_USD", "TXG_FOB_USD"), ("MG_CIF_USD", "TMG_CIF_USD")


def read(table: pl.DataFrame) -> Flows:
    """Both sides' reports; OBS_VALUE is in US$ whatever SCALE says, groups of countries are left out."""
    frame = table.rename({c: c.casefold() for c in table.columns})
    count = Count()
    frame = count.drop(frame, pl.col("indicator").is_in([*EXPORTS, *IMPORTS]), "other_indicators")
    kinds = sorted(frame["frequency"].unique().to_list())
    if len(kinds) > 1:
        raise DataError(
            f"The file has flows of several frequencies: {first_five(kinds)}.",
            why="A month beside its year would count twice.", fix="Ask for one of them.",
        )  # fmt: skip
    sold = pl.col("indicator").is_in(EXPORTS)
    value = numbers(frame["obs_value"], "OBS_VALUE")
    frame = frame.select(
        pl.when(sold).then("country").otherwise("counterpart_country").alias("origin"),
        pl.when(sold).then("counterpart_country").otherwise("country").alias("destination"),
        pl.col("time_period").str.replace("M", "").alias("period"),
        pl.when(sold).then(pl.lit("origin")).otherwise(pl.lit("destination")).alias("side"),
        value.alias("value"),
    )
    frame = tidy(frame, count, IMF)
    sides = frame["side"].unique().to_list()
    side = sides[0] if len(sides) == 1 else ""
    notes = (*count.notes, *((Text("rows.mirror"),) if len(sides) > 1 else ()))
    return Flows(
        frame, "usd", "goods", period={"A": "year", "Q": "quarter", "M": "month"}.get(kinds[0], "year") if kinds else "year",
        absent="missing", side=side, valuation={"origin": "fob", "destination": "cif"}.get(side, ""),
        notes=notes, rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="imts", title="IMTS (formerly DOTS)", publisher="IMF", what="goods as each side reports them, in total",
    gives="flows", kind="goods", unit="usd", periods=("year", "quarter", "month"),
    licence="IMF terms: attribution; large parts may not be passed on", may_share=False,
    cite="International Monetary Fund, International Trade in Goods by partner country",
    home="https://data.imf.org",
    columns=(frozenset({"country", "indicator", "counterpart_country", "frequency", "time_period", "obs_value"}),),
    read=read,
)  # fmt: skip
