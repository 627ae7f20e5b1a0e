"""ACLED's export and API answers: political violence and protest, one row an event."""

from __future__ import annotations

import re

import polars as pl

from detente import economies
from detente.data.codes import LISTED, alpha3
from detente.data.facts import Count, Events
from detente.data.source import DataSource

COLUMNS = frozenset({"event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1", "iso", "country"})
MONTHS = {m: f"{k:02d}" for k, m in enumerate(
    ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
     "december"), 1)}  # fmt: skip


def read(table: pl.DataFrame) -> Events:
    """The country where it happened as the first actor, then the states that actors and notes name.

    Dates stand in the API's form or the export's (``01 March 2024``).
    """
    frame = table.rename({c: c.strip().casefold() for c in table.columns}).with_columns(pl.all().cast(pl.String))
    deaths = frame["fatalities"].fill_null("0") if "fatalities" in frame.columns else ["0"] * frame.height
    found = pl.DataFrame({
        "id": frame["event_id_cnty"],
        "date": pl.Series([_day(d) for d in frame["event_date"]], dtype=pl.String),
        "end_date": pl.Series([None] * frame.height, dtype=pl.String),
        "actors": _actors(frame), "kind": frame["event_type"],
        "title": [f"{a}: {s}" for a, s in zip(frame["actor1"], frame["sub_event_type"])],
        "note": [f"{n} deaths reported" for n in deaths],
    })  # fmt: skip
    count = Count()
    return Events(count.drop(found, pl.col("date").is_not_null(), "no_date"), tuple(count.notes), table.height)


TOLD_IN = ("actor1", "assoc_actor_1", "actor2", "assoc_actor_2", "notes")


def _actors(frame: pl.DataFrame) -> list[str]:
    """The place's code and those of states named in the text, each once."""
    current = [(row, code) for code, row in economies.table().items() if economies.is_current(code)]
    codes = {
        name: code for row, code in current for name in (row.name, *row.aliases) if name not in economies.AMBIGUOUS
    }
    codes |= {name.title().replace(" Of ", " of ").replace(" The ", " the "): code for name, code in LISTED.items()}
    named = "|".join(re.escape(name) for name in sorted(codes, key=len, reverse=True))
    told = pl.concat_str([c for c in TOLD_IN if c in frame.columns], separator=" | ", ignore_nulls=True)
    found = frame.select(told.str.extract_all(rf"\b(?:{named})\b")).to_series()
    here = alpha3(frame["iso"])
    return [
        ";".join(dict.fromkeys([a or "", *(codes[n] for n in ([] if more is None else more))]))
        for a, more in zip(here, found)
    ]


def _day(text: str | None) -> str | None:
    parts = (text or "").strip().split(" ")
    if len(parts) == 3 and parts[1].casefold() in MONTHS:
        return f"{parts[2]}-{MONTHS[parts[1].casefold()]}-{int(parts[0]):02d}"
    return (text or "").strip().partition("T")[0].partition(" 00:")[0] or None


SOURCE = DataSource(
    name="acled", title="ACLED", publisher="ACLED", what="political violence and protest", gives="events",
    periods=("year",), licence="ACLED terms: no redistribution", may_share=False,
    cite="Raleigh, Linke, Hegre & Karlsen (2010), Introducing ACLED", home="https://acleddata.com", key="ACLED_TOKEN",
    columns=(COLUMNS,), read=read,
)  # fmt: skip
