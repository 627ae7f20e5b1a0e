"""Rebuild the panels of people that ship with the package, byte for byte.

    python scripts/build_people.py --flows ABEL_COHEN.csv --stocks DESA.xlsx --protected UNHCR.csv \\
        --gdp WDI_GDP.csv --population WDI_POP.csv --conflicts UCDP.parquet --states COW.parquet [--out FOLDER] [--check]

FLOWS and STOCKS are read by their layouts (``data/layouts/people``), as their publishers lay them out or as tables of
their rows. UNHCR's table needs the columns of its own package (``coo_iso``, ``coa_iso``, one column a category). The
three panels are rounded to four significant digits, the rows without an origin left out. UNHCR's count has, up to
2017, the "others of concern" of those origins that are counted as "others in need of protection" later; a step at
which most persons go into or out of one of these two categories is listed in ``people.json``: part of it at least is a
change of category, not of where people live. Beside
them, by economy and year: GDP per head (constant US$, World Bank) and conflict (UCDP/PRIO: 0 none, 1 minor, 2 war).
Needs pyarrow; its release decides the bytes of the Parquet files.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from built_or_checked import build_or_check

from detente import economies
from detente.data.facts import Flows
from detente.data.people.categories import CATEGORIES, category_steps
from detente.data.people.shipped import FILES, POPULATIONS
from detente.data.registry import source_named
from detente.data.tables.files import Files

HOME = Path(__file__).resolve().parents[1] / "src/detente/data/people"
DIGITS = 4
FIRST, LAST = 1990, 2024
CHANGED = 2018  # from here "others in need of protection" are a category of their own
NO_ORIGIN = ("UNK", "XXA", "XXB", "XXC", "-")
GW_STATES = {260: "DEU", 678: "YEM", 340: "SRB", 345: "SRB", 316: "CZE"}  # Gleditsch-Ward numbers that COW lacks
NAMES = {"ZIM": "ZWE", "DRC": "COD", "CON": "COG", "SWA": "SWZ", "YUG": "SRB", "GFR": "DEU", "YAR": "YEM",
         "ETM": "TLS", "MAC": "MKD", "ROK": "KOR", "PRK": "PRK", "DRV": "VNM", "IVO": "CIV"}  # fmt: skip
FACTS = {
    "movers": {
        "what": "persons who moved from one country to another in the five years from the year named, estimated",
        "cite": "Abel & Cohen 2019, Scientific Data 6:82 (demographic account, pseudo-Bayesian, closed), rounded",
        "licence": "CC BY 4.0", "period": "five years", "stock": False,
    },
    "foreign_born": {
        "what": "persons living in the destination who were born in the origin, or hold its citizenship, at mid-year",
        "cite": "United Nations DESA, International Migrant Stock 2020, rounded",
        "licence": "CC BY 3.0 IGO", "period": "five years", "stock": True,
    },
    "protected": {
        "what": "refugees, asylum-seekers and others in need of international protection at the end of the year",
        "cite": "UNHCR, Refugee Population Statistics Database, rounded",
        "licence": "CC BY 4.0", "period": "year", "stock": True,
    },
    "circumstances": {
        "what": "GDP per head in constant 2015 US$ (World Bank WDI) and intensity of armed conflict (0, 1, 2: UCDP/PRIO)",
        "cite": "World Bank, World Development Indicators; UCDP/PRIO Armed Conflict Dataset (Gleditsch et al. 2002)",
        "licence": "CC BY 4.0",
    },
}  # fmt: skip


def rounded(values: np.ndarray) -> np.ndarray:
    """Whole persons to :data:`DIGITS` significant digits."""
    power = np.maximum(np.floor(np.log10(np.maximum(values, 1.0))) - (DIGITS - 1), 0)
    return (np.rint(values / 10**power) * 10**power).astype(np.int32)


def by_layout(path: Path, source: str) -> pl.DataFrame:
    facts = source_named(source).facts_in(Files(path))
    assert isinstance(facts, Flows)
    return facts.frame.select("origin", "destination", pl.col("period").cast(pl.Int64).alias("year"), "value")


def protected(path: Path) -> tuple[pl.DataFrame, list[tuple[str, str, int, str, str]]]:
    """UNHCR's counts by year, and the steps at which most persons changed category."""
    table = pl.read_csv(path, infer_schema_length=None).filter(
        pl.col("year").is_between(FIRST, LAST), ~pl.col("coo_iso").is_in(NO_ORIGIN)
    )
    frame = table.group_by(pl.col("coo_iso").alias("origin"), pl.col("coa_iso").alias("destination"),
                           pl.col("year").cast(pl.Int64)).agg(
        pl.col(c).cast(pl.Float64, strict=False).sum() for c in CATEGORIES)  # fmt: skip
    frame = frame.filter(pl.col("origin") != pl.col("destination"))
    later = frame.filter(pl.col("oip") > 0).select("origin", "destination").unique()
    frame = frame.join(later.with_columns(renamed=True), on=["origin", "destination"], how="left")
    early = pl.col("renamed").fill_null(False) & (pl.col("year") < CHANGED)
    frame = frame.with_columns(
        value=pl.col("refugees") + pl.col("asylum_seekers") + pl.col("oip") + pl.when(early).then("ooc").otherwise(0)
    )
    return frame.select("origin", "destination", "year", "value"), category_steps(frame)


