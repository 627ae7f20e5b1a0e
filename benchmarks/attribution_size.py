"""Measure the size of every test of one dyad on BACI and write calibration.csv.

    python benchmarks/attribution_size.py DATA_FOLDER [OUT.csv]

DATA_FOLDER holds ``baci/bilateral_2000_2020.parquet`` and ``geodist/dist_cepii.parquet``.
"""

from __future__ import annotations

import sys
from dataclasses import astuple
from pathlib import Path

import polars as pl
from attribution_library import baci

from detente.attribution.attribute import contiguity_matrix
from detente.attribution.calibration import Size, size_of_methods, size_of_placebo_test
from detente.attribution.sample import Sample

#: Codes of the distance table that are not today's.
RENAMED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}


def neighbours(folder: Path) -> list[tuple[str, str]]:
    """Pairs of economies with a common land border."""
    frame = pl.read_parquet(folder / "geodist/dist_cepii.parquet").filter(pl.col("contig") == 1)
    return [(RENAMED.get(a, a), RENAMED.get(b, b)) for a, b in frame.select("iso_o", "iso_d").iter_rows()]


def measure(folder: Path) -> pl.DataFrame:
    """One row a test, group and horizon."""
    sample = Sample.of(baci(folder))
    borders = contiguity_matrix(neighbours(folder), sample)
    rows = [*size_of_placebo_test(sample, contiguity=borders), *size_of_methods(sample)]
    frame = pl.DataFrame([astuple(r) for r in rows], schema=list(Size.__dataclass_fields__), orient="row")
    return frame.with_columns(pl.col("rejected").round(4))


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[1] / "src/detente/attribution/calibration.csv"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else shipped
    measure(Path(sys.argv[1])).write_csv(out)
    sys.stdout.write(f"wrote {out}\n")
