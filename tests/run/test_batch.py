"""A batch of many pairs: which pairs, one file, what a stop leaves, and the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import detente as dt
from detente.cli.app import run as cli
from detente.errors import EmptySample, OutputError, SpecificationError, UnreadableFile, UsageError
from detente.run import batch
from detente.run.batching.pairs_asked import coded, pairs_asked

CODES = tuple(f"E{k:02d}" for k in range(12))
PANEL = (np.random.default_rng(1).lognormal(size=(9, 12, 12)) * 100, CODES, range(2000, 2009))
SMALL_PARTS = "detente.attribution.attributing.all_pairs.PART"


@pytest.mark.parametrize(
    "text",
    [
        "origin,destination\nCOL,VEN\nIndia,Pakistan\n", "COL,VEN\nIndia,Pakistan\n", "COL;VEN\nIndia;Pakistan",
        "note\tTo\tFrom\nx\tVEN\tCOL\ny\tPakistan\tIndia\n", "\ufeffexporter,importer\r\nCOL,VEN\r\n\r\nIndia,Pakistan\r\n",
        "COL VEN\nIndia Pakistan\n", "COL-VEN\nIndia-Pakistan\n", '"COL","VEN"\n"India","Pakistan"\n',
    ],
)  # fmt: skip
def test_a_file_of_pairs_is_read_as_people_write_it(tmp_path, text: str) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    assert coded(pairs_asked(str(path)) or []) == [("COL", "VEN"), ("IND", "PAK")]


def test_pairs_that_are_none_are_named(tmp_path) -> None:
    assert pairs_asked("ALL") is None
    for wrong in ("nosuch.csv", "COL", "COL-VEN-PER", "COL-", ","):
        with pytest.raises(UsageError, match="no file and no list of pairs"):
            pairs_asked(wrong)
    path = tmp_path / "pairs.csv"
    for text, error, what in (
        ("origin,destination\nCOL,VEN\nIND\n", UnreadableFile, "Line 3"), ("COL,VEN\n,PAK\n", UnreadableFile, "Line 2"),
        ("", EmptySample, "no pair"), ("origin,destination\n", EmptySample, "holds no pair"),
    ):  # fmt: skip
        path.write_text(text)
        with pytest.raises(error, match=what):
            pairs_asked(str(path))


def test_one_file_of_the_numbers_of_attribute_all(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(SMALL_PARTS, 20)
    seen: list[tuple[int, int]] = []
    done = batch(PANEL, tmp_path / "all.parquet", quick=True, progress=lambda n, of: seen.append((n, of)))
    want = dt.attribute_all(PANEL, [(2003, 2008)], base_windows=[(2000, 2004)], quick=True)
    assert_frame_equal(pl.read_parquet(done.path), want, check_exact=True)
    assert (done.n_pairs, done.n_before, seen) == (66, 0, [(20, 66), (40, 66), (60, 66), (66, 66)])
    assert [p.name for p in tmp_path.iterdir()] == ["all.parquet"]
    with pytest.raises(OutputError, match="is there already"):
        batch(PANEL, tmp_path / "all.parquet", quick=True, resume=True)
    with pytest.raises(SpecificationError):
        batch(PANEL, tmp_path / "other.parquet", episodes=[(1990, 1995)])
    assert [p.name for p in tmp_path.iterdir()] == ["all.parquet"]


def test_a_stopped_batch_goes_on_and_only_with_the_same_question(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(SMALL_PARTS, 20)
    out, whole = tmp_path / "all.parquet", batch(PANEL, tmp_path / "whole.parquet", quick=True)

    def stop(done: int, total: int) -> None:
        if done >= 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch(PANEL, out, quick=True, progress=stop)
    with pytest.raises(OutputError, match="the parts of another batch"):
        batch(PANEL, out, quick=True, resume=True, episodes=[(2004, 2008)])
    done = batch(PANEL, out, quick=True, resume=True)
    assert done.n_before == 40
    assert_frame_equal(done.table, whole.table, check_exact=True)
    out.unlink()
    with pytest.raises(KeyboardInterrupt):
        batch(PANEL, out, quick=True, progress=stop)
    assert batch(PANEL, out, quick=True).n_before == 0  # afresh
    assert sorted(p.name for p in tmp_path.iterdir()) == ["all.parquet", "whole.parquet"]


KILLED = """
import os, signal, sys
from pathlib import Path
import detente.attribution.attributing.all_pairs as all_pairs
import numpy as np
from detente.run import batch
all_pairs.PART = 20
panel = (np.random.default_rng(1).lognormal(size=(9, 12, 12)) * 100, tuple(f"E{k:02d}" for k in range(12)), range(2000, 2009))
batch(panel, Path(sys.argv[1]), quick=True, progress=lambda n, of: n >= 40 and os.kill(os.getpid(), signal.SIGKILL))
"""


def test_a_kill_loses_at_most_the_part_under_way(tmp_path, monkeypatch) -> None:
    out = tmp_path / "all.parquet"
    env = os.environ | {"PYTHONPATH": str(Path(dt.__file__).parents[1])}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], env=env, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    monkeypatch.setattr(SMALL_PARTS, 20)
    done = batch(PANEL, out, quick=True, resume=True)
    assert done.n_before == 40
    want = dt.attribute_all(PANEL, [(2003, 2008)], base_windows=[(2000, 2004)], quick=True)
    assert_frame_equal(done.table, want, check_exact=True)


def test_the_command(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli(["batch", "SAU-QAT,India-Pakistan,Atlantis-COL", "--episode", "2016-2019", "--base", "2012-2016"]) == 0
    said = capsys.readouterr().out
    assert "3 pairs, 6 rows" in said
    assert "Strong evidence of a loss" in said
    rows = pl.read_parquet("batch.parquet")
    assert rows["reason"].null_count() == 4
    assert rows.filter(origin="SAU", destination="QAT")["placebo_share"][0] < 0.02
    assert cli(["batch", "CHL-PER", "--quick", "--out", "b.parquet", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["pairs"], found["rows"], found["quick"]) == (1, 2, True)
    for wrong, code in (
        (["batch", "CHL-PER", "--out", "b.parquet"], 2), (["batch", "nosuch"], 2), (["batch", "CHL-PER", "--jobs", "0"], 2),
        (["batch", "CHL-PER", "--episode", "last year", "--out", "c.parquet"], 2),
        (["batch", "CHL-PER", "--episode", "1950-1960", "--out", "c.parquet"], 4),
        (["batch", "CHL-PER", "--data", "nosuch.csv", "--out", "c.parquet"], 3),
    ):  # fmt: skip
        assert cli(wrong) == code, wrong
    assert not list(tmp_path.glob("c.parquet*"))


def test_the_last_five_years_are_counted_in_years(tmp_path) -> None:
    flows, codes, _ = PANEL
    panel = (flows[:8], codes, [2000, 2001, 2002, 2003, 2004, 2005, 2006, 2008])  # 2007 is not there
    found = batch(panel, tmp_path / "a.parquet", [("E00", "E01")], quick=True).table
    assert found.select("from_year", "to_year", "base_from", "base_to").row(0) == (2003, 2008, 2000, 2004)


def test_a_report_on_demand(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    page = {"report.html": lambda run: f"{run.study.title}: {run.attribution.to_frame().height} rows"}
    monkeypatch.setattr("detente.report.report_files", lambda _language: page)  # drawing is tested in its own room
    assert cli(["batch", "CHL-PER,COL-ECU", "--quick", "--report", "Chile-Peru"]) == 0
    path = Path(capsys.readouterr().out.rpartition("Report: ")[2].strip())
    assert path.read_text(encoding="utf-8").startswith("Chile")
