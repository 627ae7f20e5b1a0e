"""Rows that are due go out once; what a crash leaves is told apart; limits, expiry and withdrawal hold."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from detente.delivery import (
    OUTBOX,
    Address,
    DeliveryOutcome,
    Mail,
    Outbox,
    OutboxRow,
    Reply,
    SchemaPart,
    SendLimits,
    deliver,
    open_database,
    transaction,
)
from detente.delivery.outbox import Doubtful
from detente.errors import UnreadableFile, UsageError
from local_mail import mail_server

SCRIPT = Path(__file__).with_name("killed_sender.py")
DESK = Address.of("desk@example.org")
POINTS = ("before claim", "claimed", "after 250", "after commit")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def boxed(
    path: Path, names: list[str], doubtful: str = "resend", expires: float | None = None, due: float = 0.0
) -> Outbox:
    box = Outbox(open_database(path, [OUTBOX]), doubtful=doubtful)
    with transaction(box.connection):
        for name in names:
            assert box.enqueue("b", name, due=due, expires=expires)
    return box


def carrier(script: dict[str, list[DeliveryOutcome]], seen: list[tuple[str, str]], *, of_server: bool = False):
    def carry(row: OutboxRow) -> Reply:
        seen.append((row.recipient, row.message_id))
        left = script.get(row.recipient)
        return Reply(left.pop(0) if left else DeliveryOutcome.SENT, "said", of_server=of_server and bool(left))

    return {"mail": carry}


def test_each_goes_out_once_and_a_repetition_adds_nothing(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", list("abc")), [], Clock()
    assert not box.enqueue("b", "a", due=0)
    assert box.enqueue("other", "a", due=0)
    assert deliver(box, carrier({}, seen), clock=clock).sent == 4
    assert deliver(box, carrier({}, seen), clock=clock).sent == 0
    assert len({message_id for _, message_id in seen}) == len(seen) == 4


def test_temporary_refusals_back_off_and_end(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", ["a", "b"]), [], Clock()
    carry = carrier({"a": [DeliveryOutcome.LATER] * 99, "b": [DeliveryOutcome.REFUSED]}, seen)
    waits = []
    for _ in range(40):
        before, clock.now = len(seen), clock.now + 60
        deliver(box, carry, clock=clock)
        waits += [clock.now] * (len(seen) - before)
        clock.now += 0 if box.counts()["queued"] == 0 else 3_600
    assert box.counts()["failed"] == 2
    assert len(seen) == 11, "ten attempts for one, one for the other"
    assert len({i for name, i in seen if name == "a"}) == 1, "always the same message id"
    gaps = [later - earlier for earlier, later in pairwise(waits[1:])]
    assert gaps == sorted(gaps)


@pytest.mark.parametrize(("policy", "state", "times"), [("resend", "sent", 2), ("hold", "doubtful", 1)])
def test_a_doubtful_one_is_treated_as_chosen(tmp_path: Path, policy: str, state: str, times: int) -> None:
    box, seen, clock = boxed(tmp_path / "d", ["a"], policy), [], Clock()
    carry = carrier({"a": [DeliveryOutcome.DOUBTFUL]}, seen)
    for _ in range(3):
        deliver(box, carry, clock=clock)
        clock.now += 3_600
    assert box.counts()[state] == 1
    assert len(seen) == times
    assert len(set(seen)) == 1
    if policy == "hold":
        box.settle(1, arrived=False)
        deliver(box, carry, clock=clock)
        assert box.counts()["sent"] == 1


def test_what_is_too_late_is_not_sent(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", ["a"], expires=1_000_500.0, due=1_000_400.0), [], Clock()
    deliver(box, carrier({}, seen), clock=clock)
    assert (seen, box.counts()["queued"]) == ([], 1), "not yet due"
    clock.now += 172_800  # the machine slept for two days
    deliver(box, carrier({}, seen), clock=clock)
    assert (seen, box.counts()["expired"]) == ([], 1)


def test_whether_it_may_go_is_asked_at_the_moment_of_sending(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", list("abc")), [], Clock()
    box.connection.execute("CREATE TABLE trial (reader TEXT, until REAL)")
    box.connection.executemany("INSERT INTO trial VALUES (?, ?)", [("a", 2e6), ("b", 1_000_000.5), ("c", 2e6)])

    def carry(row: OutboxRow) -> Reply:
        clock.now += 1  # b's trial ends while a's mail is on its way
        seen.append(row.recipient)
        return Reply(DeliveryOutcome.SENT)

    def may(connection: sqlite3.Connection, row: OutboxRow) -> str | None:
        until = connection.execute("SELECT until FROM trial WHERE reader = ?", (row.recipient,)).fetchone()[0]
        return None if until > clock.now else "the trial is over"

    deliver(box, {"mail": carry}, may_send=may, clock=clock)
    assert seen == ["a", "c"]
    assert box.counts()["withheld"] == 1


def test_limits_hold_over_turns(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", [str(i) for i in range(130)]), [], Clock()
    done = deliver(box, carrier({}, seen), limits=SendLimits(turn=30, hour=70), clock=clock)
    assert (done.sent, bool(done.stopped)) == (30, True)
    deliver(box, carrier({}, seen), limits=SendLimits(hour=70, day=100), clock=clock)
    assert len(seen) == 70
    clock.now += 3_700
    deliver(box, carrier({}, seen), limits=SendLimits(hour=70, day=100), clock=clock)
    assert len(seen) == 100
    assert box.counts()["queued"] == 30


def test_a_server_in_trouble_ends_the_turn_and_costs_no_attempts(tmp_path: Path) -> None:
    box, seen, clock = boxed(tmp_path / "d", [str(i) for i in range(20)]), [], Clock()
    carry = carrier({str(i): [DeliveryOutcome.LATER] * 40 for i in range(20)}, seen, of_server=True)
    for _ in range(12):
        assert deliver(box, carry, clock=clock).stopped
        clock.now += 20_000
    assert box.counts()["queued"] == 20
    assert len(seen) == 36


def test_an_error_in_making_one_leaves_the_others(tmp_path: Path) -> None:
    box, seen = boxed(tmp_path / "d", ["a", "b"]), []

    def carry(row: OutboxRow) -> Reply:
        if row.recipient == "a":
            raise UsageError("no text")
        seen.append(row.recipient)
        return Reply(DeliveryOutcome.SENT)

    deliver(box, {"mail": carry}, clock=Clock())
    assert (seen, box.counts()["failed"]) == (["b"], 1)


def test_rows_of_other_kinds_are_left_alone(tmp_path: Path) -> None:
    box, seen = boxed(tmp_path / "d", []), []
    for k in range(60):
        box.enqueue("b", f"h{k}", due=0.0, kind="webhook")
    box.enqueue("b", "a", due=1.0)
    assert deliver(box, carrier({}, seen), clock=Clock()).sent == 1
    assert box.counts()["queued"] == 60


def test_a_lease_that_ran_out_is_not_sent_by_its_old_owner(tmp_path: Path) -> None:
    box = boxed(tmp_path / "d", ["a"])
    (row,) = box.claim("one", 10.0, 5)
    assert box.claim("two", 11.0, 5) == []
    box.recover(10.0 + box.lease + 1)
    (again,) = box.claim("two", 1_000.0, 5)
    assert box.begin(row, "one", 1_000.0) is None
    begun = box.begin(again, "two", 1_000.0)
    assert begun is not None
    assert begun.message_id == row.message_id


def test_a_person_is_erased(tmp_path: Path) -> None:
    box = boxed(tmp_path / "d", ["ana@example.org", "b"])
    deliver(box, carrier({}, []), clock=Clock())
    assert box.erase("ana@example.org") == 1
    box.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    box.connection.close()
    assert b"ana@example.org" not in (tmp_path / "d").read_bytes()


def test_a_database_says_what_is_wrong_and_grows_by_steps(tmp_path: Path) -> None:
    (tmp_path / "no").write_bytes(b"this is no database" * 100)
    with pytest.raises(UnreadableFile, match="cannot be used"):
        open_database(tmp_path / "no", [OUTBOX])
    with pytest.raises(UnreadableFile, match="cannot be used"):
        open_database(tmp_path / "absent" / "d", [OUTBOX])
    one = SchemaPart("p", (("CREATE TABLE p (a)",),))
    two = SchemaPart("p", (*one.steps, ("ALTER TABLE p ADD COLUMN b", "UPDATE p SET b = a + 1")))
    old = open_database(tmp_path / "d", [one])
    old.execute("INSERT INTO p VALUES (1)")
    old.close()
    new = open_database(tmp_path / "d", [two, OUTBOX])
    assert tuple(new.execute("SELECT a, b FROM p").fetchone()) == (1, 2)
    with pytest.raises(UnreadableFile, match="newer version"):
        open_database(tmp_path / "d", [one])
    assert (tmp_path / "d").stat().st_mode & 0o077 == 0
    with pytest.raises(UsageError, match="resend or hold"):
        Outbox(new, doubtful="perhaps")


def rendered(row: OutboxRow) -> bytes:
    return Mail(
        DESK, Address.of(row.recipient), "s", "t", row.message_id, datetime(2026, 11, 30, tzinfo=UTC)
    ).to_bytes()


def _run(path: Path, port: int, point: str, policy: str, after: int) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(SCRIPT), str(path), "127.0.0.1", str(port), point, policy, str(after)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("policy", ["resend", "hold"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_nobody_is_lost_and_the_doubtful_are_as_chosen(
    tmp_path: Path, point: str, policy: Doubtful
) -> None:
    """Two senders at once, one killed at the point after some mails; then one that ends the work."""
    names = [f"r{i}@example.com" for i in range(24)] + ["a550@example.com"]
    path = tmp_path / "d"
    boxed(path, names, policy).connection.close()
    with mail_server(tmp_path / "kept") as (kept, server):
        pair = [
            _run(path, server.port, point, policy, 0 if "claim" in point else 2),
            _run(path, server.port, "", policy, 0),
        ]
        assert [one.wait(120) for one in pair] == [-signal.SIGKILL, 0]
        box = Outbox(open_database(path, [OUTBOX]), doubtful=policy)
        with server.connect() as line:  # a day later, when every lease is over

            def carry(row: OutboxRow) -> Reply:
                return line.send(DESK, Address.of(row.recipient), rendered(row))

            deliver(box, {"mail": carry}, clock=lambda: time.time() + 86_400)
        taken, ids = kept.taken(), kept.ids()
    counts = box.counts()
    assert counts["failed"] == 1
    twice = [name for name, n in taken.items() if n > 1]
    assert all(len(ids[name]) == 1 for name in taken), "one reader, one message id"
    if policy == "hold":
        assert not twice
        assert counts["doubtful"] == (1 if point in ("after 250", "after commit") else 0)
        assert counts["sent"] == 24 - counts["doubtful"]
        assert len(taken) == 24 - (point == "after commit")
    else:
        assert counts["sent"] == len(taken) == 24
        assert len(twice) == (1 if point == "after 250" else 0)
