"""Abel and Cohen's estimates of five-year migration flows: the published table, or one with the columns renamed. Flows.

Six methods stand beside one another. The one taken is the demographic account closed by pseudo-Bayesian weights
(``da_pb_closed``), which its authors found to do best against recorded flows (Abel & Cohen 2019, Scientific Data).
"""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, column
from detente.data.tables.rows import numbers, tidy
from detente.language import Text

METHOD = "da_pb_closed"
PUBLISHED = frozenset({"year0", "orig", "dest", METHOD})
RENAMED = frozenset({"period_start", "origin", "dest", METHOD})


def read(table: pl.DataFrame) -> Flows:
    """Persons who moved from ``origin`` to ``dest`` in the five years from ``period_start``."""
    names = {c.casefold() for c in table.columns}
    origin, period = ("orig", "year0") if names >= PUBLISHED else ("origin", "period_start")
    count = Count()
    count.notes.append(Text("rows.abel_cohen", method=METHOD))
    frame = table.select(
        pl.col(column(table, origin)).cast(pl.String).alias("origin"),
        pl.col(column(table, "dest")).cast(pl.String).alias("destination"),
        pl.col(column(table, period)).cast(pl.String).str.replace(r"\.0+$", "").alias("period"),
        numbers(table[column(table, METHOD)], METHOD).alias("value"),
    )  # fmt: skip
    frame = count.drop(frame, pl.col("value").is_not_null(), "no_value")
    frame = tidy(frame, count)
    return Flows(
        frame, "persons", "persons", period="five years", absent="zero", level="total", notes=tuple(count.notes),
        rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="abel_cohen", title="Bilateral international migration flow estimates", publisher="Abel and Cohen",
    what="persons who moved from one country to another in five years, estimated from stocks", gives="flows",
    kind="persons", unit="persons", periods=("five years",), licence="CC BY 4.0", may_share=True,
    cite="Abel & Cohen 2019, Bilateral international migration flow estimates for 200 countries, Scientific Data 6:82",
    home="https://doi.org/10.6084/m9.figshare.7731233", columns=(PUBLISHED, RENAMED), read=read,
)  # fmt: skip
