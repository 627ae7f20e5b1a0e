"""A locked study computes from the files it was locked with, or stops and says which are others; nothing is fetched."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

import detente as dt
from detente.cli.app import run as cli
from detente.data import store
from detente.errors import DataError, StudyError
from detente.study import new_study, open_study

FLOWS = "exporter importer year trade_usd_mn"


def flows(scale: float = 1.0) -> pl.DataFrame:
    world = dt.world()
    codes = ("COL", "VEN", "USA", "BRA", "DEU")
    rows = [
        (a, b, year, float(world.flow(a, b)[t]) * scale)
        for a in codes
        for b in codes
        if a != b
        for t, year in enumerate(world.years)
        if year <= 2020
    ]
    return pl.DataFrame(rows, schema=FLOWS.split(), orient="row")


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A study on a file in a store of its own, by its pin."""
    monkeypatch.setenv("DETENTE_DATA", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)
    flows().write_csv("mine.csv")
    entry = store.add("mine.csv", "itpd", "1", name="mine")
    folder = new_study("COL", "VEN", folder=tmp_path / "study", data=entry.pin)
    return folder, entry


def test_a_new_study_names_a_stored_file_by_its_pin_and_runs_from_any_folder(stored, tmp_path, monkeypatch):
    folder, _ = stored
    assert 'use = "mine@1"' in (folder / "study.toml").read_text()
    monkeypatch.chdir("/")
    panel = open_study(folder).panel()
    assert panel.flow("COL", "VEN")[panel.year_index(2010)] == pytest.approx(1540.0)


def test_a_run_on_a_pin_has_its_hash_in_the_manifest(stored):
    folder, entry = stored
    made = open_study(folder).run(quick=True)
    assert made.manifest["panel"]["files"] == {"mine.csv": entry.sha256}
    assert open_study(folder).run(data="mine@1", quick=True).manifest["panel"]["files"] == {"mine.csv": entry.sha256}


def test_lock_holds_the_hash_and_a_run_passes(stored, capsys):
    folder, entry = stored
    assert cli(["data", "lock", str(folder)]) == 0
    assert json.loads((folder / "data.lock").read_text()) == {"panel": "mine@1", "files": {"mine.csv": entry.sha256}}
    assert open_study(folder).panel().economies == ("BRA", "COL", "DEU", "USA", "VEN")
    assert open_study(folder).check() == []


def test_another_release_under_a_locked_study_stops_it(stored, capsys):
    folder, _ = stored
    cli(["data", "lock", str(folder)])
    flows(1.1).write_csv("mine.csv")
    store.add("mine.csv", "itpd", "2", name="mine")
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("mine@1", "mine@2"))
    with pytest.raises(DataError, match=r"'mine@2', and data.lock holds 'mine@1'"):
        open_study(folder).panel()
    assert cli(["run", str(folder), "--quick"]) == 3
    assert "data lock" in capsys.readouterr().err


@pytest.mark.parametrize("what", ["changed", "gone", "came"])
def test_a_file_that_changed_went_or_came_is_named(tmp_path, what):
    parts = tmp_path / "parts"
    parts.mkdir()
    flows().write_csv(parts / "flows.csv")
    folder = new_study("COL", "VEN", folder=tmp_path / "study", data=parts / "flows.csv")
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("flows.csv", ""))
    (folder / "data.lock").write_text(
        json.dumps(
            {"panel": f"{parts.resolve().as_posix()}/", "files": {"flows.csv": store.sha256_of(parts / "flows.csv")}}
        )
    )
    {
        "changed": lambda: flows(2.0).write_csv(parts / "flows.csv"),
        "gone": lambda: (parts / "flows.csv").rename(parts / "other.csv"),
        "came": lambda: (parts / "more.csv").write_text("a\n1\n"),
    }[what]()
    said = {"changed": r"flows.csv \(sha256 \w{12}… locked, \w{12}… found\)", "gone": r"flows.csv \(gone\)",
            "came": r"more.csv \(not locked\)"}[what]  # fmt: skip
    with pytest.raises(DataError, match=said):
        open_study(folder).panel()


def test_the_panel_that_ships_is_locked_too(tmp_path):
    folder = new_study("COL", "VEN", folder=tmp_path / "study")
    assert cli(["data", "lock", str(folder)]) == 0
    assert open_study(folder).panel() is dt.world()
    path = folder / "data.lock"
    locked = json.loads(path.read_text())
    path.write_text(json.dumps(locked | {"files": locked["files"] | {"goods.parquet": "0" * 64}}))
    with pytest.raises(DataError, match=r"goods.parquet \(sha256 0{12}…"):
        open_study(folder).panel()
    assert open_study(folder).panel(dt.world()) is dt.world(), "a panel given in its place is not the locked one"


def test_a_gdp_of_ones_own_is_locked_with_the_panel(tmp_path):
    folder = new_study("COL", "VEN", folder=tmp_path / "study")
    text = (folder / "study.toml").read_text().replace('# gdp = "gdp.csv"', 'gdp = "gdp.csv"')
    (folder / "study.toml").write_text(text)
    (folder / "gdp.csv").write_text("economy,year,gdp_usd_mn\nVEN,2020,42800\n")
    cli(["data", "lock", str(folder)])
    assert open_study(folder).panel() is dt.world()
    (folder / "gdp.csv").write_text("economy,year,gdp_usd_mn\nVEN,2020,73400\n")
    with pytest.raises(DataError, match=r"gdp\.csv"):
        open_study(folder).panel()


@pytest.mark.parametrize("text", ["{}", "[1]", '{"panel": 1, "files": {}}', '{"panel": "world", "files": {"a": 1}}'])
def test_a_lock_that_is_none_is_a_named_error(tmp_path, text):
    folder = new_study("COL", "VEN", folder=tmp_path / "study")
    (folder / "data.lock").write_text(text)
    with pytest.raises(StudyError, match=r"data\.lock is not as détente writes it"):
        open_study(folder).panel()


def test_exchange_rates_are_named_from_the_study_not_from_where_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    flows().write_csv("flows.csv")
    (tmp_path / "rates.csv").write_text("observation_date,DEXUSEU\n2010-01-01,1.3\n")
    folder = new_study("COL", "VEN", folder=tmp_path / "study", data="flows.csv", reading={"rates": "rates.csv"})
    written = open_study(folder).spec.panel.rates
    assert written == (tmp_path / "rates.csv").resolve().as_posix()
    shutil.move(tmp_path / "rates.csv", folder / "rates.csv")
    (folder / "study.toml").write_text((folder / "study.toml").read_text().replace(str(written), "rates.csv"))
    monkeypatch.chdir("/")
    assert open_study(folder).panel().flow("COL", "VEN")[0] > 0


def test_a_study_of_the_package_is_never_locked_in_place(capsys):
    folder = open_study("colombia-venezuela").folder
    for name in ("colombia-venezuela", str(folder)):
        assert cli(["data", "lock", name]) == 2
        assert "Copy" in capsys.readouterr().err
    assert not (folder / "data.lock").exists()
