"""Two analysts' records into one: what both agree on is taken, what they differ on is shown."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detente._atomic import ASIDE, lock, write_files
from detente.errors import Problem, RecordError
from detente.record.reading import read_table
from detente.record.schema import TABLES, Table

if TYPE_CHECKING:
    import polars as pl

MARK = "<<ours>> {ours} <<theirs>> {theirs}"
"""How a cell that both changed is shown; no check lets it pass as a date or a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Merge:
    """The outcome of a merge.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        The merged text tables; a cell that both changed holds :data:`MARK`.
    conflicts : polars.DataFrame
        Columns table, id, column, base, ours, theirs: each for a person to decide.
    """

    tables: dict[str, pl.DataFrame]
    conflicts: pl.DataFrame

    def write(self, folder: str | Path) -> Path:
        """Write the merged record; refused while conflicts remain, or where it fails the check."""
        from detente.record.ledger import Ledger

        if not self.conflicts.is_empty():
            raise RecordError(
                [
                    Problem(TABLES[r["table"]].file, None, r["column"], f"'{r['id']}': {r['ours']} or {r['theirs']}?")
                    for r in self.conflicts.iter_rows(named=True)
                ]
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        texts = {TABLES[name].file: frame.write_csv() for name, frame in self.tables.items()}
        with tempfile.TemporaryDirectory(prefix=".check-", suffix=ASIDE, dir=folder.parent) as aside:
            for file, text in texts.items():
                (Path(aside) / file).write_text(text, encoding="utf-8", newline="")
            problems = Ledger.check(aside)
        if problems:
            raise RecordError(problems)
        with lock(folder):
            write_files({folder / file: text for file, text in texts.items()}, folder)
        return folder


def merge_records(ours: str | Path, theirs: str | Path, *, base: str | Path | None = None) -> Merge:
    """Merge two record folders row by row and cell by cell.

    Without ``base``, a row that only one has is added and cells that differ are conflicts
    (an empty cell gives way). With the common ancestor ``base``, a cell that one of the two
    changed is taken from that one, and a row that one deleted unchanged stays deleted.
    """
    import polars as pl

    tables, rows = {}, []
    for name, table in TABLES.items():
        a, b = _by_id(Path(ours), table), _by_id(Path(theirs), table)
        old = _by_id(Path(base), table) if base is not None else None
        merged, found = _merge_rows(a, b, old)
        rows += [(name, *conflict) for conflict in found]
        schema = dict.fromkeys(table.allowed, pl.String)
        tables[name] = pl.DataFrame(list(merged.values()), schema=schema)
    schema = dict.fromkeys(("table", "id", "column", "base", "ours", "theirs"), pl.String)
    return Merge(tables, pl.DataFrame(rows, schema=schema, orient="row"))


_Row = dict[str, str | None]


def _by_id(folder: Path, table: Table) -> dict[str, _Row]:
    frame, problems = read_table(folder / table.file, table)
    if problems:
        raise RecordError(problems)
    return {row[table.key]: row for row in frame.iter_rows(named=True)}


def _merge_rows(
    a: dict[str, _Row], b: dict[str, _Row], old: dict[str, _Row] | None
) -> tuple[dict[str, _Row], list[tuple[str, str, str, str, str]]]:
    merged: dict[str, _Row] = {}
    conflicts: list[tuple[str, str, str, str, str]] = []
    for key in dict.fromkeys([*a, *b]):
        before = (old or {}).get(key)
        if key in a and key in b:
            merged[key], found = _merge_cells(a[key], b[key], before)
            conflicts += [(key, *cells) for cells in found]
            continue
        kept = a[key] if key in a else b[key]
        if before is None:
            merged[key] = kept
        elif kept != before:  # one deleted what the other changed
            merged[key] = kept
            gone, stayed = ("deleted", "changed") if key in b else ("changed", "deleted")
            conflicts.append((key, "", "", gone, stayed))
    return merged, conflicts


def _merge_cells(a: _Row, b: _Row, before: _Row | None) -> tuple[_Row, list[tuple[str, str, str, str]]]:
    row: _Row = {}
    conflicts = []
    for column in a:
        ours, theirs = a[column], b[column]
        was = before[column] if before else None
        if ours == theirs or theirs == was:
            row[column] = ours
        elif ours == was:
            row[column] = theirs
        else:
            row[column] = MARK.format(ours=ours or "", theirs=theirs or "")
            conflicts.append((column, was or "", ours or "", theirs or ""))
    return row, conflicts
