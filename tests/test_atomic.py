"""The one safe write: whole or not at all, several files as one step, through full disks, two processes and kill -9."""

from __future__ import annotations

import ast
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from detente import _atomic
from detente._atomic import (
    ASIDE,
    COMMIT,
    append,
    file_aside,
    folder_aside,
    held,
    into_place,
    lock,
    settle,
    write_file,
    write_files,
)
from detente.errors import OutputError

PAIRS = """
import sys
from pathlib import Path
from detente._atomic import lock, write_files
home = Path(sys.argv[1])
for n in range(1, 100_000):
    with lock(home):
        there = int((home / "a").read_text()) if (home / "a").exists() else 0
        files = {home / "a": f"{there + 1}\\n" * 1, home / "sub" / "b": f"{there + 1}\\n" + "x" * 200_000}
        write_files(files, home, (home / "journal", str(there + 1)))
    print(there + 1, flush=True)
"""


def test_a_file_is_replaced_whole_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("old")
    path.chmod(0o640)
    write_file(path, "new\r\nlines\n")
    assert path.read_bytes() == b"new\r\nlines\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]


def test_what_fails_while_it_is_written_leaves_the_old(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")

    def broken():
        with file_aside(path) as out:
            out.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        write_file(tmp_path / "absent" / "x", "y")
    with pytest.raises(OutputError), lock(tmp_path / "absent"):
        pass


def test_paths_may_be_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("home").mkdir()
    with lock(Path("home")):
        write_files({Path("home/a"): "1", Path("home/b"): "2"}, Path("home"), (Path("home/j"), "x"))
    assert (tmp_path / "home" / "b").read_text() == "2"


@pytest.mark.parametrize("at", range(8))
def test_a_disk_that_fills_up_changes_all_or_nothing(tmp_path, monkeypatch, at):
    """fsync fails at each of its calls in turn; after the next opening both files are old, or both new."""
    for name in "ab":
        (tmp_path / name).write_text("old")
    calls = iter(range(1000))
    real = os.fsync

    def failing(handle):
        if next(calls) == at:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(_atomic.os, "fsync", failing)
    with lock(tmp_path):
        try:
            write_files({tmp_path / "a": "new", tmp_path / "b": "new"}, tmp_path, (tmp_path / "note", "done"))
            acknowledged = True
        except OutputError:
            acknowledged = False
    monkeypatch.undo()
    settle(tmp_path)
    with lock(tmp_path):
        pass
    found = {(tmp_path / name).read_text() for name in "ab"}
    noted = (tmp_path / "note").read_text() if (tmp_path / "note").exists() else ""
    if acknowledged:
        assert found == {"new"}
        assert "done" in noted
    else:
        assert found == {"old"}
        assert not noted
    assert not list(tmp_path.glob(f".*{ASIDE}"))
    assert not (tmp_path / COMMIT).exists()


def test_a_step_that_a_crash_left_open_is_finished_by_the_next_opening(tmp_path):
    (tmp_path / "a").write_text("new")  # renamed already
    (tmp_path / "b").write_text("old")
    (tmp_path / f".b-1{ASIDE}").write_text("new")
    step = {"rename": {"a": f".a-1{ASIDE}", "b": f".b-1{ASIDE}"}, "note": ["journal", "done 7"]}
    (tmp_path / COMMIT).write_text(json.dumps(step))
    settle(tmp_path)
    assert (tmp_path / "b").read_text() == "new"
    assert (tmp_path / "journal").read_text() == "done 7\n"
    assert not (tmp_path / COMMIT).exists()


@pytest.mark.parametrize(
    "step",
    ["", "1", "[]", '{"rename": {"../x": "y"}, "note": null}', '{"rename": {"a": "../../etc/passwd"}, "note": null}',
     '{"rename": 1}', "[" * 5000],
)  # fmt: skip
def test_a_note_that_is_nobodys_or_leads_out_does_nothing(tmp_path, step):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "x").write_text("outside")
    (home / "y").write_text("inside")
    (home / COMMIT).write_text(step)
    with lock(home):
        pass
    assert (tmp_path / "x").read_text() == "outside"
    assert not (home / COMMIT).exists()
    assert not (home / "a").exists()


def test_a_line_goes_behind_one_that_was_cut_short(tmp_path):
    path = tmp_path / "journal"
    path.write_text('{"whole": 1}\n{"torn')
    append(path, '{"next": 2}')
    assert path.read_text() == '{"whole": 1}\n{"torn\n{"next": 2}\n'


