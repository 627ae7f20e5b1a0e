"""Read an official file into a record: what it would add, change and leave is shown before anything is written."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from detente._atomic import ASIDE, lock, write_files
from detente._foreign import decoded, read_bytes
from detente.errors import RecordError, UnknownColumn, UnreadableFile, UsageError, did_you_mean
from detente.record.exchange.importers.layouts import LAYOUTS, RecordLayout, Row
from detente.record.ledger import Ledger
from detente.record.reading import read_table
from detente.record.schema import TABLES

LARGEST = 400_000_000
"""Bytes of a file, unpacked, that are read."""
PREAMBLE = 10
"""Lines that may stand before the header, as in the World Bank's files."""


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
    layout : Layout
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
    """

    layout: RecordLayout
    source: Row
    new: tuple[Row, ...]
    changed: tuple[ImportChange, ...]
    same: int
    twice: tuple[tuple[str, str], ...]
    _tables: Mapping[str, pl.DataFrame] = field(repr=False)

    def summary(self) -> str:
        """Counts, and where the rows come from."""
        return (
            f"{len(self.new)} new {self.layout.table}, {len({c.id for c in self.changed})} changed, {self.same} as on record, "
            f"{len(self.twice)} on record under another id; source '{self.source['source_id']}' ({self.source['date']})."
        )

    def write(self, record: str | Path) -> Path:
        """Put the rows into the record: all of them, or nothing.

        Raises
        ------
        RecordError
            The record would not pass its check.
        """
        record = Path(record)
        texts = {TABLES[name].file: frame.write_csv() for name, frame in self._merged().items()}
        with tempfile.TemporaryDirectory(prefix=".check-", suffix=ASIDE, dir=record.parent) as aside:
            for path in record.iterdir():
                if path.is_file() and path.suffix in (".csv", ".toml"):
                    (Path(aside) / path.name).write_bytes(path.read_bytes())
            for file, text in texts.items():
                (Path(aside) / file).write_text(text, encoding="utf-8", newline="")
            problems = Ledger.check(aside)
        if problems:
            raise RecordError(problems)
        with lock(record):
            write_files({record / file: text for file, text in texts.items()}, record)
        return record

    def _merged(self) -> dict[str, pl.DataFrame]:
        table = TABLES[self.layout.table]
        rows = {row[table.key]: row for row in self._tables[self.layout.table].iter_rows(named=True)}
        for change in self.changed:
            rows[change.id][change.column] = change.after
        rows |= {row[table.key]: row for row in self.new}
        sources = {row["source_id"]: row for row in self._tables["sources"].iter_rows(named=True)}
        held = sources.get(self.source["source_id"], {})
        sources[self.source["source_id"]] = {**held, **{k: v for k, v in self.source.items() if v}}
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
        CSV, also gzipped.
    layout : str
        A name of :data:`detente.record.exchange.importers.layouts.LAYOUTS`.
    record : str or Path
        The record's folder.
    dyad : tuple of str
        The two economies, ISO alpha-3; exports and imports are those of the first.
    release, first_published : str
        Date of this copy, and when the figures first came out; ``n.d.`` and nothing where unknown.

    Raises
    ------
    UsageError
        No such layout.
    UnreadableFile, UnknownColumn
        Damaged, too large, or not a file of this layout.
    """
    if layout not in LAYOUTS:
        raise UsageError(
            f"There is no layout '{layout}'.{did_you_mean(layout, LAYOUTS)}", fix=f"There are: {', '.join(LAYOUTS)}."
        )
    found, record = LAYOUTS[layout], Path(record)
    tables = {name: read_table(record / table.file, table)[0] for name, table in TABLES.items()}
    key, link = TABLES[found.table].key, "source_id" if found.table == "figures" else "source_ids"
    held = {row[key]: row for row in tables[found.table].iter_rows(named=True)}
    contents = {_content(found.table, row): id_ for id_, row in held.items()}
    new: dict[str, Row] = {}
    changed, twice, same = [], [], 0
    for row in found.rows(_rows(Path(file), found), dyad):
        row[link] = found.name
        id_ = row[key]
        if id_ in held:
            differ = [
                ImportChange(id_, c, held[id_][c] or "", v) for c, v in row.items() if not _alike(c, held[id_][c], v)
            ]
            changed += differ
            same += not differ
        elif (other := contents.get(_content(found.table, row))) is not None:
            twice.append((id_, other))
        else:
            new[id_] = row
    source = {
        "source_id": found.name, "title": found.title, "publisher": found.publisher, "date": release or "n.d.",
        "first_published": first_published, "kind": "dataset", "note": f"{Path(file).name}; {found.licence}",
    }  # fmt: skip
    return Import(found, source, tuple(new.values()), tuple(changed), same, tuple(twice), tables)


def _alike(column: str, before: str | None, after: str) -> bool:
    if column == "value" and before:
        return float(before) == float(after)
    return (before or "") == after


def _content(table: str, row: Mapping[str, str | None]) -> tuple[str | None, ...]:
    """What a row says, whatever its id."""
    if table == "figures":
        return (row["series"], row["period"], row["unit"], row["basis"], f"{float(row['value'] or 'nan'):.12g}")
    actors = ";".join(sorted(part.strip() for part in (row.get("actors") or "").split(";")))
    return (row["date"], row["kind"], row["direction"], actors)


def _rows(path: Path, layout: RecordLayout) -> Iterator[Mapping[str, str]]:
    raw = read_bytes(path, LARGEST, fix="Take the rows of the two economies out of it first.")
    if raw.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(raw)) as packed:
                raw = packed.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error):
            raise UnreadableFile(f"{path} is a damaged gzip file.", fix="Download it again.") from None
        if len(raw) > LARGEST:
            raise UnreadableFile(
                f"{path} unpacks to more than {LARGEST // 1_000_000} MB.", fix="Take the pair's rows out."
            )
    reader = csv.reader(io.StringIO(decoded(raw, str(path)).lstrip("\ufeff")))
    first: list[str] = []
    for line, _ in zip(reader, range(PREAMBLE)):
        if set(layout.needs) <= {cell.strip() for cell in line}:
            header = [cell.strip() for cell in line]
            return (dict(zip(header, row)) for row in reader if len(row) >= len(header) - 1 and any(row))
        first = first or line
    missing = [name for name in layout.needs if name not in first]
    raise UnknownColumn.named(missing[0], first, where=f"{path.name}, read as '{layout.name}'")
