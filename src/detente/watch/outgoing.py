"""Who is told of what: messages put into the outbox with the look, and taken to their readers after it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

from detente._atomic import write_file
from detente.delivery import (
    Address,
    Delivered,
    DeliveryOutcome,
    Feed,
    FeedEntry,
    Mail,
    MailConnection,
    Outbox,
    OutboxRow,
    Reply,
    atom,
    deliver,
    new_message_id,
    tag_uri,
)
from detente.errors import DetenteError
from detente.language import Catalogue
from detente.watch.look_in_words import alert_text, past_alert_text
from detente.watch.result import SCHEMA_VERSION, Alert, DyadFailure
from detente.watch.state import PastAlert, WatchState
from detente.watch.watchlists.recipients import ToAtom, ToMail, ToWebhook
from detente.watch.watchlists.watchlist import WatchList

EXPIRES = 7 * 86_400.0  # seconds after which an alert that could not be delivered is no news
IN_FEED = 100  # newest alerts


def enqueue(
    listed: WatchList, state: WatchState, look: int, at: datetime, alerts: Sequence[Alert],
    failures: Sequence[DyadFailure], words: Catalogue, *, digest: bool,
) -> None:  # fmt: skip
    """Put the messages of a look into the outbox, as part of its transaction.

    Parameters
    ----------
    digest : one message for all that was not told yet, to those who want digests and to everybody else.
    """
    box = Outbox(state.connection)
    told = [
        (f"{listed.watch.name}/{look}/{alert.number}", alert.heading, alert_text(alert, words), [alert.to_dict()])
        for alert in alerts
    ]
    new = [one for one in failures if one.new]
    if new:
        text = "\n".join(words("watch.failed", dyad=one.dyad, error=one.words) for one in new)
        body = [{"failure": one.words, "dyad": one.dyad} for one in new]
        told.append((f"{listed.watch.name}/{look}/failed", text.partition("\n")[0], text, body))
    whole = _together(listed, look, told, words) if digest and told else told
    for to in listed.to:
        if not isinstance(to, ToMail | ToWebhook):
            continue
        if to.digest:
            past = state.alerts(untold=True) if digest else []
            messages = [_digest(listed, look, past, words)] if past else []
        else:
            messages = whole
        for batch, head, text, body in messages:
            _put(box, listed, to, batch, head, text, body, look, at, words)
    if digest:
        state.told_in_digest()  # fmt: skip


Message = tuple[str, str, str, list[dict]]


def _together(listed: WatchList, look: int, told: Sequence[Message], words: Catalogue) -> list[Message]:
    head = words("watch.subject_digest", list=listed.title, n=len(told)) if len(told) > 1 else told[0][1]
    text = "\n\n".join(one[2] for one in told)
    return [(f"{listed.watch.name}/{look}/digest", head, text, [body for one in told for body in one[3]])]


def _digest(listed: WatchList, look: int, past: Sequence[PastAlert], words: Catalogue) -> Message:
    text = "\n\n".join(f"{words.moment(one.at)}\n{past_alert_text(one.heading, one.body, words)}" for one in past)
    head = words("watch.subject_digest", list=listed.title, n=len(past))
    return f"{listed.watch.name}/{look}/all", head, text, [dict(one.body) for one in past]


def _put(
    box: Outbox, listed: WatchList, to: ToMail | ToWebhook, batch: str, head: str, text: str, body: list[dict],
    look: int, at: datetime, words: Catalogue,
) -> None:  # fmt: skip
    due = at.timestamp()
    if isinstance(to, ToWebhook):
        data = {
            "schema_version": SCHEMA_VERSION,
            "type": "watch.alert",
            "list": listed.watch.name,
            "at": at.isoformat(timespec="seconds"),
            "alerts": body,
        }
        payload = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
        identity = "msg_" + hashlib.sha256(f"{batch} {to.url} {due}".encode()).hexdigest()[:32]
        box.enqueue(batch, to.url, kind="webhook", payload=payload, message_id=identity, due=due, expires=due + EXPIRES)
        return
    sender = Address.of(to.sender)
    foot = words("watch.foot", list=listed.title, n=look)
    for reader in to.to:
        address, identity = Address.of(reader), new_message_id(sender.domain)
        mail = Mail(
            sender, address, words("watch.subject", list=listed.title, heading=head), f"{text}\n\n{foot}\n", identity, at,
            sender_name=listed.title, headers={"Auto-Submitted": "auto-generated"},
        )  # fmt: skip
        raw, until = mail.to_bytes(), due + EXPIRES
        box.enqueue(batch, address.text, payload=raw, message_id=identity, due=due, expires=until)


def send(listed: WatchList, connection: sqlite3.Connection, clock: Callable[[], float] = time.time) -> Delivered:
    """Take to their readers what is due, this look's and what earlier ones left."""
    box = Outbox(connection, doubtful=listed.watch.doubtful)
    with ExitStack() as stack:
        return deliver(box, {"mail": _mails(listed, stack), "webhook": _hooks(listed, clock)}, clock=clock)


