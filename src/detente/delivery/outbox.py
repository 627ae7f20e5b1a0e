"""What is to be delivered, in SQLite: one row a reader and thing, claimed under a lease, finished once.

Nobody can deliver exactly once over SMTP: a server may keep a mail and the line break before it says so. Every row
says, on disk and before its end is handed over, that it is being sent; whoever finds it so after a crash knows that
it is doubtful, and a row that was only claimed is not. What becomes of doubtful rows is the owner's choice:
``resend`` (the same message id, which most readers' programs show once) or ``hold``.

::

    queued ── claim ──▶ leased ── begin ──▶ sending ── finish ──▶ sent · failed · queued (later) · doubtful
       ▲                  │ lease over          │ lease over
       └──────────────────┴────── resend ◀──────┴──────▶ doubtful (hold)
    queued, leased ──▶ expired · withheld
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from detente.delivery.database import SchemaPart, transaction
from detente.delivery.message import new_message_id
from detente.delivery.replies import DeliveryOutcome, Reply
from detente.errors import UsageError

Doubtful = Literal["resend", "hold"]
Permission = Callable[[sqlite3.Connection, "OutboxRow"], str | None]
"""Asked when a row is about to be sent, inside the transaction; None lets it go, words say why it must not."""
LEASE = 600.0  # seconds: more than one mail takes on a server that hangs at each of its five replies
BACK_OFF = (60.0, 300.0, 1_800.0, 7_200.0, 14_400.0)  # seconds after the first, second, ... temporary refusal
ATTEMPTS = 10
STATES = ("queued", "leased", "sending", "sent", "failed", "doubtful", "expired", "withheld")

OUTBOX = SchemaPart(
    "outbox",
    (
        (
            """CREATE TABLE outbox (
                id INTEGER PRIMARY KEY,
                batch TEXT NOT NULL,
                kind TEXT NOT NULL,
                recipient TEXT NOT NULL,
                message_id TEXT NOT NULL UNIQUE,
                payload BLOB,
                due REAL NOT NULL,
                expires REAL,
                state TEXT NOT NULL DEFAULT 'queued',
                lease_owner TEXT,
                lease_until REAL,
                attempts INTEGER NOT NULL DEFAULT 0,
                reply TEXT NOT NULL DEFAULT '',
                finished REAL,
                UNIQUE (batch, kind, recipient)
            )""",
            "CREATE INDEX outbox_due ON outbox (state, due)",
            "CREATE INDEX outbox_finished ON outbox (finished) WHERE state = 'sent'",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One thing to be delivered to one reader.

    Attributes
    ----------
    batch : what it is part of, such as an edition's id or a look's.
    kind : which carrier takes it: ``mail``, ``webhook`` ...
    recipient : an address, whatever the carrier understands.
    message_id : the same in every attempt.
    payload : the finished bytes, or None where the carrier makes them.
    due, expires : seconds since 1970, UTC.
    attempts : begun so far, this one included.
    """

    id: int
    batch: str
    kind: str
    recipient: str
    message_id: str
    payload: bytes | None
    due: float
    expires: float | None
    attempts: int


_COLUMNS = "id, batch, kind, recipient, message_id, payload, due, expires, attempts"


