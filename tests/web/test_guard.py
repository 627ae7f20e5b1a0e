"""The guard: what a hostile page, a wrong name or a large body may not do."""

from __future__ import annotations

import pytest

pytest.importorskip("httpx2", reason="starlette's test client needs httpx2")
from starlette.testclient import TestClient

from detente.errors import UsageError
from detente.web import Keys, Site, Workspace, create_app

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def site(tmp_path):
    return Site(Workspace(tmp_path), Keys(token="t" * 32))


@pytest.fixture
def client(site):
    return TestClient(create_app(site), base_url="http://localhost:8765", follow_redirects=False)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "10.0.0.1:8765"])
def test_another_host_name_is_refused(client, host):
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "localhost"])
def test_own_names_are_answered(client, host):
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("token", ["", "t" * 31, "t" * 33, "x" * 32])
def test_a_change_without_our_token_is_refused_and_does_nothing(client, site, token):
    body = {"origin": "COL", "destination": "ECU", "token": token}
    assert client.post("/studies", data=body).status_code == 403
    assert list(site.workspace.root.iterdir()) == []


def test_a_change_with_the_token_is_carried_out(client, site):
    answer = client.post("/studies", data={"origin": "COL", "destination": "Ecuador", "token": "t" * 32})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/s/colombia-ecuador"
    assert (site.workspace.root / "colombia-ecuador" / "study.toml").is_file()


def test_a_bloc_may_be_one_side_of_a_study_made_in_the_app(client) -> None:
    answer = client.post("/studies", data={"origin": "EU", "destination": "Norway", "token": "t" * 32})
    assert (answer.status_code, answer.headers["location"]) == (303, "/s/european-union-norway")
    answer = client.post("/studies", data={"origin": "OECD", "destination": "Norway", "token": "t" * 32})
    assert answer.status_code == 422
    assert "is a group of economies" in answer.text


def test_the_token_may_stand_in_the_header(client):
    data = {"origin": "COL", "destination": "PER"}
    assert client.post("/studies", data=data, headers={"x-detente-token": "t" * 32}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused_even_with_the_token(client, site, headers):
    body = {"origin": "COL", "destination": "ECU", "token": "t" * 32}
    assert client.post("/studies", data=body, headers=headers).status_code == 403
    assert list(site.workspace.root.iterdir()) == []


def test_another_site_may_link_to_a_page_but_not_read_its_data(client):
    visit = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client.get("/", headers=visit).status_code == 200
    fetch = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"}
    assert client.get("/?format=json", headers=fetch).status_code == 403


def test_a_large_body_is_refused_whether_announced_or_not(client):
    big = b"origin=" + b"x" * (1 << 20)
    assert client.post("/studies", content=big, headers=FORM).status_code == 413

    def chunks():
        for _ in range(20):
            yield b"x" * (1 << 16)

    assert client.post("/studies", content=chunks(), headers=FORM).status_code == 413


def test_every_answer_carries_a_strict_policy(client):
    for path in ("/", "/nothing", "/jobs", "/static/app.css", "/open?path=../.."):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in policy


def test_no_page_has_inline_script_or_style(client):
    import re

    for path in (
        "/",
        "/s/colombia-venezuela",
        "/s/colombia-venezuela/desk",
        "/s/colombia-venezuela/attribution",
    ):
        text = client.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text)


def test_beyond_loopback_a_token_is_needed(tmp_path):
    with pytest.raises(UsageError):
        create_app(Site(Workspace(tmp_path)), hosts=frozenset())
    site = Site(Workspace(tmp_path), Keys(access="secret"))
    client = TestClient(create_app(site, hosts=frozenset()), base_url="http://192.168.1.5:8765", follow_redirects=False)
    assert client.get("/").status_code == 401
    assert client.get("/?access=wrong").status_code == 401
    first = client.get("/?access=secret")
    assert first.status_code == 303
    assert "secret" not in first.headers["location"]
    assert client.get("/").status_code == 200
