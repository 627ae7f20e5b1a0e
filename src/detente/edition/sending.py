"""Sending an edition: queued once a reader for their morning, and sent, when it has come, to who may still have it."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from detente._foreign import read_json, read_text
from detente.delivery import (
    Address,
    Delivered,
    DeliveryOutcome,
    Mail,
    MailConnection,
    MailServer,
    Outbox,
    OutboxRow,
    Reply,
    SendLimits,
    deliver,
    new_message_id,
    transaction,
)  # fmt: skip
from detente.edition.page import READER, readers_lines
from detente.edition.settings import EditionSettings
from detente.edition.subscribers.bounces import count_bounce, return_address
from detente.edition.subscribers.desk import CONFIRM, Desk
from detente.edition.subscribers.morning import next_morning
from detente.edition.subscribers.readers import Reader
from detente.errors import UnreadableFile, UsageError
from detente.language import Catalogue

EDITION = "edition"
OLD = 7  # days: an edition older than that is not sent by mistake
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Queued:
    """What queueing an edition did: rows added, readers who had one already, readers who are not entitled now."""

    added: int
    known: int
    unpaid: int


@dataclass(frozen=True, slots=True)
class Printed:
    """An edition as it lies in its folder, ready to be put into mails."""

    folder: Path
    manifest: Mapping[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Printed:
        """
        Raises
        ------
        UnreadableFile
            It is no edition, or a file of it is not what its manifest says.
        """
        path = folder / "manifest.json"
        if not path.is_file():
            raise UnreadableFile(
                f"{folder} is no edition: it has no manifest.json.", fix="Give a folder such as site/2026-11-30."
            )
        made = cls(folder, read_json(path))
        for name, digest in made.manifest["files"].items():
            if name.endswith((".html", ".txt")) and hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise UnreadableFile(
                    f"{folder / name} is not what was made: its SHA-256 is another.", why="What is sent is what is frozen.",
                    fix='Make a correction: detente edition make ... --correct "what was wrong".',
                )  # fmt: skip
        return made

    @property
    def day(self) -> date:
        return date.fromisoformat(self.manifest["day"])

    def language(self, wanted: str) -> str:
        """The reader's language, or the edition's first where it does not speak theirs."""
        return wanted if wanted in self.manifest["editions"] else self.manifest["languages"][0]

    def part(self, name: str, language: str) -> str:
        main = self.manifest["languages"][0]
        return read_text(self.folder / name if language == main else self.folder / language / name)


def queue(folder: Path, desk: Desk, settings: EditionSettings, now: datetime, *, at_once: bool = False) -> Queued:
    """Queue the edition for every active reader's next morning; safe to repeat.

    Parameters
    ----------
    at_once : now, and not in the morning.

    Raises
    ------
    UsageError
        The subscribers' pages have no address, so that nobody could stop it; or the edition is a week old.
    """
    printed = Printed.read(folder)
    if not settings.site.subscribe:
        raise UsageError(
            "edition.toml says no [site] subscribe, the address of the subscribers' pages.",
            why="Every mail needs a link by which its reader can stop it.",
            fix="Set it to the public address of 'detente edition serve', or send one copy with --to.",
        )
    age = (now.date() - printed.day).days
    if age > OLD:
        raise UsageError(
            f"The edition of {printed.day} is {age} days old.", why="Its readers expect a new one.",
            fix="Make today's edition.",
        )  # fmt: skip
    outbox, domain = Outbox(desk.connection), settings.mail.sender.rpartition("@")[2]
    added = known = unpaid = 0
    with transaction(desk.connection):
        desk.connection.execute(
            "INSERT OR REPLACE INTO edition (day, folder, sha256, queued) VALUES (?, ?, ?, ?)",
            (printed.day.isoformat(), str(folder.resolve()), _digest(printed), now.timestamp()),
        )
        for reader in desk.readers("active"):
            morning = next_morning(now, reader.wish.zone, reader.wish.hour, printed.day)
            due = now if at_once else morning.due
            if not reader.entitled(due.timestamp(), free=desk.settings.free):
                unpaid += 1
                continue
            done = outbox.enqueue(
                printed.day.isoformat(), reader.email, due=due.timestamp(), expires=morning.expires.timestamp(), kind=EDITION,
                domain=domain,
            )  # fmt: skip
            added, known = added + done, known + (not done)
    return Queued(added, known, unpaid)


def _digest(printed: Printed) -> str:
    return hashlib.sha256((printed.folder / "manifest.json").read_bytes()).hexdigest()


def send(folder: Path, to: str, settings: EditionSettings, *, language: str = "", clock: Clock = time.time) -> Reply:
    """One copy of an edition to one address, at once and beside the list: to see it before the readers do."""
    printed, address = Printed.read(folder), Address.of(to)
    moment = datetime.fromtimestamp(clock(), UTC)
    domain = settings.mail.sender.rpartition("@")[2]
    mail = _mail(printed, None, address, settings, new_message_id(domain), moment, language)
    with server_of(settings).connect() as line:
        return line.send(mail.sender, address, mail.to_bytes())


def due(
    desk: Desk, settings: EditionSettings, *, clock: Clock = time.time, connection: MailConnection | None = None
) -> Delivered:
    """Send what is due now: editions in their readers' mornings, and mails that ask for the one button.

    Who may have it is asked at the moment of sending, whatever was so when it was queued. Safe to run twice at once.
    """
    outbox = Outbox(desk.connection, doubtful=_doubtful(settings))
    mail = settings.mail
    limits = SendLimits(mail.turn or None, mail.hour_cap or None, mail.day_cap or None)
    began = clock()
    with connection or server_of(settings).connect() as line:
        carrier = _Carrier(desk, settings, line)
        done = deliver(
            outbox, {EDITION: carrier, CONFIRM: carrier}, may_send=_Gate(desk, clock), limits=limits, clock=clock
        )
    _count_refused(desk, began, clock())
    desk.tidy(clock())
    return done


def server_of(settings: EditionSettings) -> MailServer:
    """The mail server that the settings describe."""
    mail = settings.mail
    return MailServer(mail.host, mail.port, mail.security, mail.user, mail.password_env)  # type: ignore[arg-type]  # checked on reading


def _doubtful(settings: EditionSettings) -> Any:
    return settings.mail.doubtful


class _Gate:
    """Whether a row may go out, asked inside the transaction that says so."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self.desk, self.clock = desk, clock

    def __call__(self, _: sqlite3.Connection, row: OutboxRow) -> str | None:
        reader = self.desk.find("email", row.recipient)
        if reader is None:
            return "no longer on the list"
        why = self.desk.suppressed(Address.of(row.recipient))
        if row.kind == CONFIRM:
            return None if reader.state == "pending" and why not in ("complaint",) else "no longer asked for"
        if why:
            return why
        if reader.state != "active":
            return reader.state
        return None if reader.entitled(self.clock(), free=self.desk.settings.free) else "trial or subscription over"