def _mails(listed: WatchList, stack: ExitStack) -> Callable[[OutboxRow], Reply]:
    """Each reader by the server that the list names for them; one who is no longer in it is not written to."""
    lines: dict[str, tuple[MailConnection, Address]] = {}
    for to in listed.to:
        if isinstance(to, ToMail):
            line = stack.enter_context(to.server.connect())
            lines |= {Address.of(reader).key: (line, Address.of(to.sender)) for reader in to.to}

    def carry(row: OutboxRow) -> Reply:
        if row.recipient.lower() not in lines:
            return Reply(DeliveryOutcome.REFUSED, "The address is no longer in the list.")
        line, sender = lines[row.recipient.lower()]
        try:
            return line.send(sender, Address.of(row.recipient), row.payload or b"")
        except DetenteError as error:  # a password that is not set: the row waits until it is
            return Reply(DeliveryOutcome.LATER, str(error), of_server=True)

    return carry


def _hooks(listed: WatchList, clock: Callable[[], float]) -> Callable[[OutboxRow], Reply]:
    hooks = {to.url: to.hook for to in listed.to if isinstance(to, ToWebhook)}

    def carry(row: OutboxRow) -> Reply:
        if row.recipient not in hooks:
            return Reply(DeliveryOutcome.REFUSED, "The address is no longer in the list.")
        try:
            return hooks[row.recipient].post(row.message_id, row.payload or b"", int(clock()))
        except DetenteError as error:
            return Reply(DeliveryOutcome.LATER, str(error), of_server=True)

    return carry


def write_feeds(listed: WatchList, state: WatchState, words: Catalogue) -> list[str]:
    """Write every Atom feed of the list anew, from what was told; the same alerts give the same bytes.

    Returns what went wrong; a feed that cannot be written keeps nothing from the others.
    """
    troubles = []
    for to in listed.to:
        if not isinstance(to, ToAtom):
            continue
        path = Path(to.path)
        try:
            write_file(path if path.is_absolute() else listed.path.parent / path, atom(_feed(listed, to, state, words)))
        except DetenteError as error:
            troubles.append(str(error))
    return troubles


def _feed(listed: WatchList, to: ToAtom, state: WatchState, words: Catalogue) -> Feed:
    name = listed.watch.name
    link = listed.watch.url or to.url
    entries = [
        FeedEntry(
            tag_uri(to.host, at.date(), f"watch/{name}/{one.look}-{one.number}"), one.heading,
            f"{link.partition('#')[0]}#l{one.look}-{one.number}", at, at, past_alert_text(one.heading, one.body, words),
            language=words.language,
        )
        for one in state.alerts(most=IN_FEED)
        for at in [datetime.fromisoformat(one.at).astimezone(UTC)]
    ]  # fmt: skip
    feed_id = tag_uri(to.host, date(2026, 1, 1), f"watch/{name}")
    return Feed(feed_id, listed.title, listed.title, link, to.url, entries, language=words.language)


def outcome(delivered: Delivered, box_counts: Mapping[str, int]) -> dict[str, int]:
    """What became of the messages: of this turn, and what waits or is doubtful from all."""
    waiting = {state: box_counts[state] for state in ("queued", "doubtful") if box_counts[state]}
    return {**{state: n for state, n in delivered.states.items() if state not in waiting}, **waiting}