def packed(frame: pl.DataFrame) -> tuple[pa.Table, list[int]]:
    """One row a dyad: the years it has a count, as bits, and the counts."""
    known = set(economies.table())
    frame = frame.filter(
        pl.col("value") > 0, pl.col("origin").is_in(known), pl.col("destination").is_in(known),
        pl.col("origin") != pl.col("destination"),
    )  # fmt: skip
    years = sorted(frame["year"].unique().to_list())
    place = {year: t for t, year in enumerate(years)}
    frame = frame.with_columns(
        persons=pl.Series(rounded(frame["value"].to_numpy())), t=pl.col("year").replace_strict(place)
    )
    frame = frame.sort("origin", "destination", "t").group_by("origin", "destination", maintain_order=True).agg(
        (2.0 ** pl.col("t")).sum().cast(pl.Int64).alias("years"), "persons")  # fmt: skip
    text = pa.dictionary(pa.int32(), pa.string())
    columns = {side: pa.array(frame[side].to_list(), pa.string()).cast(text) for side in ("origin", "destination")}
    columns["years"] = pa.array(frame["years"].to_list(), pa.int64())
    columns["persons"] = pa.array(frame["persons"].to_list(), pa.list_(pa.int32()))
    return pa.table(columns), years


def circumstances(gdp: Path, population: Path, conflicts: Path, states: Path) -> pa.Table:
    """GDP per head and conflict by economy and year."""
    both = pl.read_csv(gdp).join(pl.read_csv(population), on=["Country Code", "year"])
    heads = both.filter(pl.col("Country Code").is_in(set(economies.table())), pl.col("year").is_between(FIRST - 5, LAST)).select(
        pl.col("Country Code").alias("economy"), "year", (pl.col("gdp_const2015usd") / pl.col("population")).alias("gdp_per_head")
    )  # fmt: skip
    war = wars(conflicts, states)
    frame = heads.join(war, on=["economy", "year"], how="full", coalesce=True).with_columns(
        pl.col("conflict").fill_null(0)).sort("economy", "year")  # fmt: skip
    values = frame["gdp_per_head"].fill_null(0.0).to_numpy()
    text = pa.dictionary(pa.int32(), pa.string())
    whole = [None if v == 0 else int(w) for v, w in zip(values, rounded(values * 100))]
    return pa.table({
        "economy": pa.array(frame["economy"].to_list(), pa.string()).cast(text),
        "year": pa.array(frame["year"].to_list(), pa.int16()),
        "gdp_per_head_cents": pa.array(whole, pa.int32()),
        "conflict": pa.array(frame["conflict"].to_list(), pa.int8()),
    })  # fmt: skip


def wars(conflicts: Path, states: Path) -> pl.DataFrame:
    """The highest intensity (1, 2) of any conflict that a government is a side of, by economy and year."""
    members = pl.read_parquet(states)
    codes = dict(GW_STATES)
    for number, short, name in members.select("ccode", "stateabb", "statenme").iter_rows():
        if short in NAMES:
            codes.setdefault(int(number), NAMES[short])
            continue
        try:
            codes.setdefault(int(number), economies.lookup(str(name)))
        except economies.UnknownEconomy:
            continue
    rows = pl.read_parquet(conflicts).select("year", "gwno_a", "gwno_b", "intensity_level")
    sides = pl.concat([rows.select(pl.col("year").cast(pl.Int64), pl.col(side).alias("number"), "intensity_level")
                       for side in ("gwno_a", "gwno_b")]).drop_nulls()  # fmt: skip
    sides = sides.with_columns(economy=pl.col("number").cast(pl.Int64).replace_strict(codes, default=None)).drop_nulls()
    return sides.filter(pl.col("year").is_between(FIRST - 5, LAST)).group_by("economy", "year").agg(
        pl.col("intensity_level").max().cast(pl.Int64).alias("conflict"))  # fmt: skip


def write(table: pa.Table, path: Path) -> None:
    named = [c for c in table.column_names if pa.types.is_dictionary(table[c].type)]
    pq.write_table(table, path, compression="zstd", compression_level=22, write_statistics=False, use_dictionary=named,
                   row_group_size=10**7, data_page_size=10**9, store_schema=False)  # fmt: skip


def build(given: argparse.Namespace, folder: Path) -> None:
    counts, breaks = protected(given.protected)
    frames = {"movers": by_layout(given.flows, "abel_cohen"), "foreign_born": by_layout(given.stocks, "desa"),
              "protected": counts}  # fmt: skip
    facts: dict[str, object] = {name: dict(said) for name, said in FACTS.items()}
    for name in POPULATIONS:
        table, years = packed(frames[name])
        write(table, folder / f"{name}.parquet")
        facts[name] = FACTS[name] | {"years": years, "digits": DIGITS}
    facts["breaks"] = breaks
    write(circumstances(given.gdp, given.population, given.conflicts, given.states), folder / "circumstances.parquet")
    text = json.dumps(facts, ensure_ascii=False, indent=None, sort_keys=True, separators=(",", ":"))
    (folder / "people.json").write_text(text.replace("],[", "],\n[") + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("flows", "stocks", "protected", "gdp", "population", "conflicts", "states"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    build_or_check(parser, build, HOME, FILES)


if __name__ == "__main__":
    main()
