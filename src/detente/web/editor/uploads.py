"""Uploaded files: what is let in, where it waits, and what is looked at before it is read.

A file waits in a folder of its own outside the studies. It is read there by a process with limits of time and
memory (:mod:`detente.web.editor.reading`); only what a person then agrees to is written into a study.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from detente._atomic import held
from detente.data.tables.archives import Limits, check_archive
from detente.errors import UnreadableFile, UsageError

MOST_WAITING = 8
ROOT = "detente-uploads-"
LONGEST_NAME = 120
MAGIC = {".parquet": b"PAR1", ".zip": b"PK\x03\x04", ".xlsx": b"PK\x03\x04"}
PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"PK", b"\x78\x01", b"\x78\x9c", b"\x78\xda")


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of upload may be.

    Attributes
    ----------
    endings : of its name.
    most_bytes : of the file as sent.
    most_rows : of its tables.
    seconds : it may be read for.
    memory : bytes its reader may take.
    archive : limits of a zip or a workbook.
    """

    endings: tuple[str, ...]
    most_bytes: int
    most_rows: int
    seconds: float
    memory: int
    archive: Limits


KINDS = {
    "panel": Kind(
        (".csv", ".parquet", ".zip"), 1 << 30, 60_000_000, 900, 6 << 30, Limits(200, 2_000_000_000, 16_000_000_000)
    ),
    "record": Kind((".xlsx", ".csv"), 20 << 20, 50_000, 120, 3 << 30, Limits(500, 200_000_000, 400_000_000)),
}
SECONDS = 1800  # a file may take to arrive


class Uploads:
    """The files that wait, on this machine and in no study.

    All are gone when the server is: it clears them itself, or the next server to start here does where this one was
    ended before it could.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._root: Path | None = None
        self._waiting: list[Path] = []
        self._mark = ExitStack()

    def place(self, kind: str, name: str) -> Path:
        """Where a file of this name is to be written; the oldest that wait make room.

        Raises
        ------
        UnreadableFile
            Its ending is none of the kind's.
        """
        ending = Path(name).suffix.lower()
        if ending not in KINDS[kind].endings:
            raise UnreadableFile(
                f"'{name[:LONGEST_NAME]}' is of no kind that is read here.",
                fix=f"Give a file that ends in {', '.join(KINDS[kind].endings)}.",
            )
        with self._lock:
            if self._root is None or not self._root.is_dir():
                self._root = Path(tempfile.mkdtemp(prefix=ROOT))
                self._mark.enter_context(held(_mark_of(self._root)))
            while len(self._waiting) >= MOST_WAITING:
                shutil.rmtree(self._waiting.pop(0), ignore_errors=True)
            folder = Path(tempfile.mkdtemp(dir=self._root))
            self._waiting.append(folder)
        return folder / f"upload{ending}"

    def drop(self, file: Path) -> None:
        """A file that is not wanted any more, with what was made of it."""
        shutil.rmtree(file.parent, ignore_errors=True)
        with self._lock:
            self._waiting = [folder for folder in self._waiting if folder != file.parent]

    def close(self) -> None:
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        self._mark.close()


def clear_abandoned() -> None:
    """Remove what servers left behind that ended before they could: their lock is free."""
    for mark in Path(tempfile.gettempdir()).glob(f"{ROOT}*.lock"):
        with suppress(OSError), held(mark) as had:
            if had:
                shutil.rmtree(mark.with_suffix(""), ignore_errors=True)


def _mark_of(root: Path) -> Path:
    return root.with_name(f"{root.name}.lock")


def check_size(n: int, kind: str) -> None:
    """Raise where a file is larger than its kind may be.

    Raises
    ------
    UsageError
    """
    most = KINDS[kind].most_bytes
    if n > most:
        hint = " For a larger panel start the server with --data PANEL." if kind == "panel" else ""
        raise UsageError(
            f"The file is larger than {most >> 20:,} MB. Nothing was kept.", fix=f"Send a smaller one.{hint}"
        )


def check_file(file: Path, kind: str) -> None:
    """Look at a file before it is read: it is what its name says, plain text or of bearable size unpacked.

    Raises
    ------
    UnreadableFile
    """
    with file.open("rb") as handle:
        start = handle.read(1 << 16)
    if not start:
        raise UnreadableFile("The file is empty.", fix="Choose another.")
    wanted = MAGIC.get(file.suffix)
    if wanted is None:
        _check_text(file, start, KINDS[kind].most_rows)
    elif not start.startswith(wanted):
        raise UnreadableFile(f"The file is not what its name says: no {file.suffix} begins like that.")
    if file.suffix in (".zip", ".xlsx"):
        check_archive(file, KINDS[kind].archive)
    if file.suffix == ".parquet":
        _check_parquet(file, KINDS[kind].most_rows)


def _check_text(file: Path, start: bytes, most_rows: int) -> None:
    """A CSV is plain UTF-8: readers unpack compressed text by themselves, and then to any size."""
    if start.startswith(PACKED) or b"\x00" in start:
        raise UnreadableFile("The file is not plain text, as a CSV is.", fix="Unpack it, or save it as 'CSV UTF-8'.")
    rows = 0
    with file.open("rb") as handle:
        while chunk := handle.read(1 << 22):
            rows += chunk.count(b"\n")
            if rows > most_rows + 1:
                raise UnreadableFile(f"The file has more than {most_rows:,} rows.", fix="Split it, or sum its rows.")


def _check_parquet(file: Path, most_rows: int) -> None:
    """A small Parquet file may declare any number of rows; they are counted before one is read."""
    try:
        rows = pl.scan_parquet(file).select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFile(f"The file is no Parquet, or a damaged one: {str(error).splitlines()[0][:200]}") from None
    if rows > most_rows:
        raise UnreadableFile(f"The file has {rows:,} rows; {most_rows:,} are allowed.", fix="Split it or sum its rows.")
