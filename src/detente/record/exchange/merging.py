"""Two analysts' records into one: what both agree on is taken, what they differ on is shown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from detente._atomic import home_of, lock, settle_around, write_files
from detente._foreign import read_text
from detente.errors import Problem, RecordError
from detente.record.exchange.in_plain import in_plain_form
from detente.record.exchange.trial import check_with
from detente.record.reading import read_table
from detente.record.schema import TABLES, RecordTable
from detente.record.states.vocabulary import FILE as VOCABULARY
from detente.record.verdicts.independence.organisations import FILE as REGISTER

MARK = "<<ours>> {ours} <<theirs>> {theirs}"
"""How a cell that both changed is shown; no check lets it pass as a date or a number."""


_Row = dict[str, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Merge:
    """The outcome of a merge.

    Attributes
    ----------
    tables : dict of str to polars.DataFrame
        The merged text tables; a cell that both changed holds :data:`MARK`.
    conflicts : polars.DataFrame
        Columns table, id, column, base, ours, theirs: each for a person to decide.
    twice : tuple of (str, str, str)
        Table and two ids, ours and theirs, of rows that say the same: both are kept.
    register : str
        The text of the record's own organisations; empty where neither has any.
    vocabulary : str
        Likewise of its own states and kinds.
    """

    tables: dict[str, pl.DataFrame]
    conflicts: pl.DataFrame
    twice: tuple[tuple[str, str, str], ...] = ()
    register: str = ""
    vocabulary: str = ""

    def write(self, folder: str | Path) -> Path:
        """Write the merged record; refused while conflicts remain, or where it fails the check."""
        if not self.conflicts.is_empty():
            raise RecordError(
                [
                    Problem(_file(r["table"]), None, r["column"], f"'{r['id']}': {r['ours']} or {r['theirs']}?")
                    for r in self.conflicts.iter_rows(named=True)
                ]
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        texts = {TABLES[name].file: frame.write_csv() for name, frame in self.tables.items()}
        texts |= {name: text for name, text in ((REGISTER, self.register), (VOCABULARY, self.vocabulary)) if text}
        home = home_of(folder)
        with lock(home):
            if problems := check_with(folder, texts):
                raise RecordError(problems)
            write_files({folder / file: text for file, text in texts.items()}, home)
        return folder


def merge_records(ours: str | Path, theirs: str | Path, *, base: str | Path | None = None) -> Merge:
    """Merge two record folders row by row and cell by cell.

    Without ``base``, a row that only one has is added and cells that differ are conflicts
    (an empty cell gives way). With the common ancestor ``base``, a cell that one of the two
    changed is taken from that one, and a row that one deleted unchanged stays deleted.
    """
    for folder in (ours, theirs, *([base] if base is not None else [])):
        settle_around(Path(folder))
    tables, rows, twice = {}, [], []
    for name, table in TABLES.items():
        a, b = _by_id(Path(ours), table), _by_id(Path(theirs), table)
        old = _by_id(Path(base), table) if base is not None else None
        merged, found = _merge_rows(name, a, b, old)
        rows += [(name, *conflict) for conflict in found]
        twice += [(name, *ids) for ids in _twice(a, b, table)]
        schema = dict.fromkeys(table.allowed, pl.String)
        tables[name] = pl.DataFrame(list(merged.values()), schema=schema)
    words = {}
    for name in (REGISTER, VOCABULARY):
        texts = [_text(Path(folder) / name) for folder in (ours, theirs, *([base] if base is not None else []))]
        words[name], found = _merge_texts(*texts)
        rows += [(name, *conflict) for conflict in found]
    columns: tuple[str, ...] = ("table", "id", "column", "base", "ours", "theirs")
    schema: dict[str, type[pl.String]] = dict.fromkeys(columns, pl.String)
    return Merge(
        tables, pl.DataFrame(rows, schema=schema, orient="row"), tuple(twice), words[REGISTER], words[VOCABULARY]
    )


def _file(table: str) -> str:
    return TABLES[table].file if table in TABLES else table


def _text(path: Path) -> str:
    return read_text(path, inside=path.parent) if path.exists() or path.is_symlink() else ""


def _merge_texts(ours: str, theirs: str, base: str = "") -> tuple[str, list[tuple[str, str, str, str, str]]]:
    """A file of the record's own words as one cell."""
    if ours == theirs or theirs == base:
        return ours, []
    if ours == base:
        return theirs, []
    return ours, [("the whole file", "", "as we began" if base else "", "changed", "changed")]


