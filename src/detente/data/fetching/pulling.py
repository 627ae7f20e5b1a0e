"""From a source on the network into the store: fetch, try to read, keep."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from detente.data.fetching.addresses import FETCHERS, Wanted, pages
from detente.data.fetching.client import AGENT, Client
from detente.data.registry import source_named
from detente.data.store import Entry, add
from detente.data.tables.files import Files
from detente.errors import UsageError, did_you_mean

__all__ = ["AGENT", "Wanted", "pull"]


def pull(
    name: str, wanted: Wanted, *, base: str | None = None, client: Client | None = None,
    progress: Callable[[float], None] | None = None,
) -> Entry:  # fmt: skip
    """Fetch a source's files, see that its reader reads them, and put them into the store.

    Parameters
    ----------
    name : of the source.
    base : another address than the source's own, as a mirror has.

    Raises
    ------
    UsageError : it cannot be fetched, or a key is missing.
    DataError : the source refuses, is not reached, or sends what its reader does not read.
    """
    source = source_named(name)
    if name not in FETCHERS:
        raise UsageError(
            f"{source.title} is not fetched: {source.publisher} gives it by hand.{did_you_mean(name, FETCHERS)}",
            fix=f"Get it at {source.home}, then: detente data add FILE --as {name}",
        )
    fetcher = FETCHERS[name]
    with tempfile.TemporaryDirectory(prefix="detente-") as folder:
        inside = Path(folder) / "got"
        inside.mkdir()
        version = fetcher.fetch(client or Client(pause=fetcher.pause), base or fetcher.base, wanted, inside, progress)
        got = list(pages(inside))
        file = got[0] if len(got) == 1 else _zipped(got, Path(folder) / f"{name}.zip")
        if name not in ("baci", "gravity"):  # a release of hundreds of megabytes is read when it is used
            source.facts_in(Files(file))
        return add(file, name, version, url=base or fetcher.base)


def _zipped(files: list[Path], target: Path) -> Path:
    """The pages of one answer in one file; the same pages give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(file.name, (1980, 1, 1, 0, 0, 0)), file.read_bytes())
    return target
