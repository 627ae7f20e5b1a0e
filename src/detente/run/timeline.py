"""The table ``timeline``: trade by year and direction, from the record and from the panel, conflicts kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detente.run.tables import COLUMNS

if TYPE_CHECKING:
    import polars as pl

    from detente.panel import Panel

FLOWS = ("exports", "imports", "total", "balance")
PANEL_SOURCE = "panel"


def timeline(figures: pl.DataFrame, panel: Panel, origin: str, destination: str) -> pl.DataFrame:
    """Annual trade figures of the record (series ``trade.*``) and the panel's own, seen from ``origin``.

    ``preferred`` marks the line to draw: the record's preferred figures, and the
    panel's where the record has none for that flow at all.
    """
    import polars as pl

    recorded = _recorded(figures, origin, destination)
    drawn = set(recorded.filter(pl.col("preferred"))["flow"])
    measured = _measured(panel, origin, destination, prefer=[f for f in FLOWS if f not in drawn])
    return pl.concat([recorded, measured]).sort("flow", "year", "preferred", descending=[False, False, True])


def _schema() -> dict[str, pl.DataType]:
    import polars as pl

    types = {"year": pl.Int64, "value_usd_mn": pl.Float64, "preferred": pl.Boolean}
    return {c: types.get(c, pl.String) for c in COLUMNS["timeline"]}


def _recorded(figures: pl.DataFrame, origin: str, destination: str) -> pl.DataFrame:
    import polars as pl

    if figures.is_empty():
        return pl.DataFrame(schema=_schema())
    flow = pl.col("series").str.strip_prefix("trade.")
    rows = figures.filter(
        pl.col("series").is_in([f"trade.{f}" for f in FLOWS])
        & (pl.col("unit") == "usd_mn")
        & pl.col("period").cast(pl.String).str.contains(r"^\d{4}$")
    )
    return rows.select(
        flow.alias("flow"),
        pl.when(flow == "exports")
        .then(pl.lit(origin))
        .when(flow == "imports")
        .then(pl.lit(destination))
        .alias("exporter"),
        pl.when(flow == "exports")
        .then(pl.lit(destination))
        .when(flow == "imports")
        .then(pl.lit(origin))
        .alias("importer"),
        pl.col("period").cast(pl.String).cast(pl.Int64).alias("year"),
        pl.col("value").cast(pl.Float64).alias("value_usd_mn"),
        "basis",
        "status",
        "source_id",
        pl.col("preferred").cast(pl.String).is_in(["1", "1.0", "true"]).fill_null(False).alias("preferred"),
    )


def _measured(panel: Panel, origin: str, destination: str, prefer: list[str]) -> pl.DataFrame:
    import polars as pl

    out, back = panel.flow(origin, destination), panel.flow(destination, origin)
    flows = {"exports": out, "imports": back, "total": out + back, "balance": out - back}
    ends = {"exports": (origin, destination), "imports": (destination, origin)}
    rows = [
        (flow, *ends.get(flow, (None, None)), year, float(value), "baci" if "BACI" in panel.source else "panel",
         "reported" if flow in ends else "derived", PANEL_SOURCE, flow in prefer)
        for flow, values in flows.items()
        for year, value in zip(panel.years, values)
        if np.isfinite(value)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_schema(), orient="row")
