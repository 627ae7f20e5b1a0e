"""Starting the app: where it listens, what it says, and what it asks beyond this machine."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from detente.errors import UsageError
from detente.web.jobs import Jobs
from detente.web.server import _listen

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
        process.wait(10)


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
            with urlopen(address, timeout=20) as answer:
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
    _, complaint = process.communicate(timeout=30)
    assert process.returncode == 4
    assert "Did you mean 'colombia-venezuela'" in complaint
    assert "Traceback" not in complaint


def test_a_job_reports_failure_in_words(tmp_path):
    jobs = Jobs()
    job = jobs.start("x", "x", tmp_path / "nothing", tmp_path / "runs" / "x" / "001")
    assert jobs.start("x", "x", tmp_path, tmp_path) is job, "a study that is running keeps its job"
    for _ in range(200):
        if job.state != "running":
            break
        time.sleep(0.05)
    assert job.state == "failed"
    assert "There is no study" in job.message
    assert jobs.of("x")["state"] == "failed"
