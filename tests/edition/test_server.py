"""The readers' pages: the same answer for everybody, caps, traps, one button by POST, no redirects, tokens kept close."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from browsed import COMPUTED
from conftest_edition import NOW, add
from detente.edition.asking import answer_requests
from detente.edition.server import create_readers_app
from detente.edition.server.place import ReadersSite
from detente.edition.server.rate_limits import Caps
from detente.edition.server.serving import checked_url
from detente.edition.subscribers import Desk
from detente.errors import UsageError

URL = "https://desk.example.org/"
T = NOW.timestamp()


class Clock:
    now = T

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site(desk, settings, clock):
    return ReadersSite(desk.path, settings, URL, caps=Caps(network=1000), clock=clock)


@pytest.fixture
def client(site):
    return TestClient(create_readers_app(site), base_url=URL, follow_redirects=False)


def ask(client, clock, email: str, **more: str):
    stamp = re.search(r'name="stamp" value="([^"]+)"', client.get("/").text)[1]
    clock.now += 5
    return client.post(
        "/ask", data={"email": email, "language": "en", "zone": "UTC", "hour": "7", "stamp": stamp, **more}
    )


def queued(desk: Desk) -> list[str]:
    return [
        row[0] for row in desk.connection.execute("SELECT recipient FROM outbox WHERE kind = 'confirm' ORDER BY id")
    ]


def test_from_the_form_to_the_edition(client, clock, desk, settings):
    """One page, one button, and what is left is said on the way."""
    assert "One step is left" in ask(client, clock, "ana@example.org", zone="America/Bogota").text
    answer_requests(desk, settings, URL, clock=clock)
    payload = desk.connection.execute("SELECT payload FROM outbox").fetchone()[0].decode()
    path = re.search(r"https://desk\.example\.org(/confirm/[\w-]{22})", payload)[1]
    page = client.get(path).text
    assert page.count("<button") == 1
    assert "<button autofocus>" in page
    assert desk.find("email", "ana@example.org").state == "pending"  # a scanner that follows links changes nothing
    assert "next weekday morning" in client.post(path).text
    assert desk.find("email", "ana@example.org").state == "active"


def test_the_same_answer_and_the_same_work_for_known_unknown_and_malformed(
    client, clock, desk, settings, site, monkeypatch
):
    """Threat 4: what differs, if anything, is done later and elsewhere."""
    add(desk, "known@example.org")
    said: dict[str, list[str]] = {}
    real = ReadersSite.desk

    def traced(self):
        opened = real(self)
        opened.connection.set_trace_callback(said.setdefault("now", []).append)
        return opened

    monkeypatch.setattr(ReadersSite, "desk", traced)
    answers, work = set(), set()
    for email in ("known@example.org", "unknown@example.org", "not an address", "a@b.org, c@d.org", ""):
        said["now"] = []
        answer = ask(client, clock, email)
        answers.add((answer.status_code, answer.text))
        work.add(tuple(re.sub(r"'(?:[^']|'')*'|\d+(\.\d+)?", "?", line) for line in said["now"]))
    assert len(answers) == 1
    assert len(work) == 1
    answer_requests(desk, settings, URL, clock=clock)
    assert queued(desk) == ["unknown@example.org"]


def test_a_hundred_posts_for_one_person_are_one_mail(client, clock, desk, settings):
    """Threat 5."""
    for _ in range(100):
        assert ask(client, clock, "victim@example.org").status_code == 200
        answer_requests(desk, settings, URL, clock=clock)
    assert queued(desk) == ["victim@example.org"]


def test_a_network_and_all_of_them_are_capped(site, clock, desk, settings):
    app = TestClient(create_readers_app(replace(site, caps=Caps(network=5))), base_url=URL)
    codes = [ask(app, clock, f"reader{k}@example{k}.org").status_code for k in range(8)]
    assert codes == [200] * 5 + [429] * 3
    answer_requests(desk, settings, URL, clock=clock)
    assert len(queued(desk)) == 5


@pytest.mark.parametrize("field", [{"website": "http://spam"}, {"stamp": "1.00"}, {"stamp": ""}, {"zone": "Nowhere"}])
def test_programs_that_fill_forms_get_the_usual_answer_and_no_mail(client, clock, desk, settings, field):
    assert "One step is left" in ask(client, clock, "ana@example.org", **field).text
    answer_requests(desk, settings, URL, clock=clock)
    assert queued(desk) == []


def test_a_form_that_comes_back_at_once_was_no_persons(client, clock, desk, settings):
    stamp = re.search(r'name="stamp" value="([^"]+)"', client.get("/").text)[1]
    client.post("/ask", data={"email": "ana@example.org", "stamp": stamp})
    answer_requests(desk, settings, URL, clock=clock)
    assert queued(desk) == []


def test_one_click_needs_no_page_before_it_and_a_friend_can_be_undone(client, desk):
    """Threat 3 and RFC 8058: no cookie, no token of a form, another origin."""
    add(desk, "ana@example.org")
    token = desk.find("email", "ana@example.org").leave_token
    page = client.get(f"/leave/{token}")
    assert "ana@example.org" in page.text
    assert desk.find("email", "ana@example.org").state == "active"
    done = client.post(f"/leave/{token}", content="List-Unsubscribe=One-Click",
                       headers={"content-type": "application/x-www-form-urlencoded", "origin": "https://mail.example.com"})  # fmt: skip
    assert done.status_code == 200
    assert desk.find("email", "ana@example.org").state == "left"
    client.post(f"/undo/{token}")
    assert desk.find("email", "ana@example.org").state == "active"


def test_an_unknown_token_is_answered_like_any_other(client):
    for path in ("/leave/x", "/me/x", "/confirm/x", "/leave/" + "é" * 30):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 200
            assert "Traceback" not in answer.text


def test_no_page_leads_elsewhere_or_lets_its_address_out(client, desk):
    """Threats 2 and 3."""
    add(desk, "ana@example.org")
    reader = desk.find("email", "ana@example.org")
    for path in ("/", f"/leave/{reader.leave_token}", f"/me/{reader.wish_token}?next=https://evil.example", "/nothing",
                 "/confirm/x?url=//evil.example"):  # fmt: skip
        for answer in (client.get(path), client.post(path, data={"next": "https://evil.example"})):
            assert not 300 <= answer.status_code < 400
            assert "location" not in answer.headers
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cache-control"] == "no-store"
            assert "evil.example" not in answer.text


def test_preferences_change_with_their_own_token_alone(client, desk):
    add(desk, "ana@example.org")
    reader = desk.find("email", "ana@example.org")
    client.post(
        f"/me/{reader.wish_token}", data={"what": "change", "language": "es", "zone": "America/Bogota", "hour": "5"}
    )
    assert desk.find("email", "ana@example.org").wish.hour == 5
    client.post(f"/me/{reader.leave_token}", data={"what": "change", "hour": "9"})
    client.post(f"/me/{reader.wish_token}", data={"what": "change", "zone": "Nowhere", "hour": "99"})
    assert desk.find("email", "ana@example.org").wish.hour == 5
    assert "ana@example.org" not in client.get(f"/me/{reader.wish_token}").text  # no profile behind it


def test_strange_hosts_methods_bodies_and_pages_are_refused(client, desk):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    assert client.put("/").status_code == 405
    assert client.post("/ask", content=b"x" * 20_000).status_code == 413
    assert client.post("/ask", data={"email": "a@b.org"}, headers={"origin": "https://evil.example"}).status_code == 403


def test_a_private_podcast_is_behind_a_token_that_can_be_changed(
    client, site, clock, desk, settings, tmp_path, sounding
):
    """Threat 11."""
    app = TestClient(create_readers_app(replace(site, folder=sounding)), base_url=URL)
    add(desk, "ana@example.org")
    reader = desk.find("email", "ana@example.org")
    path = f"/listen/{reader.listen_token}/podcast.xml"
    feed = app.get(path)
    assert b"<itunes:block>Yes</itunes:block>" in feed.content
    link = re.search(r'enclosure url="https://desk\.example\.org(/listen/[^"]+)" length="(\d+)"', feed.text)
    assert len(app.get(link[1]).content) == int(link[2])
    assert app.get(f"/listen/{reader.listen_token}/2026-03-16/..%2Fmanifest.json").status_code == 404
    app.post(f"/me/{reader.wish_token}", data={"what": "listen"})
    assert app.get(path).status_code == app.get(link[1]).status_code == 404
    clock.now = T + 100 * 86_400
    other = desk.find("email", "ana@example.org")
    assert app.get(f"/listen/{other.listen_token}/podcast.xml").status_code == 404  # the trial is over


@pytest.mark.parametrize(
    "url",
    ["", "desk.example.org", "http://desk.example.org", "https://a.org/path", "https://u:p@a.org", "javascript:x"],
)
def test_no_server_without_the_address_that_readers_know(url):
    with pytest.raises(UsageError, match="public"):
        checked_url(url)


@pytest.mark.browser
def test_the_pages_in_a_browser(client, desk, clock, browser, tmp_path):
    """At desk and phone width, by axe; the one button has the focus."""
    from axe_playwright_python.sync_playwright import Axe

    add(desk, "ana@example.org")
    reader = desk.find("email", "ana@example.org")
    for k, path in enumerate(("/", f"/leave/{reader.leave_token}", f"/me/{reader.wish_token}")):
        file = tmp_path / f"{k}.html"
        file.write_text(client.get(path).text, encoding="utf-8")
        for width, scheme in ((1200, "light"), (390, "dark")):
            context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
            page = context.new_page()
            page.set_default_timeout(COMPUTED)
            page.goto(file.as_uri())
            assert Axe().run(page).response["violations"] == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if k == 1:
                assert page.evaluate("document.activeElement.tagName") == "BUTTON"
            context.close()
