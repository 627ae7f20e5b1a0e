"""Change a record: validated as a whole, journalled, written at once, and undone one step at a time.

The journal ``.detente-journal.jsonl`` in the study folder holds each row as it was and as it is to be, before the
record is written; the step that puts the record's files into place also says there that it is done. A lock on the
folder keeps servers apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente._atomic import lock, settle, write_files
from detente._foreign import TABLE, check_inside, read_text
from detente.errors import Problem, StudyError, UnreadableFile
from detente.language.controls import clean
from detente.record.references import references
from detente.record.schema import TABLES, RecordTable
from detente.study import Study
from detente.web.editor.csv_rows import RecordFile, Row
from detente.web.editor.journal import begin, last_change, named
from detente.web.editor.record_checks import check_as_changed, problems_of, remember
from detente.web.editor.row_changes import Conflict, InUse, Rejected, RowChange

EDITABLE = ("events", "claims", "figures", "sources")


LONGEST = 4000  # characters in a cell


def read_file(study: Study, table: str) -> RecordFile:
    """A record file of a study; an optional one that is absent is empty."""
    schema = TABLES[table]
    path = study.record / schema.file
    settle(study.folder)
    if not path.exists() and not path.is_symlink():
        return RecordFile.parse(",".join(schema.allowed) + "\n", schema.file)
    file = RecordFile.parse(read_text(path, TABLE, inside=study.folder), schema.file)
    if schema.key not in file.header:
        found = next((p for p in problems_of(study.record) if p.file == schema.file), None)
        raise UnreadableFile(
            str(found) if found else f"{schema.file} has no column '{schema.key}'.",
            why="Rows can be shown and changed only where each has its id.",
            fix="" if found else "Fix its first line.",
        )
    return file


def save(study: Study, changes: Sequence[RowChange]) -> None:
    """Write the changes together, or none of them.

    Raises
    ------
    Conflict
        A row was changed by somebody else, or is gone.
    InUse
        A row is to go that something else names.
    Rejected
        The record's own check finds problems that were not there before, or a new row's id is taken.
    OutputError
    """
    with lock(study.folder):
        files: dict[str, RecordFile] = {}
        noted: list[dict[str, Any]] = []
        for table in dict.fromkeys(change.table for change in changes):
            own = [change for change in changes if change.table == table]
            files[table], lines = _applied(read_file(study, table), TABLES[table], own)
            noted += lines
        _refuse_used(study, files, [change for change in changes if change.cells is None])
        problems = check_as_changed(study, files)
        _write(study, files, {"changes": noted})
        remember(study.record, problems)


def undo(study: Study) -> str:
    """Take back the last change that still stands; returns the ids concerned.

    Raises
    ------
    StudyError
        There is nothing to take back.
    Conflict
        A row was changed again since, by hand.
    """
    with lock(study.folder):
        entry = last_change(study)
        if entry is None:
            raise StudyError("There is nothing to undo.")
        tables = dict.fromkeys(change["table"] for change in entry["changes"])
        files = {
            table: _taken_back(read_file(study, table), [c for c in entry["changes"] if c["table"] == table])
            for table in tables
        }
        _write(study, files, {"undoes": entry["id"]})
        return named(entry)


def _taken_back(file: RecordFile, changes: Sequence[Mapping[str, Any]]) -> RecordFile:
    """The file without the changes that the journal notes of its table."""
    key = TABLES[changes[0]["table"]].key
    stands: dict[str, int] = {}
    for place, row in enumerate(file.rows):
        stands.setdefault(row.raw.rstrip("\r\n"), place)
    rows: list[Row | None] = list(file.rows)
    for change in changes:
        if change["after"] is not None:
            place = stands.get(change["after"].rstrip("\r\n"))
            if place is None:
                raise Conflict(change["id"], file.find(key, change["id"]))
            rows[place] = None if change["before"] is None else file.row_of(change["before"])
    back = file.with_rows([row for row in rows if row is not None])
    for change in sorted((c for c in changes if c["after"] is None), key=lambda change: change["at"]):
        taken = back.find(key, change["id"])
        if taken is not None:
            raise Conflict(change["id"], taken)
        back = back.with_row_at(change["at"], file.row_of(change["before"]))
    return back


def _applied(
    file: RecordFile, schema: RecordTable, changes: Sequence[RowChange]
) -> tuple[RecordFile, list[dict[str, Any]]]:
    """The file with the changes of its table, and what the journal says of each."""
    places: dict[str, int] = {}
    for place, row in enumerate(file.rows):
        places.setdefault(row.cells.get(schema.key, ""), place)
    for change in changes:  # against the file as it stands, before a new column makes every line longer
        if change.id or change.cells is None:
            stands = file.rows[places[change.id]] if change.id in places else None
            if stands is None or stands.digest != change.digest:
                raise Conflict(change.id, stands)
    cells = [{c: _clean(change.cells.get(c, "")) for c in schema.allowed} if change.cells is not None else None
             for change in changes]  # fmt: skip
    file = file.with_columns(tuple(c for c in schema.allowed if any(given and given[c] for given in cells)))
    rows: list[Row | None] = list(file.rows)
    added: list[Row] = []
    noted = []
    for change, given in zip(changes, cells):
        place = places[change.id] if change.id else None
        old = file.rows[place] if place is not None else None
        new = None
        if given is not None:
            _refuse_taken(schema, places, given[schema.key], place)
            kept = {c: v for c, v in old.cells.items() if c not in schema.allowed} if old else {}
            new = file.written({**kept, **given})
        if place is not None:
            rows[place] = new
        elif given is not None and new is not None:
            added.append(new)
            places[given[schema.key]] = len(rows) + len(added) - 1
        id_ = given[schema.key] if given is not None else change.id
        noted.append(
            {"table": change.table, "id": id_, "before": old and old.raw, "after": new and new.raw, "at": place}
        )
    return file.with_rows([row for row in rows if row is not None], added), noted


def _refuse_taken(schema: RecordTable, places: Mapping[str, int], id_: str, own: int | None) -> None:
    place = places.get(id_)
    if place is not None and place != own:
        what = f"There is already a row '{id_}'."
        raise Rejected([Problem(schema.file, place + 2, schema.key, what, "Give another id.")])


def _refuse_used(study: Study, files: Mapping[str, RecordFile], removed: Sequence[RowChange]) -> None:
    """A row that something else names stays."""
    if not removed:
        return
    rows = {name: [row.cells for row in (files.get(name) or read_file(study, name)).rows] for name in TABLES}
    for change in removed:
        if any(row.get(TABLES[change.table].key) == change.id for row in rows[change.table]):
            continue  # another row of the same id still stands
        users = [str(found) for found in references(rows, change.table, change.id)]
        if change.table == "sources":
            users += [f"study.toml, {place}" for place, source in study.named_sources() if source == change.id]
        if users:
            raise InUse(change.id, users)


def _clean(text: str) -> str:
    """A cell without unseen characters, in one paragraph, of bearable length."""
    return clean(text)[:LONGEST].rstrip()


def _write(study: Study, files: Mapping[str, RecordFile], entry: Mapping[str, Any]) -> None:
    """The files into place as one step, which the journal knows of."""
    check_inside(study.record, study.folder)
    note = begin(study, entry)
    write_files({study.record / TABLES[t].file: file.text() for t, file in files.items()}, study.folder, note)
