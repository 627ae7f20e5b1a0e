"""An uploaded record beside the study's: what would be added, what the two differ in, and the changes that follow."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from detente.errors import RecordError, UnreadableFile, first_five
from detente.record.exchange.merging import merge_records
from detente.record.reading import read_table
from detente.record.schema import TABLES, RecordTable
from detente.study import Study
from detente.web.editor.editor import read_file
from detente.web.editor.row_changes import RowChange

OURS, THEIRS = "ours", "theirs"


def table_of(file: Path) -> RecordTable:
    """The table of a record that a CSV file holds, by its header, in which another table's id may stand as well.

    Raises
    ------
    UnreadableFile
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            header = {name.strip() for name in next(csv.reader(handle), [])}
    except (UnicodeDecodeError, csv.Error):
        raise UnreadableFile("The file is not UTF-8 CSV.", fix="Save it as 'CSV UTF-8'.") from None
    named = [table for table in TABLES.values() if table.key in header]
    found = [table for table in named if not any(table.key in other.columns for other in named if other is not table)]
    if len(found) != 1:
        raise UnreadableFile(
            f"The columns {first_five(sorted(header))} are none of a record's tables.",
            why="The first line says which table it is.",
            fix=f"It needs one of the columns {', '.join(table.key for table in TABLES.values())}.",
        )
    return found[0]


def completed(file: Path, place: Path, table: RecordTable) -> set[str]:
    """Put an uploaded table in the place of the study's, its rows first and under their own numbers, then the others.

    Returns the ids of its own rows.

    Raises
    ------
    RecordError
        The file cannot be read as that table.
    """
    given, problems = read_table(file, table)
    if problems:
        raise RecordError(problems)
    ids = set(given[table.key].drop_nulls())
    others = read_table(place, table)[0].filter(~pl.col(table.key).is_in(ids))
    pl.concat([given, others]).write_csv(place)
    return ids


def merged(study: Study, theirs: Path, brought: Mapping[str, set[str]] | None = None) -> dict[str, Any]:
    """The plan of a merge in plain values; ``brought`` are the ids that came with the file, by table, if not all.

    ``rows`` are new rows and rows with cells to fill or in dispute (``table``, ``id``, ``digest``, ``cells`` with the
    study's own where the two differ, ``changed``), ``conflicts`` the cells in which the two differ (``table``,
    ``id``, ``column``, ``ours``, ``theirs``), ``same`` counts rows that are in both and alike. Rows that only the
    study has stay as they are.
    """
    out = merge_records(study.record, theirs)
    rows, same = [], 0
    differ: dict[tuple[str, str], set[str]] = {}
    cells = out.conflicts.select("table", "id", "column", "ours", "theirs").to_dicts()
    conflicts = [conflict for conflict in cells if not _one_number(conflict)]
    for conflict in cells:
        differ.setdefault((conflict["table"], conflict["id"]), set()).add(conflict["column"])
    disputed = {(conflict["table"], conflict["id"]) for conflict in conflicts}
    for name, frame in out.tables.items():
        key, stand = TABLES[name].key, {row.cells.get(TABLES[name].key): row for row in read_file(study, name).rows}
        came = (
            set(read_table(theirs / TABLES[name].file, TABLES[name])[0][key])
            if brought is None
            else brought.get(name, ())
        )
        for row in frame.iter_rows(named=True):
            old = stand.get(row[key])
            cells = {column: value or "" for column, value in row.items()}
            if old is not None:
                cells |= {column: old.cells.get(column, "") for column in differ.get((name, row[key]), ())}
            changed = old is None or any(cells[c] != old.cells.get(c, "") for c in cells)
            if changed or (name, row[key]) in disputed:
                rows.append(
                    {"table": name, "id": row[key], "digest": old.digest if old else "", "cells": cells,
                     "changed": changed}
                )  # fmt: skip
            elif row[key] in came:
                same += 1
    return {"problems": [], "rows": rows, "conflicts": conflicts, "same": same}


def changes(found: Mapping[str, Any], taken: Mapping[int, str]) -> list[RowChange]:
    """The changes of a plan, with ``theirs`` in the conflicts whose place ``taken`` says so, ``ours`` in the others."""
    decided: dict[tuple[str, str], dict[str, str]] = {}
    for place, conflict in enumerate(found["conflicts"]):
        if taken.get(place, OURS) == THEIRS:
            decided.setdefault((conflict["table"], conflict["id"]), {})[conflict["column"]] = conflict["theirs"] or ""
    out = []
    for row in found["rows"]:
        own = decided.get((row["table"], row["id"]), {})
        if row["changed"] or own:
            out.append(
                RowChange(row["table"], row["id"] if row["digest"] else "", row["digest"], {**row["cells"], **own})
            )
    return out


def _one_number(conflict: Mapping[str, str]) -> bool:
    """Whether the two differ only in how they write one number: spreadsheets turn 197.0 into 197."""
    if conflict["column"] not in TABLES[conflict["table"]].numbers:
        return False
    try:
        return float(conflict["ours"]) == float(conflict["theirs"])
    except ValueError:
        return False
