"""Requests that the server took down, dealt with apart from its answers: so an answer never shows who is on the list."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from detente.delivery import Address, Mail, Outbox, new_message_id, transaction
from detente.edition.sending import Clock
from detente.edition.settings import EditionSettings
from detente.edition.subscribers.desk import CONFIRM, PENDING_DAYS, Desk
from detente.edition.subscribers.readers import Wish
from detente.errors import DataError
from detente.language import Catalogue

AT_ONCE = 200


def answer_requests(desk: Desk, settings: EditionSettings, public_url: str, *, clock: Clock = time.time) -> int:
    """Queue the mail with the one button for each request that calls for one; how many were queued."""
    queued = 0
    for row in desk.connection.execute("SELECT * FROM request ORDER BY id LIMIT ?", (AT_ONCE,)).fetchall():
        with transaction(desk.connection):
            gone = desk.connection.execute("DELETE FROM request WHERE id = ?", (row["id"],)).rowcount
            if not gone or not row["good"]:
                continue
            wish = Wish(row["language"], row["zone"], row["hour"])
            try:
                asked = desk.ask(row["email"], wish, row["at"], f"asked on the page in {wish.language}")
            except DataError:
                continue
            if asked is None:
                continue
            address, token = asked
            message_id = new_message_id(settings.mail.sender.rpartition("@")[2])
            mail = confirmation(address, token, wish.language, settings, public_url, message_id, clock())
            queued += Outbox(desk.connection).enqueue(
                CONFIRM, address.text, due=clock(), expires=clock() + PENDING_DAYS * 86_400, kind=CONFIRM,
                payload=mail.to_bytes(), message_id=message_id,
            )  # fmt: skip
    return queued


def confirmation(
    to: Address, token: str, language: str, settings: EditionSettings, public_url: str, message_id: str, now: float
) -> Mail:
    """The mail with the one button; nothing that a visitor typed stands in it."""
    words = Catalogue(language)
    text = words("readers.confirm_text", link=f"{public_url}confirm/{token}", days=PENDING_DAYS)
    return Mail(
        Address.of(settings.mail.sender), to, words("readers.confirm_subject"), text, message_id,
        datetime.fromtimestamp(now, UTC), sender_name=settings.mail.name, headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
