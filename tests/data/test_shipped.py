"""The tables inside the package: codes of three digits, the files' contents, and their build script."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.data import world_files, world_tables
from detente.data.world.three_digits import decode, encode

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/build_world_panel.py"


@pytest.mark.property
@given(st.lists(st.floats(min_value=1e-3, max_value=9e8), min_size=1, max_size=50))
def test_a_code_keeps_three_digits_and_never_becomes_zero(amounts):
    found = decode(encode(amounts))
    values = np.array(amounts)
    assert (found >= 1).all()
    # half a unit of the third digit: 0.5% just above 100, less above; half a unit below 100
    assert (np.abs(found - values) <= np.maximum(0.00502 * values, 1.0)).all()


@pytest.mark.property
@given(st.integers(min_value=1, max_value=6000))
def test_a_code_is_its_own_amounts_code(code):
    assert encode(decode([code])).tolist() == [code]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_what_is_not_a_positive_amount_has_no_code(bad):
    with pytest.raises(ValueError, match="positive, finite"):
        encode([bad])


def test_the_files_stay_small():
    assert sum(map(len, world_files().values())) < 1_250_000


def _totals(shared_data: Path) -> pl.DataFrame:
    paths = sorted((shared_data / "baci_hs92_v202601_1995_2021").glob("*.parquet"))
    later = pl.read_parquet(shared_data / "baci_2023_v202501/bilateral_2023.parquet")
    parts = [pl.read_parquet(p) for p in paths]
    columns = [pl.col("exporter", "importer").cast(pl.String), pl.col("year").cast(pl.Int64), "value_kusd"]
    return pl.concat([part.select(columns) for part in [*parts, later]])


@pytest.mark.oracle
@pytest.mark.shared
def test_every_flow_of_the_extracts_is_there_to_three_digits(shared_data):
    tables = world_tables()
    codes, years = np.array(tables.economies), np.array(tables.years)
    shipped = pl.DataFrame({"exporter": codes[tables.origin], "importer": codes[tables.destination],
                            "year": years[tables.year], "ours": tables.value_kusd})  # fmt: skip
    odd = ["PUS", "R20"]
    theirs = _totals(shared_data).filter(~pl.col("exporter").is_in(odd), ~pl.col("importer").is_in(odd))
    theirs = theirs.with_columns(pl.col("exporter", "importer").replace({"S19": "TWN", "ZA1": "XZA"}))
    both = theirs.join(shipped, on=["exporter", "importer", "year"], how="full")
    assert both.null_count().sum_horizontal().item() == 0
    error = ((both["ours"] - both["value_kusd"]).abs() / both["value_kusd"].clip(lower_bound=100)).max()
    assert error <= 0.01  # half a unit of the third digit, or of a thousand dollars below 100,000


@pytest.mark.oracle
@pytest.mark.shared
def test_the_build_script_gives_the_shipped_files_byte_for_byte(shared_data):
    two = shared_data / "baci_2023_v202501"
    done = subprocess.run(
        [sys.executable, SCRIPT, shared_data / "baci_hs92_v202601_1995_2021",
         "--year-of-another-release", two / "bilateral_2023.parquet", "--not-reporting", two / "not_reporting_2023.csv",
         "--gdp", shared_data / "wdi_2026_gdp_pop_1995_2021/gdp_pop.csv.gz",
         "--gdp-of-later-years", two / "wdi_gdp_current_usd_1990_2023_vintage_2025-03-24.csv.gz", "--check"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_the_build_script_reads_cepiis_own_zip(tmp_path):
    """Two product rows of one dyad, a self-flow of the code list and a former code, as CEPII publishes them."""
    release = tmp_path / "BACI_HS92_V202601.zip"
    with zipfile.ZipFile(release, "w") as archive:
        archive.writestr("BACI_HS92_Y2008_V202601.csv", "t,i,j,k,v,q\n2008,170,862,010121,0.004,NA\n"
                         "2008,170,862,270900,6471000,3\n2008,862,170,270900,12.4,  1\n")  # fmt: skip
        archive.writestr("country_codes_V202601.csv", "country_code,country_name,country_iso2,country_iso3\n"
                         "170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n")  # fmt: skip
    later = tmp_path / "later.parquet"
    pl.DataFrame({"exporter": ["COL"], "importer": ["VEN"], "year": [2023], "value_kusd": [673_348.6]}).write_parquet(
        later
    )
    silent = tmp_path / "silent.csv"
    silent.write_text('economy,why\nKOR,"no recorded trade with any other"\nTWN,outside the file\n')
    gdp = tmp_path / "gdp.csv"
    gdp.write_text("iso3,year,gdp_current_usd\nCOL,2008,241234567890\nWLD,2008,1e14\nCOK,2008,3e8\n")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, SCRIPT, release, "--year-of-another-release", later, "--not-reporting", silent, "--gdp", gdp,
         "--gdp-of-later-years", gdp, "--out", out], capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    goods = pl.read_parquet(out / "goods.parquet").sort("exporter")
    assert goods["exporter"].to_list() == ["COL", "VEN"]
    assert [decode(codes).tolist() for codes in goods["code"]] == [[6_470_000.0, 673_000.0], [12.0]]
    assert pl.read_parquet(out / "gdp.parquet").select("economy", "gdp_usd_mn").rows() == [("COL", 241_230.0)]