def _twice(a: dict[str, _Row], b: dict[str, _Row], table: RecordTable) -> list[tuple[str, str]]:
    """Ids, each of one record only, of rows that say the same."""
    said = {_content(row, table): id_ for id_, row in a.items() if id_ not in b}
    alike = ((said.get(_content(row, table)), id_) for id_, row in b.items() if id_ not in a)
    return [(ours, theirs) for ours, theirs in alike if ours is not None]


def _content(row: _Row, table: RecordTable) -> tuple[str, ...]:
    """What a row says, in whatever letters, digits and notes."""
    told = {column: cell or "" for column, cell in row.items() if column not in (table.key, "note")}
    return tuple(in_plain_form(table, column, cell, exactly=False) for column, cell in told.items())


def _by_id(folder: Path, table: RecordTable) -> dict[str, _Row]:
    frame, problems = read_table(folder / table.file, table)
    if problems:
        raise RecordError(problems)
    return {row[table.key]: row for row in frame.iter_rows(named=True)}


def _merge_rows(
    name: str, a: dict[str, _Row], b: dict[str, _Row], old: dict[str, _Row] | None
) -> tuple[dict[str, _Row], list[tuple[str, str, str, str, str]]]:
    merged: dict[str, _Row] = {}
    conflicts: list[tuple[str, str, str, str, str]] = []
    for key in dict.fromkeys([*a, *b]):
        before = (old or {}).get(key)
        if key in a and key in b:
            merged[key], found = _merge_cells(name, a[key], b[key], before)
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


TOGETHER = {
    "figures": (
        ("series", "period", "value", "low", "high", "unit", "basis", "kind", "status", "source_id", "derivation"),
    ),
    "events": (("date", "end_date", "announced"), ("kind", "direction", "sets")),
    "claims": (("claim", "type", "value", "unit", "state", "date", "test", "target", "options"),),
    "sources": (("date", "first_published"), ("url", "accessed", "archived_url", "quotation")),
    "forecasts": (
        ("date", "target", "low", "high", "unit", "kind", "horizon", "outcome_figure_ids", "outcome_op", "source_id"),
    ),
}
"""Columns that are read as one, by table: a number means nothing without its unit, series and source, nor a test
without its target, nor the day on which a page was read without the page."""


def _merge_cells(name: str, a: _Row, b: _Row, before: _Row | None) -> tuple[_Row, list[tuple[str, str, str, str]]]:
    row: _Row = {}
    conflicts = []
    torn = _torn(name, a, b, before) if before else _pieced(name, a, b)
    for column in a:
        ours, theirs = a[column], b[column]
        if column in torn and ours != theirs:
            row[column] = MARK.format(ours=ours or "", theirs=theirs or "")
            conflicts.append((column, (before or {}).get(column) or "", ours or "", theirs or ""))
            continue
        was = before[column] if before else None
        if ours == theirs or theirs == was:
            row[column] = ours
        elif ours == was:
            row[column] = theirs
        else:
            row[column] = MARK.format(ours=ours or "", theirs=theirs or "")
            conflicts.append((column, was or "", ours or "", theirs or ""))
    return row, conflicts


def _torn(name: str, a: _Row, b: _Row, before: _Row) -> frozenset[str]:
    """Columns of a group that both changed, each another part of it: together they would say what nobody wrote."""
    found: set[str] = set()
    for group in TOGETHER[name]:
        columns = [c for c in group if c in before]
        ours = {c for c in columns if a[c] != before[c]}
        theirs = {c for c in columns if b[c] != before[c]}
        if ours and theirs and any(a[c] != b[c] for c in ours | theirs):
            found |= ours | theirs
    return frozenset(found)


def _pieced(name: str, a: _Row, b: _Row) -> frozenset[str]:
    """Columns of a group of which, with no ancestor known, each side fills some that the other leaves empty."""
    found: set[str] = set()
    for group in TOGETHER[name]:
        columns = [c for c in group if c in a]
        ours, theirs = ({c for c in columns if x[c] and not y[c]} for x, y in ((a, b), (b, a)))
        if ours and theirs:
            found |= ours | theirs
    return frozenset(found)
