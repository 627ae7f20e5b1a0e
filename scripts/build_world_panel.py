"""Rebuild the world panel that ships with the package, byte for byte.

    python scripts/build_world_panel.py BACI --year-of-another-release BACI_2023 --not-reporting LIST.csv \\
        --gdp WDI.csv.gz --gdp-of-later-years WDI_2025.csv.gz [--out FOLDER] [--check]

BACI and BACI_2023 are CEPII's official zip (or the folder with its yearly files), or tables of country-pair totals
(a Parquet file, or a folder of them) with columns exporter, importer, year, value_kusd. LIST.csv names the
economies of the later release that have no trade with each other there (``why`` begins with "no recorded trade")
or stand outside it: those cells are missing, not zero. The GDP tables have columns iso3, year, gdp_current_usd
(and population); aggregates and hand-made values in them are left out. ``--check`` writes nothing and says whether
the shipped files are what these inputs give. Needs pyarrow; its release decides the bytes of the Parquet files.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from built_or_checked import build_or_check

from detente import economies
from detente.data.registry import source_named
from detente.data.tables.files import Files
from detente.data.world.shipped import FILES
from detente.data.world.three_digits import encode

HOME = Path(__file__).resolve().parents[1] / "src/detente/data/world"
CODES = {"S19": "TWN", "ZA1": "XZA"}  # Other Asia, nes; the customs union around South Africa until 1999
LEFT_OUT = {"PUS": "US Pacific islands, nes", "R20": "Europe EFTA, nes"}
HAND_MADE_GDP = {"COK", "NIU"}  # not the World Bank's: values of the extract's author
KEPT_DIGITS = 5  # of GDP
FACTS = {
    "what": "goods, country-pair totals, thousand current US$, FOB, both reports reconciled",
    "cite": "CEPII BACI (Gaulier & Zignago 2010), aggregated and rounded to three significant digits",
    "licence": "Etalab Open Licence 2.0",
    "gdp_cite": "World Bank, World Development Indicators, NY.GDP.MKTP.CD",
    "gdp_licence": "CC BY 4.0",
}


def totals(path: Path) -> pl.DataFrame:
    """Columns exporter, importer, year, value_kusd of an extract or of CEPII's own files."""
    tables = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.suffix == ".parquet" else []
    if tables:
        frame = pl.concat([pl.read_parquet(p).with_columns(pl.col("exporter", "importer").cast(pl.String),
                                                           pl.col("year").cast(pl.Int64)) for p in tables])  # fmt: skip
    else:
        flows = source_named("baci").facts_in(Files(path)).frame
        names = {"origin": "exporter", "destination": "importer", "period": "year", "value": "value_kusd"}
        frame = flows.rename(names).with_columns(pl.col("year").cast(pl.Int64))
    frame = frame.select(pl.col("exporter", "importer").replace(CODES), "year", "value_kusd")
    odd = list(LEFT_OUT)
    return frame.filter(pl.col("value_kusd") > 0, ~pl.col("exporter").is_in(odd), ~pl.col("importer").is_in(odd))


def goods_table(frame: pl.DataFrame, years: list[int]) -> pa.Table:
    """One row a dyad: its years as bits, and the code of each of them."""
    bit = {year: 1 << t for t, year in enumerate(years)}
    rows = (
        frame.sort("exporter", "importer", "year")
        .with_columns(pl.Series("code", encode(frame.sort("exporter", "importer", "year")["value_kusd"])))
        .group_by("exporter", "importer", maintain_order=True)
        .agg(pl.col("year").replace_strict(bit).sum().cast(pl.Int32).alias("years"), "code")
    )
    return pa.table(
        {
            "exporter": pa.array(rows["exporter"].to_list(), pa.string()).dictionary_encode(),
            "importer": pa.array(rows["importer"].to_list(), pa.string()).dictionary_encode(),
            "years": pa.array(rows["years"].to_list(), pa.int32()),
            "code": pa.array(rows["code"].to_list(), pa.list_(pa.int16())),
        }
    )


