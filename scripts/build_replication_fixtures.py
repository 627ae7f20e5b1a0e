"""Rebuild the small data sets on which the replication targets are tested.

    python scripts/build_replication_fixtures.py DATA [--out FOLDER]

DATA is a folder with the published data: ``peer_examples/agtpa_69c_1986_2006.parquet`` (Advanced Guide to Trade
Policy Analysis), ``peer_examples/ppml_fe_bias_65c_1988_2004.parquet`` (Weidner and Zylkin) and
``caliendo_parro_2015/`` (Caliendo and Parro). What is written are aggregates: a dozen economies and regions, or six
by eight sectors, in the layout of the originals, rounded. They give other numbers than the publications; the tests
compare them with solvers and packages nobody here wrote.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

WAVES = (1986, 1990, 1994, 1998, 2002, 2006)
TIES = ("dist", "cntg", "lang", "clny", "rta", "rta_lag4", "rta_lag8", "rta_lag12")
# Kept as they are: NAFTA, Colombia, the recipe's reference, and two economies that never trade with each other.
ALONE = ("CAN", "CMR", "COL", "DEU", "MEX", "NPL", "USA")
REGIONS = {
    "americas": "ARG BOL BRA CHL CRI ECU GTM HND PAN PER SLV TTO URY VEN",
    "east_asia": "CHN HKG JPN KOR MAC",
    "europe": "AUT BEL BGR BLX CHE CYP DNK ESP FIN FRA GBR GRC HUN IRL ISL ITA MLT NLD NOR POL PRT ROM SWE TUR",
    "south_asia_oceania": "AUS BGD FJI IDN IND LKA MMR MYS NZL PAK PHL SGP THA VNM",
}  # and the others: "africa_middle_east"

BLOCS = {
    "CAN": "CAN",
    "MEX": "MEX",
    "USA": "USA",
    "europe": "AUT DNK FIN FRA DEU GRC HUN IRL ITA NLD NOR PRT ESP SWE TUR GBR",
    "asia_oceania": "AUS CHN IND IDN JPN KOR NZL",
    "others": "ARG BRA CHL ZAF ROW",
}
SECTORS = (range(2), range(2, 6), range(6, 10), range(10, 12), range(12, 17), range(17, 20))
"""Traded: primary; food, textiles, wood and paper; petroleum to minerals; metals; machinery; transport and other."""
SERVICES = (range(20, 30), range(30, 40))


def group_of(code: str) -> str:
    """The economy or region of the fixture that ``code`` belongs to."""
    if code in ALONE:
        return code
    return next((name for name, members in REGIONS.items() if code in members.split()), "africa_middle_east")


def grouped(frame: pl.DataFrame, sides: tuple[str, str], averaged: tuple[str, ...]) -> pl.DataFrame:
    """Trade summed, and the other columns averaged with each pair's trade over all years as weight.

    Weights that do not move keep a dummy's average from moving unless the dummy does. Trade inside a region is
    internal trade, where ties and agreements are zero and distance is an average like any other.
    """
    a, b = sides
    frame = frame.with_columns(pair=pl.concat_str(pl.min_horizontal(a, b), pl.max_horizontal(a, b)))
    weight = frame.group_by("pair").agg(weight=pl.col("trade").sum() + 1e-3)
    frame = frame.join(weight, on="pair").with_columns(
        pl.col(side).map_elements(group_of, return_dtype=pl.String) for side in sides
    )
    means = [
        ((pl.col(name) * pl.col("weight")).sum() / pl.col("weight").sum()).round(0 if name == "dist" else 2)
        for name in averaged
    ]
    out = frame.group_by(a, b, "year").agg(pl.col("trade").sum().round(1), *means).sort("year", a, b)
    inside = pl.col(a) == pl.col(b)
    return out.with_columns(
        pl.when(inside).then(0.0).otherwise(pl.col(name)).alias(name) for name in averaged if name != "dist"
    )


def advanced_guide(data: Path) -> pl.DataFrame:
    """Manufactures between seven economies and five regions, with internal trade."""
    table = pl.read_parquet(data / "peer_examples/agtpa_69c_1986_2006.parquet")
    table = table.with_columns(pl.col("year").cast(pl.Int64)).filter(pl.col("year").is_in(WAVES))
    out = grouped(table, ("exporter", "importer"), TIES)
    return out.with_columns(pl.col("dist").cast(pl.Int64))


def weidner_zylkin(data: Path) -> pl.DataFrame:
    """Manufactures between the economies and regions of the second panel, without internal trade."""
    table = pl.read_parquet(data / "peer_examples/ppml_fe_bias_65c_1988_2004.parquet")
    table = table.filter(pl.col("category") == "MANUF").select(
        "isoexp", "isoimp", pl.col("year").cast(pl.Int64), pl.col("trade", "fta").cast(pl.Float64)
    )
    out = grouped(table, ("isoexp", "isoimp"), ("fta",))
    return out.filter(pl.col("isoexp") != pl.col("isoimp"))


def caliendo_parro(data: Path) -> dict[str, np.ndarray]:
    """The seven files by name, with six economies, six traded sectors and two of services."""
    from detente.replications.nafta_by_sector import CALIENDO_PARRO as CODES

    n, traded, count = len(CODES), 20, 40
    raw = {p.stem: np.loadtxt(p) for p in (data / "caliendo_parro_2015").glob("*.txt")}
    member = np.array([[code in members.split() for code in CODES] for members in BLOCS.values()], dtype=float)
    goods = np.array([[k in group for k in range(traded)] for group in SECTORS], dtype=float)
    every = np.array([[k in group for k in range(count)] for group in (*SECTORS, *SERVICES)], dtype=float)
    trade = raw["xbilat1993"].reshape(traded, n, n)  # sector, importer, exporter
    flows = np.einsum("gk,ai,kij,bj->gab", goods, member, trade, member)
    diagonal = np.arange(len(BLOCS))
    flows[:, diagonal, diagonal] = 0.0
    out = {"xbilat1993": stacked(flows)}
    for year in (1993, 2005):
        rates = raw[f"tariffs{year}"].reshape(traded, n, n)
        weight = trade + 1e-6  # where nothing is traded, a simple mean
        paid = np.einsum("gk,ai,kij,bj->gab", goods, member, weight * rates, member)
        mean = paid / np.einsum("gk,ai,kij,bj->gab", goods, member, weight, member)
        mean[:, diagonal, diagonal] = 0.0
        out[f"tariffs{year}"] = stacked(mean).round(2)
    output = raw["GO"]
    out["GO"] = every @ output @ member.T
    added = every @ (raw["B"] * output) @ member.T
    out["B"] = (added / out["GO"]).round(4)
    bought = np.maximum(raw["IO"], 0).reshape(n, count, count) * ((1 - raw["B"]) * output).T[:, None, :]
    inputs = np.einsum("gs,hk,an,nsk->agh", every, every, member, bought)
    inputs = (inputs / inputs.sum(axis=1, keepdims=True)).round(4)
    out["IO"] = inputs.reshape(-1, len(every))
    weight = goods * trade.sum(axis=(1, 2))
    out["T"] = (weight @ raw["T"] / weight.sum(axis=1)).round(2)
    return out


def stacked(blocks: np.ndarray) -> np.ndarray:
    """(sector, importer, exporter) as the files have it: importers stacked within sectors."""
    return blocks.reshape(-1, blocks.shape[-1])


def write(data: Path, out: Path) -> None:
    """Write the three fixtures into ``out``."""
    folder = out / "caliendo_parro_2015"
    folder.mkdir(parents=True, exist_ok=True)
    advanced_guide(data).write_csv(out / "advanced_guide.csv")
    weidner_zylkin(data).write_csv(out / "weidner_zylkin.csv")
    for name, table in caliendo_parro(data).items():
        np.savetxt(folder / f"{name}.txt", table, fmt="%.6g")
    (folder / "economies.txt").write_text("".join(f"{name}\n" for name in BLOCS), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    here = Path(__file__).resolve().parents[1] / "tests/fixtures/replications"
    parser.add_argument("--out", type=Path, default=here)
    args = parser.parse_args()
    write(args.data, args.out)


if __name__ == "__main__":
    main()
