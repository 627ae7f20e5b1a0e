"""The journal of a record: every change, noted before it is made, so that it can be taken back."""

from __future__ import annotations

import json
import os
from typing import Any

from detente.errors import OutputError
from detente.study import Study

JOURNAL = ".detente-journal.jsonl"


def note(study: Study, entry: dict[str, Any]) -> None:
    """Add a line to the journal and flush it to disk.

    Raises
    ------
    OutputError
    """
    try:
        with (study.folder / JOURNAL).open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise OutputError(
            f"The journal cannot be written: {error}.", fix="Check the folder's permissions and space."
        ) from None


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


def named(entry: dict[str, Any] | None) -> str:
    """The rows of an entry, shortened where there are many."""
    ids = [change["id"] for change in entry["changes"]] if entry else []
    return ", ".join(ids) if len(ids) <= 5 else f"{', '.join(ids[:3])} … ({len(ids)})"
