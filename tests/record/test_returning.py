"""A workbook read back: what it lacks is shown before it goes, and what the record won since stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from detente.cli.app import run
from detente.errors import OutputError, RecordError
from detente.record import Ledger
from detente.record.exchange.returning import plan_return, read_workbook
from detente.record.exchange.spreadsheet import MARKS, write_workbook

FIGURES = ({"value": "7.0"}, {"value": "8", "period": "2020"}, {"value": "9", "period": "2019"})
CLAIM = {"type": "assessment", "why_not": "No test."}
Edit = Callable[[openpyxl.Workbook], None]


@pytest.fixture
def record(small) -> Path:
    return small.write(figures=FIGURES, claims=[CLAIM])


@pytest.fixture
def book(record, tmp_path) -> Path:
    return write_workbook(Ledger.read(record), tmp_path / "record.xlsx")


def edited(path: Path, *edits: Edit) -> Path:
    book = openpyxl.load_workbook(path)
    for edit in edits:
        edit(book)
    book.save(path)
    return path


def put(sheet: str, cell: str, value: object) -> Edit:
    return lambda book: book[sheet].__setitem__(cell, value)


def cut(sheet: str, row: int) -> Edit:
    return lambda book: book[sheet].delete_rows(row)


def replaced(record: Path, file: str, old: str, new: str) -> None:
    text = (record / file).read_text(encoding="utf-8")
    assert old in text
    (record / file).write_text(text.replace(old, new), encoding="utf-8")


def added(record: Path, id_: str) -> None:
    line = (record / "series.csv").read_text(encoding="utf-8").splitlines()[1]
    with (record / "series.csv").open("a", encoding="utf-8") as file:
        file.write(line.replace("T1,", f"{id_},").replace("2021", "2015") + "\n")


def figures(record: Path) -> dict[str, float]:
    frame = Ledger.read(record).figures
    return dict(zip(frame["figure_id"], frame["value"]))


def test_a_workbook_as_it_was_written_changes_nothing_not_even_the_digits(record, book):
    before = (record / "series.csv").read_bytes()
    assert plan_return(book, record).idle
    read_workbook(book, record)
    assert (record / "series.csv").read_bytes() == before


def test_what_comes_changes_and_goes_is_known_before_it_is_written(record, book):
    edited(book, put("figures", "D3", "8.5"), cut("figures", 4), put("claims", "D2", "Another claim"))
    plan = plan_return(book, record)
    assert (plan.new, plan.changed, plan.gone) == ((), (("figures", "T2"), ("claims", "C1")), (("figures", "T3"),))
    assert plan.cells(("figures", "T2")) == [("value", "8", "8.5")]
    assert figures(record) == {"T1": 7, "T2": 8, "T3": 9}
    plan.write()
    assert figures(record) == {"T1": 7, "T2": 8.5}


def test_rows_that_the_record_won_changed_or_lost_since_stay_so(record, book):
    added(record, "T9")
    replaced(record, "series.csv", "T2,trade.total,2020,8", "T2,trade.total,2020,8.8")
    text = (record / "series.csv").read_text(encoding="utf-8")
    (record / "series.csv").write_text("".join(r for r in text.splitlines(True) if not r.startswith("T3")), "utf-8")
    edited(book, put("figures", "D2", "7.7"))
    plan = plan_return(book, record)
    assert plan.changed == (("figures", "T1"),)
    assert set(plan.kept) == {("figures", "T9"), ("figures", "T2"), ("figures", "T3")}
    assert (plan.gone, plan.clashes) == ((), ())
    plan.write()
    assert figures(record) == {"T1": 7.7, "T2": 8.8, "T9": 7}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (put("figures", "D2", "1"), lambda record: replaced(record, "series.csv", ",7.0,", ",2,")),
        (cut("figures", 2), lambda record: replaced(record, "series.csv", ",7.0,", ",2,")),
        (put("figures", "A5", "T9"), lambda record: added(record, "T9")),
    ],
    ids=["changed twice", "gone and changed", "one id for two rows"],
)
def test_what_both_changed_is_for_a_person_to_decide(record, book, here, there):
    there(record)
    edited(book, here)
    before = (record / "series.csv").read_bytes()
    with pytest.raises(RecordError, match="changed in the workbook and"):
        read_workbook(book, record)
    assert (record / "series.csv").read_bytes() == before


def test_what_both_changed_alike_is_no_clash(record, book):
    replaced(record, "series.csv", ",7.0,", ",2,")
    edited(book, put("figures", "D2", "2"))
    assert plan_return(book, record).idle


def test_a_workbook_of_unknown_origin_replaces_and_says_so(record, book, small):
    added(record, "T9")
    edited(book, lambda workbook: workbook.remove(workbook[MARKS]))
    plan = plan_return(book, record)
    assert (plan.marked, plan.gone) == (False, (("figures", "T9"),))
    other = small.write(sources=[{"source_id": "bank", "title": "B", "publisher": "B", "date": "2020", "kind": "press"},
                                 {"source_id": "office", "title": "Other", "publisher": "O", "date": "2020",
                                  "kind": "press"},
                                 {"source_id": "story", "title": "Other", "publisher": "O", "date": "2020",
                                  "kind": "press"}])  # fmt: skip
    assert not plan_return(book, other).marked


def test_a_record_changed_between_look_and_write_is_not_overwritten(record, book):
    edited(book, put("figures", "D2", "1"))
    plan = plan_return(book, record)
    added(record, "T9")
    with pytest.raises(OutputError, match="changed since it was read"):
        plan.write()


def test_a_problem_is_told_by_sheet_and_row_behind_blank_rows_too(record, book):
    edited(book, lambda workbook: workbook["figures"].insert_rows(3), put("figures", "D5", "many"))
    with pytest.raises(RecordError) as caught:
        read_workbook(book, record)
    problem = caught.value.problems[0]
    assert (problem.file, problem.row, problem.column) == ("record.xlsx:figures", 5, "value")


@pytest.fixture
def study(record) -> Path:
    (record.parent / "study.toml").write_text(
        'format = 1\n[study]\nid = "a-b"\ntitle = "T"\norigin = "KEN"\ndestination = "UGA"\n', encoding="utf-8"
    )
    return record.parent


def test_on_the_command_line_nothing_goes_unseen_and_all_comes_back(study, record, book, capsys):
    command = ["workbook", str(study), str(book), "--read"]
    before = {p.name: p.read_bytes() for p in record.glob("*.csv")}
    assert run(command) == 0
    assert "says all that already" in capsys.readouterr().out
    edited(book, put("figures", "D3", "8.5"), cut("figures", 4))
    assert run(command) == 0
    shown = capsys.readouterr().out
    assert "gone: figures, T3" in shown
    assert "changed: figures, T2, value: '8' → '8.5'" in shown
    assert "add --accept" in shown
    assert {p.name: p.read_bytes() for p in record.glob("*.csv")} == before
    assert run([*command, "--accept"]) == 0
    assert figures(record) == {"T1": 7, "T2": 8.5}
    kept = book.with_name("record.before")
    assert f"detente workbook {study} {kept} --read --accept" in capsys.readouterr().out
    assert run(["workbook", str(study), str(kept), "--read", "--accept"]) == 0
    assert {p.name: p.read_bytes() for p in record.glob("*.csv")} == before
    assert "record.before-2" in capsys.readouterr().out


def test_a_folder_without_a_record_takes_nothing_away(study, record, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert run(["workbook", str(study), str(tmp_path / "empty"), "--read", "--accept"]) == 3
    assert "holds no record" in capsys.readouterr().err
    assert figures(record) == {"T1": 7, "T2": 8, "T3": 9}


def test_on_the_command_line_a_clash_is_shown_with_both_texts(study, record, book, capsys):
    replaced(record, "series.csv", ",7.0,", ",2,")
    edited(book, put("figures", "D2", "1"))
    assert run(["workbook", str(study), str(book), "--read", "--accept"]) == 3
    out = capsys.readouterr()
    assert "clash: figures, T1, value: '2' → '1'" in out.out
    assert "Nothing was written" in out.err


def test_a_workbook_that_fails_leaves_no_copy_behind(study, record, book):
    edited(book, put("figures", "D2", "many"))
    before = sorted(p.name for p in book.parent.iterdir())
    assert run(["workbook", str(study), str(book), "--read", "--accept"]) == 3
    assert sorted(p.name for p in book.parent.iterdir()) == before
