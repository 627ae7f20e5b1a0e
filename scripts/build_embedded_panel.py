"""Rebuild the embedded panel from BACI and WDI.

    python scripts/build_embedded_panel.py BACI WDI_GDP [--out FOLDER]

BACI is CEPII's official zip of yearly files (``t,i,j,k,v,q`` with its country
file inside), a folder of such files, or a table of country-pair totals
(exporter, importer, year, value_kusd). WDI_GDP is a table with columns iso3,
year, gdp_usd (the World Bank's aggregates in it are left out). The extract
used for the shipped files is of unknown BACI release; another release gives
slightly different figures.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

from detente import economies
from detente.panel import read_panel
from detente.panel.embedded import build, write

YEARS = range(2000, 2021)


def gdp_of(path: Path, codes: tuple[str, ...], years: tuple[int, ...]) -> np.ndarray:
    """GDP ``[t, i]`` in million US$ of ``codes``, NaN where WDI has none."""
    frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path)
    out = np.full((len(years), len(codes)), np.nan)
    place = {c: k for k, c in enumerate(codes)}
    for code, year, value in frame.select("iso3", "year", "gdp_usd").iter_rows():
        if code in place and year in years and value is not None and economies.is_current(code):
            out[years.index(year), place[code]] = value / 1e6
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("baci", type=Path)
    parser.add_argument("wdi_gdp", type=Path)
    here = Path(__file__).resolve().parents[1] / "src/detente/panel/data"
    parser.add_argument("--out", type=Path, default=here)
    args = parser.parse_args()
    full = read_panel(args.baci).only(YEARS)
    args.out.mkdir(parents=True, exist_ok=True)
    write(build(full, gdp_of(args.wdi_gdp, full.economies, full.years)), args.out)


if __name__ == "__main__":
    main()
