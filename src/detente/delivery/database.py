"""The one place where a SQLite file is opened: durable, private, with a version of every part of its schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from detente.errors import UnreadableFile

MEMORY = ":memory:"
WAIT = 30.0  # seconds for another process's transaction


@dataclass(frozen=True, slots=True)
class SchemaPart:
    """The tables of one room in a file that several share.

    Attributes
    ----------
    name : of the part.
    steps : statements that lead from version 0 to 1, from 1 to 2, and so on; never changed once released.
    """

    name: str
    steps: tuple[tuple[str, ...], ...]


def open_database(path: str | Path, parts: Sequence[SchemaPart]) -> sqlite3.Connection:
    """The database at ``path``, made or brought up to date where needed; rows can be read by name.

    A commit is on disk before it returns (WAL, ``synchronous=FULL``). Transactions are begun with
    :func:`transaction` only.

    Raises
    ------
    UnreadableFile
        It is no database, cannot be opened or written, or was written by a newer version.
    """
    path = Path(path)
    try:
        if str(path) != MEMORY and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise _unopened(path, error) from None
    try:
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        with transaction(connection):
            connection.execute("CREATE TABLE IF NOT EXISTS schema_part (name TEXT PRIMARY KEY, version INTEGER)")
            for part in parts:
                _bring_up(connection, part, path)
    except sqlite3.Error as error:
        connection.close()
        raise _unopened(path, error) from None
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All of what is done inside, or nothing; within another one, part of that."""
    if connection.in_transaction:
        yield connection
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _bring_up(connection: sqlite3.Connection, part: SchemaPart, path: Path) -> None:
    row = connection.execute("SELECT version FROM schema_part WHERE name = ?", (part.name,)).fetchone()
    version = row["version"] if row else 0
    if version > len(part.steps):
        raise UnreadableFile(
            f"{path} was written by a newer version of détente ({part.name} {version}; known: {len(part.steps)}).",
            fix="Upgrade detente, or use another file.",
        )
    if version == len(part.steps):
        return
    for step in part.steps[version:]:
        for statement in step:
            connection.execute(statement)
    connection.execute("INSERT OR REPLACE INTO schema_part VALUES (?, ?)", (part.name, len(part.steps)))


def _unopened(path: Path, error: Exception) -> UnreadableFile:
    return UnreadableFile(
        f"The database {path} cannot be used: {getattr(error, 'strerror', None) or error}.",
        fix="Check its path and permissions, and that it is a SQLite file.",
    )
