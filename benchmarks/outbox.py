"""A thousand readers, a real SMTP server on disk, kill -9: what was lost, what came twice, what is doubtful.

    nice python benchmarks/outbox.py [--readers 1000]

Four points (before a claim, claimed, after the server's 250, after the commit) x two policies x two senders at once,
one of which is killed over and over; and how many mails a second go out where nothing is killed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tests" / "delivery")]

from killed_sender import DESK, rendered  # noqa: E402 - the tests' own sender

from detente.delivery import OUTBOX, Address, Outbox, OutboxRow, Reply, deliver, open_database, transaction  # noqa: E402 - after the paths above
from local_mail import mail_server  # noqa: E402 - the tests' own server

POINTS = ("before claim", "claimed", "after 250", "after commit")
SENDER = ROOT / "tests" / "delivery" / "killed_sender.py"
KILLS = 5


def filled(path: Path, readers: int) -> Outbox:
    box = Outbox(open_database(path, [OUTBOX]))
    with transaction(box.connection):
        for k in range(readers - 1):
            box.enqueue("b", f"r{k}@example.com", due=0.0)
        box.enqueue("b", "a550@example.com", due=0.0)
    return box


def finished(path: Path, policy: str, server) -> Outbox:
    """A sender a day later, when every lease is over."""
    box = Outbox(open_database(path, [OUTBOX]), doubtful=policy)
    with server.connect() as line:

        def carry(row: OutboxRow) -> Reply:
            return line.send(DESK, Address.of(row.recipient), rendered(row))

        deliver(box, {"mail": carry}, clock=lambda: time.time() + 86_400)
    return box


def speed(readers: int) -> None:
    with tempfile.TemporaryDirectory() as home, mail_server(Path(home) / "kept") as (kept, server):
        filled(Path(home) / "d", readers).connection.close()
        cpu, start = time.process_time(), time.perf_counter()
        box = finished(Path(home) / "d", "resend", server)
        passed = time.perf_counter() - start
        print(f"{readers} readers, nothing killed: {passed:.1f} s, {readers / passed:.0f} mails a second "
              f"({time.process_time() - cpu:.1f} CPU s with the server's); {dict(box.counts())}, twice "
              f"{sum(n > 1 for n in kept.taken().values())}")  # fmt: skip


def killed(readers: int, point: str, policy: str) -> None:
    with tempfile.TemporaryDirectory() as home, mail_server(Path(home) / "kept") as (kept, server):
        path = Path(home) / "d"
        filled(path, readers).connection.close()

        def start(where: str, after: int) -> subprocess.Popen[bytes]:
            words = [sys.executable, str(SENDER), str(path), server.host, str(server.port), where, policy, str(after)]
            return subprocess.Popen(words, stdout=subprocess.DEVNULL)

        other = start("", 0)
        ends = [start(point, 0 if "claim" in point else 20 + 10 * k).wait() for k in range(KILLS)]
        other.wait()
        box = finished(path, policy, server)
        counts, taken, ids = box.counts(), kept.taken(), kept.ids()
        lost = readers - 1 - len(taken) - counts["doubtful"]
        print(f"{point:13} {policy:7} killed {ends.count(-9)} of {KILLS}: delivered to {len(taken)}, refused "
              f"{counts['failed']}, twice {sum(n > 1 for n in taken.values())} (ids that differ "
              f"{sum(len(i) > 1 for i in ids.values())}), doubtful {counts['doubtful']}, lost {max(lost, 0)}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=1000)
    readers = parser.parse_args().readers
    speed(readers)
    for point in POINTS:
        for policy in ("resend", "hold"):
            killed(readers, point, policy)


if __name__ == "__main__":
    main()
