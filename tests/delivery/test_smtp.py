"""What a server says, and what it may have kept."""

from __future__ import annotations

import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detente.delivery import Address, DeliveryOutcome, Mail, MailServer, Reply
from detente.errors import SpecificationError
from local_mail import free_port, mail_server

DESK = Address.of("desk@example.org")


def send(server: MailServer, *names: str) -> list[Reply]:
    with server.connect() as line:
        return [
            line.send(DESK, to, Mail(DESK, to, "s", "t", f"<{name}@example.org>", datetime(2026, 1, 1, tzinfo=UTC)).to_bytes())
            for name in names
            for to in [Address.of(f"{name}@example.com")]
        ]  # fmt: skip


def test_replies_are_told_apart_and_the_line_goes_on(tmp_path: Path) -> None:
    with mail_server(tmp_path / "kept") as (kept, server):
        replies = send(server, "ok1", "a550", "a451", "ok2", "adrop", "ok3", "a421", "ok4")
        assert [reply.outcome.value for reply in replies] == [
            "sent", "refused", "later", "sent", "doubtful", "sent", "later", "sent",
        ]  # fmt: skip
        assert [reply.of_server for reply in replies] == [False] * 6 + [True, False]
        assert "550" in replies[1].text
        assert set(kept.taken()) == {f"{name}@example.com" for name in ("ok1", "ok2", "ok3", "ok4", "adrop")}


def test_a_server_that_hangs_with_the_mail_in_hand_is_doubtful(tmp_path: Path) -> None:
    with mail_server(tmp_path / "kept", seconds=6.0) as (kept, server):
        assert [reply.outcome for reply in send(server, "ahang")] == [DeliveryOutcome.DOUBTFUL]
        assert kept.taken() == {"ahang@example.com": 1}


def test_without_its_password_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOPE", raising=False)
    with mail_server(tmp_path / "kept") as (kept, server):
        line = replace(server, user="u", password_env="NOPE").connect()
        for _ in range(2):
            with pytest.raises(SpecificationError, match="'NOPE'"):
                line.send(DESK, DESK, b"Subject: x\r\n\r\nx\r\n")
        assert not kept.taken()


def test_nobody_there_is_a_trouble_of_the_server() -> None:
    (reply,) = send(MailServer("127.0.0.1", free_port(), "none"), "ok")
    assert reply.outcome is DeliveryOutcome.LATER
    assert reply.of_server


@pytest.mark.parametrize(
    "script", [b"", b"220 x\r\n", b"220 x\r\n250 x\r\n", b"garbage\r\n" * 3, b"421 busy\r\n", b"554 no\r\n"]
)
def test_a_server_that_breaks_off_early_never_makes_it_doubtful(script: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            line.sendall(script)
            if script:
                line.recv(10)
            line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        (reply,) = send(MailServer("127.0.0.1", listener.getsockname()[1], "none", seconds=10), "ok")
        thread.join(20)
    assert (reply.outcome, reply.of_server) == (DeliveryOutcome.LATER, True)


def test_a_password_never_crosses_in_clear_and_stands_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecificationError, match="unencrypted"):
        MailServer("mail.example.org", 25, "none", user="u", password_env="P").password()
    with pytest.raises(SpecificationError, match="'P'"):
        MailServer("mail.example.org", user="u", password_env="P").password()
    monkeypatch.setenv("P", "secret")
    server = MailServer("mail.example.org", user="u", password_env="P")
    assert server.password() == "secret"
    assert "secret" not in repr(server)
