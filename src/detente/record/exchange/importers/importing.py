"""Read an official file into a record: what it would add, change and leave is shown before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detente._atomic import home_of, lock, settle_around, write_files
from detente.data.facts import Flows, Series
from detente.data.registry import recognise, sources
from detente.data.source import DataSource, Facts
from detente.data.tables.files import Files
from detente.errors import OutputError, RecordError, UnreadableFile, UsageError, did_you_mean
from detente.language.controls import clean
from detente.record.exchange.importers.events import Row
from detente.record.exchange.importers.layouts import ALIASES, RecordLayout, layout_of
from detente.record.exchange.in_plain import in_plain_form
from detente.record.exchange.trial import check_with
from detente.record.period import Period
from detente.record.reading import read_table
from detente.record.schema import TABLES


@dataclass(frozen=True, slots=True)
class ImportChange:
    """One cell of a row already on record that the file has otherwise."""

    id: str
    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Import:
    """What a file would do to a record.

    Attributes
    ----------
    layout : RecordLayout
    source : mapping
        The row of ``sources.csv`` that the rows name.
    new : tuple of mappings
        Rows that the record does not have.
    changed : tuple of ImportChange
        Cells that a later release gives otherwise; they are replaced.
    same : int
        Rows already on record just so.
    twice : tuple of (str, str)
        Rows whose content stands under another id already: the file's and the record's; left out.
    gone : tuple of str
        Rows of the same source in the span of the file that it no longer has; they are left as they are.
    notes : tuple of str
        What the reading of the file left out or chose.
    """

    layout: RecordLayout
    source: Row
    new: tuple[Row, ...]
    changed: tuple[ImportChange, ...]
    same: int
    twice: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    notes: tuple[str, ...]
    _tables: Mapping[str, pl.DataFrame] = field(repr=False)

    def summary(self) -> str:
        """Counts, and where the rows come from."""
        counts = (
            f"{len(self.new)} new {self.layout.table}", f"{len({c.id for c in self.changed})} changed",
            f"{self.same} as on record", f"{len(self.twice)} on record under another id",
            f"{len(self.gone)} no longer in the file",
        )  # fmt: skip
        return f"{', '.join(counts)}; source '{self.source['source_id']}' ({self.source['date']})."

    def write(self, record: str | Path) -> Path:
        """Put the rows into the record: all of them, or nothing.

        Raises
        ------
        RecordError
            The record would not pass its check.
        OutputError
            Somebody else has changed the tables since they were read.
        """
        record = Path(record)
        home = home_of(record)
        with lock(home):
            self._write(record, home)
        return record

    def _write(self, record: Path, home: Path) -> None:
        merged = self._merged()
        for name in merged:
            if not read_table(record / TABLES[name].file, TABLES[name])[0].equals(self._tables[name]):
                raise OutputError(f"{record / TABLES[name].file} has changed since.", fix="Import the file again.")
        texts = {TABLES[name].file: frame.write_csv() for name, frame in merged.items()}
        if problems := check_with(record, texts):
            raise RecordError(problems)
        write_files({record / file: text for file, text in texts.items()}, home)

    def _merged(self) -> dict[str, pl.DataFrame]:
        table = TABLES[self.layout.table]
        rows = {row[table.key]: row for row in self._tables[self.layout.table].iter_rows(named=True)}
        for change in self.changed:
            rows[change.id][change.column] = change.after
        rows |= {row[table.key]: row for row in self.new}
        sources = {row["source_id"]: row for row in self._tables["sources"].iter_rows(named=True)}
        held = sources.get(self.source["source_id"], {})
        sources[self.source["source_id"]] = {**held, **{k: v for k, v in self.source.items() if v}}
        if held and not self.changed and not _older(held["date"] or "", self.source["date"]):
            sources[self.source["source_id"]]["date"] = held["date"]  # nothing of the dated copy was replaced
        return {self.layout.table: _frame(self.layout.table, rows), "sources": _frame("sources", sources)}


def _frame(name: str, rows: Mapping[str, Mapping[str, str | None]]) -> pl.DataFrame:
    columns = TABLES[name].allowed
    cells = [{column: row.get(column) or None for column in columns} for row in rows.values()]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String))


def plan_import(
    file: str | Path,
    layout: str,
    record: str | Path,
    dyad: tuple[str, str],
    *,
    release: str = "",
    first_published: str = "",
) -> Import:
    """What an official file has about a pair, beside what the record has.

    Parameters
    ----------
    file : str or Path
        In any layout of the source that :func:`detente.data.get` and ``detente data list`` know: CSV, JSON, zip, ...
    layout : str
        The source's name; empty where the file is to be recognised.
    record : str or Path
        The record's folder.
    dyad : tuple of str
        The two economies, ISO alpha-3; exports and imports are those of the first.
    release, first_published : str
        Date of this copy, and when the figures first came out; the file's own and nothing where unknown.

    Raises
    ------
    UsageError
        No such source, or one that has no place in a record.
    UnreadableFile, UnknownColumn
        Damaged, or not a file of this source.
    """
    files, record = Files(Path(file)), Path(record)
    settle_around(record)
    known = _source(files, ALIASES.get(layout, layout))
    found = layout_of(known)
    facts = found.parts(known, files) if found.parts else {known.name: known.facts_in(files)}
    tables = {name: read_table(record / table.file, table)[0] for name, table in TABLES.items()}
    source = {
        "source_id": known.name, "title": known.title, "publisher": known.publisher,
        "date": release or _own_date(facts.values()) or "n.d.", "first_published": first_published, "kind": "dataset",
        "url": known.home.partition(";")[0], "note": f"{Path(file).name}; {known.licence}; cite: {known.cite}",
    }  # fmt: skip
    notes = tuple(dict.fromkeys(str(note) for part in facts.values() for note in part.notes))
    plan = _beside(found, source, _rows(found, facts, dyad, known.name), tables, notes)
    held = tables["sources"].filter(tables["sources"]["source_id"] == known.name)["date"].to_list()
    if plan.changed and held and _older(source["date"], held[0] or ""):
        raise UsageError(
            f"This copy of '{known.name}' is of {source['date']}, the one on record of {held[0]}.",
            why="An earlier release does not replace a later one.",
            fix="Give the later file, or its date as release= (on the command line: --release).",
        )
    return plan


def _older(one: str, other: str) -> bool:
    """Whether one date lies before another; not where either is none."""
    try:
        return Period.parse(one).last < Period.parse(other).first
    except ValueError:
        return False


def _source(files: Files, name: str) -> DataSource:
    if name:
        if name not in sources():
            raise UsageError(
                f"There is no source '{name}'.{did_you_mean(name, sources())}",
                fix=f"There are: {', '.join(sources())}.",
            )
        return sources()[name]
    known = recognise(files)
    if known is None:
        raise UnreadableFile(
            f"{files.path.name} is not laid out as any source here.", fix="Say which with --as SOURCE."
        )
    return known


def _own_date(facts: Iterable[Facts]) -> str:
    """When the publisher made the figures, where the file says so as a date."""
    for part in facts:
        stated = part.vintage if isinstance(part, Series) else part.release if isinstance(part, Flows) else ""
        try:
            return str(Period.parse(stated))
        except ValueError:
            continue
    return ""


def _rows(found: RecordLayout, facts: Mapping[str, Facts], dyad: tuple[str, str], source: str) -> Iterator[Row]:
    link = "source_id" if found.table == "figures" else "source_ids"
    for name, part in facts.items():
        for row in found.rows(part, dyad, name if name == source else f"{source}:{name}"):
            yield {column: clean(cell or "") for column, cell in {**row, link: source}.items()}


def _beside(
    found: RecordLayout, source: Row, rows: Iterable[Row], tables: Mapping[str, pl.DataFrame], notes: tuple[str, ...]
) -> Import:
    """Rows sorted into new ones, changed ones, those on record just so, and those there under another id."""
    table = TABLES[found.table]
    key = table.key
    held = {row[key]: row for row in tables[found.table].iter_rows(named=True)}
    contents = {_content(found.table, row): id_ for id_, row in held.items()}
    new: dict[str, Row] = {}
    changed: list[ImportChange] = []
    twice: list[tuple[str, str]] = []
    same, given = 0, []
    for row in rows:
        id_ = row[key]
        given.append(row)
        if id_ in held:
            differ = [
                ImportChange(id_, column, before, after)
                for column, after in row.items()
                if in_plain_form(table, column, before := held[id_][column] or "", exactly=True)
                != in_plain_form(table, column, after, exactly=True)
            ]
            changed += differ
            same += not differ
        elif (other := contents.get(_content(found.table, row))) is not None:
            twice.append((id_, other))
        else:
            new[id_] = row
    gone = tuple(_gone(found.table, given, held, source["source_id"]))
    return Import(found, source, tuple(new.values()), tuple(changed), same, tuple(twice), gone, notes, tables)


def _gone(table: str, given: list[Row], held: Mapping[str, Mapping[str, str | None]], source: str) -> Iterator[str]:
    """Rows of the source that the file, in the time and the series it covers, has no more."""
    ids = {row[TABLES[table].key] for row in given}
    when, link = ("period", "source_id") if table == "figures" else ("date", "source_ids")
    spans: dict[str | None, list[Period]] = {}
    for row in given:
        spans.setdefault(row.get("series"), []).append(Period.parse(row[when]))
    for id_, row in held.items():
        covered = spans.get(row.get("series"))
        if id_ in ids or row[link] != source or not covered:
            continue
        at = Period.parse(row[when] or "")
        if min(p.first for p in covered) <= at.first and at.last <= max(p.last for p in covered):
            yield id_


def _content(table: str, row: Mapping[str, str | None]) -> tuple[str | None, ...]:
    """What a row says, whatever its id."""
    if table == "figures":
        return (row["series"], row["period"], row["unit"], row["basis"], f"{float(row['value'] or 'nan'):.12g}")
    actors = ";".join(sorted(part.strip() for part in (row.get("actors") or "").split(";")))
    return (row["date"], row["kind"], row["direction"], actors, (row.get("title") or "").casefold())
