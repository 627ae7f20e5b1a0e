"""A real SMTP server on this machine that keeps what it takes on disk, and misbehaves where it is told to."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from detente.delivery import MailServer


class Kept:
    """Writes each mail's recipient and id to a file and fsyncs before it says 250.

    A recipient that begins with ``a550`` is refused, with ``a451`` put off, with ``adrop`` the line breaks after the
    whole mail arrived, with ``ahang`` no answer comes in time, with ``a421`` the server closes.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.over = path, Event()
        path.touch()

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        for code in ("550", "451", "421"):
            if address.startswith(f"a{code}"):
                return f"{code} 5.1.1 not here" if code == "550" else f"{code} 4.3.0 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        found = message_from_bytes(envelope.content, policy=policy.SMTP)
        with self.path.open("ab", buffering=0) as file:
            file.write(f"{envelope.rcpt_tos[0]} {found['message-id']}\n".encode())
            os.fsync(file.fileno())
        if envelope.rcpt_tos[0].startswith("adrop"):
            server.transport.abort()  # type: ignore[union-attr]
        if envelope.rcpt_tos[0].startswith("ahang"):
            self.over.wait(120)  # until the test has what it waits for
        return "250 kept"

    def taken(self) -> Counter[str]:
        """How often each recipient's mail was kept."""
        return Counter(line.split()[0] for line in self.path.read_text().splitlines())

    def ids(self) -> dict[str, set[str]]:
        """Message ids by recipient."""
        found: dict[str, set[str]] = {}
        for line in self.path.read_text().splitlines():
            found.setdefault(line.split()[0], set()).add(line.split()[1])
        return found


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@contextmanager
def mail_server(path: Path, **options: Any) -> Iterator[tuple[Kept, MailServer]]:
    """A running server and the way to it."""
    kept = Kept(path)
    seconds = options.pop("seconds", 20.0)
    controller = Controller(kept, hostname="127.0.0.1", port=free_port(), ready_timeout=30.0, **options)
    controller.start()
    try:
        yield kept, MailServer("127.0.0.1", controller.port, "none", seconds=seconds)
    finally:
        kept.over.set()
        controller.stop()
