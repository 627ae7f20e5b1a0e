from __future__ import annotations

import datetime
import gzip
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from detente.errors import (
    AmbiguousColumn,
    DataError,
    DuplicateRows,
    InvalidFlow,
    UnknownColumn,
    UnknownEconomy,
    UnreadableFile,
)
from detente.panel import read_panel
from small_world import small_world

ROWS = {
    "exporter": ["COL", "VEN", "COL"],
    "importer": ["VEN", "COL", "USA"],
    "year": [2008, 2008, 2009],
    "trade_usd_mn": [6091.0, 1198.0, 12.5],
}


def frame(**changes: list) -> pl.DataFrame:
    return pl.DataFrame({**ROWS, **changes})


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "csv", "parquet"])
def test_any_table_gives_the_same_panel(kind: str, tmp_path: Path) -> None:
    data = frame()
    if kind == "pandas":
        data = pd.DataFrame(ROWS)
    elif kind == "pyarrow":
        data = pa.table(ROWS)
    elif kind in ("csv", "parquet"):
        path = tmp_path / f"flows.{kind}"
        data.write_csv(path) if kind == "csv" else data.write_parquet(path)
        data = path
    panel = read_panel(data, absent="zero")
    assert panel.economies == ("COL", "USA", "VEN")
    assert panel.years == (2008, 2009)
    np.testing.assert_array_equal(panel.flow("COL", "VEN"), [6091.0, 0.0])
    assert np.isnan(panel.flow("COL", "COL")).all()
    assert any("9 absent" in note and "zero" in note for note in panel.report.notes)


def test_absent_may_mean_missing() -> None:
    panel = read_panel(frame(), absent="missing")
    assert np.isnan(panel.flow("COL", "VEN")[1])


def test_the_column_name_gives_the_unit() -> None:
    panel = read_panel(frame().rename({"trade_usd_mn": "value_kusd"}))
    assert panel.flow("COL", "VEN")[0] == pytest.approx(6.091)
    with pytest.raises(AmbiguousColumn, match="says its unit"):
        read_panel(frame().rename({"trade_usd_mn": "value_kusd"}), unit="usd_mn")


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"trade_usd_mn": [1.0, -2.0, 3.0]}, InvalidFlow, "VEN->COL in 2008"),
        ({"trade_usd_mn": [1.0, float("inf"), 3.0]}, InvalidFlow, "infinite"),
        ({"trade_usd_mn": ["1", "x2", "3"]}, InvalidFlow, "'x2'.*line 3"),
        ({"exporter": ["COL", "ROM", "COL"]}, UnknownEconomy, "'ROU' now"),
        ({"importer": ["VEN", "VEN", "USA"], "exporter": ["COL", "COL", "COL"]}, DuplicateRows, "COL->VEN 2008"),
        ({"year": [2008.5, 2008, 2009]}, DataError, "2008.5 in column 'year' of the frame is not a year"),
        ({"exporter": ["COL", None, "COL"]}, DataError, "line 3"),
    ],
)
def test_bad_rows_are_named(changes: dict, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        read_panel(frame(**changes))


def test_columns_are_found_or_explained() -> None:
    with pytest.raises(UnknownColumn):
        read_panel(frame().rename({"trade_usd_mn": "wheat"}))
    with pytest.raises(AmbiguousColumn, match="'exporter' and 'iso_o'"):
        read_panel(frame().with_columns(iso_o=pl.col("exporter")))
    panel = read_panel(frame().rename({"trade_usd_mn": "wheat"}), trade="wheat", unit="usd_mn")
    assert panel.flow("COL", "USA")[1] == 12.5


def test_products_are_summed_and_counted() -> None:
    data = pl.concat([frame(), frame()]).with_columns(product=pl.Series(["a"] * 3 + ["b"] * 3))
    panel = read_panel(data)
    assert panel.flow("COL", "VEN")[0] == 2 * 6091
    assert any("6 rows by sector or product were summed to 3" in n for n in panel.report.notes)


def test_missing_value_is_not_a_zero() -> None:
    panel = read_panel(frame(trade_usd_mn=[6091.0, None, 12.5]))
    assert np.isnan(panel.flow("VEN", "COL")[0])
    assert any("is a missing flow, not a zero" in n for n in panel.report.notes)


def test_codes_of_an_earlier_year() -> None:
    panel = read_panel(frame(exporter=["COL", "ROM", "COL"]), codes_as_of=1999)
    assert "ROU" in panel.economies


def test_broken_files_are_explained(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"no parquet")
    with pytest.raises(UnreadableFile):
        read_panel(tmp_path / "a.parquet")
    with pytest.raises(UnreadableFile, match="no file"):
        read_panel(tmp_path / "absent.csv")


BACI_YEAR = "t,i,j,k,v,q\n{y},170,862,010121,100.5,1\n{y},170,862,020130,   200,NA\n{y},251,170,020130,7,1\n"
COUNTRIES = (
    "country_code,country_name,country_iso2,country_iso3\n"
    "170,Colombia,CO,COL\n862,Venezuela,VE,VEN\n251,France,FR,FRA\n490,Asia nes,N/A,N/A\n"
)


@pytest.mark.parametrize("kind", ["zip", "folder", "file"])
def test_baci_as_published(kind: str, tmp_path: Path) -> None:
    names = [f"BACI_HS92_Y{y}_V202501.csv" for y in (2019, 2020)]
    if kind == "zip":
        path = tmp_path / "BACI_HS92_V202501.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for y, name in zip((2019, 2020), names):
                archive.writestr(name, BACI_YEAR.format(y=y))
            archive.writestr("country_codes_V202501.csv", COUNTRIES)
    else:
        for y, name in zip((2019, 2020), names):
            (tmp_path / name).write_text(BACI_YEAR.format(y=y))
        path = tmp_path if kind == "folder" else tmp_path / names[1]
    panel = read_panel(path)
    assert panel.economies == ("COL", "FRA", "VEN")
    assert panel.flow("COL", "VEN")[-1] == pytest.approx(0.3005)
    assert panel.flow("FRA", "COL")[-1] == pytest.approx(0.007)
    assert ("country file was not there" in str(panel.report)) == (kind != "zip")


def test_baci_needs_its_country_numbers(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("BACI_HS92_Y2019_V1.csv", "t,i,j,k,v,q\n2019,170,999,1,1,1\n")
        archive.writestr("country_codes_V1.csv", COUNTRIES)
    with pytest.raises(UnreadableFile, match="999"):
        read_panel(tmp_path / "b.zip")
    (tmp_path / "c.zip").write_bytes(io.BytesIO(b"nothing").getvalue())
    with pytest.raises(UnreadableFile, match="zip"):
        read_panel(tmp_path / "c.zip")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "cannot be read: it is empty"),
        ("t,i,j,k\n2019,170,862,1\n", "cannot be read: it needs the columns t, i, j and v"),
        ('t,i,j,k,v\n2019,170,862,1,"5\n', "cannot be read: the row that begins at line 2 is not well formed"),
    ],
)
def test_a_broken_baci_file_is_named(raw: str, says: str, zipped: bool, tmp_path: Path) -> None:
    name = "BACI_HS92_Y2019_V1.csv"
    if zipped:
        with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
            archive.writestr(name, raw)
    else:
        (tmp_path / name).write_text(raw)
    with pytest.raises(UnreadableFile, match=f"{name} {says}"):
        read_panel(tmp_path / "b.zip" if zipped else tmp_path)


