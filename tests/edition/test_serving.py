"""The readers' server as it runs: it answers over a socket, and the confirmation goes out between two answers."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace

import pytest
import uvicorn

from detente.edition.server import bot_trap, serving
from detente.edition.server.serving import serve_readers
from detente.errors import OutputError
from local_mail import free_port, mail_server

LONGEST = 60.0


def until(holds) -> bool:
    end = time.monotonic() + LONGEST
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def served(desk, settings, tmp_path, monkeypatch):
    """A running server: its address, what it said, and the mails it sent."""
    port, said, running = free_port(), [], []
    begin = uvicorn.Server.__init__

    def noted(server, *args, **kwargs) -> None:
        begin(server, *args, **kwargs)
        running.append(server)

    monkeypatch.setattr(uvicorn.Server, "__init__", noted)
    monkeypatch.setattr(serving, "PAUSE", 0.02)
    monkeypatch.setattr(bot_trap, "SOONEST", 0.0)
    with mail_server(tmp_path / "kept") as (kept, server):
        mail = replace(settings.mail, host=server.host, port=server.port, security="none")
        thread = threading.Thread(
            target=serve_readers, args=(desk.path, replace(settings, mail=mail), f"http://127.0.0.1:{port}"),
            kwargs={"port": port, "say": said.append}, daemon=True,
        )  # fmt: skip
        thread.start()
        assert until(lambda: running and running[0].started)
        yield f"http://127.0.0.1:{port}/", said, kept
        running[0].should_exit = True
        thread.join(LONGEST)
        assert not thread.is_alive()


def fetched(address: str, **form: str) -> str:
    data = urllib.parse.urlencode(form).encode() if form else None
    with urllib.request.urlopen(address, data, timeout=LONGEST) as answer:
        return answer.read().decode()


def test_a_reader_asks_and_gets_the_mail_with_the_button(served):
    address, said, kept = served
    assert said == [f"Listening on {address.rstrip('/')}, known as {address} (stop with Ctrl+C)"]
    stamp = re.search(r'name="stamp" value="([^"]+)"', fetched(address))[1]
    fetched(address + "ask", email="reader@example.org", language="en", zone="UTC", hour="7", stamp=stamp)
    assert until(lambda: kept.taken()["reader@example.org"] == 1)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetched(address + "nowhere")


def test_what_goes_wrong_between_answers_is_said_and_the_server_goes_on(served, monkeypatch):
    address, said, _ = served

    def full(*args):
        raise OutputError("The disk is full.")

    monkeypatch.setattr(serving, "answer_requests", full)
    assert until(lambda: any("The disk is full." in line for line in said))
    assert "stamp" in fetched(address)
