"""A source: what it holds, in which unit, under which licence, and how its files are laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from detente.data.facts import Events, Flows, Series
from detente.data.tables.files import Files, extension_of, header_of, read_table_file
from detente.errors import UnknownColumn, UnreadableFile, first_five

Facts = Flows | Series | Events
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class DataSource:
    """One source of data, the whole of what the rest needs to know about it.

    Attributes
    ----------
    name : in the registry, on the command line and in ``study.toml``.
    title, publisher, what, cite : for people.
    gives : ``flows``, ``stocks``, ``series`` or ``events``.
    kind, unit : of what flows, see ``data.units``; empty for series and events.
    periods : kinds of period that its files have.
    licence : in words; ``may_share`` says whether figures of it may be passed on in a bundle.
    home : where a person gets it.
    key : name of the environment variable with the key that fetching needs; empty where none is needed.
    columns : alternatives of column names, one of which must all stand in a file's header, whatever their case.
    uses : the columns that the reader needs of a large file; all where empty.
    read : a pure function from a table (its columns as the file names them) to facts. It never touches a network.
    read_files : for files that are no plain table (JSON, a preamble, a spreadsheet with blocks, a zip of many parts);
        it gives None for those that are.
    read_products : as ``read_files``, by product, for a source whose reader otherwise gives totals.
    recognises : for such files: how sure it is that they are this source's, in columns; 0 where they are not.
    """

    name: str
    title: str
    publisher: str
    what: str
    gives: str
    periods: tuple[str, ...]
    licence: str
    may_share: bool
    cite: str
    home: str
    kind: str = ""
    unit: str = ""
    key: str = ""
    columns: tuple[frozenset[str], ...] = ()
    uses: tuple[str, ...] = ()
    read: Callable[[pl.DataFrame], Facts] | None = None
    read_files: Callable[[Files, Progress | None], Facts | None] | None = None
    recognises: Callable[[Files], int] | None = None
    read_products: Callable[[Files, Progress | None], Facts | None] | None = None

    def fits(self, header: Iterable[str]) -> bool:
        """Whether a table with this header is laid out as this source's."""
        have = {str(column).strip().casefold() for column in header}
        return any(needed <= have for needed in self.columns)

    def facts_of(self, table: pl.DataFrame, label: str) -> Facts:
        """The facts in one table.

        Raises
        ------
        UnknownColumn : it is not laid out as this source's.
        """
        if self.read is None:
            raise UnreadableFile(f"{label} is no file as {self.publisher} publishes it.", fix=f"See {self.home}.")
        if not self.fits(table.columns):
            nearest = min(self.columns, key=lambda needed: len(needed - {c.casefold() for c in table.columns}))
            titled = table.columns == [str(k) for k in range(table.width)]  # a sheet whose first row names no columns
            raise UnknownColumn(
                f"{label} is not laid out as {self.title}: it lacks "
                f"{first_five(sorted(nearest - {c.casefold() for c in table.columns}))}.",
                where=f"The columns are: {', '.join(table.columns)}.",
                why="The first row of the first sheet does not name every column, each once."
                if titled
                else "A publisher may have changed its columns.",
                fix="Delete titles above the table and give every column a name."
                if titled
                else "Give the file as published, or read it as a plain table with its columns and unit named.",
            )
        return self.read(table.rename({c: c.strip() for c in table.columns}))

    def facts_in(self, files: Files, progress: Progress | None = None, products: bool = False) -> Facts:
        """The facts in a file, a zip or a folder, its tables joined where there are several of the layout; by product
        where that is asked for and the source has products."""
        if products and self.read_products is not None:
            found = self.read_products(files, progress)
            if found is not None:
                return found
        if self.read_files is not None:
            found = self.read_files(files, progress)
            if found is not None:
                return found
        tables = [name for name in files.names if fits_table(files, name, self)]
        if not tables and len(files.names) == 1:
            tables = list(files.names)
        if not tables:
            raise UnreadableFile(f"{files.path} holds no file of {self.title}.", fix=f"See {self.home}.")
        parts = []
        for k, name in enumerate(tables):
            if progress:
                progress(k / len(tables))
            parts.append(read_table_file(files, name, self.uses or None))
        table = parts[0] if len(parts) == 1 else pl.concat(parts, how="diagonal_relaxed")
        return self.facts_of(table, files.path.name)


def fits_table(files: Files, name: str, source: DataSource) -> bool:
    """Whether one of the files is a table of the source's layout."""
    kind = extension_of(name)
    if kind in ("csv", "tsv", "txt"):
        return source.fits(header_of(files.head(name))[0])
    if kind in ("parquet", "pq", "feather", "arrow", "dta"):
        return source.fits(read_table_file(files, name).columns)
    return False


def column(table: pl.DataFrame, name: str) -> str:
    """The column's name as the table spells it, whatever its case.

    Raises
    ------
    UnknownColumn
    """
    for have in table.columns:
        if have.casefold() == name.casefold():
            return have
    raise UnknownColumn.named(name, table.columns)


def renamed(table: pl.DataFrame, **names: str) -> pl.DataFrame:
    """Columns under our names: ``renamed(table, origin="iso3_o")``; others are left."""
    return table.select(pl.col(column(table, theirs)).alias(ours) for ours, theirs in names.items())
