"""OpenFlights route tables: ``routes.dat`` with ``airports.dat`` beside it; routes on offer, not flights."""

from __future__ import annotations

import csv
import io

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.files import Files, decoded
from detente.data.tables.rows import tidy
from detente.economies import lookup
from detente.errors import UnknownEconomy, UnreadableFile
from detente.language import Text

AS_OF = 2014  # OpenFlights' routes stand as of June 2014; its source has not been renewed since


def recognises(files: Files) -> int:
    return 9 if any(n.rpartition("/")[2] == "routes.dat" for n in files.names) else 0


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """Routes an airline offers from country to country, each counted once, codeshares left out."""
    named = {n.rpartition("/")[2]: n for n in files.names}
    place = files
    if "airports.dat" not in named and files.path.is_file() and not files.zipped:
        place = Files(files.path.parent)
        named = {n: n for n in place.names}
    if "airports.dat" not in named:
        raise UnreadableFile(
            f"{files.path} has no airports.dat beside it.", fix="Both files are on openflights.org/data."
        )
    countries = {row[0]: row[3] for row in _rows(place, named["airports.dat"]) if len(row) > 4}
    routes = _rows(place, named["routes.dat"])
    count = Count()
    rows = [(_code(countries.get(r[3], "")), _code(countries.get(r[5], "")), r[6]) for r in routes if len(r) > 7]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("origin", "destination", "codeshare"), pl.String), orient="row")
    frame = count.drop(frame, pl.col("codeshare") != "Y", "codeshares")
    frame = tidy(frame, count)
    frame = count.drop(frame, pl.col("origin") != pl.col("destination"), "inside")
    frame = frame.group_by("origin", "destination").agg(pl.len().cast(pl.Float64).alias("value"))
    frame = frame.with_columns(period=pl.lit(AS_OF))
    return Flows(
        frame.sort("origin", "destination"), "flights", "flights", absent="missing", stock=True,
        notes=(*count.notes, Text("rows.routes", year=str(AS_OF))), rows=len(routes),
    )  # fmt: skip


def _rows(files: Files, name: str) -> list[list[str]]:
    with files.open(name) as handle:
        return list(csv.reader(io.StringIO(decoded(handle.read())[0])))


def _code(country: str) -> str | None:
    try:
        return lookup(country) if country else None
    except UnknownEconomy:
        return None


SOURCE = DataSource(
    name="routes", title="OpenFlights routes", publisher="OpenFlights", what="air routes on offer between countries, 2014",
    gives="stocks", kind="flights", unit="flights", periods=("year",), licence="ODbL 1.0", may_share=True,
    cite="OpenFlights route database", home="https://openflights.org/data",
    read_files=read_files, recognises=recognises,
)  # fmt: skip
