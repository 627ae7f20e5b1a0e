"""Downloads: what goes into a file comes out of it, and text stays text."""

from __future__ import annotations

import io
import sys
import zipfile

import polars as pl
import pytest

from detente.errors import MissingExtra, UsageError
from detente.web.editor.export import export

FRAME = pl.DataFrame({"who": ["Ñandú", "=1+1", None, "a,b"], "value": [1.5, float("nan"), None, -2e10]})


def test_csv_and_parquet_bring_back_the_table():
    csv = export({"one": FRAME}, "csv")
    assert csv.ending == "csv"
    safe = ["Ñandú", "'=1+1", None, "a,b"]  # what a spreadsheet would run is text there
    assert pl.read_csv(io.BytesIO(csv.body))["who"].to_list() == safe
    assert pl.read_parquet(io.BytesIO(export({"one": FRAME}, "parquet").body)).equals(FRAME, null_equal=True)


def test_several_tables_come_zipped_with_their_notes():
    packed = export({"one": FRAME, "two": FRAME}, "csv", title="T", notes=["a note"])
    with zipfile.ZipFile(io.BytesIO(packed.body)) as archive:
        assert set(archive.namelist()) == {"one.csv", "two.csv", "README.txt"}
        assert "a note" in archive.read("README.txt").decode()


def test_excel_holds_numbers_as_numbers_and_no_formula_from_a_study():
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(export({"one": FRAME}, "xlsx", title="T", notes=["=cmd()"]).body))
    sheet = book["one"]
    assert sheet["A3"].value == "=1+1"
    assert sheet["A3"].data_type == "s", "a formula would be 'f'"
    assert (sheet["B2"].value, sheet["B3"].value, sheet["B5"].value) == (1.5, None, -2e10)
    assert book["about"]["A2"].data_type == "s"


def test_word_holds_the_rows_and_survives_control_characters():
    docx = pytest.importorskip("docx")
    frame = pl.DataFrame({"text": ["bell\x07", "<b>"]})
    book = docx.Document(io.BytesIO(export({"one": frame}, "docx", title="T", notes=["n\x00ote"]).body))
    assert [c.text for row in book.tables[0].rows for c in row.cells] == ["text", "bell", "<b>"]
    assert "note" in [p.text for p in book.paragraphs]


@pytest.mark.parametrize(
    ("kind", "module", "package"), [("xlsx", "xlsxwriter", "xlsxwriter"), ("docx", "docx", "python-docx")]
)
def test_a_missing_extra_says_how_to_get_it(monkeypatch, kind, module, package):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=package) as missing:
        export({"one": FRAME}, kind)
    assert "detente[export]" in str(missing.value)


def test_an_unknown_kind_is_named():
    with pytest.raises(UsageError, match="parquet"):
        export({"one": FRAME}, "parket")
