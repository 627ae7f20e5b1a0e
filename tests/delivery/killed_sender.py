"""One turn of sending that is killed at a named point: ``killed_sender.py DB HOST PORT POINT POLICY AFTER``."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import detente.delivery.sending as sending
from detente.delivery import OUTBOX, Address, Mail, MailServer, Outbox, OutboxRow, Reply, deliver, open_database

DESK = Address.of("desk@example.org")
LEASE = 600.0
sending.AT_ONCE = 4


def rendered(row: OutboxRow) -> bytes:
    day = datetime(2026, 11, 30, tzinfo=UTC)
    return Mail(DESK, Address.of(row.recipient), "s", "t", row.message_id, day).to_bytes()


def main(path: str, host: str, port: str, point: str, policy: Any, after: str) -> None:
    left, begun = int(after), Path(f"{path}.begun")
    while not point and not begun.exists():  # the one that is to die claims first
        time.sleep(0.02)

    def die(here: str) -> None:
        nonlocal left
        if here == point:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    class Watched(Outbox):
        def claim(self, *args: Any) -> list[OutboxRow]:
            begun.touch() if point == "before claim" else None
            die("before claim")
            rows = super().claim(*args)
            if rows and point:
                begun.touch()  # from here on the other sender takes part
                die("claimed")
            return rows

        def finish(self, *args: Any) -> str:
            die("after 250")
            return super().finish(*args)

        def begin(self, *args: Any) -> OutboxRow | None:
            row = super().begin(*args)
            die("begun")  # inside the transaction: not yet on disk
            return row

    with MailServer(host, int(port), "none").connect() as line:

        def carry(row: OutboxRow) -> Reply:
            die("after commit")  # the row before is finished on disk, this one begun
            return line.send(DESK, Address.of(row.recipient), rendered(row))

        outbox = Watched(open_database(path, [OUTBOX]), doubtful=policy, lease=LEASE)
        print(dict(deliver(outbox, {"mail": carry}).states), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
