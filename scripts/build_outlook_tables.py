"""Build the small tables of ``src/detente/outlook``: which pairs are asked about, and which are rivals.

    python scripts/build_outlook_tables.py ../shared/data

``states.csv``: states since when, with their United Nations region and subregion (Correlates of War, State System
Membership 2016, for membership; UN Statistics Division, M49, as listed by UNHCR, CC BY 4.0, for regions).
Longitude and latitude are of Natural Earth's shapes (public domain).
``ties.csv``: pairs with a land border (Natural Earth, by ``scripts/build_geography.py``) and spells of strategic
rivalry since 1990 (Thompson, Sakuwa and Suhas 2021). Derived facts only: a code, a year, a yes or no.
States under 300,000 inhabitants in 2010 (World Bank, CC BY 4.0) are left out: nobody lists their recalls.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path

import polars as pl

from detente.data import geography
from detente.economies import lookup

TARGET = Path(__file__).resolve().parents[1] / "src/detente/outlook"
LEAST = 300_000
SINCE = 1990
OPEN = 2020
"""Spells of rivalry that last to the release of their list have no end there."""
NAMES = {
    "GMY": "DEU", "YUG": "SRB", "KOS": "XKX", "SLU": "LCA", "SVG": "VCT", "AAB": "ATG", "SKN": "KNA", "ROK": "KOR",
    "PRK": "PRK", "DRC": "COD", "CON": "COG", "CDI": "CIV", "MYA": "MMR", "ETM": "TLS", "KYR": "KGZ", "MAC": "MKD",
    "FSM": "FSM", "BRU": "BRN",
}  # fmt: skip
"""States whose name in the list is not one that the package knows, by the list's own abbreviation."""


def main(data: Path) -> None:
    members = pl.read_parquet(data / "peace/cow_states.parquet").filter(pl.col("endyear") >= OPEN - 4)
    codes = {int(r["ccode"]): NAMES.get(r["stateabb"]) or lookup(r["statenme"]) for r in members.iter_rows(named=True)}
    since = {codes[int(c)]: int(y) for c, y in members.select("ccode", "styear").iter_rows()}
    people = pl.read_csv(data / "wdi/population_1960_2024.csv.gz").filter(pl.col("year") == 2010)
    large = set(people.filter(pl.col("population") >= LEAST)["Country Code"])
    regions = pl.read_csv(data / "unhcr/countries.csv.gz").sort("iso_code")
    rows = [
        (code, since[code], region, subregion, *_point(code))
        for code, region, subregion in regions.select("iso_code", "unsd_region", "unsd_subregion").iter_rows()
        if code in since and code in large
    ]
    states = pl.DataFrame(rows, schema=["code", "since", "region", "subregion", "longitude", "latitude"], orient="row")
    states.write_csv(TARGET / "states.csv")
    known = set(states["code"])
    land = geography().filter(pl.col("neighbours")).select("origin", "destination")
    found = {(pair, "land", None, None) for a, b in land.iter_rows() if (pair := _pair(a, b, known))}
    rivals = pl.read_parquet(data / "peace/tss_rivalries.parquet").filter(pl.col("end") >= SINCE)
    for a, b, first, last in rivals.select("ccode1", "ccode2", "start", "end").iter_rows():
        pair = _pair(codes.get(int(a)), codes.get(int(b)), known)
        if pair:
            found.add((pair, "rival", int(first), None if last >= OPEN else int(last)))
    ties = [(*pair, *rest) for pair, *rest in sorted(found, key=lambda row: (row[0], row[1], row[2] or 0))]
    pl.DataFrame(ties, schema=["a", "b", "tie", "from", "to"], orient="row").write_csv(TARGET / "ties.csv")


def _point(code: str) -> tuple[float, float]:
    """Longitude and latitude in degrees: the middle of the state's largest piece, one decimal."""
    shapes = json.loads((files("detente.charts") / "shapes.json").read_text(encoding="utf-8"))
    x, y, _ = shapes["dots"][code]
    return round(x, 1), round(y, 1)


def _pair(a: str | None, b: str | None, known: set[str]) -> tuple[str, str] | None:
    return (min(a, b), max(a, b)) if a and b and a != b and {a, b} <= known else None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
