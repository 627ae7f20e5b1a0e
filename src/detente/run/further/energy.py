"""The table ``lines``: what a line between the two carried, what it could carry, and plans kept or not.

A line's flow lies between nothing and its capacity. Where a capacity in print is below a flow on record, the flow
decides: that capacity is contradicted and bounds nothing. Which term binds can be told of no more than the record has:
contracts and surpluses are not in it, so an unused capacity says that something else was the limit, not what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import polars as pl
from scipy.special import betaincinv

from detente.record.period import Period
from detente.run.schema import DIRECTION, TableSchema, flag, number, text

CARRIED = re.compile(r"(?P<family>\w+)\.(?P<a>[a-z]{3})_to_(?P<b>[a-z]{3})(?P<plan>\.planned)?")
SLACK = 0.02
"""Figures of two sources differ by rounding: a capacity is contradicted by a flow beyond 2% above it."""
INTERVAL = (0.05, 0.95)

LINES = TableSchema(
    "lines",
    "One row a figure of what a line between the two carried, or was to carry: gas and whatever else the record names "
    "so (`gas.a_to_b`, `gas.pipeline_capacity`).",
    (
        text("family", "what flows: `gas`, `electricity`, ..."),
        *DIRECTION,
        text("kind", "`carried` or `planned`"),
        text("date", "period of the figure, or the date planned"),
        number("value", "how much, in `unit`"),
        text("unit", "of value and capacity"),
        number("capacity", "the largest capacity in print of the time: no flow can be above it"),
        number("use", "value in that capacity", "share"),
        text("contradicted", "figures of a capacity that this flow exceeds, `;` between them; empty for none"),
        flag("kept", "whether something flowed by the date planned; empty of what was carried"),
        text("figure_id", "the figure"),
        text("source_id", "who says so"),
    ),
    make=lambda run: lines(run.ledger.figures, run.study.spec.dyad),
)


def lines(figures: pl.DataFrame, dyad: tuple[str, str]) -> pl.DataFrame:
    """The table :data:`LINES` of a record's figures."""
    if figures.is_empty():
        return LINES.empty()
    rows = list(figures.iter_rows(named=True))
    found = [row for row in (_line(figure, rows, dyad) for figure in rows) if row is not None]
    return LINES.of_rows(
        sorted(found, key=lambda r: (r["family"], r["origin"], r["kind"], Period.parse(r["date"]).first))
    )


def _line(figure: dict[str, Any], rows: list[dict[str, Any]], dyad: tuple[str, str]) -> dict[str, Any] | None:
    match = CARRIED.fullmatch(str(figure["series"]))
    if match is None or {match["a"].upper(), match["b"].upper()} != set(dyad) or figure["value"] is None:
        return None
    a, b = match["a"].upper(), match["b"].upper()
    family, when = match["family"], Period.parse(str(figure["period"]))
    value = float(figure["value"])
    capacities = [c for c in rows if c["series"] in (f"{family}.pipeline_capacity", f"{family}.capacity")
                  and c["unit"] == figure["unit"] and Period.parse(str(c["period"])).first <= when.last]  # fmt: skip
    largest = max((float(c["value"]) for c in capacities), default=None)
    below = [] if match["plan"] else [c["figure_id"] for c in capacities if value > (1 + SLACK) * float(c["value"])]
    return {
        "family": family, "origin": a, "destination": b, "kind": "planned" if match["plan"] else "carried",
        "date": str(figure["period"]), "value": value, "unit": figure["unit"], "capacity": largest,
        "use": value / largest if largest else None, "contradicted": ";".join(below) or None,
        "kept": _kept(f"{family}.{a}_to_{b}".lower(), when, rows) if match["plan"] else None,
        "figure_id": figure["figure_id"], "source_id": figure["source_id"],
    }  # fmt: skip


def _kept(series: str, when: Period, rows: list[dict[str, Any]]) -> bool | None:
    """Whether the series has a flow above zero in the year from the date planned; None where it tells nothing of it."""
    told = [row for row in rows if row["series"] == series and Period.parse(str(row["period"])).last >= when.first]
    if any(float(row["value"]) > 0 and Period.parse(str(row["period"])).first <= when.last for row in told):
        return True
    return False if told else None


def kept_plans(frame: pl.DataFrame) -> Iterator[tuple[str, str, str, int, int, float, float, float]]:
    """For each family and direction with plans: family, origin, destination, plans, kept, and the chance of the next.

    The chance is the mean of Jeffreys' posterior with its 90% interval: with none of three kept 12.5% [0.1, 44].
    """
    plans = frame.filter(kind="planned").drop_nulls("kept")
    for (family, a, b), group in plans.group_by("family", "origin", "destination", maintain_order=True):
        n, k = group.height, int(group["kept"].sum())
        low, high = (float(betaincinv(k + 0.5, n - k + 0.5, p)) for p in INTERVAL)
        yield str(family), str(a), str(b), n, k, (k + 0.5) / (n + 1), low, high
