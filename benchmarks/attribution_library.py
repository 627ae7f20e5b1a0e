"""Compute the library's paths from the world panel (BACI) and COW trade (1948-2014) and write paths.csv.

    python benchmarks/attribution_library.py DATA_FOLDER [OUT.csv]

DATA_FOLDER holds ``cow_trade/directed_1948_2014.parquet``.
The two panels are never spliced: a case is computed from the one its row names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

import detente as dt
from detente.attribution.library.catalogue import LibraryCase, cases
from detente.attribution.library.paths import compute_paths

#: Correlates of War country codes of the economies in the library's older cases.
COW = {
    "USA": 2, "CUB": 40, "HND": 91, "SLV": 92, "NIC": 93, "PAN": 95, "ARG": 160, "GBR": 200, "SEN": 433,
    "MRT": 435, "KEN": 501, "TZA": 510, "ZMB": 551, "ZWE": 552, "ZAF": 560, "MAR": 600, "DZA": 615,
    "LBY": 620, "SDN": 625, "IRN": 630, "EGY": 651, "SAU": 670, "CHN": 710, "JPN": 740, "IND": 750,
    "PAK": 770,
}  # fmt: skip


def baci(folder: Path) -> tuple[np.ndarray, tuple[str, ...], tuple[int, ...]]:
    """Flows [t, i, j] in million US$; an absent row is a zero in this source."""
    frame = pl.read_parquet(folder / "baci/bilateral_2000_2020.parquet")
    codes = tuple(sorted(set(frame["exporter"]) | set(frame["importer"])))
    at = {c: k for k, c in enumerate(codes)}
    years = tuple(range(2000, 2021))
    flows = np.zeros((len(years), len(codes), len(codes)))
    origin, destination = ([at[c] for c in frame[side]] for side in ("exporter", "importer"))
    flows[frame["year"].to_numpy() - years[0], origin, destination] = frame["value_kusd"].to_numpy() / 1000
    return flows, codes, years


def cow(folder: Path) -> tuple[np.ndarray, tuple[str, ...], tuple[int, ...]]:
    """Flows [t, i, j] in million US$; absent and empty rows are missing, recorded zeros are zeros."""
    frame = pl.read_parquet(folder / "cow_trade/directed_1948_2014.parquet")
    numbers = sorted(set(frame["exporter_cow"]) | set(frame["importer_cow"]))
    iso = {number: code for code, number in COW.items()}
    at = {n: k for k, n in enumerate(numbers)}
    years = tuple(range(1948, 2015))
    flows = np.full((len(years), len(numbers), len(numbers)), np.nan)
    origin, destination = ([at[c] for c in frame[side]] for side in ("exporter_cow", "importer_cow"))
    flows[frame["year"].to_numpy() - years[0], origin, destination] = frame["value_musd"].to_numpy()
    return flows, tuple(iso.get(n, f"cow{n}") for n in numbers), years


def build(folder: Path, among: Iterable[LibraryCase] | None = None, *, placebos: bool = True) -> pl.DataFrame:
    """The table as shipped, of all cases or those ``among``: log ratios to four digits, amounts to 0.1 million."""
    asked = tuple(cases() if among is None else among)
    tables = []
    for name, read, smallest in (("baci", lambda _: dt.world(), 0.001), ("cow", cow, 1.0)):
        done = compute_paths(
            read(folder), [c for c in asked if c.panel == name], smallest_usd_mn=smallest, placebos=placebos
        )
        if done.missing:
            sys.stdout.write(f"no path: {done.missing}\n")
        tables.append(done.to_frame().with_columns(panel=pl.lit(name)))
    fine = ("log_ratio", "floor", "placebo_share", "low", "high")
    return pl.concat(tables).with_columns(
        pl.col("actual", "counterfactual").round(1), *(pl.col(c).round(4) for c in fine)
    )


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[1] / "src/detente/attribution/library/paths.csv"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else shipped
    build(Path(sys.argv[1])).write_csv(out)
    sys.stdout.write(f"wrote {out}\n")
