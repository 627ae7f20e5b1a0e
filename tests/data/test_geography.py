"""Distances and land borders from public-domain shapes, beside CEPII's own, and attribution among neighbours."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.data import geography, land_neighbours

ROOT = Path(__file__).resolve().parents[2]
CEPII = ROOT.parent / "shared/data/geodist/dist_cepii.parquet"
FORMER = {"ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}


def test_every_pair_has_one_row_either_way_and_itself() -> None:
    frame = geography()
    codes = frame["origin"].unique()
    assert frame.height == len(codes) ** 2
    back = frame.rename({"origin": "destination", "destination": "origin"})
    assert frame.join(back, on=["origin", "destination", "distance_km", "neighbours"]).height == frame.height
    assert frame["distance_km"].min() >= 1
    assert not frame.filter(pl.col("origin") == pl.col("destination"))["neighbours"].any()


@pytest.mark.oracle
@pytest.mark.shared
def test_against_the_distances_of_cepii() -> None:
    """GeoDist weighs the cities of a country by people, where this weighs its land alike: nine in ten pairs differ by
    less than 12%, the correlation of the logs is .99; borders differ where one is water, a bridge or an overseas part.
    """
    theirs = pl.read_parquet(CEPII).with_columns(pl.col("iso_o", "iso_d").replace(FORMER))
    both = geography().join(theirs, left_on=["origin", "destination"], right_on=["iso_o", "iso_d"])
    apart = both.filter(pl.col("origin") != pl.col("destination")).with_columns(
        pl.col("distw").cast(pl.Float64, strict=False)
    )
    known = apart.drop_nulls("distw")
    assert known.height > 42_000
    ours, weighed = np.log(known["distance_km"].to_numpy()), np.log(known["distw"].to_numpy())
    assert np.corrcoef(ours, weighed)[0, 1] > 0.99
    low, middle, high = np.quantile(ours - weighed, [0.05, 0.5, 0.95])
    assert abs(middle) < 0.01
    assert -0.12 < low < high < 0.12
    own = both.filter(pl.col("origin") == pl.col("destination"))
    within = np.corrcoef(np.log(own["distance_km"].to_numpy()), np.log(own["dist"].cast(pl.Float64).to_numpy()))[0, 1]
    assert within > 0.97
    borders = apart.filter(pl.col("contig").cast(pl.Int64).cast(pl.Boolean) != pl.col("neighbours"))
    assert borders.filter(pl.col("origin") < pl.col("destination")).height <= 12


def test_the_script_rebuilds_the_file_byte_for_byte(tmp_path: Path) -> None:
    script = tmp_path / "scripts/build_geography.py"
    script.parent.mkdir()
    shutil.copy(ROOT / "scripts/build_geography.py", script)
    home = tmp_path / "src/detente"
    (home / "data/world").mkdir(parents=True)
    shutil.copytree(ROOT / "src/detente/charts", home / "charts")
    runpy.run_path(str(script), run_name="__main__")
    written = (home / "data/world/geography.parquet").read_bytes()
    assert written == (ROOT / "src/detente/data/world/geography.parquet").read_bytes()


def test_neighbours_are_compared_with_without_a_matrix() -> None:
    """Placebos of class ``contiguous`` need no list of borders from the user; the shipped one gives the same ranks."""
    world = dt.world()
    asked = ("COL", "VEN", [(2008, 2010)], [(2000, 2004)])
    found = dt.attribute(world, *asked, placebos="contiguous").findings[0].standing
    given = dt.attribute(world, *asked, placebos="contiguous", contiguity=land_neighbours(world.economies)).findings[0]
    assert found is not None
    assert given.standing is not None
    assert (found.n, found.p) == (given.standing.n, given.standing.p)
    assert found.n >= 9
