"""A fit from a path of every kind: CSV as R writes it, zipped, Stata, Excel, Parquet; and the columns' names."""

import gzip
import zipfile

import polars as pl
import pytest

import detente as dt
from detente.errors import UnknownColumn, UnreadableFile
from detente.panel.columns import find_roles

FORMULA = "trade ~ x | exporter + importer"


def table() -> pl.DataFrame:
    rows = [(o, d, t) for o in ("NA", "ZA", "BW", "AO") for d in ("NA", "ZA", "BW", "AO") for t in range(4) if o != d]
    frame = pl.DataFrame(rows, schema=["exporter", "importer", "year"], orient="row")
    k = pl.int_range(pl.len())
    x = pl.when(k % 7 != 3).then((k * 3 % 11) / 4 + 0.125)
    return frame.with_columns(x=x, trade=(k * 5 % 13) + 0.5, whole=pl.when(k % 5 != 2).then(k))


@pytest.fixture(
    params=["csv", "csv.gz", "tsv", "txt", "csv.zip", "xlsx", "xlsx in zip", "dta", "dta in zip", "parquet"]
)
def path(request, tmp_path):
    frame, end = table(), request.param.split()[0]
    file = tmp_path / f"flows.{end.removesuffix('.zip')}"
    if end.startswith(("csv", "tsv", "txt")):
        mark = "\t" if end == "tsv" else ";" if end == "txt" else ","
        text = frame.write_csv(separator=mark, null_value="." if end == "txt" else "NA")
        file.write_bytes(gzip.compress(text.encode()) if end == "csv.gz" else text.encode())
    elif end == "xlsx":
        frame.write_excel(file)
    elif end == "dta":
        frame.to_pandas().to_stata(file, write_index=False)
    else:
        frame.write_parquet(file)
    if "zip" in request.param:
        with zipfile.ZipFile(tmp_path / "flows.zip", "w") as archive:
            archive.write(file, file.name)
            archive.writestr("readme.md", "about")
        return tmp_path / "flows.zip"
    return file


def test_every_file_gives_the_fit_of_its_frame(path):
    found, wanted = dt.fit_ppml(path, FORMULA), dt.fit_ppml(table(), FORMULA)
    assert found.n_missing == wanted.n_missing == table()["x"].null_count()
    assert found.coef["x"] == pytest.approx(wanted.coef["x"], rel=1e-9)
    assert "NA" in found.fixed_effects()["exporter"]["exporter"].to_list()  # Namibia, not missing


def test_what_a_zip_or_a_sheet_cannot_tell_is_named(tmp_path):
    two = tmp_path / "two.zip"
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("a.csv", "x\n1\n")
        archive.writestr("b.csv", "x\n1\n")
    with pytest.raises(UnreadableFile, match=r"holds 2 tables: a\.csv, b\.csv\. Unpack it"):
        dt.fit_ppml(two, FORMULA)
    titled = tmp_path / "titled.xlsx"
    table().write_excel(titled, position="A3")
    assert dt.fit_ppml(titled, FORMULA).coef == dt.fit_ppml(table(), FORMULA).coef
    table().rename({"year": " "}).write_excel(titled, position="A3")
    with pytest.raises(UnreadableFile, match=r"no row that names every column"):
        dt.fit_ppml(titled, FORMULA)
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    with pytest.raises(UnreadableFile):
        dt.fit_ppml(tmp_path / "broken.xlsx", FORMULA)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (
            ["exporter_iso3", "importer_iso3", "year", "industry_id", "trade"],
            ("exporter_iso3", "importer_iso3", "year", "trade"),
        ),
        (["iso3_o", "iso3_d", "year", "tradeflow_baci"], ("iso3_o", "iso3_d", "year", "tradeflow_baci")),
        (
            ["exporter_cow", "importer_cow", "year", "value_musd"],
            ("exporter_cow", "importer_cow", "year", "value_musd"),
        ),
        (["i", "j", "t", "k", "v"], ("i", "j", "t", "v")),
    ],
)
def test_names_of_the_fields_files(columns, found):
    roles = find_roles(columns)
    assert (roles.origin, roles.destination, roles.period, roles.value) == found


@pytest.mark.parametrize(
    "columns",
    [["reporterISO", "partnerISO", "refYear", "primaryValue"], ["REF_AREA", "COUNTERPART_AREA", "TIME_PERIOD", "OBS_VALUE"],
     ["Reporter Name", "Partner Name", "Year", "Trade"], ["importer1", "importer2", "year", "flow1"]],
)  # fmt: skip
def test_files_in_which_each_side_reports_are_not_guessed_at(columns):
    with pytest.raises(UnknownColumn, match=r"read_panel.*say origin="):
        find_roles(columns)
    named = find_roles(columns, origin=columns[0], destination=columns[1], value=columns[3], period=columns[2])
    assert named.origin == columns[0]
