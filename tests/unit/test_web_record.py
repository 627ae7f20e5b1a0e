"""Editing a record: what is not touched stays, what is wrong is refused, what others changed is not overwritten."""

from __future__ import annotations

import csv
import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import OutputError, StudyError
from detente.record import Ledger
from detente.study import open_study
from detente.web import record_edit
from detente.web.record_edit import JOURNAL, Change, Conflict, Rejected, read_file, save, undo
from detente.web.record_file import RecordFile
from detente.web.workspace import Workspace

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
EVENT = {
    "event_id": "X1", "date": "2026-10-01", "title": 'A "test", with commas', "kind": "election", "direction": "0",
    "source_ids": "unsourced",
}  # fmt: skip


@pytest.fixture
def study(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    return space.study("copy")


def _cell(study, event, column):
    return study.ledger().events.filter(event_id=event)[column].item()


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_a_file_is_read_and_written_back_byte_for_byte(rows, end):
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerows([["id", "a", "b"], *rows])
    file = RecordFile.parse(out.getvalue(), "x.csv")
    assert file.text() == out.getvalue()
    longer = file.with_row(file.written({"id": "new", "a": 'q"q', "b": "x,y"}))
    assert longer.text().startswith(out.getvalue())
    last = list(csv.reader(io.StringIO(longer.text())))[-1]
    assert last == ["new", 'q"q', "x,y"]


def test_a_new_row_is_added_and_all_else_stays(study):
    before = (study.record / "events.csv").read_text(encoding="utf-8")
    save(study, [Change("events", "", "", EVENT)])
    after = (study.record / "events.csv").read_text(encoding="utf-8")
    assert after.startswith(before)
    assert study.ledger().event("X1").title == 'A "test", with commas'
    assert undo(study) == "X1"
    assert (study.record / "events.csv").read_text(encoding="utf-8") == before
    with pytest.raises(StudyError, match="nothing to undo"):
        undo(study)


def test_a_changed_row_keeps_its_place(study):
    row = read_file(study, "events").find("event_id", "E040")
    save(study, [Change("events", "E040", row.digest, {**row.cells, "note": "changed"})])
    ids = [r.cells["event_id"] for r in read_file(study, "events").rows]
    assert ids.index("E040") == [
        r["event_id"] for r in open_study("colombia-venezuela").ledger().events.to_dicts()
    ].index("E040")
    assert _cell(study, "E040", "note") == "changed"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"date": "2026-13-01"}, "date"),
        ({"source_ids": "nobody"}, "source_ids"),
        ({"kind": "party"}, "kind"),
        ({"title": ""}, "title"),
        ({"sets": "border.goods=ajar"}, "sets"),
        ({"event_id": "E001"}, "event_id"),
    ],
)
def test_a_row_that_would_break_the_record_is_refused_with_its_column(study, change, column):
    before = (study.record / "events.csv").read_bytes()
    with pytest.raises(Rejected) as refused:
        save(study, [Change("events", "", "", {**EVENT, **change})])
    assert column in {p.column for p in refused.value.problems}
    assert (study.record / "events.csv").read_bytes() == before
    assert not (study.folder / JOURNAL).exists()


def test_two_tabs_on_one_row_the_second_is_told(study):
    shown = read_file(study, "events").find("event_id", "E040")
    save(study, [Change("events", "E040", shown.digest, {**shown.cells, "note": "first"})])
    with pytest.raises(Conflict) as conflict:
        save(study, [Change("events", "E040", shown.digest, {**shown.cells, "note": "second"})])
    assert conflict.value.now.cells["note"] == "first"
    assert _cell(study, "E040", "note") == "first"


def test_a_row_removed_by_hand_is_not_brought_back_silently(study):
    file = read_file(study, "events")
    shown = file.find("event_id", "E040")
    (study.record / "events.csv").write_text(file.without(shown).text(), encoding="utf-8", newline="")
    with pytest.raises(Conflict) as conflict:
        save(study, [Change("events", "E040", shown.digest, shown.cells)])
    assert conflict.value.now is None


def test_undo_leaves_a_row_alone_that_was_changed_by_hand_since(study):
    save(study, [Change("events", "", "", EVENT)])
    path = study.record / "events.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-10-01", "2026-10-02"), encoding="utf-8", newline="")
    with pytest.raises(Conflict):
        undo(study)
    assert "2026-10-02" in path.read_text(encoding="utf-8")


def test_a_row_and_its_new_source_are_saved_together_or_not_at_all(study):
    source = {"source_id": "new-s", "title": "T", "publisher": "P", "date": "2026", "kind": "press"}
    with pytest.raises(Rejected):
        save(
            study,
            [
                Change("sources", "", "", {**source, "kind": "rumour"}),
                Change("events", "", "", {**EVENT, "source_ids": "new-s"}),
            ],
        )
    assert "new-s" not in (study.record / "sources.csv").read_text(encoding="utf-8")
    save(study, [Change("sources", "", "", source), Change("events", "", "", {**EVENT, "source_ids": "new-s"})])
    assert study.ledger().source("new-s").publisher == "P"
    undo(study)
    assert Ledger.check(study.record) == []
    assert "new-s" not in (study.record / "sources.csv").read_text(encoding="utf-8")


def test_a_crash_while_writing_leaves_the_old_file(study, monkeypatch):
    before = (study.record / "events.csv").read_bytes()

    def fails(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("detente.web.edits.os.replace", fails)
    with pytest.raises(OutputError, match="no space"):
        save(study, [Change("events", "", "", EVENT)])
    assert (study.record / "events.csv").read_bytes() == before
    assert [p.name for p in study.record.iterdir() if p.name.startswith(".")] == []
    monkeypatch.undo()
    assert "X1" in (study.folder / JOURNAL).read_text(encoding="utf-8"), "what was meant is on record"


def test_a_journal_line_cut_short_by_a_crash_is_passed_over(study):
    save(study, [Change("events", "", "", EVENT)])
    with (study.folder / JOURNAL).open("a", encoding="utf-8") as out:
        out.write('{"time": 1, "chan')
    assert record_edit.last_change(study)["changes"][0]["id"] == "X1"


def test_many_hands_at_once_lose_nothing(study):
    errors = []

    def add(number):
        try:
            save(study, [Change("events", "", "", {**EVENT, "event_id": f"Y{number}"})])
        except Exception as error:
            errors.append(error)

    hands = [threading.Thread(target=add, args=(k,)) for k in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert errors == []
    ids = {r.cells["event_id"] for r in read_file(study, "events").rows}
    assert {f"Y{k}" for k in range(8)} <= ids


def test_line_breaks_and_control_characters_do_not_reach_the_file(study):
    save(
        study,
        [Change("events", "", "", {**EVENT, "title": "one\r\ntwo\x00\x1b[31m", "note": "=HYPERLINK(1)"})],
    )
    assert study.ledger().event("X1").title == "one two [31m"
