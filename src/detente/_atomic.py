"""A folder that appears whole or not at all: written beside its place, then renamed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from detente.errors import OutputError


def in_use(target: Path) -> bool:
    """Whether ``target`` is a file or a folder that holds something."""
    return target.exists() and (not target.is_dir() or any(target.iterdir()))


@contextmanager
def folder_aside(target: Path, fix: str) -> Iterator[Path]:
    """A new folder to write into; on a clean exit it becomes ``target``, otherwise it is removed.

    Folders above it that had to be made go with it.

    Raises
    ------
    OutputError
        ``target`` cannot be written; ``fix`` says what to do.
    """
    missing = [p for p in target.absolute().parents if not p.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        _remove_empty(missing)
        raise OutputError(f"{target} cannot be written: {error}.", fix=fix) from None
    try:
        aside.chmod(0o755)
        yield aside
        if target.exists():
            target.rmdir()
        aside.rename(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error}.", fix=fix) from None
    finally:
        if aside.exists():
            shutil.rmtree(aside, ignore_errors=True)
            _remove_empty(missing)


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, the deepest first, as far as they are there and nobody has put anything into them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
