"""Every source there is: one module each below ``data/layouts``, found by itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path

import polars as pl

from detente.data.facts import Series
from detente.data.source import DataSource
from detente.data.tables.files import Files, extension_of, header_of
from detente.errors import UnreadableFile, UsageError, did_you_mean, first_five

_ADDED: dict[str, DataSource] = {}


@cache
def _shipped() -> dict[str, DataSource]:
    home = import_module("detente.data.layouts")
    modules = (m.name for m in pkgutil.walk_packages(home.__path__, f"{home.__name__}.") if not m.ispkg)
    found = [import_module(name).SOURCE for name in modules if not name.rpartition(".")[2].startswith("_")]
    return {source.name: source for source in sorted(found, key=lambda s: s.name)}


def sources() -> dict[str, DataSource]:
    """Every source by name, shipped ones and those added with :func:`add_source`.

    Examples
    --------
    >>> sources()["baci"].publisher
    'CEPII'
    """
    return _shipped() | _ADDED


def source_named(name: str) -> DataSource:
    """The source of that name.

    Raises
    ------
    UsageError : there is none.
    """
    known = sources()
    if name not in known:
        raise UsageError(
            f"There is no source '{name}'.{did_you_mean(name, known)}", fix=f"Known are: {', '.join(known)}."
        )
    return known[name]


@contextmanager
def add_source(source: DataSource) -> Iterator[DataSource]:
    """A source of one's own in the registry, as long as the block lasts.

    Raises
    ------
    UsageError : the name is taken.
    """
    if source.name in sources():
        raise UsageError(f"There is a source '{source.name}' already.", fix="Give yours another name.")
    _ADDED[source.name] = source
    try:
        yield source
    finally:
        del _ADDED[source.name]


def recognise(files: Files) -> DataSource | None:
    """The source whose layout the files have; None for a plain table.

    Raises
    ------
    UnreadableFile : the layouts of two sources fit, or an empty folder.
    """
    if not files.names and files.path.is_dir() and not any(files.path.iterdir()):
        raise UnreadableFile(f"The folder '{files.path}' holds no files.", fix="Check the path.")
    fitting = [source for source in sources().values() if _fits(files, source)]
    widest = max((_width(files, source) for source in fitting), default=0)
    best = [source for source in fitting if _width(files, source) == widest]
    if len(best) > 1:
        raise UnreadableFile(
            f"{files.path.name} could be of {first_five(s.name for s in best)}.",
            fix=f"Say which with source='{best[0].name}' (on the command line: --as {best[0].name}).",
        )
    return best[0] if best else None


def read_series(path: str | Path) -> Series | None:
    """The figures of an official file of GDP, population or exchange rates; None where it is none."""
    files = Files(Path(path))
    known = recognise(files)
    facts = known.facts_in(files) if known is not None and known.gives == "series" else None
    return facts if isinstance(facts, Series) else None


def _fits(files: Files, source: DataSource) -> bool:
    return _width(files, source) > 0


def _width(files: Files, source: DataSource) -> int:
    """How many columns of the layout the files have, where they have all of one alternative; 0 where none fits."""
    if source.recognises is not None and (weight := source.recognises(files)):
        return weight
    for name in files.names[:20]:
        header = _header(files, name)
        fitting = [len(needed) for needed in source.columns if needed <= header]
        if fitting:
            return max(fitting)
    return 0


def _header(files: Files, name: str) -> set[str]:
    kind = extension_of(name)
    if kind in ("csv", "tsv", "txt", "dat"):
        return {cell.casefold() for cell in header_of(files.head(name))[0]}
    if kind in ("parquet", "pq", "feather", "arrow"):
        try:
            with files.open(name) as handle:
                schema = pl.read_parquet_schema(handle) if kind in ("parquet", "pq") else pl.read_ipc_schema(handle)
        except (pl.exceptions.PolarsError, OSError):
            return set()  # whoever reads it says what is wrong
        return {column.casefold() for column in schema}
    return set()
