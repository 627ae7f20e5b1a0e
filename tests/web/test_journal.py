"""The journal: undo takes back the last thing done, whatever clocks, crashes and strangers did to the file."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import detente
from detente.errors import DetenteError, OutputError, StudyError
from detente.study import open_study
from detente.web.editor import record_checks
from detente.web.editor.editor import read_file, save, undo
from detente.web.editor.journal import JOURNAL, last_change
from detente.web.editor.row_changes import RowChange
from detente.web.http.workspace import Workspace


def event(id_: str) -> dict[str, str]:
    return {
        "event_id": id_, "date": "2026-10-01", "title": f"Event {id_}", "kind": "election", "direction": "0",
        "source_ids": "unsourced",
    }  # fmt: skip


def add(study, id_: str) -> None:
    save(study, [RowChange("events", "", "", event(id_))])


@pytest.fixture
def study(tmp_path):
    space = Workspace(tmp_path)
    space.copy(open_study("colombia-venezuela"), "copy")
    return space.study("copy")


def ids(study) -> set[str]:
    return {line.partition(",")[0] for line in (study.record / "events.csv").read_text().splitlines()[1:]}


def test_undo_goes_back_one_by_one_though_the_clock_stands_still(study, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1.0)
    for id_ in ("Z1", "Z2", "Z3"):
        add(study, id_)
    assert [undo(study) for _ in range(3)] == ["Z3", "Z2", "Z1"]
    with pytest.raises(StudyError, match="nothing to undo"):
        undo(study)


def test_undo_goes_by_what_was_done_last_though_the_clock_goes_back(study, monkeypatch):
    for when, id_ in ((9.0, "Z1"), (5.0, "Z2"), (7.0, "Z3")):
        monkeypatch.setattr(time, "time", lambda when=when: when)
        add(study, id_)
    assert [undo(study) for _ in range(3)] == ["Z3", "Z2", "Z1"]


def test_undo_takes_the_right_row_behind_a_torn_line(study):
    add(study, "Z1")
    with (study.folder / JOURNAL).open("a") as out:
        out.write('{"id": "x", "time": 1, "cha')
    add(study, "Z2")
    assert undo(study) == "Z2"
    assert undo(study) == "Z1"


@pytest.mark.parametrize(
    "line",
    [b"\xff\xfe\n", b"1\n", b"null\n", b'"x"\n', b"[]\n", b'{"changes": 1, "time": 1}\n', b'{"changes": []}\n',
     b'{"time": 2, "changes": [{"table": "../../x", "id": "a", "before": null, "after": "b", "at": 1}]}\n',
     b'{"time": 2, "changes": [{"table": "events", "id": 5, "before": null, "after": "b", "at": 1}]}\n',
     b'{"time": 2, "changes": [{"table": "events", "id": "a", "before": null, "after": null, "at": null}]}\n',
     b'{"done": {"a": 1}}\n', b'{"done": "no such"}\n', b'{"undoes": []}\n', b"[" * 100_000 + b"\n", b"\x00" * 100,
     b'{"id": ["a"], "changes": 3}\n'],
)  # fmt: skip
def test_lines_that_nobody_here_wrote_are_passed_over(study, line):
    add(study, "Z1")
    with (study.folder / JOURNAL).open("ab") as out:
        out.write(line)
    assert last_change(study)["changes"][0]["id"] == "Z1"
    assert undo(study) == "Z1"


def test_a_journal_of_an_older_version_can_still_be_undone(study):
    add(study, "Z1")
    lines = [json.loads(line) for line in (study.folder / JOURNAL).read_text().splitlines()]
    old = {"time": 5.0, "changes": lines[0]["changes"]}
    (study.folder / JOURNAL).write_text(json.dumps(old) + "\n")
    assert undo(study) == "Z1"
    assert last_change(study) is None
    old_undo = [old, {"time": 6.0, "undoes": 5.0}]
    (study.folder / JOURNAL).write_text("".join(json.dumps(line) + "\n" for line in old_undo))
    assert last_change(study) is None


@pytest.mark.parametrize("at", range(7))
def test_what_could_not_be_written_was_not_done_and_undo_goes_on(study, monkeypatch, at):
    """The disk is full at each flush in turn: what is not acknowledged is not there, and undo never sticks."""
    add(study, "Z1")
    calls, real = iter(range(100)), os.fsync

    def full(handle):
        if next(calls) == at:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    try:
        add(study, "Z2")
        there = True
    except OutputError:
        there = False
    monkeypatch.setattr(os, "fsync", real)
    assert ("Z2" in ids(study)) == there
    if there:
        assert undo(study) == "Z2"
    assert undo(study) == "Z1"
    assert not {"Z1", "Z2"} & ids(study)


def test_a_save_checks_the_record_once(study, monkeypatch):
    add(study, "Z1")
    counted = []
    real = record_checks.Ledger.check
    monkeypatch.setattr(
        record_checks.Ledger, "check", lambda folder, **how: counted.append(folder) or real(folder, **how)
    )
    add(study, "Z2")
    assert len(counted) == 1


def test_a_copy_follows_no_link_and_a_save_copies_no_strangers(tmp_path, study):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    (study.folder / "stolen").symlink_to(tmp_path / "outside")
    (study.folder / "stolen.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    os.mkfifo(study.folder / "pipe")
    Workspace(tmp_path).copy(study, "second")
    assert not [p for p in (tmp_path / "second").rglob("*") if p.name.startswith(("stolen", "pipe", "secret"))]
    os.mkfifo(study.record / "scan.pdf")
    add(study, "Z1")


def test_a_record_that_leads_out_of_its_study_is_not_followed(tmp_path, study):
    (study.record / "events.csv").rename(tmp_path / "elsewhere.csv")
    (study.record / "events.csv").symlink_to(tmp_path / "elsewhere.csv")
    before = (tmp_path / "elsewhere.csv").read_bytes()
    with pytest.raises(DetenteError, match="leads out"):
        read_file(study, "events")
    with pytest.raises(DetenteError, match="leads out"):
        add(study, "Z1")
    assert (tmp_path / "elsewhere.csv").read_bytes() == before


HANDS = """
import sys
from detente.study import open_study
from detente.web.editor.row_changes import RowChange
from detente.web.editor.editor import read_file, save, undo
from pathlib import Path
study = open_study(sys.argv[1])
for n in range(1000):
    id_ = f"{sys.argv[2]}N{n}"
    source = {"source_id": f"S{id_}", "title": "T", "publisher": "P", "date": "2026-10-01", "kind": "press"}
    row = {"event_id": id_, "date": "2026-10-01", "title": f"Event {id_}", "kind": "election", "direction": "0",
           "source_ids": f"S{id_}"}
    print("begin", id_, flush=True)
    save(study, [RowChange("sources", "", "", source), RowChange("events", "", "", row)])
    print("saved", id_, flush=True)