class Outbox:
    """The rows of one database; every method is one transaction, or part of the caller's.

    Parameters
    ----------
    connection : from :func:`open_database` with the part :data:`OUTBOX`.
    doubtful : what becomes of a row of which nobody knows whether it arrived.
    lease : seconds for which a claim holds.
    """

    def __init__(self, connection: sqlite3.Connection, *, doubtful: Doubtful = "resend", lease: float = LEASE) -> None:
        if doubtful not in ("resend", "hold"):
            raise UsageError(f"'{doubtful}' is no way to treat doubtful rows.", fix="Say resend or hold.")
        self.connection, self.doubtful, self.lease = connection, doubtful, lease

    def enqueue(
        self,
        batch: str,
        recipient: str,
        *,
        due: float,
        expires: float | None = None,
        kind: str = "mail",
        payload: bytes | None = None,
        message_id: str = "",
        domain: str = "localhost",
    ) -> bool:
        """Add a row unless its batch, kind and recipient are there already; whether it was added.

        Parameters
        ----------
        message_id : of a payload that holds it; a new one at ``domain`` if empty.
        """
        done = self.connection.execute(
            "INSERT OR IGNORE INTO outbox (batch, kind, recipient, message_id, payload, due, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (batch, kind, recipient, message_id or new_message_id(domain), payload, due, expires),
        )
        return done.rowcount == 1

    def recover(self, now: float) -> None:
        """Give back what a crash left: claims whose lease is over, and by choice what was being sent."""
        after = "queued" if self.doubtful == "resend" else "doubtful"
        with transaction(self.connection):
            self.connection.execute(
                "UPDATE outbox SET state = 'queued', lease_owner = NULL WHERE state = 'leased' AND lease_until < ?",
                (now,),
            )
            self.connection.execute(
                "UPDATE outbox SET state = ?, lease_owner = NULL, reply = 'The sender ended before it had an answer.',"
                " finished = ? WHERE state = 'sending' AND lease_until < ?",
                (after, now if after == "doubtful" else None, now),
            )
            self.connection.execute(
                "UPDATE outbox SET state = 'expired', finished = ? WHERE state = 'queued' AND expires <= ?", (now, now)
            )

    def claim(self, owner: str, now: float, most: int, kinds: Collection[str] | None = None) -> list[OutboxRow]:
        """Up to ``most`` rows that are due, each now leased to ``owner`` alone, the longest due first.

        Parameters
        ----------
        kinds : the kinds of rows to take; all if None.
        """
        only = "" if kinds is None else f" AND kind IN ({', '.join('?' * len(kinds))})"
        rows = self.connection.execute(
            "UPDATE outbox SET state = 'leased', lease_owner = ?, lease_until = ? WHERE state = 'queued' AND id IN"
            f" (SELECT id FROM outbox WHERE state = 'queued' AND due <= ? AND (expires IS NULL OR expires > ?){only}"
            f" ORDER BY due, id LIMIT ?) RETURNING {_COLUMNS}",
            (owner, now + self.lease, now, now, *(kinds or ()), most),
        ).fetchall()
        return sorted((OutboxRow(*row) for row in rows), key=lambda row: (row.due, row.id))

    def begin(self, row: OutboxRow, owner: str, now: float, may_send: Permission | None = None) -> OutboxRow | None:
        """Say on disk that the row is being sent; None where it may not be: no longer ours, too late, withheld."""
        with transaction(self.connection):
            ours = self.connection.execute(
                f"SELECT {_COLUMNS} FROM outbox WHERE id = ? AND state = 'leased' AND lease_owner = ?", (row.id, owner)
            ).fetchone()
            if ours is None:
                return None
            found = OutboxRow(*ours)
            if found.expires is not None and found.expires <= now:
                self._close(found.id, "expired", "", now)
                return None
            reason = may_send(self.connection, found) if may_send else None
            if reason is not None:
                self._close(found.id, "withheld", reason, now)
                return None
            begun = self.connection.execute(
                "UPDATE outbox SET state = 'sending', attempts = attempts + 1, lease_until = ? WHERE id = ?"
                f" RETURNING {_COLUMNS}",
                (now + self.lease, found.id),
            ).fetchone()
            self.connection.execute(
                "UPDATE outbox SET lease_until = ? WHERE state = 'leased' AND lease_owner = ?",
                (now + self.lease, owner),
            )
        return OutboxRow(*begun)

    def finish(self, row: OutboxRow, owner: str, reply: Reply, now: float) -> str:
        """Write down what became of a row that was begun; its new state.

        That it was sent is written down even where the lease was lost meanwhile: it is true.
        """
        state = self._after(row, reply)
        ours = " AND lease_owner = ? AND state = 'sending'" if state != "sent" else ""
        due = now + BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1] if state == "queued" else row.due
        self.connection.execute(
            "UPDATE outbox SET state = ?, reply = ?, lease_owner = NULL, due = ?, finished = ?,"
            f" attempts = attempts - ? WHERE id = ?{ours}",
            (state, reply.text, due, None if state == "queued" else now, int(reply.of_server), row.id)
            + ((owner,) if ours else ()),
        )  # fmt: skip
        return state

    def release(self, owner: str) -> None:
        """Give back what ``owner`` claimed and did not begin."""
        self.connection.execute(
            "UPDATE outbox SET state = 'queued', lease_owner = NULL WHERE state = 'leased' AND lease_owner = ?",
            (owner,),
        )

    def counts(self, batch: str | None = None) -> Mapping[str, int]:
        """Rows by state, of one batch or of all."""
        where, values = ("", ()) if batch is None else (" WHERE batch = ?", (batch,))
        rows = self.connection.execute(f"SELECT state, count(*) FROM outbox{where} GROUP BY state", values)
        return {**dict.fromkeys(STATES, 0), **dict(rows.fetchall())}

    def why_waiting(self) -> str:
        """What was said at the newest attempt at a row that waits to be tried again; empty if there is none."""
        row = self.connection.execute(
            "SELECT reply FROM outbox WHERE state = 'queued' AND reply != '' ORDER BY due DESC, id DESC LIMIT 1"
        ).fetchone()
        return row[0] if row else ""

    def sent_since(self, moment: float) -> int:
        """How many were sent at or after ``moment``."""
        return self.connection.execute(
            "SELECT count(*) FROM outbox WHERE state = 'sent' AND finished >= ?", (moment,)
        ).fetchone()[0]

    def settle(self, row_id: int, *, arrived: bool) -> None:
        """A person's word on a doubtful row: it arrived, or it is to be sent again."""
        self.connection.execute(
            "UPDATE outbox SET state = ?, finished = CASE WHEN ? THEN finished END WHERE id = ? AND state = 'doubtful'",
            ("sent" if arrived else "queued", arrived, row_id),
        )

    def erase(self, recipient: str) -> int:
        """Take everything about a recipient out, delivered or not; how many rows that were."""
        return self.connection.execute("DELETE FROM outbox WHERE recipient = ?", (recipient,)).rowcount

    def _after(self, row: OutboxRow, reply: Reply) -> str:
        if reply.outcome is DeliveryOutcome.DOUBTFUL:
            return "queued" if self.doubtful == "resend" and row.attempts < ATTEMPTS else "doubtful"
        if reply.outcome is DeliveryOutcome.LATER:
            return "queued" if reply.of_server or row.attempts < ATTEMPTS else "failed"
        return {DeliveryOutcome.SENT: "sent", DeliveryOutcome.REFUSED: "failed"}[reply.outcome]

    def _close(self, row_id: int, state: str, reply: str, now: float) -> None:
        self.connection.execute(
            "UPDATE outbox SET state = ?, reply = ?, lease_owner = NULL, finished = ? WHERE id = ?",
            (state, reply, now, row_id),
        )
