"""What a watch list remembers, in SQLite: looks, readings, alarms, inputs and what was told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from detente.delivery import OUTBOX, SchemaPart, open_database
from detente.errors import SpecificationError
from detente.watch.inputs import InputRow, Key
from detente.watch.thresholds import Alarm, Reading

WATCH = SchemaPart(
    "watch",
    (
        (
            "CREATE TABLE watched (name TEXT NOT NULL)",
            "CREATE TABLE look (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, looked INTEGER NOT NULL,"
            " skipped INTEGER NOT NULL, failed INTEGER NOT NULL)",
            "CREATE TABLE dyad (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, title TEXT NOT NULL,"
            " failure TEXT NOT NULL DEFAULT '')",
            "CREATE TABLE input (dyad TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,"
            " label TEXT NOT NULL, shown TEXT NOT NULL, about TEXT NOT NULL, PRIMARY KEY (dyad, kind, key))",
            "CREATE TABLE reading (look INTEGER NOT NULL, dyad TEXT NOT NULL, measure TEXT NOT NULL, value REAL,"
            " text TEXT NOT NULL, low REAL, high REAL, note TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0,"
            " PRIMARY KEY (dyad, measure, look))",
            "CREATE TABLE alarm (dyad TEXT NOT NULL, rule TEXT NOT NULL, measure TEXT NOT NULL,"
            " firing INTEGER NOT NULL, since INTEGER NOT NULL, memory TEXT NOT NULL,"
            " PRIMARY KEY (dyad, rule, measure))",
            "CREATE TABLE ruled (dyad TEXT NOT NULL, rule TEXT NOT NULL, PRIMARY KEY (dyad, rule))",
            "CREATE TABLE alert (look INTEGER NOT NULL, number INTEGER NOT NULL, dyad TEXT NOT NULL, title TEXT NOT NULL,"
            " heading TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0,"
            " PRIMARY KEY (look, number))",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class PastAlert:
    """An alert of an earlier look as it was told; ``body`` is its plain values."""

    look: int
    number: int
    dyad: str
    title: str
    heading: str
    body: Mapping[str, object]
    at: str


def open_state(path: str | Path) -> sqlite3.Connection:
    """The database of a watch list, made where it is not there yet.

    Raises
    ------
    UnreadableFile
    """
    return open_database(path, [WATCH, OUTBOX])


class WatchState:
    """What is remembered; every method is part of the caller's transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def begin_look(self, at: str, looked: int, skipped: int, failed: int) -> int:
        """The number of a new look."""
        done = self.connection.execute(
            "INSERT INTO look (at, looked, skipped, failed) VALUES (?, ?, ?, ?)", (at, looked, skipped, failed)
        )
        return int(done.lastrowid or 0)

    def claim(self, name: str) -> None:
        """Say whose state this is.

        Raises
        ------
        SpecificationError
            It is another list's.
        """
        row = self.connection.execute("SELECT name FROM watched").fetchone()
        if row is None:
            self.connection.execute("INSERT INTO watched VALUES (?)", (name,))
        elif row[0] != name:
            raise SpecificationError(
                f"The state belongs to the watch list '{row[0]}', not to '{name}'.",
                why="Two lists in one would take each other's dyads for their own.",
                fix="Give each list its own state, or leave the key out.",
            )

    def times(self) -> dict[int, str]:
        """When each look was."""
        return dict(self.connection.execute("SELECT id, at FROM look").fetchall())

    def fingerprint(self, dyad: str) -> str:
        """Of the inputs that were last looked at; empty for a dyad that was never looked at, or failed."""
        row = self.connection.execute("SELECT fingerprint FROM dyad WHERE key = ? AND failure = ''", (dyad,)).fetchone()
        return row[0] if row else ""

    def failure(self, dyad: str) -> str:
        row = self.connection.execute("SELECT failure FROM dyad WHERE key = ?", (dyad,)).fetchone()
        return row[0] if row else ""

    def keep_dyad(self, dyad: str, title: str, fingerprint: str) -> None:
        self.connection.execute(
            "INSERT INTO dyad (key, title, fingerprint) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            " title = excluded.title, fingerprint = excluded.fingerprint, failure = ''",
            (dyad, title, fingerprint),
        )

    def keep_failure(self, dyad: str, words: str) -> None:
        self.connection.execute(
            "INSERT INTO dyad (key, title, fingerprint, failure) VALUES (?, ?, '', ?)"
            " ON CONFLICT (key) DO UPDATE SET failure = excluded.failure",
            (dyad, dyad, words),
        )

    def inputs(self, dyad: str) -> dict[Key, InputRow]:
        """The inputs of the last look at a dyad."""
        rows = self.connection.execute(
            "SELECT kind, key, digest, label, shown, about FROM input WHERE dyad = ?", (dyad,)
        )
        return {
            (kind, key): InputRow(kind, key, digest, label, shown, () if about == "[]" else tuple(json.loads(about)))
            for kind, key, digest, label, shown, about in rows
        }

    def keep_inputs(self, dyad: str, was: Mapping[Key, InputRow], now: Mapping[Key, InputRow]) -> None:
        """Write down what is not as it ``was``."""
        self.connection.executemany(
            "DELETE FROM input WHERE dyad = ? AND kind = ? AND key = ?", [(dyad, *key) for key in was if key not in now]
        )
        self.connection.executemany(
            "INSERT OR REPLACE INTO input VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (dyad, row.kind, row.key, row.digest, row.label, row.shown, json.dumps(row.about))
                for key, row in now.items()
                if was.get(key) != row
            ],
        )

    def readings(self, dyad: str, look: int | None = None) -> dict[str, Reading]:
        """The readings of a dyad as they stood after a look; after the last one if none is named."""
        rows = self.connection.execute(
            "SELECT measure, value, text, low, high, note, gone, max(look) FROM reading"
            " WHERE dyad = ? AND look <= ? GROUP BY measure",
            (dyad, look if look is not None else 1 << 62),
        )
        return {
            measure: Reading(measure, value, text, low, high, note)
            for measure, value, text, low, high, note, gone, _ in rows
            if not gone
        }

    def keep_readings(self, look: int, dyad: str, now: Mapping[str, Reading]) -> None:
        """Write down what moved; what did not is as it was."""
        was = self.readings(dyad)
        rows = [(look, dyad, *_cells(one), 0) for name, one in now.items() if was.get(name) != one]
        rows += [(look, dyad, *_cells(Reading(name)), 1) for name in was if name not in now]
        self.connection.executemany("INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def alarms(self, dyad: str, rule: str) -> dict[str, Alarm]:
        """What is remembered of the measures of a rule."""
        rows = self.connection.execute("SELECT measure, memory FROM alarm WHERE dyad = ? AND rule = ?", (dyad, rule))
        return {row[0]: _remembered(row[1]) for row in rows}

    def keep_alarms(self, dyad: str, rule: str, was: Mapping[str, Alarm], now: Mapping[str, Alarm]) -> None:
        self.connection.executemany(
            "DELETE FROM alarm WHERE dyad = ? AND rule = ? AND measure = ?",
            [(dyad, rule, name) for name in was if name not in now],
        )
        self.connection.executemany(
            "INSERT OR REPLACE INTO alarm VALUES (?, ?, ?, ?, ?, ?)",
            [
                (dyad, rule, name, int(one.firing), one.since, json.dumps(asdict(one)))
                for name, one in now.items()
                if was.get(name) != one
            ],
        )
        self.connection.execute("INSERT OR IGNORE INTO ruled VALUES (?, ?)", (dyad, rule))

    def is_ruled(self, dyad: str, rule: str) -> bool:
        """Whether the dyad was looked at under the rule before."""
        found = self.connection.execute("SELECT 1 FROM ruled WHERE dyad = ? AND rule = ?", (dyad, rule))
        return found.fetchone() is not None

    def forget_others(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take out what is remembered of dyads and rules that the list no longer has."""
        kept = set(pairs)
        gone = [tuple(r) for r in self.connection.execute("SELECT dyad, rule FROM ruled") if tuple(r) not in kept]
        for table in ("ruled", "alarm"):
            self.connection.executemany(f"DELETE FROM {table} WHERE dyad = ? AND rule = ?", gone)
        dyads = {dyad for dyad, _ in kept}
        left = [(r[0],) for r in self.connection.execute("SELECT key FROM dyad") if r[0] not in dyads]
        self.connection.executemany("DELETE FROM dyad WHERE key = ?", left)
        self.connection.executemany("DELETE FROM input WHERE dyad = ?", left)

    def standing(self) -> list[tuple[str, str, int]]:
        """Dyad, measure and look since which, of whatever has fired and not cleared."""
        rows = self.connection.execute("SELECT dyad, measure, since FROM alarm WHERE firing ORDER BY dyad, measure")
        return [tuple(row) for row in rows]

    def keep_alert(self, alert: Mapping[str, object], at: str) -> None:
        look, _, number = str(alert["id"]).partition("-")
        self.connection.execute(
            "INSERT INTO alert (look, number, dyad, title, heading, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (int(look), int(number), alert["dyad"], alert["title"], alert["heading"],
             json.dumps(alert, ensure_ascii=False, allow_nan=False), at),
        )  # fmt: skip

    def alerts(self, *, since: int = -1, most: int = 1000, untold: bool = False) -> list[PastAlert]:
        """Alerts of the looks after ``since``, newest first."""
        only = " AND told = 0" if untold else ""
        rows = self.connection.execute(
            f"SELECT look, number, dyad, title, heading, body, at FROM alert WHERE look > ?{only}"
            " ORDER BY look DESC, number LIMIT ?",
            (since, most),
        )
        return [
            PastAlert(look, number, dyad, title, heading, json.loads(body), at)
            for look, number, dyad, title, heading, body, at in rows
        ]

    def told_in_digest(self) -> None:
        """Mark every alert as told in a digest."""
        self.connection.execute("UPDATE alert SET told = 1 WHERE told = 0")


def _cells(one: Reading) -> tuple[object, ...]:
    return one.measure, one.value, one.text, one.low, one.high, one.note


def _remembered(memory: str) -> Alarm:
    found = json.loads(memory)
    waiting = found["waiting"]
    return Alarm(
        Reading(**found["told"]), found["firing"], found["since"], found["count"], waiting and Reading(**waiting)
    )
