"""Starting the app: where it listens, what it says, and what it asks beyond this machine."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import polars as pl
import pytest

from detente.cli.app import run
from detente.errors import UsageError
from detente.web.http.jobs import Jobs
from detente.web.http.server import _listen

pytest.importorskip("uvicorn")
SRC = Path(__file__).resolve().parents[2] / "src"


def test_a_port_in_use_is_named_and_an_open_choice_moves_on():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=str(port)):
            _listen("127.0.0.1", port)
        free = _listen("127.0.0.1", None)
        assert free.getsockname()[1] != port
        free.close()


@pytest.fixture
def started(tmp_path):
    processes = []

    def start(*options):
        command = [sys.executable, "-m", "detente", "serve", "--port", "0", "--no-browser", *options]
        env = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.terminate()
        process.wait(60)


def _address(process):
    said = ""
    for line in process.stdout:
        said += line
        if found := re.search(r"http://\S+", line):
            return found.group(), said
    raise AssertionError(said + process.stderr.read())


def _get(address):
    for _ in range(60):
        try:
            with urlopen(address, timeout=180) as answer:
                return answer.status
        except HTTPError as refused:
            return refused.code
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")


def test_it_serves_on_loopback_and_says_where(started):
    address, _ = _address(started("colombia-venezuela"))
    assert address.startswith("http://localhost:")
    assert address.endswith("/s/colombia-venezuela")
    assert _get(address) == 200


def test_beyond_loopback_it_prints_a_token_and_demands_it(started):
    address, said = _address(started("--host", "0.0.0.0"))
    assert "beyond this machine" in said
    base, _, token = address.partition("?access=")
    assert len(token) >= 24
    base = base.replace("0.0.0.0", "127.0.0.1")
    assert _get(base) == 401


def test_an_unknown_study_ends_with_its_exit_code(started):
    process = started("colombia-venezuelaa")
    _, complaint = process.communicate(timeout=180)
    assert process.returncode == 4
    assert "Did you mean 'colombia-venezuela'" in complaint
    assert "Traceback" not in complaint


def test_the_desks_stand_on_the_panel_given(started, tmp_path):
    from small_world import small_world

    panel = small_world().to_frame().rename({"trade": "value_usd_mn"})
    panel.filter(pl.col("exporter") != "TTO", pl.col("importer") != "TTO").write_parquet(tmp_path / "mine.parquet")
    address, said = _address(started("colombia-venezuela", "--data", "mine.parquet"))
    assert "20 economies, 2000-2023" in said
    assert _get(address) == 200
    with urlopen(f"{address}/attribution?format=json", timeout=180) as answer:
        found = json.load(answer)
    assert (found["panel"], found["n_economies"], found["problem"]) == ("mine.parquet", 20, "")
    with urlopen(f"{address}/data?format=json", timeout=180) as answer:
        assert json.load(answer)["server_panel"].endswith("mine.parquet")
    with urlopen(address.rsplit("/s/", 1)[0] + "/?format=json", timeout=180) as answer:
        assert len(json.load(answer)["economies"]) == 19, "without the rest of the world"


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        (
            "COL,ECU,2008,5\n",
            3,
            ["does not fit the study", "VEN (Venezuela) is not among", "2000-2004", "Give a panel"],
        ),
        (
            "COL,ECU,2000,1\nECU,VEN,2000,1\nVEN,COL,2020,1\n",
            3,
            ["no trade from COL to VEN in the base years 2000-2004, nor back", "needs 2008, 2010"],
        ),
        ("COL,VEN,2000,minus\n", 3, ["is not a number"]),
        (None, 3, ["There is no file"]),
    ],
)
def test_a_panel_that_does_not_fit_the_study_is_refused_at_the_start(tmp_path, monkeypatch, capsys, rows, code, said):
    def listens(*_):
        raise AssertionError("it was not refused")

    monkeypatch.setattr("detente.web.http.server._listen", listens)
    monkeypatch.setattr("detente.web.http.server.keep_small", lambda: None)  # this process goes on
    monkeypatch.chdir(tmp_path)
    if rows is not None:
        (tmp_path / "p.csv").write_text(f"exporter,importer,year,trade_usd_mn\n{rows}", encoding="utf-8")
    assert run(["serve", "colombia-venezuela", "--no-browser", "--data", "p.csv"]) == code
    complaint = capsys.readouterr().err
    assert "Traceback" not in complaint
    for part in said:
        assert part in complaint


def test_a_new_study_and_a_run_use_the_panel_of_the_server(tmp_path):
    pytest.importorskip("httpx2")
    from starlette.testclient import TestClient

    from detente.panel import read_panel
    from detente.web import Keys, Site, Workspace, create_app
    from small_world import small_world

    path = tmp_path / "mine.parquet"
    small_world().to_frame().rename({"trade": "value_usd_mn"}).write_parquet(path)
    site = Site(Workspace(tmp_path, data=path, panel=read_panel(path)), Keys(token="t"))
    client = TestClient(create_app(site), base_url="http://localhost", headers={"x-detente-token": "t"})
    client.post("/studies", data={"origin": "Peru", "destination": "Chile"})
    assert f'use = "{path}"' in (tmp_path / "peru-chile" / "study.toml").read_text(encoding="utf-8")
    client.post("/s/peru-chile/run")
    job = site.jobs.all()[0]
    end = time.monotonic() + 180
    while job.state == "running" and time.monotonic() < end:
        time.sleep(0.05)
    assert job.state == "done", job.message
    manifest = json.loads((job.out / "manifest.json").read_text(encoding="utf-8"))
    assert list(manifest["panel"]["files"]) == ["mine.parquet"]
    assert manifest["command"] == "detente run peru-chile --data mine.parquet"
    site.close()


def test_a_job_reports_failure_in_words(tmp_path):
    jobs = Jobs()
    job = jobs.start("x", "x", tmp_path / "nothing", tmp_path / "runs" / "x" / "001")
    assert jobs.start("x", "x", tmp_path, tmp_path) is job, "a study that is running keeps its job"
    end = time.monotonic() + 180
    while job.state == "running" and time.monotonic() < end:
        time.sleep(0.05)
    assert job.state == "failed"
    assert "There is no study" in job.message
    assert jobs.of("x")["state"] == "failed"
