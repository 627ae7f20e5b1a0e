"""Change a record: validated as a whole, journalled, written at once, and undone one step at a time.

The journal ``.detente-journal.jsonl`` in the study folder is written before the record is: each line holds a
row as it was and as it is to be. A crash in between leaves the record as it was; the journal then says what
was meant.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import DetenteError, OutputError, Problem, StudyError, UnreadableFile
from detente.record import Ledger
from detente.record.schema import TABLES
from detente.study import Study
from detente.web.edits import replace_file
from detente.web.record_file import RecordFile, Row

JOURNAL = ".detente-journal.jsonl"
EDITABLE = ("events", "claims", "figures", "sources")
LONGEST = 4000  # characters in a cell
_LOCKS: dict[Path, threading.Lock] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """One row to be written.

    Attributes
    ----------
    table : events, claims, figures or sources.
    id : of the row as it stands now; empty for a new one.
    digest : of the row the editor was shown; empty for a new one.
    cells : column to text.
    """

    table: str
    id: str
    digest: str
    cells: Mapping[str, str]


class Rejected(DetenteError):
    """The record would not be valid; ``problems`` are those the change brings."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)), fix="Nothing was written.")


class Conflict(DetenteError):
    """The row was changed since it was shown; ``now`` is what stands there (None: it is gone)."""

    exit_code = 3

    def __init__(self, id_: str, now: Row | None) -> None:
        self.now = now
        super().__init__(
            f"'{id_}' was changed after this page was loaded." if now else f"'{id_}' is no longer there.",
            why="Saving now would overwrite somebody's work.",
            fix="Compare the two below, then save again or leave it.",
        )


def read_file(study: Study, table: str) -> RecordFile:
    """A record file of a study; an optional one that is absent is empty."""
    schema = TABLES[table]
    path = study.record / schema.file
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        text = ",".join(schema.allowed) + "\n"
    except UnicodeDecodeError:
        raise UnreadableFile(f"{schema.file} is not UTF-8.", fix="Save it as 'CSV UTF-8'.") from None
    return RecordFile.parse(text, schema.file)


def save(study: Study, changes: Sequence[Change]) -> None:
    """Write the changes together, or none of them.

    Raises
    ------
    Conflict
        A row was changed by somebody else, or a new row's id is taken.
    Rejected
        The record's own check finds problems that were not there before.
    OutputError
    """
    with _lock(study.folder):
        files: dict[str, RecordFile] = {}
        journal = []
        for change in changes:
            file = files.get(change.table) or read_file(study, change.table)
            file, old, new = _applied(file, change)
            files[change.table] = file
            journal.append(
                {
                    "table": change.table,
                    "id": new.cells[TABLES[change.table].key],
                    "before": old and old.raw,
                    "after": new.raw,
                }
            )
        _check(study, files)
        _note(study, {"time": time.time(), "changes": journal})
        for table, file in files.items():
            replace_file(study.record / TABLES[table].file, file.text())


def undo(study: Study) -> str:
    """Take back the last change that still stands; returns the ids concerned.

    Raises
    ------
    StudyError
        There is nothing to take back.
    Conflict
        A row was changed again since, by hand.
    """
    with _lock(study.folder):
        entry = last_change(study)
        if entry is None:
            raise StudyError("There is nothing to undo.")
        files: dict[str, RecordFile] = {}
        for change in reversed(entry["changes"]):
            file = files.get(change["table"]) or read_file(study, change["table"])
            stands = next((r for r in file.rows if r.raw.rstrip("\r\n") == change["after"].rstrip("\r\n")), None)
            if stands is None:
                raise Conflict(change["id"], file.find(TABLES[change["table"]].key, change["id"]))
            if change["before"] is None:
                files[change["table"]] = file.without(stands)
            else:
                files[change["table"]] = file.with_row(Row({}, change["before"]), stands)
        _note(study, {"time": time.time(), "undoes": entry["time"]})
        for table, file in files.items():
            replace_file(study.record / TABLES[table].file, file.text())
        return ", ".join(change["id"] for change in entry["changes"])


def last_change(study: Study) -> dict[str, Any] | None:
    """The journal's last change that was not undone."""
    path = study.folder / JOURNAL
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            entries.append(json.loads(line))
        except ValueError:  # a line cut short by a crash: nothing was written after it
            continue
    undone = {e["undoes"] for e in entries if "undoes" in e}
    standing = [e for e in entries if "changes" in e and e["time"] not in undone]
    return standing[-1] if standing else None


def _applied(file: RecordFile, change: Change) -> tuple[RecordFile, Row | None, Row]:
    schema = TABLES[change.table]
    cells = {c: _clean(change.cells.get(c, "")) for c in schema.allowed}
    file = file.with_columns(tuple(c for c in schema.allowed if cells[c]))
    new_id = cells[schema.key]
    old = file.find(schema.key, change.id) if change.id else None
    if change.id and (old is None or old.digest != change.digest):
        raise Conflict(change.id, old)
    taken = file.find(schema.key, new_id)
    if taken is not None and taken is not old:
        number = file.rows.index(taken) + 2
        raise Rejected(
            [Problem(schema.file, number, schema.key, f"There is already a row '{new_id}'.", "Give another id.")]
        )
    kept = {c: v for c, v in old.cells.items() if c not in schema.allowed} if old else {}
    new = file.written({**kept, **cells})
    return file.with_row(new, old), old, new


def _clean(text: str) -> str:
    """A cell without control characters, in one paragraph, of bearable length."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())[:LONGEST]


def _check(study: Study, files: Mapping[str, RecordFile]) -> None:
    """The record's own check on the record as it would be; only problems that are new count."""
    before = set(map(str, Ledger.check(study.record)))
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "record"
        shutil.copytree(study.record, trial, ignore=shutil.ignore_patterns(".*"))
        for table, file in files.items():
            (trial / TABLES[table].file).write_text(file.text(), encoding="utf-8", newline="")
        new = [p for p in Ledger.check(trial) if str(p) not in before]
    if new:
        raise Rejected(new)


def _note(study: Study, entry: dict[str, Any]) -> None:
    try:
        with (study.folder / JOURNAL).open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise OutputError(
            f"The journal cannot be written: {error}.", fix="Check the folder's permissions and space."
        ) from None


def _lock(folder: Path) -> threading.Lock:
    return _LOCKS.setdefault(folder.resolve(), threading.Lock())