def test_threads_take_turns(tmp_path):
    (tmp_path / "n").write_text("0")

    def add():
        for _ in range(20):
            with lock(tmp_path):
                write_file(tmp_path / "n", str(int((tmp_path / "n").read_text()) + 1))

    threads = [threading.Thread(target=add) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "n").read_text() == "100"


def test_a_lock_file_is_held_by_one_and_goes_with_it(tmp_path):
    with held(tmp_path / "x.lock") as first:
        assert first
        with held(tmp_path / "x.lock") as second:
            assert not second
        assert (tmp_path / "x.lock").exists()
    assert not (tmp_path / "x.lock").exists()


def test_a_folder_appears_whole_and_two_that_write_one_do_not_mix(tmp_path):
    target = tmp_path / "runs" / "001"
    with folder_aside(target) as first:
        (first / "x").write_text("first")
        assert not target.exists()

        def slower():
            with folder_aside(target) as second:
                (second / "x").write_text("second")
                target.mkdir()
                (target / "x").write_text("quicker")

        with pytest.raises(OutputError):
            slower()
        assert (target / "x").read_text() == "quicker"
        (target / "x").unlink()
    assert (target / "x").read_text() == "first"
    assert [p.name for p in target.parent.iterdir()] == ["001"]


def test_kill_9_of_two_writers_loses_nothing_and_leaves_nothing_half_written(tmp_path):
    """Two processes write the same two files as one step and are killed at any moment, 30 times."""
    (tmp_path / "sub").mkdir()
    draw = random.Random(7)
    said = 0
    for _ in range(15):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", PAIRS, str(tmp_path)], stdout=subprocess.PIPE, text=True,
                env={**os.environ, "PYTHONPATH": str(Path(_atomic.__file__).parents[1])},
            )
            for _ in range(2)
        ]  # fmt: skip
        for writer in writers:
            writer.stdout.readline()  # at work
        time.sleep(draw.uniform(0, 0.05))
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            said = max([said, *map(int, writer.stdout.read().split())])
            writer.wait()
        with lock(tmp_path):
            a, b = (tmp_path / "a").read_text(), (tmp_path / "sub" / "b").read_text()
            assert a == b.partition("\n")[0] + "\n", "half-written"
            assert int(a) >= said, "acknowledged and lost"
            assert (tmp_path / "journal").read_text().split()[-1] == a.strip()
        left = {p.name for p in tmp_path.rglob("*")}
        assert left == {"a", "b", "sub", "journal"}


def test_what_came_over_time_is_put_into_place_or_stays(tmp_path):
    part, path = tmp_path / "flows.part", tmp_path / "flows"
    part.write_bytes(b"whole")
    into_place(part, path)
    assert path.read_bytes() == b"whole"
    assert not part.exists()
    part.write_bytes(b"again")
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(OutputError, match="cannot be written"):
        into_place(part, tmp_path / "folder")
    assert part.read_bytes() == b"again"


FOR_A_WHILE = ("panel/reading/scratch.py",)
"""Gigabytes of arrays that no one opens once the call is over: to flush them to disk would buy nothing."""


def renames(code: str) -> list[str]:
    """The calls of a module that put a file into another's place, or make one to be put there."""
    tree, found = ast.parse(code), []
    frames = any(isinstance(n, ast.alias) and n.name.startswith(("polars", "narwhals")) for n in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("os", "shutil", "tempfile"):
            found += [a.name for a in node.names if a.name in ("replace", "rename", "link", "move", "mkstemp")]
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        name, of = node.func.attr, ast.unparse(node.func.value)
        known = name in ("mkstemp", "NamedTemporaryFile") or f"{of}.{name}" in (
            "os.replace",
            "os.rename",
            "shutil.move",
        )
        of_a_path = name in ("replace", "rename") and len(node.args) == 1 and not node.keywords and not frames
        if known or of_a_path:
            found.append(f"{name}, line {node.lineno}")
    return found


def test_files_are_put_into_place_by_the_one_safe_write_alone():
    source = Path(_atomic.__file__).parent
    assert renames("import os\nos.replace(a, b)\nPath(a).rename(b)") == ["replace, line 2", "rename, line 3"]
    assert renames("'x'.replace('a', 'b'), day.replace(year=1)") == []
    others = {
        path.relative_to(source).as_posix(): renames(path.read_text(encoding="utf-8"))
        for path in source.rglob("*.py")
        if path.name != "_atomic.py"
    }
    assert {name: found for name, found in others.items() if found and name not in FOR_A_WHILE} == {}
    assert all(others[name] for name in FOR_A_WHILE)
