"""ENTSOG transparency platform: physical flows of gas at points between two countries, kWh a day; summed to months.

A point stands in ``operationalData`` with the operator's side only, so the answer of ``/interconnections`` has to lie
beside it (one folder or zip): it says from which country to which a point leads. Entries are counted, exits are the
same gas seen from the other side.
"""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.files import Files, extension_of
from detente.data.tables.rows import numbers, summed, tidy
from detente.errors import DataError, EmptySample, first_five

KEYS = ("operationalData", "operationaldata", "interconnections")
KWH = {"kwh/d": 1e-6, "kwh/h": 1e-6}  # both are sums over the row's period, GWh each


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """Answers of the platform, JSON."""
    flows: list[dict[str, object]] = []
    points: list[dict[str, object]] = []
    for name in (n for n in files.names if extension_of(n) == "json"):
        answer = files.json(name)
        for key, rows in answer.items() if isinstance(answer, dict) else ():
            if key.casefold() == "operationaldata":
                flows += rows
            elif key == "interconnections":
                points += rows
    if not flows:
        raise EmptySample(f"{files.path} holds no operationalData.", fix="Ask for the indicator Physical Flow by day.")
    if not points:
        raise DataError(
            f"{files.path} has no answer of /interconnections beside the flows.",
            why="Without it nobody can tell from which country to which a point leads.",
            fix="Save https://transparency.entsog.eu/api/v1/interconnections as JSON beside it.",
        )
    return laid_out(flows, points)


def laid_out(flows: list[dict[str, object]], points: list[dict[str, object]]) -> Flows:
    """Gas from country to country by month, GWh."""
    ends = {(str(p["pointKey"]), str(p.get("toOperatorKey", ""))): (str(p["fromCountryKey"]), str(p["toCountryKey"]))
            for p in points if p.get("fromCountryKey") and p.get("toCountryKey")}  # fmt: skip
    columns = ("pointKey", "operatorKey", "directionKey", "indicator", "periodType", "periodFrom", "unit", "value")
    table = pl.DataFrame([{c: None if row.get(c) is None else str(row[c]) for c in columns} for row in flows],
                         schema=dict.fromkeys(columns, pl.String))  # fmt: skip
    count = Count()
    frame = count.drop(table, pl.col("indicator") == "Physical Flow", "other_indicators")
    frame = count.drop(frame, pl.col("directionKey").str.to_lowercase() == "entry", "exits")
    if frame["periodType"].n_unique() > 1:
        raise DataError("Days and hours stand in one answer.", fix="Ask for one periodType.")
    units = set(frame["unit"].str.to_lowercase().drop_nulls())
    if units - set(KWH):
        raise DataError(f"The unit {first_five(sorted(units - set(KWH)))} is not known.", fix="Ask for kWh.")
    frame = frame.unique(["pointKey", "operatorKey", "periodFrom"], keep="last", maintain_order=True)
    places = [ends.get((p, o)) for p, o in zip(frame["pointKey"], frame["operatorKey"])]
    frame = frame.with_columns(
        pl.Series("origin", [None if p is None else p[0] for p in places], pl.String),
        pl.Series("destination", [None if p is None else p[1] for p in places], pl.String),
        (numbers(frame["value"], "value") * 1e-6).alias("value"),
        pl.col("periodFrom").str.slice(0, 7).alias("period"),
    )
    frame = count.drop(frame, pl.col("origin").is_not_null(), "unknown_point")
    frame = count.drop(frame, pl.col("origin") != pl.col("destination"), "inside")
    frame = frame.group_by("origin", "destination", "period", maintain_order=True).agg(summed("value"))
    frame = tidy(frame, count, {"UK": "GBR", "EL": "GRC"})
    return Flows(
        frame, "gwh", "energy", period="month", absent="missing", side="destination", notes=tuple(count.notes),
        rows=len(flows),
    )  # fmt: skip


def recognises(files: Files) -> int:
    heads = [files.head(n) for n in files.names if extension_of(n) == "json"]
    return len(KEYS) if any('"operationalData"' in h or '"operationaldata"' in h for h in heads) else 0


SOURCE = DataSource(
    name="entsog", title="Transparency platform", publisher="ENTSOG", what="gas between countries through pipelines, GWh",
    gives="flows", kind="energy", unit="gwh", periods=("month",), licence="free re-use with attribution", may_share=True,
    cite="ENTSOG Transparency Platform", home="https://transparency.entsog.eu",
    read_files=read_files, recognises=recognises,
)  # fmt: skip
