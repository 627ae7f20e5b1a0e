"""Global Sanctions Data Base: the dyadic file, one row a case and a pair of sanctioning and sanctioned state."""

from __future__ import annotations

import polars as pl

from detente.data.codes import code_named
from detente.data.facts import Count, Events
from detente.data.source import DataSource

COLUMNS = frozenset({"case_id", "sanctioned_state", "sanctioning_state", "begin", "end"})
SORTS = ("trade", "arms", "military", "financial", "travel", "other")


def read(table: pl.DataFrame) -> Events:
    """One event a case and pair, from its first year to its last; no last year where it is still in force."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns}).with_columns(pl.all().cast(pl.String))
    year = {c: frame[c].str.strip_chars().str.extract(r"^(\d{4})(?:\.0+)?$") for c in ("begin", "end")}
    going = frame["ongoing"].str.strip_chars() if "ongoing" in frame.columns else pl.Series(["0"] * frame.height)
    sorts = [c for c in SORTS if c in frame.columns]
    named = [
        ", ".join(c for c in sorts if (row[c] or "").strip() in ("1", "1.0")) for row in frame.iter_rows(named=True)
    ]
    sender, target = frame["sanctioning_state"], frame["sanctioned_state"]
    codes = {cell: code_named(cell) for cell in {*sender.drop_nulls(), *target.drop_nulls()}}
    found = pl.DataFrame({
        "id": frame["case_id"], "date": year["begin"],
        "end_date": [None if on in ("1", "1.0") else last for on, last in zip(going, year["end"])],
        "actors": [f"{codes.get(a, '')};{codes.get(b, '')}" for a, b in zip(sender, target)],
        "kind": ["sanctions"] * frame.height,
        "title": [f"{a} sanctions {b} ({c or 'unspecified'})" for a, b, c in zip(sender, target, named)],
        "note": [f"GSDB case {n}" for n in frame["case_id"]],
    }, schema_overrides={"end_date": pl.String})  # fmt: skip
    count = Count()
    found = count.drop(found, pl.col("date").is_not_null(), "no_date")
    return Events(found, tuple(count.notes), table.height)


SOURCE = DataSource(
    name="gsdb", title="Global Sanctions Data Base", publisher="GSDB", what="sanctions by sender and target",
    gives="events", periods=("year",), licence="free with citation, on request", may_share=False,
    cite="Felbermayr, Kirilakha, Syropoulos, Yalcin & Yotov (2020), The Global Sanctions Data Base",
    home="https://www.globalsanctionsdatabase.com", columns=(COLUMNS,), read=read,
)  # fmt: skip
