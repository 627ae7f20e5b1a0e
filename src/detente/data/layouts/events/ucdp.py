"""UCDP Georeferenced Events and the dyadic file: events of organised violence, with states as actors where they are."""

from __future__ import annotations

import polars as pl

from detente.data.codes import code_named
from detente.data.facts import Count, Events
from detente.data.source import DataSource

GED = frozenset(
    {"relid", "year", "type_of_violence", "dyad_name", "side_a", "side_b", "country", "date_start", "date_end", "best"}
)
DYADIC = frozenset({"dyad_id", "conflict_id", "location", "side_a", "side_b", "year", "intensity_level", "start_date"})


def read(table: pl.DataFrame) -> Events:
    """One row an event (or dyad and year): the place's country, and the governments that fought."""
    frame = table.rename({c: c.strip().casefold() for c in table.columns}).with_columns(pl.all().cast(pl.String))
    ged = set(frame.columns) >= GED
    place = frame["country"] if ged else frame["location"]
    sides = [_government(s) for s in frame["side_a"]], [_government(s) for s in frame["side_b"]]
    actors = [";".join(dict.fromkeys(c for c in (*_places(p), a, b) if c)) for p, a, b in zip(place, *sides)]
    level = {"1": "minor armed conflict", "2": "war"}
    note = [f"{b or 0} deaths (best estimate)" for b in frame["best"]] if ged else \
        [level.get(v or "", "armed conflict") for v in frame["intensity_level"]]  # fmt: skip
    found = pl.DataFrame({
        "id": frame["relid"] if ged else frame["dyad_id"],
        "date": frame["date_start"].str.slice(0, 10) if ged else frame["year"].str.replace(r"\.0+$", ""),
        "end_date": frame["date_end"].str.slice(0, 10) if ged else pl.Series([None] * frame.height, dtype=pl.String),
        "actors": actors, "kind": ["fighting"] * frame.height,
        "title": [f"{a} - {b}" for a, b in zip(frame["side_a"], frame["side_b"])], "note": note,
    })  # fmt: skip
    count = Count()
    return Events(count.drop(found, pl.col("date").is_not_null(), "no_date"), tuple(count.notes), table.height)


def _government(side: str | None) -> str:
    """The state whose government a side is; "" for others."""
    text = (side or "").strip()
    return code_named(text.removeprefix("Government of ")) if text.startswith("Government of ") else ""


def _places(text: str | None) -> list[str]:
    return [code for part in (text or "").split(",") if (code := code_named(part))]


SOURCE = DataSource(
    name="ucdp", title="UCDP events and dyads", publisher="Uppsala Conflict Data Program", what="organised violence",
    gives="events", periods=("year",), licence="CC BY 4.0", may_share=True,
    cite="Uppsala Conflict Data Program (Sundberg & Melander 2013; Davies, Pettersson & Öberg)",
    home="https://ucdp.uu.se/downloads", key="UCDP_TOKEN", columns=(GED, DYADIC), read=read,
)  # fmt: skip
