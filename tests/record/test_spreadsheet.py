"""The workbook goes out and comes back the same; formulas and merged cells are refused."""

from __future__ import annotations

import csv
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest

from detente.errors import OutputError, RecordError, UnreadableFile
from detente.record import Ledger
from detente.record.exchange.returning import read_workbook
from detente.record.exchange.spreadsheet import write_workbook
from detente.record.schema import TABLES

LARGE, SMALL = (
    Path(str(files("detente").joinpath(f"studies/{name}/record"))) for name in ("colombia_venezuela", "india_pakistan")
)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger.read(SMALL)


@pytest.fixture(scope="module")
def original(ledger, tmp_path_factory) -> Path:
    return write_workbook(ledger, tmp_path_factory.mktemp("book") / "record.xlsx")


@pytest.fixture
def book(original, tmp_path) -> Path:
    path = tmp_path / "record.xlsx"
    path.write_bytes(original.read_bytes())
    return path


def test_a_place_that_cannot_be_written_is_named(ledger, tmp_path) -> None:
    with pytest.raises(OutputError, match=r"nowhere.record\.xlsx cannot be written"):
        write_workbook(ledger, tmp_path / "nowhere" / "record.xlsx")
    assert list(tmp_path.iterdir()) == []


def edit(path: Path, change) -> None:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


@pytest.mark.parametrize("record", [LARGE, SMALL], ids=["large", "small"])
def test_there_and_back_again(record, tmp_path):
    ledger = Ledger.read(record)
    again = Ledger.read(read_workbook(write_workbook(ledger, tmp_path / "record.xlsx"), tmp_path / "record"))
    for name in TABLES:
        assert getattr(again, name).equals(getattr(ledger, name)), name


def test_the_vocabulary_is_offered_in_drop_downs(book):
    sheet = openpyxl.load_workbook(book)["events"]
    column = openpyxl.utils.get_column_letter([c.value for c in sheet[1]].index("kind") + 1)
    rules = [v for v in sheet.data_validations.dataValidation if f"{column}2" in v.sqref]
    assert [rule.type for rule in rules] == ["list"]
    words = [c.value for c in openpyxl.load_workbook(book)["words"][rules[0].formula1.split("!$")[1][0]]]
    assert "border closure" in words


def test_a_formula_is_refused_with_its_place_and_nothing_is_written(book, tmp_path):
    def put(workbook):
        workbook["figures"]["D5"] = "=SUM(D2:D4)"

    edit(book, put)
    with pytest.raises(RecordError) as caught:
        read_workbook(book, tmp_path / "record")
    problem = caught.value.problems[0]
    assert (problem.row, problem.column) == (5, "value")
    assert "formula" in problem.what
    assert not (tmp_path / "record").exists()


def test_merged_cells_are_refused(book, tmp_path):
    edit(book, lambda workbook: workbook["events"].merge_cells("A4:A5"))
    with pytest.raises(RecordError, match="A4:A5 are merged"):
        read_workbook(book, tmp_path / "record")


