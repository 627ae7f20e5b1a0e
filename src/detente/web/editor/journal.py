"""The journal of a record: each change begun with all it needs to be taken back, and done once it is in place.

A line ``{"id", "time", "changes"}`` or ``{"id", "time", "undoes"}`` begins a change, ``{"done": id}`` ends it; the
second is written by the step that renames the files into place (:mod:`detente._atomic`), so a change that a crash
kept from the record does not count. Lines of older versions, without an id, count as done. What cannot be read, of
whatever kind, is passed over.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from detente._atomic import FIX, append
from detente._foreign import TABLE, read_bytes
from detente.errors import DetenteError, OutputError
from detente.record.schema import TABLES
from detente.study import Study

JOURNAL = ".detente-journal.jsonl"
LONGEST = 1 << 26  # characters of a line


def begin(study: Study, entry: Mapping[str, Any]) -> tuple[Path, str]:
    """Note a change about to be made; returns the file and the line that will say it is done.

    Raises
    ------
    OutputError
    """
    id_, path = secrets.token_hex(8), study.folder / JOURNAL
    try:
        append(path, json.dumps({"id": id_, "time": time.time(), **entry}, ensure_ascii=False))
    except OSError as error:
        raise OutputError(f"The journal cannot be written: {error}.", fix=FIX) from None
    return path, json.dumps({"done": id_})


def last_change(study: Study) -> dict[str, Any] | None:
    """The journal's last change that was done and not undone."""
    begun: dict[str, dict[str, Any]] = {}
    done: list[str] = []
    for line in _lines(study):
        if "done" in line:
            done.append(str(line["done"]))
        elif _is_change(line) or "undoes" in line:
            id_ = str(line["id"]) if "id" in line else f"at {line.get('time')}"
            begun[id_] = {**line, "id": id_}
            if "id" not in line:  # written by an older version
                done.append(id_)
    standing = [id_ for id_ in dict.fromkeys(done) if id_ in begun]
    undone = {_undoes(begun[id_]) for id_ in standing if "undoes" in begun[id_]}
    left = [begun[id_] for id_ in standing if "changes" in begun[id_] and id_ not in undone]
    return left[-1] if left else None


def named(entry: Mapping[str, Any] | None) -> str:
    """The rows of an entry, shortened where there are many."""
    ids = [change["id"] for change in entry["changes"]] if entry else []
    return ", ".join(ids) if len(ids) <= 5 else f"{', '.join(ids[:3])} … ({len(ids)})"


def _undoes(entry: Mapping[str, Any]) -> str:
    """The id of the change that an entry takes back; older versions named its time."""
    return entry["undoes"] if isinstance(entry["undoes"], str) else f"at {entry['undoes']}"


def _lines(study: Study) -> Iterator[dict[str, Any]]:
    path = study.folder / JOURNAL
    if not path.is_file():
        return
    try:
        raw = read_bytes(path, TABLE, inside=study.folder)
    except DetenteError:
        return
    for text in raw.decode("utf-8", "replace").split("\n"):
        if not text.startswith("{") or len(text) > LONGEST:
            continue
        try:
            line = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(line, dict):
            yield line


def _is_change(line: Mapping[str, Any]) -> bool:
    """Whether a line holds changes that can be taken back."""
    changes = line.get("changes")
    return isinstance(changes, Sequence) and bool(changes) and all(map(_can_be_undone, changes))


def _can_be_undone(change: Any) -> bool:
    return (
        isinstance(change, dict)
        and change.get("table") in TABLES
        and isinstance(change.get("id"), str)
        and all(isinstance(change.get(part), str | None) for part in ("before", "after"))
        and (isinstance(change.get("before"), str) or isinstance(change.get("after"), str))
        and (isinstance(change.get("after"), str) or isinstance(change.get("at"), int))
    )