def gdp_table(paths: Iterable[tuple[Path, set[int]]]) -> pa.Table:
    """economy, year, gdp_usd_mn to five significant digits, population in persons."""
    parts = []
    for path, years in paths:
        frame = pl.read_csv(path, infer_schema_length=None)
        if "population" not in frame.columns:
            frame = frame.with_columns(population=pl.lit(None, pl.Float64))
        frame = frame.filter(pl.col("year").is_in(list(years)), pl.col("gdp_current_usd").is_not_null())
        parts.append(frame.select("iso3", "year", "gdp_current_usd", "population"))
    frame = pl.concat(parts).sort("iso3", "year")
    keep = [code for code in frame["iso3"].unique() if economies.is_current(code) and code not in HAND_MADE_GDP]
    frame = frame.filter(pl.col("iso3").is_in(keep))
    persons = frame["population"].to_list()
    return pa.table(
        {
            "economy": pa.array(frame["iso3"].to_list(), pa.string()).dictionary_encode(),
            "year": pa.array(frame["year"].to_list(), pa.int16()),
            "gdp_usd_mn": pa.array(rounded(frame["gdp_current_usd"].to_numpy() / 1e6), pa.float64()),
            "population": pa.array([None if p is None else round(p) for p in persons], pa.int64()),
        }
    )


def rounded(values: np.ndarray) -> np.ndarray:
    power = np.floor(np.log10(values)) - (KEPT_DIGITS - 1)
    return np.array([round(float(v), -int(p)) for v, p in zip(values, power)])


def write_table(table: pa.Table, path: Path, split: list[str]) -> None:
    named = [c for c in table.column_names if pa.types.is_dictionary(table[c].type)]
    pq.write_table(
        table, path, compression="zstd", compression_level=22, write_statistics=False, use_dictionary=named,
        column_encoding=dict.fromkeys(split, "BYTE_STREAM_SPLIT"), row_group_size=10**7, data_page_size=10**9,
        store_schema=False,
    )  # fmt: skip


def missing_of(path: Path, year: int) -> dict[str, list[str]]:
    """The two lists of economies of a later release whose cells are missing."""
    frame = pl.read_csv(path).with_columns(pl.col("economy").replace(CODES))
    among = pl.col("why").str.starts_with("no recorded trade")
    return {
        "among_each_other": sorted(frame.filter(among)["economy"]),
        "outside": sorted(frame.filter(~among)["economy"]),
    }


def build(arguments: argparse.Namespace, folder: Path) -> None:
    main_part, later = totals(arguments.baci), totals(arguments.year_of_another_release)
    years = sorted(set(main_part["year"]) | set(later["year"]))
    (other,) = set(later["year"])
    write_table(
        goods_table(pl.concat([main_part, later]), years), folder / "goods.parquet", ["years", "code.list.element"]
    )
    gdp = gdp_table([(arguments.gdp, set(years) - {other}), (arguments.gdp_of_later_years, {other})])
    write_table(gdp, folder / "gdp.parquet", ["gdp_usd_mn"])
    facts = FACTS | {
        "years": years,
        "release": arguments.release,
        "other_releases": {str(other): arguments.other_release},
        "absent_is_zero_from": 2000,
        "missing": {str(other): missing_of(arguments.not_reporting, other)},
        "gdp_vintage": arguments.gdp_vintage,
        "other_gdp_vintages": {str(other): arguments.other_gdp_vintage},
        "left_out": LEFT_OUT,
    }
    text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "world.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("baci", type=Path)
    parser.add_argument("--release", default="HS92 V202601")
    parser.add_argument("--year-of-another-release", type=Path, required=True)
    parser.add_argument("--other-release", default="HS22 V202501")
    parser.add_argument("--not-reporting", type=Path, required=True)
    parser.add_argument("--gdp", type=Path, required=True)
    parser.add_argument("--gdp-vintage", default="August 2026")
    parser.add_argument("--gdp-of-later-years", type=Path, required=True)
    parser.add_argument("--other-gdp-vintage", default="March 2025")
    build_or_check(parser, build, HOME, FILES)


if __name__ == "__main__":
    main()
