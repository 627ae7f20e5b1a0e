"""A record as a change would leave it, checked before anything of it is written."""

from __future__ import annotations

import tempfile
from collections.abc import Container, Mapping
from pathlib import Path

from detente._atomic import ASIDE
from detente._foreign import TABLE, read_bytes
from detente.errors import DetenteError, OutputError, Problem
from detente.record.ledger import Ledger
from detente.record.schema import TABLES
from detente.record.states.vocabulary import FILE as VOCABULARY
from detente.record.states.vocabulary import Vocabulary
from detente.record.verdicts.independence.organisations import FILE as REGISTER

WORDS = (VOCABULARY, REGISTER)  # a record's own words, beside its tables


def parts_of(record: Path) -> list[Path]:
    """The files that make up a record; whatever else lies in its folder is nobody's business here."""
    return [record / name for name in (*(table.file for table in TABLES.values()), *WORDS)]


def copy_record(record: Path, target: Path, *, without: Container[str] = ()) -> None:
    """Copy the files that make up a record into a folder, and nothing else that lies beside them.

    Raises
    ------
    UnreadableFile
        One of them is no file, or leads out of the record's folder.
    """
    for part in parts_of(record):
        if part.name not in without and part.exists():
            (target / part.name).write_bytes(read_bytes(part, TABLE, inside=record))


def check_with(
    record: Path, texts: Mapping[str, str | bytes], *, vocabulary: Vocabulary | None = None
) -> list[Problem]:
    """Every problem of a record with these files, by name, in place of its own; empty where there is none.

    It is tried in a folder beside the record, which whoever next locks that folder clears away after a crash.

    Raises
    ------
    UnreadableFile
        A part of the record is no file, or leads out of its folder.
    OutputError
        There is no room or no right to try it.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".check-", suffix=ASIDE, dir=record.parent) as trial:
            copy_record(record, Path(trial), without=texts)
            for name, text in texts.items():
                (Path(trial) / name).write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
            return Ledger.check(trial, vocabulary=vocabulary)
    except OSError as error:
        if isinstance(error, DetenteError):
            raise
        raise OutputError(
            f"The record cannot be checked before it is written: {error}.",
            fix="Check the folder's permissions and space.",
        ) from None
