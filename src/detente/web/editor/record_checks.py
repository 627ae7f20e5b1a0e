"""A record's own check, kept for one state of its files, and tried on the record as a change would leave it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.errors import Problem
from detente.record import Ledger
from detente.record.exchange.trial import check_with, parts_of
from detente.record.schema import TABLES
from detente.study import Study
from detente.web.editor.csv_rows import RecordFile
from detente.web.editor.row_changes import Rejected


def problems_of(record: Path) -> list[Problem]:
    """The record's own check, made once for one state of its files."""
    stamp = stamp_of(record)
    kept = _CHECKED.get(record)
    if kept is None or kept[0] != stamp:
        kept = (stamp, tuple(Ledger.check(record)))
        _CHECKED[record] = kept
    return list(kept[1])


_CHECKED: dict[Path, tuple[tuple[Any, ...], tuple[Problem, ...]]] = {}


_MOST_CHECKED = 64


def remember(record: Path, problems: Sequence[Problem]) -> None:
    while len(_CHECKED) >= _MOST_CHECKED:
        _CHECKED.pop(next(iter(_CHECKED)))
    _CHECKED[record] = (stamp_of(record), tuple(problems))


def stamp_of(record: Path) -> tuple[Any, ...]:
    """What tells one state of a record's files from another."""
    out: list[Any] = []
    for path in parts_of(record):
        try:
            found = path.stat()
        except OSError:
            out.append(None)
        else:
            out.append((found.st_mtime_ns, found.st_size, found.st_ino))
    return tuple(out)


def check_as_changed(study: Study, files: Mapping[str, RecordFile]) -> list[Problem]:
    """The record's own check on the record as it would be; only problems that are new count, wherever they stand."""

    def known(problem: Problem) -> tuple[str, str | None, str]:
        return problem.file, problem.column, problem.what  # the row number moves when rows come and go

    before = Counter(map(known, problems_of(study.record)))
    after = check_with(study.record, {TABLES[table].file: file.text() for table, file in files.items()})
    new = []
    for problem in after:
        before[known(problem)] -= 1
        if before[known(problem)] < 0:
            new.append(problem)
    if new:
        raise Rejected(new)
    return after
