"""A workbook read back into its record: what would come, change and go is known before anything is written.

The workbook says which rows it was made from (:func:`detente.record.exchange.spreadsheet.marks`). A row that the
record has won or changed since is kept; one that both changed is a clash, for a person to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from detente._atomic import home_of, lock, settle_around, write_files
from detente._foreign import TABLE, read_bytes
from detente.errors import OutputError, Problem, RecordError, UnreadableFile
from detente.record.exchange.spreadsheet import Cells, csv_of, digest, read_sheets
from detente.record.exchange.trial import check_with, copy_record, parts_of
from detente.record.reading import read_table
from detente.record.schema import TABLES
from detente.record.states.vocabulary import Vocabulary

Where = tuple[str, str]
"""A table's name and a row's id."""


@dataclass(frozen=True, slots=True)
class Return:
    """What reading a workbook back would do to a record.

    Attributes
    ----------
    new, changed, gone : tuple of (str, str)
        Table and id of rows that would come, be replaced, and go.
    kept : tuple of (str, str)
        Rows that the record has won, changed or lost since the workbook was written: they stay as they are.
    clashes : tuple of (str, str)
        Rows that the workbook and the record have changed since, each otherwise.
    marked : bool
        Whether the workbook was made from this record; where it is unknown, every row that it lacks goes.
    """

    new: tuple[Where, ...]
    changed: tuple[Where, ...]
    gone: tuple[Where, ...]
    kept: tuple[Where, ...]
    clashes: tuple[Where, ...]
    marked: bool
    _path: Path = field(repr=False)
    _folder: Path = field(repr=False)
    _stood: Mapping[str, bytes] = field(repr=False)
    _ours: Mapping[str, Mapping[str, Cells]] = field(repr=False)
    _sheets: Mapping[str, Mapping[int, Cells]] = field(repr=False)
    _rows: Mapping[str, list[tuple[int | None, Cells]]] = field(repr=False)

    @property
    def idle(self) -> bool:
        """Whether the workbook says what the record says."""
        return not (self.new or self.changed or self.gone or self.clashes)

    def cells(self, where: Where) -> list[tuple[str, str, str]]:
        """Column, text on record and text in the workbook of the cells of a row that differ."""
        name, id_ = where
        key = TABLES[name].key
        ours = self._ours[name].get(id_, {})
        theirs = next((row for row in self._sheets[name].values() if row[key] == id_), {})
        return [(c, ours.get(c, ""), theirs.get(c, "")) for c in TABLES[name].allowed if ours.get(c) != theirs.get(c)]

    def back_up(self, target: Path) -> None:
        """Keep the record as it stands in an empty folder; :func:`plan_return` reads that too."""
        copy_record(self._folder, target)

    def write(self, *, vocabulary: Vocabulary | None = None) -> Path:
        """Put the rows into the record: all of them, or nothing.

        Raises
        ------
        RecordError
            There are clashes, or the record would not pass its check: with sheet, row and column.
        OutputError
            The record was changed since it was read.
        """
        if self.clashes:
            raise RecordError([_clash(where, self._path) for where in self.clashes])
        texts = self._texts()
        self._folder.mkdir(parents=True, exist_ok=True)
        home = home_of(self._folder)
        with lock(home):
            if _files(self._folder) != self._stood:
                raise OutputError(f"{self._folder} was changed since it was read.", fix="Read the workbook again.")
            if problems := check_with(self._folder, texts, vocabulary=vocabulary):
                raise RecordError([self._in_sheet(problem) for problem in problems])
            write_files({self._folder / file: text for file, text in texts.items()}, home)
        return self._folder

    def _texts(self) -> dict[str, str | bytes]:
        """The files that change, by name; one from a kept folder letter by letter."""
        touched = {name for name, _ in (*self.new, *self.changed, *self.gone)}
        texts: dict[str, str | bytes] = {}
        for name, rows in self._rows.items():
            table = TABLES[name]
            if name in touched and self._path.is_dir():
                texts[table.file] = read_bytes(self._path / table.file, TABLE, inside=self._path)
            elif name in touched or (table.file not in self._stood and not table.optional):
                texts[table.file] = csv_of(table, (row for _, row in rows))
        return texts

    def _in_sheet(self, problem: Problem) -> Problem:
        """A problem of a table with the sheet and the row that it stands in there."""
        name = next((name for name in self._rows if TABLES[name].file == problem.file), "")
        if not name:
            return problem
        numbers = [1, *(number for number, _ in self._rows[name])]
        row = numbers[problem.row - 1] if problem.row and problem.row <= len(numbers) else problem.row
        return problem if row is None else replace(problem, file=f"{self._path.name}:{name}", row=row)


def plan_return(path: str | Path, folder: str | Path) -> Return:
    """What a workbook, or a folder that :meth:`Return.back_up` made, would do to a record.

    Raises
    ------
    UnreadableFile
        Where the file is no workbook, or the folder no record.
    RecordError
        Naming sheet, row and column of formulas and merged cells.
    """
    path, folder = Path(path), Path(folder)
    if path.is_dir():
        if not (path / TABLES["sources"].file).is_file():
            raise UnreadableFile(f"{path} holds no record.", fix="Give a workbook, or the folder that was kept.")
        sheets = {name: dict(enumerate(_record_rows(path, name).values(), 2)) for name in TABLES}
        marks: dict[Where, str] = {}
    else:
        sheets, marks, problems = read_sheets(path)
        if problems:
            raise RecordError(problems)
    settle_around(folder)
    stood = _files(folder)
    ours = {name: _record_rows(folder, name) for name in TABLES}
    known = bool(marks) and any(marks.get((n, i)) == digest(n, row) for n in ours for i, row in ours[n].items())
    found: dict[str, list[Where]] = {sort: [] for sort in ("new", "changed", "gone", "kept", "clashes")}
    rows: dict[str, list[tuple[int | None, Cells]]] = {}
    for name, sheet in sheets.items():
        rows[name] = _laid_together(name, sheet, ours[name], marks if known else None, found)
    new, changed, gone, kept, clashes = (tuple(wheres) for wheres in found.values())
    return Return(new, changed, gone, kept, clashes, known, path, folder, stood, ours, sheets, rows)


def read_workbook(path: str | Path, folder: str | Path, *, vocabulary: Vocabulary | None = None) -> Path:
    """Read a workbook into the CSV files of a record folder.

    The files are written aside, checked, and only then put in place: after an error the
    folder is as it was.

    Raises
    ------
    UnreadableFile
        Where the file is no workbook.
    RecordError
        Naming sheet, row and column of formulas, merged cells and everything that
        :meth:`Ledger.check` finds, and rows that the record has otherwise since.
    """
    return plan_return(path, folder).write(vocabulary=vocabulary)


def _laid_together(
    name: str,
    sheet: Mapping[int, Cells],
    ours: Mapping[str, Cells],
    marks: Mapping[Where, str] | None,
    found: Mapping[str, list[Where]],
) -> list[tuple[int | None, Cells]]:
    """The rows of a table after the reading, with their row in the sheet; what happens to each goes into ``found``."""
    rows: list[tuple[int | None, Cells]] = []
    given: set[str] = set()
    for number, row in sheet.items():
        id_ = row[TABLES[name].key]
        twice = id_ in given
        given.add(id_)
        sort, kept = ("new", row) if twice else _outcome(name, id_, row, ours.get(id_), marks)
        if sort:
            found[sort].append((name, id_))
        if kept is not None:
            rows.append((number, kept))
    for id_ in (id_ for id_ in ours if id_ not in given):
        sort, kept = _outcome(name, id_, None, ours[id_], marks)
        found[sort].append((name, id_))
        if kept is not None:
            rows.append((None, kept))
    return rows


def _outcome(
    name: str, id_: str, theirs: Cells | None, ours: Cells | None, marks: Mapping[Where, str] | None
) -> tuple[str, Cells | None]:
    """What happens to a row, by name (nothing where both say the same), and what is left of it."""
    mine, hers = (digest(name, row) if row is not None else "" for row in (ours, theirs))
    began = mine if marks is None else marks.get((name, id_), "")
    if mine == hers:
        return "", ours
    if mine == began:  # as the workbook's maker found it
        return ("gone" if theirs is None else "changed" if ours is not None else "new"), theirs
    return ("kept" if hers == began else "clashes"), ours


def _clash(where: Where, path: Path) -> Problem:
    name, id_ = where
    what = f"'{id_}' was changed in the workbook and, otherwise, in the record since it was written."
    return Problem(f"{path.name}:{name}", None, None, what, "Write a new workbook, and change the row in that.")


def _record_rows(folder: Path, name: str) -> dict[str, Cells]:
    """The rows of a record's table by id; none where it cannot be read."""
    frame, _ = read_table(folder / TABLES[name].file, TABLES[name])
    key = TABLES[name].key
    rows = ({c: cell or "" for c, cell in row.items()} for row in frame.iter_rows(named=True))
    return {row[key]: row for row in rows}


def _files(folder: Path) -> dict[str, bytes]:
    return {p.name: read_bytes(p, TABLE, inside=folder) for p in parts_of(folder) if p.exists()}
