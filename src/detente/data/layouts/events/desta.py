"""DESTA: the list of treaties (members as numbers in ``c1`` ...) and its file of dyads, with semicolons or commas."""

from __future__ import annotations

import polars as pl

from detente.data.codes import alpha3
from detente.data.facts import Count, Events
from detente.data.source import DataSource

LIST = frozenset({"number", "base_treaty", "name", "entry_type", "year", "entryforceyear", "c1"})
DYADS = frozenset({"country1", "country2", "iso1", "iso2", "number", "name", "year"})
LETTERS = frozenset({"a", "b", "number", "base_treaty", "name", "entry_type", "year", "entry_into_force"})
"""The dyads with the economies' letters, as they are handed on with the World Trade Organization's list beside them."""


def read(table: pl.DataFrame) -> Events:
    """One event a treaty (list) or a treaty and dyad (dyads): its year of signature, members as alpha-3 codes."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns})
    if set(frame.columns) >= LETTERS:
        frame = frame.rename({"a": "iso1", "b": "iso2", "entry_into_force": "entryforceyear"})
    frame = frame.with_columns(pl.col(pl.String).str.strip_chars().replace(["NA", ""], None))
    members = (
        [c for c in frame.columns if c[:1] == "c" and c[1:].isdecimal()] if "c1" in frame.columns else ["iso1", "iso2"]
    )
    codes = frame.select(alpha3(frame[c].cast(pl.String)).alias(c) for c in members)
    actors = codes.select(pl.concat_str(members, separator=";", ignore_nulls=True)).to_series()
    count = Count()
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    force = (
        frame["entryforceyear"].cast(pl.String).str.replace(r"\.0+$", "")
        if "entryforceyear" in frame.columns
        else nothing
    )
    kind = frame["entry_type"] if "entry_type" in frame.columns else nothing
    found = pl.DataFrame({
        "id": frame["number"].cast(pl.String), "date": frame["year"].cast(pl.String).str.replace(r"\.0+$", ""), "end_date": nothing,
        "actors": actors, "kind": kind.cast(pl.String).fill_null("agreement"), "title": frame["name"],
        "note": [f"DESTA {n}" + (f", in force {f}" if f else "") for n, f in zip(frame["number"], force)],
    })  # fmt: skip
    found = count.drop(found, pl.col("date").is_not_null(), "no_date")
    return Events(found, tuple(count.notes), table.height)


SOURCE = DataSource(
    name="desta", title="Design of Trade Agreements", publisher="DESTA", what="trade agreements and their members",
    gives="events", periods=("year",), licence="free with citation", may_share=False,
    cite="Dür, Baccini & Elsig (2014), The design of international trade agreements",
    home="https://www.designoftradeagreements.org", columns=(LIST, DYADS, LETTERS), read=read,
)  # fmt: skip
