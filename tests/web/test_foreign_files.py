"""Files nobody expected are a named problem on their study, and every other study opens."""

from __future__ import annotations

import os
import time

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app
from detente.web.app import clear_abandoned
from detente.web.editor.uploads import Uploads


@pytest.fixture
def space(tmp_path):
    return Workspace(tmp_path)


@pytest.fixture
def client(space):
    app = create_app(Site(space, Keys(token="t" * 32)))
    return TestClient(app, base_url="http://localhost", headers={"x-detente-token": "t" * 32}, follow_redirects=False)


HOSTILE = {
    "deep": "a = " + "[" * 100_000,
    "digits": "format = " + "9" * 5_000,
    "dots": ".".join("a" * 50_000) + " = 1",
    "binary": "\x00\x01\x02",
    "list": "[[study]]\n",
    "wrong kinds": "format = 1\nstudy = 3\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_study_file_is_one_problem_in_the_list(client, space, text):
    (space.root / "odd").mkdir()
    (space.root / "odd" / "study.toml").write_text(text)
    client.get("/")
    began = time.process_time()
    page = client.get("/?format=json").json()
    assert time.process_time() - began < 2
    by_key = {study["key"]: study for study in page["studies"]}
    assert by_key["odd"]["problem"]
    assert not by_key["colombia-venezuela"]["problem"]
    for path in ("", "/desk", "/record/events", "/data", "/attribution"):
        assert client.get(f"/s/odd{path}").status_code == 422


def test_a_pipe_for_a_study_does_not_hang_the_start_page(client, space):
    (space.root / "odd").mkdir()
    os.mkfifo(space.root / "odd" / "study.toml")
    assert client.get("/").status_code == 200
    assert client.get("/s/odd").status_code == 422


def test_a_panel_or_a_record_outside_is_not_opened(client, space):
    key = space.copy(open_study("colombia-venezuela"), "own")
    (space.root.parent / "secret.csv").write_text("topsecret,b\n1,2\n")
    toml = space.root / key / "study.toml"
    toml.write_text(toml.read_text().replace('use = "world"', 'use = "../../secret.csv"'))
    for path in ("", "/desk", "/data", "/attribution"):
        answer = client.get(f"/s/own{path}")
        assert answer.status_code == 422
        assert "topsecret" not in answer.text
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("text", ["[" * 100_000, "9" * 5_000, "{}", "[]", '{"schema_version": 2}', "",
                                  '{"schema_version": 2, "study": [], "tables": 3, "notes": null}'])  # fmt: skip
def test_a_hostile_run_folder_is_one_problem_and_the_study_opens(client, space, text):
    folder = space.root / "runs" / "colombia-venezuela" / "001"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(text)
    (folder / "manifest.json").write_text("{}")
    page = client.get("/s/colombia-venezuela")
    assert page.status_code == 200
    assert "This is a bug" not in page.text
    assert client.get("/run?path=runs/colombia-venezuela/001").status_code == 422
    assert client.get("/open?path=runs/colombia-venezuela/001").status_code == 422


@pytest.mark.parametrize("header", ["[::1", "[", "a b", "]"])
def test_a_host_or_origin_that_is_no_address_is_refused(client, header):
    assert client.get("/", headers={"host": header}).status_code == 421
    answer = client.post("/studies", data={}, headers={"origin": f"http://{header}"})
    assert answer.status_code == 403


def test_three_hundred_studies_are_listed_in_a_moment(client, space):
    original = space.copy(open_study("colombia-venezuela"), "s0")
    text = (space.root / original / "study.toml").read_text()
    for k in range(1, 300):
        (space.root / f"s{k}").mkdir()
        (space.root / f"s{k}" / "study.toml").write_text(text.replace('id = "s0"', f'id = "s{k}"'))
    client.get("/")
    began = time.process_time()
    assert len(client.get("/?format=json").json()["studies"]) >= 300
    assert time.process_time() - began < 0.6  # 0.1 s on a quiet machine, 5.8 s before


def test_uploads_of_a_server_that_was_killed_are_cleared_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    alive = Uploads()
    file = alive.place("record", "x.csv")
    dead = tmp_path / "detente-uploads-dead"
    dead.mkdir()
    (dead / "left").write_text("x" * 10)
    (tmp_path / "detente-uploads-dead.lock").write_text("")
    clear_abandoned()
    assert not dead.exists()
    assert file.parent.exists(), "another server's files stay"
    alive.close()
    assert [p.name for p in tmp_path.iterdir()] == []
