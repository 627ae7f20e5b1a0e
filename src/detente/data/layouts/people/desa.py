"""UN DESA international migrant stock: the workbook (Table 1, both sexes) or a table origin, dest, year, stock. Stocks."""

from __future__ import annotations

import re

import polars as pl

from detente.data.facts import Count, Flows
from detente.data.source import DataSource, Facts, Progress, column
from detente.data.tables.files import Files, extension_of, sheet_rows
from detente.data.tables.rows import numbers, tidy
from detente.errors import UnreadableFile

LONG = frozenset({"origin", "dest", "year", "stock"})
SHEET = "Table 1"


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """The first block (both sexes) of Table 1; regions, which have numbers of 900 and more, are left out."""
    books = [name for name in files.names if extension_of(name) == "xlsx"]
    if not books:
        return None
    sheet = sheet_rows(files, books[0], SHEET)
    rows = sheet.rows()
    head = next(
        (k for k, row in enumerate(rows) if sum(bool(re.fullmatch(r"(19|20)\d\d", c or "")) for c in row) >= 3), None
    )
    if head is None:
        raise UnreadableFile(f"{files.label(books[0])} has no row of years in '{SHEET}'.", fix="Give it as published.")
    names = [(cell or "").casefold() for cell in rows[head]]
    codes = [k for k, name in enumerate(names) if "location code" in name]
    to, of = (k for k in (next((k for k in codes if "destination" in names[k]), None),
                          next((k for k in codes if "origin" in names[k]), None)))  # fmt: skip
    if to is None or of is None:
        raise UnreadableFile(f"{files.label(books[0])} has no location codes.", fix="Give it as published.")
    years: dict[str, int] = {}
    for k, name in enumerate(names):
        if re.fullmatch(r"(19|20)\d\d", name) and name not in years:  # the first block: both sexes
            years[name] = k
    parts = [
        pl.DataFrame({"origin": [r[of] for r in rows[head + 1 :]], "dest": [r[to] for r in rows[head + 1 :]],
                      "year": year, "stock": [r[k] for r in rows[head + 1 :]]},
                     schema=dict.fromkeys(("origin", "dest", "year", "stock"), pl.String))
        for year, k in years.items()
    ]  # fmt: skip
    return read(pl.concat(parts))


def read(table: pl.DataFrame) -> Flows:
    """Persons living in ``dest`` born in ``origin`` at mid-year, every five years."""
    count = Count()
    value = numbers(table[column(table, "stock")], "stock")
    frame = table.select(
        pl.col(column(table, "origin")).cast(pl.String).alias("origin"),
        pl.col(column(table, "dest")).cast(pl.String).alias("destination"),
        pl.col(column(table, "year")).alias("period"), value.alias("value"),
    )  # fmt: skip
    regions = pl.all_horizontal(
        ~(pl.col(c).str.strip_chars().str.contains(r"^\d+$") & (pl.col(c).str.strip_chars().cast(pl.Int64, strict=False) >= 900))
        .fill_null(False) for c in ("origin", "destination"))  # fmt: skip
    frame = count.drop(frame, regions, "aggregates", codes="UN regions and groups")
    frame = count.drop(frame, pl.col("value").is_not_null(), "no_value")
    frame = tidy(frame, count)
    return Flows(
        frame, "persons", "persons", period="five years", absent="missing", stock=True, side="destination",
        notes=tuple(count.notes), rows=table.height,
    )  # fmt: skip


def recognises(files: Files) -> int:
    name = files.names[0].lower()
    return len(LONG) if name.endswith(".xlsx") and "undesa" in name and "stock" in name else 0


SOURCE = DataSource(
    name="desa", title="International migrant stock", publisher="UN DESA",
    what="persons by place of birth and of living, every five years", gives="stocks", kind="persons", unit="persons",
    periods=("five years",), licence="CC BY 3.0 IGO", may_share=True,
    cite="United Nations DESA, International Migrant Stock",
    home="https://www.un.org/development/desa/pd/content/international-migrant-stock",
    columns=(LONG,), read=read, read_files=read_files, recognises=recognises,
)  # fmt: skip
