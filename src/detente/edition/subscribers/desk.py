"""The desk's list: every change of a reader is one transaction, and each needs no more than it says.

::

    ask ──▶ pending ── confirm ──▶ active ◀──▶ paused
               │ seven days           │  ▲
               ▼                      ▼  │ undo
             erased                  left       bounced (a server said that the address is none)
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from detente.delivery import OUTBOX, Address, open_database, transaction
from detente.edition.settings import DeskSettings
from detente.edition.subscribers.readers import NEVER, Reader, Wish, as_reader
from detente.edition.subscribers.tables import DESK
from detente.errors import DataError

PENDING_DAYS = 7


DAY = 86_400.0


CONFIRM = "confirm"  # kind and batch of the mail that asks for the one button


class Desk:
    """A list of readers in one file, ``desk.db``; a context manager.

    Parameters
    ----------
    path : of the file; made where there is none.
    settings : trial, price and what a reader who says nothing gets.
    """

    def __init__(self, path: str | Path, settings: DeskSettings | None = None) -> None:
        self.path, self.settings = Path(path), settings or DeskSettings()
        self.connection: sqlite3.Connection = open_database(self.path, (OUTBOX, DESK))
        self._secret = self._kept_secret()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    # Coming and going.

    def ask(self, email: str, wish: Wish, now: float, consent: str) -> tuple[Address, str] | None:
        """Somebody asked for the edition at an address.

        Returns
        -------
        The address and the token of its confirmation, if a mail is to go out; None where none is: there is one
        on its way, the reader is there already, or they once complained.

        Raises
        ------
        DataError
            The address or the wish is none.
        """
        address, wish = Address.of(email), wish.checked()
        with transaction(self.connection):
            known = self._row("email_key = ?", address.key)
            if self.suppressed(address) in NEVER:
                return None
            if known is not None and known["state"] in ("active", "paused", "pending"):
                return None
            token = secrets.token_urlsafe(16)
            if known is not None:
                self.connection.execute("DELETE FROM subscriber WHERE id = ?", (known["id"],))
                self.connection.execute("DELETE FROM outbox WHERE kind = ? AND recipient = ?", (CONFIRM, address.text))
            self._insert(address, wish, "pending", now, consent, confirm=token)
        return address, token

    def confirm(self, token: str, now: float) -> Reader | None:
        """The one button: the trial begins; None for a token that is not, or no longer, in use."""
        with transaction(self.connection):
            row = self._row("confirm_hash = ?", _hashed(token))
            if row is None or row["state"] != "pending" or now - row["asked"] > PENDING_DAYS * DAY:
                return self._reader(row) if row is not None and row["state"] == "active" else None
            until = now + self.settings.trial_days * DAY
            consent = f"{row['consent']}; confirmed {_iso(now)}"
            self.connection.execute(
                "UPDATE subscriber SET state = 'active', confirmed = ?, consent = ?,"
                " trial_until = CASE WHEN ? THEN 0 ELSE ? END WHERE id = ?",
                (now, consent, self._had_trial(row["email_key"]), until, row["id"]),
            )
            self._suppress(row["email_key"], None, now)
            self._note_trial(row["email_key"], now)
            return self._reader(self._row("id = ?", row["id"]))

    def leave(self, token: str, now: float) -> Reader | None:
        """No further edition; what is queued for them is withheld when its time comes."""
        return self._move("leave_token = ?", token, ("active", "paused", "pending"), "left", now)

    def undo(self, token: str, now: float) -> Reader | None:
        """Who left by mistake, or was made to by a friend with a forwarded mail, is back as before."""
        row = self._row("leave_token = ?", token)
        if row is None or row["confirmed"] is None:
            return None
        return self._move("leave_token = ?", token, ("left",), "active", now)

    def pause(self, token: str, now: float) -> Reader | None:
        """Nothing is sent until :meth:`resume`."""
        return self._move("wish_token = ?", token, ("active",), "paused", now)

    def resume(self, token: str, now: float) -> Reader | None:
        return self._move("wish_token = ?", token, ("paused",), "active", now)

    def change(self, token: str, wish: Wish) -> Reader | None:
        """Another language, zone or hour, from the next edition on."""
        wish = wish.checked()
        with transaction(self.connection):
            self.connection.execute(
                "UPDATE subscriber SET language = ?, zone = ?, hour = ? WHERE wish_token = ?",
                (wish.language, wish.zone, wish.hour, token),
            )
            return self.find("wish", token)

    def new_listen_token(self, token: str) -> Reader | None:
        """Another address for the private podcast; the old one is no longer answered."""
        with transaction(self.connection):
            self.connection.execute(
                "UPDATE subscriber SET listen_token = ? WHERE wish_token = ?", (secrets.token_urlsafe(16), token)
            )
            return self.find("wish", token)

    def add(self, email: str, wish: Wish, now: float, consent: str, *, paid_until: float = 0.0) -> bool:
        """A reader whose consent was given elsewhere; False where they are known or are not to be written to.

        Raises
        ------
        DataError
            The address or the wish is none, or the consent is not said.
        """
        address, wish = Address.of(email), wish.checked()
        if not consent.strip():
            raise DataError("How and when they agreed is not said.", fix="Give the consent in words, with its date.")
        with transaction(self.connection):
            if self._row("email_key = ?", address.key) is not None or self.suppressed(address):
                return False
            trial = 0.0 if self._had_trial(address.key) else now + self.settings.trial_days * DAY
            self._insert(address, wish, "active", now, consent.strip(), trial=trial, paid=paid_until)
            self._note_trial(address.key, now)
        return True

    def forget(self, email: str, now: float) -> bool:
        """Erase everything about a person but a keyed hash of the address; whether there was anything."""
        address = Address.of(email)
        with transaction(self.connection):
            row = self._row("email_key = ?", address.key)
            gone = self.connection.execute(
                "DELETE FROM outbox WHERE lower(recipient) = ?", (address.key,)
            ).rowcount + self.connection.execute(
                "DELETE FROM request WHERE lower(email) = ?", (address.key,)
            ).rowcount  # fmt: skip
            if row is not None:
                self.connection.execute("DELETE FROM payment WHERE subscriber = ?", (row["id"],))
                self.connection.execute("DELETE FROM subscriber WHERE id = ?", (row["id"],))
            if row is not None or gone:
                self._suppress(address.key, "forgotten", now)
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # or the old pages stay readable beside the file
        return row is not None or bool(gone)

    def tidy(self, now: float) -> None:
        """Erase who never confirmed, and what is no longer needed: bodies of sent mail, old attempts."""
        with transaction(self.connection):
            old = now - PENDING_DAYS * DAY
            for row in self.connection.execute(
                "SELECT email FROM subscriber WHERE state = 'pending' AND asked < ?", (old,)
            ).fetchall():
                self.connection.execute("DELETE FROM outbox WHERE recipient = ?", (row["email"],))
            self.connection.execute("DELETE FROM subscriber WHERE state = 'pending' AND asked < ?", (old,))
            self.connection.execute(
                "UPDATE outbox SET payload = NULL WHERE kind = ? AND state NOT IN ('queued', 'leased', 'sending')",
                (CONFIRM,),
            )
            self.connection.execute("DELETE FROM attempt WHERE at < ?", (now - DAY,))

    # Looking.

    def find(self, what: str, value: str) -> Reader | None:
        """A reader by ``leave``, ``wish`` or ``listen`` token, by the ``confirm`` token, or by ``email``."""
        if what == "email":
            return self._reader(self._row("email_key = ?", Address.of(value).key))
        if what == "confirm":
            return self._reader(self._row("confirm_hash = ?", _hashed(value)))
        return self._reader(self._row({"leave": "leave_token", "wish": "wish_token", "listen": "listen_token"}[what] + " = ?",
                                      value))  # fmt: skip

    def readers(self, state: str | None = "active") -> Iterator[Reader]:
        """Everybody of a state, or of all."""
        where, values = ("", ()) if state is None else (" WHERE state = ?", (state,))
        for row in self.connection.execute(f"SELECT * FROM subscriber{where} ORDER BY id", values).fetchall():
            yield as_reader(row)

    def suppressed(self, address: Address) -> str | None:
        """Why nothing goes to an address, if so."""
        row = self.connection.execute(
            "SELECT why FROM suppression WHERE email_hash = ?", (self.keyed(address.key),)
        ).fetchone()
        return None if row is None or row["why"] == "trial" else row["why"]

    def stats(self, now: float) -> dict[str, Any]:
        """Counts, and no person: readers by state, how many are entitled, asked and confirmed."""
        by_state = dict(self.connection.execute("SELECT state, count(*) FROM subscriber GROUP BY state").fetchall())
        entitled = sum(reader.entitled(now, free=self.settings.free) for reader in self.readers())
        paying = sum(reader.paid_until > now for reader in self.readers())
        return {**by_state, "entitled": entitled, "paying": paying,
                "suppressed": self.connection.execute("SELECT count(*) FROM suppression WHERE why != 'trial'").fetchone()[0]}  # fmt: skip

    def keyed(self, text: str) -> str:
        """A hash of a text that nobody without this file can make."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()

    # Within a transaction.

    def bounced(self, reader_id: int, now: float, why: str = "bounced") -> None:
        """The address is none, or its reader called the edition spam: nothing more goes to it."""
        row = self._row("id = ?", reader_id)
        if row is not None:
            state = "bounced" if why == "bounced" else "left"
            self.connection.execute("UPDATE subscriber SET state = ? WHERE id = ?", (state, reader_id))
            self._suppress(row["email_key"], why, now)

    def _move(self, where: str, value: str, states: tuple[str, ...], to: str, now: float) -> Reader | None:
        with transaction(self.connection):
            row = self._row(where, value)
            if row is None:
                return None
            if row["state"] in states:
                consent = f"{row['consent']}; {to} {_iso(now)}"
                self.connection.execute(
                    "UPDATE subscriber SET state = ?, consent = ? WHERE id = ?", (to, consent, row["id"])
                )
            return self._reader(self._row("id = ?", row["id"]))

    def _insert(
        self, address: Address, wish: Wish, state: str, now: float, consent: str, *, confirm: str = "", trial: float = 0.0,
        paid: float = 0.0,
    ) -> None:  # fmt: skip
        self.connection.execute(
            "INSERT INTO subscriber (email, email_key, language, zone, hour, state, confirm_hash, leave_token, wish_token,"
            " listen_token, asked, confirmed, consent, trial_until, paid_until)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                address.text, address.key, wish.language, wish.zone, wish.hour, state,
                _hashed(confirm) if confirm else None, *(secrets.token_urlsafe(16) for _ in range(3)), now,
                None if confirm else now, consent, trial, paid,
            ),
        )  # fmt: skip

    def _had_trial(self, key: str) -> bool:
        """Whether this address had its free weeks: kept as a hash, so that leaving and coming back gives no new ones."""
        found = self.connection.execute("SELECT 1 FROM suppression WHERE email_hash = ?", (self.keyed("trial:" + key),))
        return found.fetchone() is not None

    def _note_trial(self, key: str, now: float) -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO suppression VALUES (?, 'trial', ?)", (self.keyed("trial:" + key), now)
        )

    def _suppress(self, key: str, why: str | None, now: float) -> None:
        self.connection.execute("DELETE FROM suppression WHERE email_hash = ?", (self.keyed(key),))
        if why is not None:
            self.connection.execute("INSERT INTO suppression VALUES (?, ?, ?)", (self.keyed(key), why, now))

    def _row(self, where: str, value: object) -> sqlite3.Row | None:
        return self.connection.execute(f"SELECT * FROM subscriber WHERE {where}", (value,)).fetchone()

    @staticmethod
    def _reader(row: sqlite3.Row | None) -> Reader | None:
        return None if row is None else as_reader(row)

    def _kept_secret(self) -> bytes:
        with transaction(self.connection):
            self.connection.execute("INSERT OR IGNORE INTO secret VALUES ('desk', ?)", (secrets.token_bytes(32),))
            return bytes(self.connection.execute("SELECT value FROM secret WHERE name = 'desk'").fetchone()[0])


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _iso(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%MZ")
