"""Arrays that do not fit into memory together: kept in a folder by key, in any process that sees it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from detente.errors import OutputError


@dataclass(frozen=True, slots=True)
class Scratch:
    """Sets of named arrays by key, on disk."""

    folder: Path

    def put(self, key: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep ``arrays`` under ``key``, in place of what was there."""
        place = self.folder / key
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.npy"):
            if old.name.removesuffix(".npy") not in arrays:
                old.unlink()
        for name, array in arrays.items():
            np.save(place / f"{name}.npy", array, allow_pickle=False)

    def get(self, key: str, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
        """The arrays under ``key``: all of them, or those of ``names`` that are there."""
        found = {path.name.removesuffix(".npy"): path for path in sorted((self.folder / key).glob("*.npy"))}
        wanted = found if names is None else [name for name in names if name in found]
        return {name: np.load(found[name], allow_pickle=False) for name in wanted}

    def one(self, key: str, name: str) -> np.ndarray:
        """One array under ``key``."""
        return np.load(self.folder / key / f"{name}.npy", allow_pickle=False)

    def drop(self, key: str) -> None:
        """Forget what is under ``key``."""
        shutil.rmtree(self.folder / key, ignore_errors=True)


@contextmanager
def scratch_folder(within: str | Path | None, needed: int) -> Iterator[Path]:
    """A new folder for ``needed`` bytes in ``within`` (the system's place for such files if None), gone afterwards.

    Raises
    ------
    OutputError : there is no such folder, or too little room in it.
    """
    try:
        with TemporaryDirectory(prefix="detente-", dir=within, ignore_cleanup_errors=True) as folder:
            free = shutil.disk_usage(folder).free
            if free < needed:
                raise OutputError(
                    f"The rows need {needed / 1e9:,.1f} GB on disk while they are worked on, and {folder} has {free / 1e9:,.1f} GB.",
                    fix="Give scratch= a folder on a larger disk.",
                )
            yield Path(folder)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise OutputError(
            f"No scratch folder can be made: {error}.", fix="Give scratch= a folder that is there."
        ) from None
