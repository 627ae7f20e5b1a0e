"""Two analysts' files: additions are joined, differences shown, nothing chosen for them."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from detente.cli.app import run as main
from detente.errors import RecordError
from detente.record import Ledger
from detente.record.exchange.merging import merge_records
from detente.record.exchange.returning import read_workbook
from detente.record.exchange.spreadsheet import write_workbook

STUDY = Path(str(files("detente").joinpath("studies/colombia_venezuela/record")))


@pytest.fixture
def two(tmp_path) -> tuple[Path, Path]:
    for name in ("ours", "theirs"):
        shutil.copytree(STUDY, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "ours", tmp_path / "theirs"


def put(folder: Path, file: str, key: str, column: str, value: str | None) -> None:
    frame = pl.read_csv(folder / file, infer_schema=False)
    name = frame.columns[0]
    if column == "":
        frame = frame.filter(pl.col(name) != key)
    else:
        cell = pl.when(pl.col(name) == key).then(pl.lit(value)).otherwise(pl.col(column))
        frame = frame.with_columns(cell.alias(column))
    frame.write_csv(folder / file)


def test_a_record_merged_with_itself_is_itself(two, tmp_path):
    merged = merge_records(*two)
    assert merged.conflicts.is_empty()
    again = Ledger.read(merged.write(tmp_path / "merged"))
    assert again.events.equals(Ledger.read(STUDY).events)


def test_with_the_common_ancestor_each_ones_change_is_taken(two, tmp_path):
    ours, theirs = two
    put(ours, "events.csv", "E058", "severity", "4")
    put(theirs, "events.csv", "E058", "confidence", "medium")
    put(theirs, "events.csv", "E030", "", None)
    merged = merge_records(ours, theirs, base=STUDY)
    assert merged.conflicts.is_empty()
    row = merged.tables["events"].filter(pl.col("event_id") == "E058").row(0, named=True)
    assert (row["severity"], row["confidence"]) == ("4", "medium")
    assert "E030" not in merged.tables["events"]["event_id"]


def test_a_cell_both_changed_is_shown_and_blocks_the_writing(two, tmp_path):
    ours, theirs = two
    put(ours, "series.csv", "T349", "value", "395")
    put(theirs, "series.csv", "T349", "value", "393")
    merged = merge_records(ours, theirs, base=STUDY)
    assert merged.conflicts.rows() == [("figures", "T349", "value", "394", "395", "393")]
    with pytest.raises(RecordError, match="395 or 393"):
        merged.write(tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_without_an_ancestor_every_difference_is_a_conflict_but_an_empty_cell(two):
    ours, theirs = two
    put(ours, "events.csv", "E058", "note", None)
    put(theirs, "events.csv", "E058", "note", "seen on television")
    put(theirs, "events.csv", "E058", "severity", "3")
    found = merge_records(ours, theirs).conflicts
    assert found["column"].to_list() == ["severity"]


def test_deleted_by_one_and_changed_by_the_other_is_a_conflict(two):
    ours, theirs = two
    put(ours, "events.csv", "E030", "", None)
    put(theirs, "events.csv", "E030", "severity", "3")
    found = merge_records(ours, theirs, base=STUDY).conflicts
    assert found.select("id", "ours", "theirs").rows() == [("E030", "deleted", "changed")]


SERIES = "figure_id,series,period,value,unit,basis,kind,status,source_id\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "columns"),
    [
        ("100,usd_bn", "100000,usd_mn", {"value", "unit"}),  # together: 100000 usd_bn, which nobody wrote
        ("100,usd_bn", "100,usd_mn", set()),
        ("100,usd_bn", "100,usd_bn", set()),
        ("200,usd_mn", "300,usd_mn", {"value"}),
    ],
)
def test_a_number_and_its_unit_are_one_cell(small, tmp_path, ours, theirs, columns):
    def record(name: str, cells: str) -> Path:
        value, unit = cells.split(",")
        folder = tmp_path / name
        shutil.copytree(small.write(figures=[{"value": value, "unit": unit}]), folder)
        return folder

    base, a, b = record("base", "100,usd_mn"), record("a", ours), record("b", theirs)
    merged = merge_records(a, b, base=base)
    assert set(merged.conflicts["column"]) == columns
    if not columns:
        assert merged.tables["figures"].row(0, named=True)["unit"] == ours.split(",")[1]


def test_a_date_and_a_test_of_one_claim_are_one_cell(small, tmp_path):
    claim = small.quantity("100")
    folders = []
    for name, change in (("base", {}), ("a", {"date": "2020"}), ("b", {"target": "trade.exports"})):
        folder = tmp_path / name
        series = [{}, {"series": "trade.exports"}]
        shutil.copytree(small.write(claims=[claim | change], figures=series), folder)
        folders.append(folder)
    base, a, b = folders
    assert set(merge_records(a, b, base=base).conflicts["column"]) == {"date", "target"}


@pytest.mark.parametrize(
    ("ours", "theirs", "columns"),
    [
        ({"low": "90"}, {"high": "110"}, {"low", "high"}),  # a range that nobody gave
        ({"low": "90", "high": "110"}, {}, set()),
        ({"low": "90"}, {"note": "from a bulletin"}, set()),
        ({"unit": "usd_bn"}, {"value": "100000"}, {"unit", "value"}),
    ],
)
def test_without_an_ancestor_no_number_is_pieced_together(small, tmp_path, ours, theirs, columns):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder, row in zip(folders, (ours, theirs)):
        shutil.copytree(small.write(figures=[row]), folder)
    assert set(merge_records(*folders).conflicts["column"]) == columns


def test_rows_that_say_the_same_under_two_ids_are_told(small, tmp_path, capsys):
    folders = [tmp_path / name for name in ("a", "b")]
    for folder, ids in zip(folders, (("A1", "S"), ("B1", "S"))):
        claims = [{"claim_id": id_, "claim": f"Trade was {len(id_)}", "why_not": "x"} for id_ in ids]
        shutil.copytree(small.write(claims=claims), folder)
    merged = merge_records(*folders)
    assert merged.twice == (("claims", "A1", "B1"),)
    assert main(["merge", *map(str, folders), "--out", str(tmp_path / "out")]) == 0
    assert "claims: A1 and B1 say the same" in capsys.readouterr().out


def test_the_records_own_organisations_are_merged_too(small, tmp_path):
    """Without them a verdict would change: the two would be taken for independent."""
    base, a, b = (tmp_path / name for name in ("base", "a", "b"))
    for folder in (base, a, b):
        shutil.copytree(small.write(), folder)
    own = '[organisation.chamber]\nname = "Chamber of Utopia"\n'
    (a / "organisations.toml").write_text(own, encoding="utf-8")
    for merged in (
        merge_records(a, b),
        merge_records(b, a),
        merge_records(a, b, base=base),
        merge_records(b, a, base=base),
    ):
        merged.write(tmp_path / "out")
        assert (tmp_path / "out/organisations.toml").read_text(encoding="utf-8") == own
        shutil.rmtree(tmp_path / "out")
    (b / "organisations.toml").write_text(own.replace("Utopia", "Erewhon"), encoding="utf-8")
    with pytest.raises(RecordError, match=r"organisations\.toml"):
        merge_records(a, b).write(tmp_path / "out")


def test_a_record_with_a_vocabulary_of_its_own_is_merged_and_read_back(two, tmp_path):
    own = '[state."ferry.*"]\nvalues = ["open", "shut"]\n'
    ours, theirs = two
    (theirs / "vocabulary.toml").write_text(own, encoding="utf-8")
    put(theirs, "events.csv", "E058", "sets", "ferry.lake=shut")
    put(ours, "events.csv", "E058", "sets", None)
    out = merge_records(ours, theirs).write(tmp_path / "out")
    assert (out / "vocabulary.toml").read_text(encoding="utf-8") == own
    book = write_workbook(Ledger.read(out), tmp_path / "book.xlsx")
    assert read_workbook(book, out) == out
    (ours / "vocabulary.toml").write_text(own.replace("shut", "closed"), encoding="utf-8")
    with pytest.raises(RecordError, match=r"vocabulary\.toml"):
        merge_records(ours, theirs).write(tmp_path / "other")


WEB = {"source_id": "web", "title": "A page", "publisher": "A Bank", "date": "2020", "kind": "press",
       "url": "https://a.example.org"}  # fmt: skip


@pytest.mark.parametrize(
    ("table", "began", "ours", "theirs", "columns"),
    [
        ("figures", {}, {"series": "trade.exports"}, {"value": "120"}, {"series", "value"}),
        ("figures", {}, {"source_id": "story"}, {"value": "120"}, {"source_id", "value"}),
        ("figures", {}, {"status": "forecast"}, {"value": "120"}, {"status", "value"}),
        ("figures", {}, {"kind": "stock"}, {"value": "120"}, {"kind", "value"}),
        ("figures", {}, {"note": "from a bulletin"}, {"value": "120"}, set()),
        ("figures", {}, {"preferred": "1"}, {"value": "120"}, set()),
        ("events", {}, {"kind": "border opening"}, {"direction": "0"}, {"kind", "direction"}),
        ("events", {}, {"kind": "border opening"}, {"date": "2020-03-05"}, set()),
        ("sources", WEB, {"url": "https://b.example.org"}, {"accessed": "2021-02-02"}, {"url", "accessed"}),
        ("sources", WEB, {"date": "2024"}, {"first_published": "2019"}, {"date", "first_published"}),
        ("sources", WEB, {"publisher": "The Bank"}, {"cites": "office"}, set()),
    ],
)  # fmt: skip
def test_what_one_cell_says_only_with_another_is_not_torn(small, tmp_path, table, began, ours, theirs, columns):
    folders = [tmp_path / name for name in ("base", "a", "b")]
    for folder, change in zip(folders, ({}, ours, theirs)):
        shutil.copytree(small.write(**{table: [began | change]}), folder)
    merged = merge_records(*folders[1:], base=folders[0])
    assert set(merged.conflicts["column"]) == columns
    if not columns:
        merged.write(tmp_path / "out")


@pytest.mark.parametrize(
    ("table", "ours", "theirs", "alike"),
    [
        ("figures", {}, {"value": "100.0", "note": "as printed"}, True),
        ("figures", {}, {"value": "101"}, False),
        ("figures", {}, {"source_id": "story"}, False),
        ("events", {"date": "2020-03"}, {"date": "2020-3", "title": "The BRIDGE closes"}, True),
        ("claims", {"value": "7", "why_not": "x"}, {"value": "7.0", "why_not": "x"}, False),
    ],
)
def test_rows_that_say_the_same_in_other_letters_are_told(small, tmp_path, table, ours, theirs, alike):
    key = {"figures": "figure_id", "events": "event_id", "claims": "claim_id"}[table]
    folders = [tmp_path / name for name in ("a", "b")]
    for folder, row, id_ in zip(folders, (ours, theirs), ("A", "B")):
        shutil.copytree(small.write(**{table: [row | {key: id_}]}), folder)
    assert bool(merge_records(*folders).twice) == alike