"""


@pytest.mark.slow
def test_kill_9_of_two_servers_loses_no_acknowledged_edit_and_leaves_no_orphan(study):
    """Two processes save a source and its event together on one folder and are killed, eight times over."""
    draw, saved = random.Random(3), set()
    env = {**os.environ, "PYTHONPATH": str(Path(detente.__file__).parents[1])}
    for turn in range(8):
        hands = [
            subprocess.Popen(
                [sys.executable, "-c", HANDS, str(study.folder), f"T{turn}H{k}"], stdout=subprocess.PIPE, text=True, env=env
            )
            for k in range(2)
        ]  # fmt: skip
        for hand in hands:
            hand.stdout.readline()
        saved.add(hands[0].stdout.readline().split()[1])
        time.sleep(draw.uniform(0, 0.3))
        for hand in hands:
            hand.send_signal(signal.SIGKILL)
        for hand in hands:
            saved |= {line.split()[1] for line in hand.stdout.read().splitlines() if line.startswith("saved")}
            hand.wait()
        rows = read_file(study, "events").rows  # opening finishes what a crash left
        events = {row.cells["event_id"] for row in rows if row.cells["event_id"].startswith("T")}
        sources = {row.cells["source_id"] for row in read_file(study, "sources").rows}
        assert saved <= events, "acknowledged and lost"
        assert {s for s in sources if s.startswith("ST")} == {f"S{id_}" for id_ in events}, "half a step"
        undo(study)
        saved -= events - {row.cells["event_id"] for row in read_file(study, "events").rows}
    assert len(saved) >= 8
    assert not [p.name for p in study.folder.rglob(".*") if p.name not in (JOURNAL,)]
    assert study.check() == []
