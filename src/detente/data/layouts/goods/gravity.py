"""CEPII Gravity: ``iso3_o, iso3_d, year, tradeflow_baci`` and some eighty more, thousand current US$."""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, column
from detente.data.tables.rows import numbers, tidy
from detente.errors import AmbiguousColumn
from detente.language import Text

FLOWS = ("tradeflow_baci", "tradeflow_comtrade_o", "tradeflow_comtrade_d", "tradeflow_imf_o", "tradeflow_imf_d")
EXISTS = ("country_exists_o", "country_exists_d")
USES = ("year", "iso3_o", "iso3_d", "country_id_o", "country_id_d", *EXISTS, *FLOWS)


def read(table: pl.DataFrame) -> Flows:
    """BACI's flow, or the only flow column that the file has; rows of states that did not exist are left out."""
    have = [c for c in FLOWS if c in {name.casefold() for name in table.columns}]
    if not have:
        raise AmbiguousColumn("The file has no trade flow.", fix=f"It needs one of {', '.join(FLOWS)}.")
    count = Count()
    if len(have) > 1:
        count.notes.append(Text("rows.of_several", used=have[0], others=", ".join(have[1:])))
    frame = table
    for side in EXISTS:
        if side in frame.columns:
            frame = count.drop(
                frame, pl.col(side).cast(pl.String).str.strip_chars().is_in(["1", "1.0"]), "not_existing"
            )
    frame = frame.select(
        pl.col(column(table, "iso3_o")).alias("origin"), pl.col(column(table, "iso3_d")).alias("destination"),
        pl.col(column(table, "year")).alias("period"), numbers(frame[column(table, have[0])], have[0]).alias("value"),
    )  # fmt: skip
    frame = count.drop(frame, pl.col("value").is_not_null(), "no_value")
    frame = tidy(frame, count)
    side = {"o": "origin", "d": "destination"}.get(have[0][-1], "reconciled") if have[0] != FLOWS[0] else "reconciled"
    return Flows(
        frame, "kusd", "goods", absent=None if have[0] == FLOWS[0] else "missing", side=side,
        valuation="cif" if side == "destination" else "fob", notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


SOURCE = DataSource(
    name="gravity", title="Gravity", publisher="CEPII", what="goods between economies with gravity variables",
    gives="flows", kind="goods", unit="kusd", periods=("year",),
    licence="Etalab Open Licence 2.0", may_share=True,
    cite="Conte, Cotterlaz & Mayer (2022), The CEPII Gravity database",
    home="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=8",
    columns=tuple(frozenset({"year", "iso3_o", "iso3_d", flow}) for flow in FLOWS), uses=USES, read=read,
)  # fmt: skip
