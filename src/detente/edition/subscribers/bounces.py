"""Mail that came back: matched by the address it came back to, read as delivery reports say it, never by guess.

Every edition goes out from ``bounce+ID-MARK@domain`` (VERP), whose mark only this desk can make. An answer from
holidays has no delivery report and counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default

from detente.delivery import Address, OutboxRow, transaction
from detente.edition.subscribers.desk import DAY, Desk

SOFT, SOFT_DAYS = 4, 14  # so many temporary failures in so many days, and the address is given up
MARK = 10  # characters of the keyed hash
_BACK = re.compile(r"\+(\d{1,12})-([0-9a-f]{10})@", re.IGNORECASE)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FOR_NOW = ("5.2.2", "5.7.")  # a full mailbox, a policy against us: said to be final, and often is not
LARGEST = 5_000_000  # bytes of a report


@dataclass(frozen=True, slots=True)
class Bounced:
    """What one returned mail meant.

    Attributes
    ----------
    kind : ``gone``, ``later``, ``complaint`` or ``none`` (no report, or not about a mail of ours).
    status : the enhanced code (RFC 3463), if one was given.
    """

    kind: str
    status: str = ""


def return_address(desk: Desk, row: OutboxRow, local: str, domain: str) -> Address:
    """The envelope sender of one mail."""
    return Address.of(f"{local}+{row.id}-{desk.keyed(f'bounce:{row.id}')[:MARK]}@{domain}")


def take_bounce(desk: Desk, raw: bytes, now: float) -> Bounced:
    """Read one returned mail and do what it asks: an address that is none gets no further mail."""
    message = message_from_bytes(raw[:LARGEST], policy=default)
    reader = _reader_of(desk, message)
    if reader is None:
        return Bounced("none")
    if any(part.get_content_type() == "message/feedback-report" for part in message.walk()):
        with transaction(desk.connection):
            desk.bounced(reader, now, "complaint")
        return Bounced("complaint")
    status = _status(message)
    return Bounced("none") if not status else Bounced(count_bounce(desk, reader, status, now), status)


def count_bounce(desk: Desk, reader: int, status: str, now: float) -> str:
    """Write one failure down; ``gone`` where it is final, by itself or as one too many, else ``later``."""
    if not status.startswith(("4", "5")):
        return "none"
    with transaction(desk.connection):
        desk.connection.execute("INSERT INTO bounce (subscriber, status, at) VALUES (?, ?, ?)", (reader, status, now))
        recent = desk.connection.execute(
            "SELECT count(*) FROM bounce WHERE subscriber = ? AND at > ?", (reader, now - SOFT_DAYS * DAY)
        ).fetchone()[0]
        final = status.startswith("5") and not status.startswith(_FOR_NOW)
        if final or recent >= SOFT:
            desk.bounced(reader, now)
            return "gone"
    return "later"


def _reader_of(desk: Desk, message: Message) -> int | None:
    """Whose mail came back, by a mark that is ours."""
    for name in ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"):
        for value in message.get_all(name, []):
            for number, mark in _BACK.findall(str(value)):
                if mark.lower() == desk.keyed(f"bounce:{int(number)}")[:MARK]:
                    row = desk.connection.execute(
                        "SELECT s.id FROM subscriber s JOIN outbox o ON lower(o.recipient) = s.email_key WHERE o.id = ?",
                        (int(number),),
                    ).fetchone()
                    return None if row is None else row[0]
    return None


def _status(message: Message) -> str:
    """The status of the report's recipient that failed."""
    for part in _reports(message):
        action = str(part.get("Action", "")).strip().lower()
        found = _STATUS.search(str(part.get("Status", "")))
        if found and action in ("failed", "delayed", ""):
            return found[1] if action != "delayed" else "4" + found[1][1:]
    return ""


def _reports(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (block for block in payload if isinstance(block, Message))
