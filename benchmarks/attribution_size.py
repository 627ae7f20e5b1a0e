"""Measure the size of every test of one dyad on BACI and write calibration.csv.

    python benchmarks/attribution_size.py DATA_FOLDER [OUT.csv]

DATA_FOLDER holds ``baci/bilateral_2000_2020.parquet`` and ``geodist/dist_cepii.parquet``.
"""

from __future__ import annotations

import sys
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import polars as pl
from attribution_library import baci

from detente.attribution.attributing import contiguity_matrix
from detente.attribution.comparison.measured_sizes import Size, size_of_methods, size_of_placebo_test
from detente.attribution.sample import Sample

#: Codes of the distance table that are not today's.
RENAMED = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}


def neighbours(folder: Path) -> list[tuple[str, str]]:
    """Pairs of economies with a common land border."""
    frame = pl.read_parquet(folder / "geodist/dist_cepii.parquet").filter(pl.col("contig") == 1)
    return [(RENAMED.get(a, a), RENAMED.get(b, b)) for a, b in frame.select("iso_o", "iso_d").iter_rows()]


def simulated(seed: int = 0, rho: float = 0.8, noise: float = 0.25) -> Sample:
    """A panel of 60 economies, 2000-2020, whose residuals wander as first-order autoregressions."""
    rng = np.random.default_rng(seed)
    t, n = 21, 60
    walks = [rng.normal(scale=0.1, size=(t, n)).cumsum(0) for _ in range(2)]
    residual = np.zeros((t, n, n))
    residual[0] = rng.normal(scale=noise, size=(n, n))
    for k in range(1, t):
        residual[k] = rho * residual[k - 1] + rng.normal(scale=noise * np.sqrt(1 - rho**2), size=(n, n))
    flows = np.exp(4 + walks[0][:, :, None] + walks[1][:, None, :] + 1.5 * rng.normal(size=(n, n)) + residual)
    flows[:, range(n), range(n)] = np.nan
    return Sample.of((flows, tuple(f"E{k:02d}" for k in range(n)), tuple(range(2000, 2000 + t))))


#: Methods that take no time, and those that do; dyads tested on BACI and on each simulated panel.
QUICK, SLOW = ("placebo share", "placebo share of means"), ("synthetic control", "matrix completion", "conformal")
DYADS = {QUICK: (600, 200), SLOW: (150, 40)}


def over_worlds(loss: float, methods: tuple[str, ...], dyads: int, worlds: int = 5) -> list[Size]:
    """Size or power over several simulated panels, pooled."""
    options = {"loss_pct": loss, "group": "simulated", "methods": methods}
    runs = [size_of_methods(simulated(k), dyads=dyads, seed=k, **options) for k in range(worlds)]
    pooled = []
    for same in zip(*runs):
        n = sum(s.n for s in same)
        pooled.append(replace(same[0], n=n, rejected=sum(s.rejected * s.n for s in same) / n))
    return pooled


def of_methods(sample: Sample, methods: tuple[str, ...]) -> list[Size]:
    """Size, and power against a loss of half, on BACI and on simulated panels."""
    real, made = DYADS[methods]
    rows: list[Size] = []
    for loss in (0.0, 50.0):
        rows += size_of_methods(sample, dyads=real, loss_pct=loss, methods=methods)
        rows += over_worlds(loss, methods, made)
    return rows


def measure(folder: Path) -> pl.DataFrame:
    """One row a test, group, horizon and loss."""
    sample = Sample.of(baci(folder))
    borders = contiguity_matrix(neighbours(folder), sample)
    rows = [*size_of_placebo_test(sample, contiguity=borders), *of_methods(sample, QUICK), *of_methods(sample, SLOW)]
    frame = pl.DataFrame([astuple(r) for r in rows], schema=list(Size.__dataclass_fields__), orient="row")
    return frame.with_columns(pl.col("rejected").round(4))


if __name__ == "__main__":
    shipped = Path(__file__).resolve().parents[1] / "src/detente/attribution/calibration.csv"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else shipped
    measure(Path(sys.argv[1])).write_csv(out)
    sys.stdout.write(f"wrote {out}\n")