class _Carrier:
    """Puts a row into a mail and hands it to the server."""

    def __init__(self, desk: Desk, settings: EditionSettings, line: MailConnection) -> None:
        self.desk, self.settings, self.line = desk, settings, line
        self._printed: dict[str, Printed] = {}

    def __call__(self, row: OutboxRow) -> Reply:
        address = Address.of(row.recipient)
        sender = return_address(self.desk, row, self.settings.mail.bounce, self.settings.mail.sender.rpartition("@")[2])
        if row.kind == CONFIRM:
            return self.line.send(sender, address, row.payload or b"")
        reader = self.desk.find("email", row.recipient)
        if reader is None:  # gone since the gate was passed
            return Reply(DeliveryOutcome.REFUSED, "no longer on the list")
        moment = datetime.fromtimestamp(row.due, UTC)
        try:
            mail = _mail(self._edition(row.batch), reader, address, self.settings, row.message_id, moment)
        except (UnreadableFile, OSError) as error:  # the desk's trouble, not this reader's
            return Reply(DeliveryOutcome.LATER, str(error)[:300], of_server=True)
        return self.line.send(sender, address, mail.to_bytes())

    def _edition(self, day: str) -> Printed:
        if day not in self._printed:
            row = self.desk.connection.execute("SELECT folder FROM edition WHERE day = ?", (day,)).fetchone()
            if row is None:
                raise UnreadableFile(f"The edition of {day} is not known here.", fix="Send it again.")
            self._printed[day] = Printed.read(Path(row["folder"]))
        return self._printed[day]


def _mail(
    printed: Printed, reader: Reader | None, to: Address, settings: EditionSettings, message_id: str, moment: datetime,
    language: str = "",
) -> Mail:  # fmt: skip
    """The edition for one reader, with the lines that are theirs; for nobody on the list, without them."""
    language = printed.language(language or (reader.wish.language if reader else ""))
    words, domain = Catalogue(language), settings.mail.sender.rpartition("@")[2]
    lines, links, unsubscribe = [], [], ""
    if reader is not None:
        desk = settings.site.subscribe
        unsubscribe = f"{desk}leave/{reader.leave_token}"
        if reader.confirmed:
            lines.append(words("edition.why_mail", day=words.date(_day(reader.confirmed))))
        if reader.trial_until > reader.paid_until and not settings.desk.free:
            lines.append(words("edition.trial_until", day=words.date(_day(reader.trial_until))))
        links = [(words("edition.unsubscribe"), unsubscribe),
                 (words("edition.preferences"), f"{desk}me/{reader.wish_token}")]  # fmt: skip
    html = printed.part("mail.html", language).replace(READER, readers_lines(lines, links))
    text = printed.part("edition.txt", language)
    text += "".join(f"\n{line}" for line in [*lines, *(f"{word}: {url}" for word, url in links)]) + "\n"
    mail = Mail(
        Address.of(settings.mail.sender), to, printed.manifest["editions"][language]["title"], text, message_id, moment,
        html=html, sender_name=settings.mail.name, headers={"List-Id": f"<edition.{domain}>"},
    )  # fmt: skip
    return replace(mail, unsubscribe=unsubscribe) if unsubscribe else mail


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _count_refused(desk: Desk, since: float, now: float) -> None:
    """What the server refused for good while we spoke to it counts like what comes back later."""
    rows = desk.connection.execute(
        "SELECT o.reply, s.id FROM outbox o JOIN subscriber s ON s.email_key = lower(o.recipient)"
        " WHERE o.state = 'failed' AND o.kind = ? AND o.finished >= ? AND s.state = 'active' AND o.reply LIKE '5%'",
        (EDITION, since),
    ).fetchall()
    for row in rows:
        code, _, text = row["reply"].partition(" ")
        status = text.split(" ", 1)[0]
        plain = "5.1.1" if code in ("550", "551", "553") else "5.7.0"
        count_bounce(desk, row["id"], status if status.count(".") == 2 and status[:1] == "5" else plain, now)
