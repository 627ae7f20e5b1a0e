"""The app over a study without a panel: its pages open, and what needs flows says how to give them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.study import open_study
from detente.web import Keys, Site, Workspace, create_app


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    root: Path = tmp_path_factory.mktemp("site")
    shutil.copytree(open_study("colombia-venezuela").folder, root / "words")
    toml = root / "words" / "study.toml"
    text = toml.read_text(encoding="utf-8")
    text = text[: text.index("[equilibrium]")] + text[text.index("[translations.es]") :]
    text = re.sub(r'(?m)^use = "\w+".*$', 'use = "none"', text).replace('id = "colombia-venezuela"', 'id = "words"')
    toml.write_text(text if "[panel]" in text else f'{text}\n[panel]\nuse = "none"\n', encoding="utf-8")
    study = open_study(root / "words")
    study.run().write(root / "runs" / study.id / "001")
    site = Site(Workspace(root), Keys(token="t" * 32))
    return TestClient(
        create_app(site), base_url="http://localhost", headers={"x-detente-token": "t" * 32}, follow_redirects=False
    )


@pytest.mark.parametrize("path", ["", "/record/events", "/record/claims", "/data"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_of_the_record_open(client: TestClient, path: str, language: str) -> None:
    assert client.get(f"/s/words{path}", params={"lang": language}).status_code == 200


def test_the_study_page_tells_the_record(client: TestClient) -> None:
    page = client.get("/s/words", params={"lang": "en"}).text
    assert "no panel of flows" in page
    assert "confirmed" in page
    assert client.get("/s/words", params={"lang": "es"}).text.count("no tiene panel de flujos") >= 1


@pytest.mark.parametrize("path", ["/desk", "/attribution"])
def test_desks_say_what_they_need(client: TestClient, path: str) -> None:
    answer = client.get(f"/s/words{path}", params={"lang": "en"})
    assert answer.status_code < 500
    assert "has no panel" in answer.text
