"""UNHCR population statistics: API answers (JSON), the site's CSV, and the file of UNHCR's own package. Stocks.

``coo`` and ``coa`` are UNHCR's own codes (AUS is Austria there, ARE is Egypt): only the ISO columns are read.
"""

from __future__ import annotations

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.people.categories import CATEGORIES, category_steps
from detente.data.source import DataSource, Facts, Progress
from detente.data.tables.files import Files, extension_of
from detente.data.tables.rows import numbers, tidy
from detente.errors import EmptySample, UnknownColumn, UnreadableFile
from detente.language import Number, Text, few

API = frozenset({"year", "coo_iso", "coa_iso", "refugees", "asylum_seekers"})
SITE = frozenset({"year", "country of origin (iso)", "country of asylum (iso)"})
COUNTED = ("refugees", "asylum_seekers", "oip")  # refugees, asylum-seekers, others in need of protection
SITE_NAMES = {
    "country of origin (iso)": "coo_iso", "country of asylum (iso)": "coa_iso",
    "refugees under unhcr's mandate": "refugees", "asylum-seekers": "asylum_seekers",
    "other people in need of international protection": "oip",
}  # fmt: skip


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """Pages of the API's JSON, one file each."""
    pages = [name for name in files.names if extension_of(name) == "json"]
    if not pages:
        return None
    items: list[dict[str, object]] = []
    for name in pages:
        answer = files.json(name, "UNHCR")
        if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
            raise UnreadableFile(f"{files.label(name)} is no answer of UNHCR's API.", fix="Ask again.")
        items += answer["items"]
    if not items:
        raise EmptySample(f"{files.path.name} holds no row.", fix="Ask for a pair and years that have people.")
    if all(str(item.get("coo_iso")) == "-" for item in items):
        raise EmptySample(
            f"{files.path.name} has totals by country of asylum only.",
            fix="Ask for all origins (coo_all) or name one (coo) in the address.",
        )
    return read(pl.DataFrame([{k: None if v is None else str(v) for k, v in item.items()} for item in items],
                             infer_schema_length=None))  # fmt: skip


def read(table: pl.DataFrame) -> Flows:
    """Persons by country of origin and of asylum at the end of each year: refugees, asylum-seekers, others in need."""
    frame = table.rename({c: SITE_NAMES.get(c.strip().casefold(), c.strip().casefold()) for c in table.columns})
    counted = [c for c in COUNTED if c in frame.columns]
    if not counted:
        raise UnknownColumn.named(COUNTED[0], frame.columns, where="UNHCR's file")
    persons = [numbers(frame[c], c) for c in counted]
    count = Count()
    count.notes.append(Text("rows.unhcr", columns=", ".join(counted)))
    frame = frame.with_columns(p.alias(c) for p, c in zip(persons, counted))
    said = _recategorised(frame, counted)
    frame = frame.select(
        pl.col("coo_iso").replace("-", None).alias("origin"), pl.col("coa_iso").replace("-", None).alias("destination"),
        pl.col("year").cast(pl.String).str.replace(r"\.0+$", "").alias("period"),
        pl.when(pl.any_horizontal(pl.col(c).is_not_null() for c in counted))
        .then(pl.sum_horizontal(pl.col(c) for c in counted)).alias("value"),
    )  # fmt: skip
    frame = count.drop(frame, ~pl.col("origin").is_in(["UNK", "XXA", "XXB", "XXC"]).fill_null(False), "unknown_origin")
    frame = tidy(frame, count)
    count.notes += said
    return Flows(
        frame, "persons", "persons", absent="missing", stock=True, side="destination", level="total",
        notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


def _recategorised(frame: pl.DataFrame, counted: list[str]) -> list[str]:
    """A note on the corridors in which most persons change category from one year to the next."""
    there = [c for c in CATEGORIES if c in frame.columns]
    persons = [numbers(frame[c], c).fill_null(0.0).alias(c) for c in there]
    frame = frame.with_columns(*persons, *(pl.lit(0.0).alias(c) for c in CATEGORIES if c not in there)).select(
        pl.col("coo_iso").alias("origin"), pl.col("coa_iso").alias("destination"), *CATEGORIES,
        pl.col("year").cast(pl.String).str.replace(r"\.0+$", "").cast(pl.Int64, strict=False).alias("year"),
    )  # fmt: skip
    frame = frame.group_by("origin", "destination", "year").agg(pl.col(c).sum() for c in CATEGORIES)
    steps = category_steps(frame.with_columns(value=pl.sum_horizontal(counted)))
    named = [f"{a}→{b} {year}" for a, b, year, _, _ in steps]
    return [Text("rows.recategorised", n=Number(str(len(named))), which=few(named))] if named else []


def recognises(files: Files) -> int:
    if extension_of(files.names[0]) != "json":
        return 0
    head = files.head(files.names[0])
    return len(API) if '"coo_iso"' in head and '"items"' in head else 0


SOURCE = DataSource(
    name="unhcr", title="Refugee population statistics", publisher="UNHCR",
    what="persons under UNHCR's concern by origin and asylum, at the end of the year", gives="stocks",
    kind="persons", unit="persons", periods=("year",), licence="CC BY 4.0", may_share=True,
    cite="UNHCR, Refugee Population Statistics Database", home="https://www.unhcr.org/refugee-statistics",
    columns=(API, SITE), read=read, read_files=read_files, recognises=recognises,
)  # fmt: skip