def test_aggregation_loses_no_flow_across_borders() -> None:
    panel = small_world()
    small = panel.aggregate(["COL", "VEN"])
    assert small.economies == ("COL", "VEN", "ROW")
    out = np.nansum(panel.flows[:, panel.index("COL")], axis=1)
    whole = np.array(panel.years) < 2023
    np.testing.assert_allclose(np.nansum(small.flows[:, 0], axis=1)[whole], out[whole], rtol=1e-12)
    assert np.isnan(small.flow("COL", "ROW")[~whole]).all(), "much of it was not reported in the release of 2023"


def test_unknown_year_and_economy() -> None:
    with pytest.raises(UnknownEconomy, match="QAT"):
        small_world().index("QAT")
    with pytest.raises(DataError, match="2000 to 2023"):
        small_world().year_index(2022)


HEADER = b"exporter,importer,year,trade_usd_mn\n"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "it is empty"),
        (HEADER + b"COL,VEN,2000,5\nCOL,VEN,2001,4,3\n", "line 3 has 5 cells and the header 4"),
        (HEADER + b'COL,VEN,2000,5\nCOL,"VEN,2001,4\n', "the row that begins at line 3 is not well formed"),
        (HEADER + "Perú,VEN,2000,5\n".encode("latin-1"), "line 2 is not UTF-8"),
        (HEADER + b"COL,VEN,20\x0000,5\n" + b"x" * 9 + b',"\n', "it is a binary file"),
    ],
)
def test_a_malformed_csv_names_the_line(raw: bytes, says: str, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / ("flows.csv.gz" if packed else "flows.csv")
    path.write_bytes(gzip.compress(raw) if packed else raw)
    with pytest.raises(UnreadableFile, match=f"cannot be read as CSV: {says}") as caught:
        read_panel(path)
    assert caught.value.fix
    assert not re.search(r"schema|polars|dtype|infer", str(caught.value))


def test_text_far_down_a_column_of_numbers_names_its_line(tmp_path: Path) -> None:
    rows = [f"COL,VEN,{1900 + k % 100},5" for k in range(10_500)]
    (tmp_path / "late.csv").write_text("\n".join(["exporter,importer,year,trade_usd_mn", *rows, "COL,VEN,soon,5"]))
    with pytest.raises(DataError, match=r"'soon' in column 'year'.*line 10502"):
        read_panel(tmp_path / "late.csv")


@pytest.mark.parametrize(
    ("column", "cells", "kind"),
    [
        ("trade_usd_mn", [[1.0], [2.0], [3.0]], "List"),
        ("trade_usd_mn", [True, False, True], "Boolean"),
        ("year", [datetime.date(2008, 1, 1)] * 3, "Date"),
    ],
)
def test_a_column_of_another_kind_is_refused(column: str, cells: list, kind: str) -> None:
    data = frame().with_columns(pl.Series(column, cells))
    with pytest.raises(DataError, match=f"'{column}' of the frame holds {kind}.*numbers are needed"):
        read_panel(data)
