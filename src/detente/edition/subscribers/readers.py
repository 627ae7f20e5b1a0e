"""A reader of the edition and what they wish of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from detente.edition.subscribers.morning import checked_zone
from detente.errors import DataError
from detente.language import LANGUAGES

NEVER = ("complaint",)  # of these not even a question goes out again


@dataclass(frozen=True, slots=True)
class Wish:
    """How a reader wants the edition: language, zone and hour."""

    language: str = "en"
    zone: str = "UTC"
    hour: int = 7

    def checked(self) -> Wish:
        """The wish, if it can be met.

        Raises
        ------
        DataError
        """
        if self.language not in LANGUAGES:
            raise DataError(
                f"There is no language '{self.language[:20]}'.", fix=f"Give one of: {', '.join(LANGUAGES)}."
            )
        if not 0 <= self.hour <= 23:
            raise DataError(f"There is no hour {self.hour}.", fix="Give one from 0 to 23.")
        checked_zone(self.zone)
        return self


@dataclass(frozen=True, slots=True)
class Reader:
    """One row of the list.

    Attributes
    ----------
    id, email, state : who, and whether active, pending, paused, left or bounced.
    wish : language, zone and hour.
    leave_token, wish_token, listen_token : each may do one thing: stop it, change the wish, hear the private feed.
    asked, confirmed, trial_until, paid_until : seconds since 1970; 0 or None for never.
    consent : how and when they agreed, in words.
    """

    id: int
    email: str
    state: str
    wish: Wish
    leave_token: str
    wish_token: str
    listen_token: str
    asked: float
    confirmed: float | None
    trial_until: float
    paid_until: float
    consent: str

    def entitled(self, now: float, *, free: bool = False) -> bool:
        """Whether the edition goes to them now, as far as trial and payment say."""
        return free or max(self.trial_until, self.paid_until) > now


def as_reader(row: sqlite3.Row) -> Reader:
    return Reader(
        row["id"], row["email"], row["state"], Wish(row["language"], row["zone"], row["hour"]), row["leave_token"],
        row["wish_token"], row["listen_token"], row["asked"], row["confirmed"], row["trial_until"], row["paid_until"],
        row["consent"],
    )  # fmt: skip
