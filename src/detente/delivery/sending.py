"""One turn of sending: claim what is due, hand each to its carrier, write down what became of it."""

from __future__ import annotations

import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from detente.delivery.database import transaction
from detente.delivery.outbox import Outbox, OutboxRow, Permission
from detente.delivery.replies import DeliveryOutcome, Reply
from detente.errors import DetenteError

Carrier = Callable[[OutboxRow], Reply]
"""Takes a row to its reader, once, and says what is known."""
AT_ONCE = 50  # rows claimed together
TROUBLES = 3  # in a row of the server's own: then the turn ends, and the next may find it well


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How much goes out at most; None is without limit. A relay blocks whoever sends faster than it allows.

    Attributes
    ----------
    turn, hour, day : mails in this turn, in any hour, in any 24 hours.
    """

    turn: int | None = None
    hour: int | None = None
    day: int | None = None

    def left(self, outbox: Outbox, now: float, done: int) -> int | None:
        """How many may still go out now."""
        ends = [None if self.turn is None else self.turn - done]
        ends += [
            None if most is None else most - outbox.sent_since(now - seconds)
            for most, seconds in ((self.hour, 3_600.0), (self.day, 86_400.0))
        ]
        known = [max(end, 0) for end in ends if end is not None]
        return min(known) if known else None


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one turn of sending did.

    Attributes
    ----------
    states : how many rows ended the turn as ``sent``, ``failed``, ``queued`` (to be tried later), ``doubtful`` or
        ``kept back`` (expired, withheld, or taken by another sender meanwhile) at its hands.
    stopped : why the turn ended before nothing was due; empty where nothing was left.
    """

    states: Mapping[str, int]
    stopped: str = ""

    @property
    def sent(self) -> int:
        return self.states.get("sent", 0)


def deliver(
    outbox: Outbox,
    carriers: Mapping[str, Carrier],
    *,
    may_send: Permission | None = None,
    limits: SendLimits = SendLimits(),
    clock: Callable[[], float] = time.time,
    owner: str = "",
) -> Delivered:
    """Send what is due until nothing is, a limit is reached, or a server is in trouble; safe to run twice at once.

    Parameters
    ----------
    carriers : by the rows' ``kind``; rows of other kinds are left to whoever carries them.
    may_send : asked for each row at the moment of sending, within the transaction.
    clock : seconds since 1970.
    owner : of the leases; a new name for each turn if empty.
    """
    turn = _Turn(outbox, carriers, may_send, clock, owner or f"{os.getpid()}-{secrets.token_hex(4)}")
    outbox.recover(clock())
    try:
        while not turn.stopped:
            left = limits.left(outbox, clock(), turn.begun)
            if left == 0:
                turn.stopped = "The limit is reached; the rest goes out later."
                break
            rows = outbox.claim(turn.owner, clock(), AT_ONCE if left is None else min(AT_ONCE, left), carriers.keys())
            if not rows:
                break
            turn.take(rows)
    finally:
        outbox.release(turn.owner)
    return Delivered(dict(turn.states), turn.stopped)


class _Turn:
    """The rows in hand: the end of one and the beginning of the next are one commit."""

    def __init__(
        self,
        outbox: Outbox,
        carriers: Mapping[str, Carrier],
        may_send: Permission | None,
        clock: Callable[[], float],
        owner: str,
    ) -> None:
        self.outbox, self.carriers, self.may_send, self.clock, self.owner = outbox, carriers, may_send, clock, owner
        self.states: Counter[str] = Counter()
        self.stopped = ""
        self.begun = self.troubles = 0

    def take(self, rows: list[OutboxRow]) -> None:
        waiting: tuple[OutboxRow, Reply] | None = None
        for row in rows:
            with transaction(self.outbox.connection):
                waiting = self._finish(waiting)
                begun = None if self.stopped else self.outbox.begin(row, self.owner, self.clock(), self.may_send)
            if self.stopped:
                return
            if begun is None:
                self.states["kept back"] += 1
                continue
            self.begun += 1
            waiting = begun, self._carried(begun)
        self._finish(waiting)

    def _finish(self, waiting: tuple[OutboxRow, Reply] | None) -> None:
        if waiting is None:
            return
        row, reply = waiting
        self.states[self.outbox.finish(row, self.owner, reply, self.clock())] += 1
        self.troubles = self.troubles + 1 if reply.of_server else 0
        if self.troubles >= TROUBLES:
            self.stopped = reply.text or "The server is in trouble."

    def _carried(self, row: OutboxRow) -> Reply:
        try:
            return self.carriers[row.kind](row)
        except DetenteError as error:  # made from what the row says: the next one may be well
            return Reply(DeliveryOutcome.REFUSED, str(error))
