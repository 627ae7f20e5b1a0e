"""Lists in and out: CSV with the consent of each reader; out so that no spreadsheet runs it; one person's data as JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import polars as pl

from detente._foreign import read_text
from detente._leaving import csv_text
from detente.delivery import transaction
from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.readers import Reader, Wish
from detente.errors import DataError, DetenteError, Problem, RecordError

COLUMNS = ("email", "language", "zone", "hour", "consent", "paid_until")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: readers added, and those left as they were (known, or not to be written to)."""

    added: int
    left: int


def import_list(desk: Desk, path: Path, now: float) -> Imported:
    """Add the readers of a CSV file: all, or none where one row is wrong.

    Columns: ``email`` and ``consent`` (how and when they agreed, in words); ``language``, ``zone``, ``hour`` and
    ``paid_until`` (ISO date) if they differ from the desk's.

    Raises
    ------
    RecordError
        With every row that is wrong.
    """
    rows = list(csv.DictReader(read_text(path).splitlines()))
    missing = {"email", "consent"} - set(rows[0] if rows else COLUMNS)
    if missing:
        raise DataError(f"{path} has no column '{min(missing)}'.", fix=f"Its columns are: {', '.join(COLUMNS)}.")
    problems: list[Problem] = []
    added = 0
    try:
        with transaction(desk.connection):
            for number, row in enumerate(rows, start=2):
                try:
                    added += desk.add(
                        row["email"] or "", _wish(row, desk), now, row["consent"] or "", paid_until=_paid(row)
                    )
                except (DetenteError, ValueError) as error:
                    what = error.what if isinstance(error, DetenteError) else str(error)
                    problems.append(Problem(path.name, number, "email", what, getattr(error, "fix", "")))
            if problems:
                raise RecordError(problems)
    except RecordError:
        raise
    return Imported(added, len(rows) - added)


def _wish(row: dict[str, str], desk: Desk) -> Wish:
    own = desk.settings
    hour = (row.get("hour") or str(own.hour)).strip()
    if not (hour.isascii() and hour.isdigit()):
        raise DataError(f"'{hour[:20]}' is not an hour.", fix="Give one from 0 to 23.")
    return Wish((row.get("language") or own.language).strip(), (row.get("zone") or own.zone).strip(), int(hour))


def _paid(row: dict[str, str]) -> float:
    text = (row.get("paid_until") or "").strip()
    return datetime.combine(date.fromisoformat(text), time(0), UTC).timestamp() if text else 0.0


def export_list(desk: Desk) -> str:
    """Every reader as CSV that is safe to open in a spreadsheet; tokens stay here."""
    rows = [_row(reader) for reader in desk.readers(None)]
    schema = [
        "email",
        "state",
        "language",
        "zone",
        "hour",
        "asked",
        "confirmed",
        "trial_until",
        "paid_until",
        "consent",
    ]
    return csv_text(pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String)))


def _row(reader: Reader) -> dict[str, str]:
    wish = reader.wish
    days = {name: _day(getattr(reader, name)) for name in ("asked", "confirmed", "trial_until", "paid_until")}
    return {"email": reader.email, "state": reader.state, "language": wish.language, "zone": wish.zone,
            "hour": str(wish.hour), **days, "consent": reader.consent}  # fmt: skip


def person(desk: Desk, email: str) -> str | None:
    """Everything that is kept about one person, as JSON; None where nothing is."""
    reader = desk.find("email", email)
    if reader is None:
        return None
    rows: dict[str, Any] = dict(_row(reader))
    connection = desk.connection
    rows["deliveries"] = [
        dict(row) for row in connection.execute(
            "SELECT batch AS edition, kind, state, reply, finished FROM outbox WHERE recipient = ? ORDER BY id", (reader.email,)
        )
    ]  # fmt: skip
    rows["bounces"] = [dict(row) for row in connection.execute(
        "SELECT status, at FROM bounce WHERE subscriber = ? ORDER BY id", (reader.id,))]  # fmt: skip
    rows["payments"] = [dict(row) for row in connection.execute(
        "SELECT customer, paid_until FROM payment WHERE subscriber = ?", (reader.id,))]  # fmt: skip
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _day(moment: float | None) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%MZ") if moment else ""
