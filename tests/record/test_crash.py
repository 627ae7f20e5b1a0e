"""A record whose writer was killed between two renames is read whole, whoever opens it next and however."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import _atomic
from detente.cli.app import run as main
from detente.record import Ledger
from detente.record.exchange.importers.importing import plan_import
from detente.record.exchange.merging import merge_records


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
