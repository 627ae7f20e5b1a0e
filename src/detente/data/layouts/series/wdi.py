"""World Bank WDI: the API's JSON, the bulk CSV (with its preamble), and long tables iso3, year, gdp_current_usd."""

from __future__ import annotations

import io
import re

import polars as pl

from detente.aggregates import is_aggregate
from detente.data.facts import Count, Series
from detente.data.source import DataSource, Facts, Progress, column
from detente.data.tables.csv_trouble import csv_trouble
from detente.data.tables.files import Files, decoded, extension_of
from detente.data.tables.rows import numbers
from detente.errors import EmptySample, UnreadableFile, first_five

GDP, POPULATION = "NY.GDP.MKTP.CD", "SP.POP.TOTL"
WIDE = frozenset({"country name", "country code", "indicator name", "indicator code"})
DATABANK = frozenset({"country name", "country code", "series name", "series code"})
LONG = frozenset({"iso3", "year", "gdp_current_usd"})
LONG_USD = frozenset({"iso3", "year", "gdp_usd"})
OWN = {"KSV": "XKX", "ROM": "ROU", "ZAR": "COD", "TMP": "TLS", "WBG": "PSE"}


def recognises(files: Files) -> int:
    name = next((n for n in files.names if not n.startswith("Metadata")), files.names[0])
    if extension_of(name) not in ("json", "csv"):
        return 0
    head = files.head(name)
    if extension_of(name) == "json":
        return len(WIDE) if '"countryiso3code"' in head else 0
    return len(WIDE) if '"Data Source","World Development Indicators"' in head.replace('", "', '","') else 0


def read_files(files: Files, progress: Progress | None) -> Facts | None:
    """The API's pages, or the bulk file with its preamble (its Metadata files are left)."""
    names = [n for n in files.names if not n.rpartition("/")[2].startswith("Metadata")]
    if any(extension_of(n) == "json" for n in names):
        return _pages(files, [n for n in names if extension_of(n) == "json"])
    if not recognises(files):
        return None
    with files.open(names[0]) as handle:
        text = decoded(handle.read())[0]
    start = text.find('"Country Name"')
    vintage = re.search(r'"Last Updated Date",\s*"([\d-]+)"', text[:start])
    try:
        table = pl.read_csv(io.StringIO(text[start:]), infer_schema=False, truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        found = csv_trouble(text[start:].encode()) or ("its rows are not well formed", "Download it again.")
        raise UnreadableFile(f"{files.path.name} cannot be read: {found[0]}.", fix=found[1]) from None
    return _wide(table, vintage[1] if vintage else "")


def _pages(files: Files, names: list[str]) -> Series:
    rows: list[dict[str, str | None]] = []
    vintage = ""
    for name in names:
        page = files.json(name)
        if not isinstance(page, list) or not page or "message" in page[0]:
            said = first_five(str(m.get("value")) for m in page[0].get("message", [])) if isinstance(page, list) else ""
            raise UnreadableFile(f"{files.label(name)} is an error of the World Bank's API: {said}.", fix="Ask again.")
        vintage = str(page[0].get("lastupdated") or vintage)
        for item in (page[1] if len(page) > 1 else None) or []:
            code = item.get("countryiso3code") or item["country"]["id"]
            value = item.get("value")
            rows.append({"economy": str(code), "period": str(item["date"]), "indicator": item["indicator"]["id"],
                         "value": None if value is None else str(value)})  # fmt: skip
    if not rows:
        raise EmptySample(f"{files.path.name} holds no figure.", fix="Ask for years and economies that have some.")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("economy", "period", "indicator", "value"), pl.String))
    return _series(frame, vintage, len(rows))


def read(table: pl.DataFrame) -> Series:
    """A wide table with a column a year, or a long one with GDP (and population) by iso3 and year."""
    header = {c.casefold() for c in table.columns}
    if header >= DATABANK:
        return _databank(table)
    if header >= WIDE:
        return _wide(table, "")
    names = {"gdp_current_usd": GDP, "gdp_usd": GDP, "population": POPULATION}
    have = [c for c in names if c in header]
    long = table.select(
        pl.col(column(table, "iso3")).alias("economy"),
        pl.col(column(table, "year")).cast(pl.String).str.replace(r"\.0+$", "").alias("period"),
        *(pl.col(column(table, c)).cast(pl.String).alias(names[c]) for c in have),
    ).unpivot(index=["economy", "period"], variable_name="indicator", value_name="value")
    return _series(long, "", table.height)


def _databank(table: pl.DataFrame) -> Series:
    """DataBank's download: ``2019 [YR2019]`` over each year, and below the table when it was last updated."""
    names = {c: c[:4] for c in table.columns if re.fullmatch(r"\d{4} \[YR\d{4}\]", c.strip())}
    notes = table[column(table, "Country Name")].drop_nulls()
    said = notes.str.extract(r"Last Updated: (\d\d/\d\d/\d{4})").drop_nulls()
    vintage = f"{said[0][6:]}-{said[0][:2]}-{said[0][3:5]}" if len(said) else ""
    code = column(table, "Series Code")
    rows = table.rename(names | {code: "Indicator Code"}).filter(pl.col("Indicator Code").is_not_null())
    return _wide(rows, vintage)


def _wide(table: pl.DataFrame, vintage: str) -> Series:
    years = [c for c in table.columns if re.fullmatch(r"\d{4}", c.strip())]
    frame = table.select(
        pl.col(column(table, "Country Code")).alias("economy"),
        pl.col(column(table, "Indicator Code")).alias("indicator"), *years,
    ).unpivot(index=["economy", "indicator"], on=years, variable_name="period", value_name="value")  # fmt: skip
    return _series(frame, vintage, table.height)


def _series(frame: pl.DataFrame, vintage: str, rows: int) -> Series:
    """Alpha-3 codes, aggregates left out and counted, cells without a figure left out."""
    frame = frame.with_columns(pl.col("economy").replace(OWN), numbers(frame["value"], "value").alias("value"))
    frame = frame.filter(pl.col("value").is_not_null())
    groups = sorted(c for c in frame["economy"].unique() if is_aggregate(c))
    count = Count()
    frame = count.drop(frame, ~pl.col("economy").is_in(groups), "aggregates", codes=first_five(groups))
    frame = frame.with_columns(pl.col("period").cast(pl.Int64)).select("economy", "period", "indicator", "value")
    return Series(frame.sort("economy", "indicator", "period"), vintage=vintage, notes=tuple(count.notes), rows=rows)


SOURCE = DataSource(
    name="wdi", title="World Development Indicators", publisher="World Bank", what="GDP, population and other figures",
    gives="series", periods=("year",), licence="CC BY 4.0", may_share=True,
    cite="World Bank, World Development Indicators", home="https://databank.worldbank.org",
    columns=(WIDE, DATABANK, LONG, LONG_USD), read=read, read_files=read_files, recognises=recognises,
)  # fmt: skip
