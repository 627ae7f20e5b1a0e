"""Writers of a record: one killed between two renames leaves it whole to the next reader; two wait for each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from detente import _atomic
from detente.cli.app import run as main
from detente.errors import OutputError
from detente.record import Ledger
from detente.record.exchange.importers.importing import plan_import
from detente.record.exchange.merging import merge_records
from detente.record.exchange.spreadsheet import write_workbook


def killed(monkeypatch, record: Path, home: Path) -> None:
    """Leave a step that counts as done with none of its files in place yet, and then with the first of them."""
    source = (record / "sources.csv").read_text(encoding="utf-8")
    rows = {record / "sources.csv": source.replace("office", "bureau")}
    rows[record / "series.csv"] = (record / "series.csv").read_text(encoding="utf-8").replace("office", "bureau")
    with _atomic.lock(home):
        monkeypatch.setattr(_atomic, "_finish", lambda home: None)
        _atomic.write_files(rows, home)
        monkeypatch.undo()
    aside = next(p for p in record.glob(".series.csv-*.aside"))
    aside.replace(record / "series.csv")
    assert (home / _atomic.COMMIT).exists()
    assert "bureau" not in (record / "sources.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("home", ["record", "study"])
@pytest.mark.parametrize("opened", ["read", "check", "import", "merge", "command"])
def test_the_next_reader_finishes_the_step(small, monkeypatch, opened, home):
    record = small.write(figures=[{}])
    study = record.parent
    (study / "study.toml").write_text(
        'format = 1\n[study]\nid = "a-b"\ntitle = "T"\norigin = "KEN"\ndestination = "UGA"\n', encoding="utf-8"
    )
    killed(monkeypatch, record, record if home == "record" else study)
    rates = study / "rates.csv"
    rates.write_text("TIME_PERIOD,CURRENCY,CURRENCY_DENOM,OBS_VALUE\n2008,USD,EUR,1.4708\n", encoding="utf-8")
    found = {
        "read": lambda: Ledger.read(record).figure("T1").source_id,
        "check": lambda: Ledger.check(record) or "bureau",
        "import": lambda: (
            plan_import(rates, "exchange", record, ("KEN", "UGA")) and Ledger.read(record).figure("T1").source_id
        ),
        "merge": lambda: merge_records(record, record).tables["figures"]["source_id"].to_list()[0],
        "command": lambda: "bureau" if main(["check", str(study)]) == 0 else "problems",
    }[opened]()
    assert found == "bureau"
    assert [p.name for p in record.iterdir() if p.name.endswith(".aside")] == []
    assert Ledger.check(record) == []


def test_a_folder_that_cannot_be_written_is_read_as_it_is(small, monkeypatch):
    record = small.write(figures=[{}])
    (record / _atomic.COMMIT).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(_atomic, "locked", lambda *a, **k: (_ for _ in ()).throw(PermissionError("no")))
    assert Ledger.read(record).figure("T1").source_id == "office"


TOLD = """
import sys
from pathlib import Path
from detente import _lock_file
from detente.record.draft.accept import accept
from detente.record.exchange.importers.importing import plan_import
from detente.record.exchange.merging import merge_records
from detente.record.exchange.returning import read_workbook

take = _lock_file._take


def told(handle, *, wait):
    free = take(handle, wait=False)
    print("free" if free else "waits", flush=True)
    return free or take(handle, wait=wait)


study = Path(sys.argv[2])
record = study / "record"
if sys.argv[1] == "import":
    plan = plan_import(study / "rates.csv", "exchange", record, ("KEN", "UGA"))
elif sys.argv[1] == "merge":
    merged = merge_records(record, record)
_lock_file._take = told
{
    "import": lambda: plan.write(record),
    "merge": lambda: merged.write(record),
    "workbook": lambda: read_workbook(study / "book.xlsx", record),
    "accept": lambda: accept(study / "a.draft.csv", record),
}[sys.argv[1]]()
"""


@pytest.mark.parametrize("writer", ["import", "merge", "workbook", "accept"])
def test_a_command_waits_for_the_app(small, writer):
    record = small.write(figures=[{}])
    study = record.parent
    (study / "study.toml").write_text("format = 1\n", encoding="utf-8")
    (study / "rates.csv").write_text(
        "TIME_PERIOD,CURRENCY,CURRENCY_DENOM,OBS_VALUE\n2008,USD,EUR,1.4708\n", encoding="utf-8"
    )
    (study / "a.draft.csv").write_text(
        "accept,wording,claim_id,source_id,claim,type,why_not\nyes,,C9,story,In other words,assessment,No test.\n",
        encoding="utf-8",
    )
    book = openpyxl.load_workbook(write_workbook(Ledger.read(record), study / "book.xlsx"))
    book["figures"]["D2"] = "101"
    book.save(study / "book.xlsx")
    before = {p.name: p.read_bytes() for p in record.iterdir()}
    command = [sys.executable, "-c", TOLD, writer, str(study)]
    with _atomic.lock(study):  # as the app holds it
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout is not None
        assert other.stdout.readline() == "waits\n"
        assert {p.name: p.read_bytes() for p in record.iterdir()} == before
    other.communicate(timeout=120)
    assert other.returncode == 0
    assert Ledger.check(record) == []
    assert {p.name: p.read_bytes() for p in record.iterdir()} != before


def test_an_import_does_not_undo_what_came_in_between(small):
    record = small.write(figures=[{}])
    rates = record.parent / "rates.csv"
    rates.write_text("TIME_PERIOD,CURRENCY,CURRENCY_DENOM,OBS_VALUE\n2008,USD,EUR,1.4708\n", encoding="utf-8")
    plan = plan_import(rates, "exchange", record, ("KEN", "UGA"))
    text = (record / "series.csv").read_text(encoding="utf-8").replace("T1,", "T9,")
    (record / "series.csv").write_text(text, encoding="utf-8")
    with pytest.raises(OutputError, match="changed since"):
        plan.write(record)
    assert (record / "series.csv").read_text(encoding="utf-8") == text
