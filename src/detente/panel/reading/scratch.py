"""Arrays that do not fit into memory together: kept in a folder by key, in any process that sees it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident

import numpy as np

from detente.errors import OutputError

LARGER = "Give scratch= (on the command line --scratch) a folder on a larger disk; without it the system's is taken (TMPDIR)."
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What a system says of a disk, a quota or a file that can take no more."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """Sets of named arrays by key, on disk: a file a key, so that a set costs one opening, not one an array.

    A file begins with the length of its table of contents (8 bytes) and that table: of each array its name, type, shape
    and first byte.
    """

    folder: Path

    def put(self, key: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep ``arrays`` under ``key``, in place of what was there."""
        place = self._file(key)
        place.parent.mkdir(exist_ok=True)  # not the folder itself: one that is gone stays gone
        contents, at = [], 0
        for name, array in arrays.items():
            contents.append((name, array.dtype.str, array.shape, at))
            at += array.nbytes
        told = json.dumps(contents).encode()
        new = place.with_name(
            f"{place.name}.{os.getpid()}-{get_ident()}"
        )  # a worker that is lost leaves no half a file
        with new.open("wb", buffering=0) as file:
            file.write(len(told).to_bytes(8, "little") + told)
            for array in arrays.values():
                if array.size:
                    _write(file, np.ascontiguousarray(array).data.cast("B"))
        new.replace(place)

    def get(self, key: str, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """The arrays under ``key``: all of them, or those of ``names`` that are there."""
        found: dict[str, np.ndarray] = {}
        with seen(self._file(key)).open("rb", buffering=0) as file:
            length = int.from_bytes(file.read(8), "little")
            contents = json.loads(file.read(length))
            for name, kind, shape, first in contents:
                if names is None or name in names:
                    found[name] = np.empty(shape, kind)
                    if found[name].size:
                        file.seek(8 + length + first)
                        _read(file, found[name].data.cast("B"))
        return found

    def one(self, key: str, name: str) -> np.ndarray:
        """One array under ``key``."""
        return self.get(key, (name,))[name]

    def drop(self, key: str) -> None:
        """Forget what is under ``key``, and under what begins with it."""
        self._file(key).unlink(missing_ok=True)
        shutil.rmtree(self.folder / key, ignore_errors=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.arrays"


def seen(path: Path) -> Path:
    """``path``, which another process has written.

    Raises
    ------
    OutputError : it is not to be seen from here.
    """
    if not path.exists():
        raise OutputError(
            f"{path} of the scratch folder is not there.",
            why="A worker on another machine does not see this machine's disk, or somebody has deleted the file.",
            fix="Give scratch= a folder that is the same for all workers, on a disk they share.",
        )
    return path


def _write(file: FileIO, left: memoryview) -> None:
    """All of the bytes: the system may take fewer at once (2 GB, on Linux)."""
    while left:
        left = left[file.write(left) :]


def _read(file: FileIO, left: memoryview) -> None:
    while left:
        n = file.readinto(left)
        if not n:
            raise OutputError(
                f"{file.name} in the scratch folder has been cut off.", fix="Give scratch= another folder."
            )
        left = left[n:]


@contextmanager
def scratch_folder(within: str | Path | None, needed: int) -> Iterator[Path]:
    """A new folder for ``needed`` bytes in ``within`` (the system's place for such files if None), gone afterwards.

    Raises
    ------
    OutputError : there is no such folder, or too little room in it, before the work or in its midst.
    """
    try:
        place = TemporaryDirectory(prefix="detente-", dir=within, ignore_cleanup_errors=True)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise OutputError(
            f"No scratch folder can be made: {error}.", fix="Give scratch= a folder that is there."
        ) from None
    with place as folder:
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise OutputError(
                f"The rows need {needed / 1e9:,.1f} GB on disk while they are worked on, and {folder} has {free / 1e9:,.1f} GB.",
                fix=LARGER,
            )
        try:
            yield Path(folder)
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise OutputError(f"The scratch folder can take no more: {error.strerror}.", fix=LARGER) from None
        finally:
            _gone(Path(folder))


def _gone(folder: Path) -> None:
    """Take the folder away, also where a worker of the caller's that nobody waits for still writes into it."""
    for pause in (0.0, 0.1, 0.5, 2.0):
        time.sleep(pause)
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
