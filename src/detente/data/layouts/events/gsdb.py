"""Global Sanctions Data Base: the dyadic file, one row a case and a pair of sanctioning and sanctioned state."""

from __future__ import annotations

import polars as pl

from detente.data.codes import code_named
from detente.data.facts import Count, Events
from detente.data.source import DataSource

COLUMNS = frozenset({"case_id", "sanctioned_state", "sanctioning_state", "begin", "end"})
SORTS = ("trade", "arms", "military", "financial", "travel", "other")


def read(table: pl.DataFrame) -> Events:
    """One event a case and pair, from its first year to its last; no last year where it is still in force.

    Which cases are, a column of its own or that of success says; where neither does, a case of the file's last year
    has no end on record.
    """
    frame = table.rename({c: c.strip().casefold() for c in table.columns}).with_columns(pl.all().cast(pl.String))
    year = {c: frame[c].str.strip_chars().str.extract(r"^(\d{4})(?:\.0+)?$") for c in ("begin", "end")}
    going = _going(frame, year["end"])
    sorts = [c for c in SORTS if c in frame.columns]
    named = [
        ", ".join(c for c in sorts if (row[c] or "").strip() in ("1", "1.0")) for row in frame.iter_rows(named=True)
    ]
    sender, target = frame["sanctioning_state"], frame["sanctioned_state"]
    codes = {cell: code_named(cell) for cell in {*sender.drop_nulls(), *target.drop_nulls()}}
    found = pl.DataFrame({
        "id": frame["case_id"], "date": year["begin"],
        "end_date": [None if on else last for on, last in zip(going, year["end"])],
        "actors": [f"{codes.get(a, '')};{codes.get(b, '')}" for a, b in zip(sender, target)],
        "kind": ["sanctions"] * frame.height,
        "title": [f"{a} sanctions {b} ({c or 'unspecified'})" for a, b, c in zip(sender, target, named)],
        "note": [f"GSDB case {n}" for n in frame["case_id"]],
    }, schema_overrides={"end_date": pl.String})  # fmt: skip
    count = Count()
    found = count.drop(found, pl.col("date").is_not_null(), "no_date")
    return Events(found, tuple(count.notes), table.height)


def _going(frame: pl.DataFrame, last: pl.Series) -> list[bool]:
    """Whether each case is still in force."""
    if "ongoing" in frame.columns:
        return [(cell or "").strip() in ("1", "1.0") for cell in frame["ongoing"]]
    if "success" in frame.columns and frame["success"].drop_nulls().str.contains("(?i)ongoing").any():
        return ["ongoing" in (cell or "").casefold() for cell in frame["success"]]
    newest = last.drop_nulls().max()
    return [year == newest for year in last]


SOURCE = DataSource(
    name="gsdb", title="Global Sanctions Data Base", publisher="GSDB", what="sanctions by sender and target",
    gives="events", periods=("year",), licence="free with citation, on request", may_share=False,
    cite="Felbermayr, Kirilakha, Syropoulos, Yalcin & Yotov (2020), The Global Sanctions Data Base",
    home="https://www.globalsanctionsdatabase.com", columns=(COLUMNS,), read=read,
)  # fmt: skip