def test_a_workbook_that_fails_the_check_leaves_the_folder_as_it_was(ledger, book, tmp_path):
    folder = read_workbook(book, tmp_path / "record")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def put(workbook):
        workbook["events"]["B3"] = "sometime"

    edit(book, put)
    with pytest.raises(RecordError, match="is not a date"):
        read_workbook(book, folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_real_dates_and_numbers_typed_by_hand_become_plain_text(book, tmp_path):
    def put(workbook):
        workbook["events"]["B2"] = datetime(1982, 7, 13)
        workbook["figures"]["D2"] = 288.5

    edit(book, put)
    again = Ledger.read(read_workbook(book, tmp_path / "record"))
    assert again.event("E001").date.first.isoformat() == "1982-07-13"
    assert again.figure("P-exports-2000").value == 288.5


def test_what_is_no_workbook_says_so(tmp_path):
    path = tmp_path / "notes.xlsx"
    path.write_bytes(b"not a workbook")
    with pytest.raises(UnreadableFile, match=r"not an \.xlsx workbook"):
        read_workbook(path, tmp_path / "record")


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(book, tmp_path, monkeypatch):
    monkeypatch.setattr("detente.record.exchange.spreadsheet.MAX_UNPACKED", 1000)
    with pytest.raises(UnreadableFile, match="unpacks to"):
        read_workbook(book, tmp_path / "record")


@pytest.mark.parametrize("blank", [0, 1, 5])
def test_what_is_wrong_is_named_by_its_sheet_and_row_there_past_blank_rows(book, tmp_path, blank):
    added = []

    def put(book) -> None:
        sheet = book["claims"]
        header = [cell.value for cell in sheet[1]]
        added.append(sheet.max_row + 1 + blank)
        cells = {"claim_id": "X1", "source_id": "nobody", "claim": "It is so.", "type": "quantity", "unit": "usdmn"}
        for name, cell in cells.items():
            sheet.cell(added[0], header.index(name) + 1, cell)

    edit(book, put)
    with pytest.raises(RecordError) as refused:
        read_workbook(book, tmp_path / "record")
    places = {(problem.file, problem.row, problem.column) for problem in refused.value.problems}
    assert places >= {(f"{book.name}:claims", added[0], column) for column in ("source_id", "unit")}
    assert {row for _, row, _ in places} == {added[0]}


def test_a_month_that_a_spreadsheet_made_a_day_and_digits_that_it_hides_are_read_as_shown(book, tmp_path):
    def put(workbook):
        sheet = workbook["figures"]
        sheet["C2"], sheet["C2"].number_format = datetime(2000, 3, 1), "mmm-yy"
        sheet["C3"], sheet["C3"].number_format = datetime(2001, 3, 1), "yyyy-mm-dd"
        sheet["D2"], sheet["D2"].number_format = 7.0, "0.00"
        sheet["D3"], sheet["D3"].number_format = 7.25, "0.0"  # shown short: as it is
        sheet["D4"] = 1234567.8912345

    edit(book, put)
    with (read_workbook(book, tmp_path / "record") / "series.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [row["period"] for row in rows[:2]] == ["2000-03", "2001-03-01"]
    assert [row["value"] for row in rows[:3]] == ["7.00", "7.25", "1234567.8912345"]


def test_trailing_rows_of_blanks_are_no_rows(book, tmp_path):
    def put(workbook):
        for name in TABLES:
            sheet = workbook[name]
            for row in range(sheet.max_row + 1, sheet.max_row + 4):
                sheet.cell(row, 1, " " if row % 2 else "\u00a0")

    plain = {p.name: p.read_bytes() for p in read_workbook(book, tmp_path / "plain").iterdir()}
    edit(book, put)
    assert {p.name: p.read_bytes() for p in read_workbook(book, tmp_path / "record").iterdir()} == plain


def test_what_stands_under_no_name_or_under_one_twice_is_named(book, tmp_path):
    def put(workbook):
        sheet = workbook["figures"]
        beyond = sheet.max_column + 1
        sheet.cell(3, beyond, "a remark")
        sheet.cell(1, beyond + 1, "value")
        workbook["sources"].insert_rows(1)

    edit(book, put)
    with pytest.raises(RecordError) as refused:
        read_workbook(book, tmp_path / "record")
    found = [(p.file, p.row, p.column) for p in refused.value.problems]
    figures, sources = f"{book.name}:figures", f"{book.name}:sources"
    assert {(figures, 1, "value"), (figures, 3, None), (sources, 2, None)} <= set(found)
    assert not (tmp_path / "record").exists()


@pytest.mark.parametrize(
    ("sheet", "column", "typed", "meant"),
    [("claims", "target", "trade.totl", "trade.total"), ("figures", "unit", "eur_millions", "eur_mn"),
     ("claims", "unit", "USD millions", "usd_mn")],
)  # fmt: skip
def test_misspelt_series_and_unknown_units_are_named(book, tmp_path, sheet, column, typed, meant):
    def put(workbook):
        header = [cell.value for cell in workbook[sheet][1]]
        tests = header.index("test") + 1 if sheet == "claims" else 1
        rows = range(2, workbook[sheet].max_row + 1)
        place.append(next(r for r in rows if workbook[sheet].cell(r, tests).value not in (None, "event", "state")))
        workbook[sheet].cell(place[0], header.index(column) + 1, typed)

    place: list[int] = []
    edit(book, put)
    with pytest.raises(RecordError) as refused:
        read_workbook(book, tmp_path / "record")
    named = {(p.file, p.row, p.column): str(p) for p in refused.value.problems}
    said = named[(f"{book.name}:{sheet}", place[0], column)]
    assert "Did you mean" in said
    assert meant in said
