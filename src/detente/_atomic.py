"""The one safe write: a file, several files together, or a folder appear whole or not at all.

A file is written beside its place, flushed to disk and renamed over it. Several files become one step by a note of
what is to be renamed (``.detente-commit``): from the moment it stands, the step counts as done, and whoever opens
the folder next finishes what a crash left open; before that moment nothing has changed. A lock on the folder
(``.detente-lock``), which the system frees when its holder dies, keeps processes apart.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from detente._lock_file import held as held
from detente._lock_file import locked, unlocked
from detente.errors import OutputError

LOCK, COMMIT, ASIDE = ".detente-lock", ".detente-commit", ".aside"
FIX = "Check the folder's permissions and space."


def write_file(path: Path, data: str | bytes, fix: str = FIX) -> Path:
    """Write ``data`` over ``path``, with the permissions of the file it replaces; a crash leaves the old or the new.

    Raises
    ------
    OutputError
        It cannot be written; what stood there stands. ``fix`` says what to do.
    """
    with file_aside(path, fix) as aside:
        aside.write(_bytes(data))
    return path


@contextmanager
def file_aside(path: Path, fix: str = FIX) -> Iterator[IO[bytes]]:
    """A stream to write into; on a clean exit it becomes the file ``path``, otherwise nothing has changed.

    Raises
    ------
    OutputError
    """
    aside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=ASIDE, dir=path.parent)
        aside = Path(name)
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        _as_before(aside, path)
        os.replace(aside, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", fix=fix) from None
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)


def into_place(part: Path, path: Path, fix: str = FIX) -> None:
    """A file that was written over time, as a download is, becomes ``path``; flushed to disk first.

    Raises
    ------
    OutputError
        It cannot be moved there; ``part`` stands as it was.
    """
    try:
        _flush_file(part)
        os.replace(part, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", fix=fix) from None


def write_files(files: Mapping[Path, str | bytes], home: Path, note: tuple[Path, str] | None = None) -> None:
    """Write several files below ``home`` as one step; the caller holds ``home``'s :func:`lock`.

    Parameters
    ----------
    files : path to what it is to hold.
    home : the folder whose lock is held; all paths lie in it or below.
    note : a file and a line to add to it once the others are in place (the journal's word that it is done).

    Raises
    ------
    OutputError
        Nothing was changed.
    """
    asides: dict[str, str] = {}
    home = home.absolute()
    try:
        for path, data in ((path.absolute(), data) for path, data in files.items()):
            handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=ASIDE, dir=path.parent)
            asides[_below(path, home)] = _below(Path(name), home)
            with os.fdopen(handle, "wb") as out:
                out.write(_bytes(data))
                out.flush()
                os.fsync(out.fileno())
            _as_before(Path(name), path)
        step = {"rename": asides, "note": [_below(note[0].absolute(), home), note[1]] if note else None}
        write_file(home / COMMIT, json.dumps(step, ensure_ascii=False))
    except (OSError, OutputError) as error:
        if not (home / COMMIT).exists():
            for name in asides.values():
                (home / name).unlink(missing_ok=True)
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{home} cannot be written to: {error.strerror or error}.", fix=FIX) from None
    with suppress(OSError):  # the step counts as done; what cannot be finished now is finished at the next opening
        _finish(home)


def settle(home: Path) -> None:
    """Finish the step that a crash left open in ``home``; does nothing, at the cost of a look, where there is none."""
    if (home / COMMIT).exists():
        with lock(home):
            pass


def settle_around(folder: Path) -> None:
    """Finish what a crash left open in a record's folder or the study it lies in, where that may be written to."""
    for home in dict.fromkeys((folder, home_of(folder))):
        with suppress(OutputError):
            settle(home)


def home_of(record: Path) -> Path:
    """The folder whose lock keeps all writers of a record apart: that of the study it lies in, or its own."""
    around = record.absolute().parent
    return around if (around / "study.toml").exists() else record


@contextmanager
def lock(home: Path, fix: str = FIX) -> Iterator[None]:
    """Hold a folder against other processes and threads; what a crash left there is first finished or cleared away.

    Not to be taken twice by one thread.

    Raises
    ------
    OutputError
        The folder cannot be written to.
    """
    try:
        handle = locked(home / LOCK, wait=True)
    except OSError as error:
        raise OutputError(f"{home} cannot be written to: {error.strerror or error}.", fix=fix) from None
    try:
        try:
            _finish(home)
        except OSError as error:
            raise OutputError(f"{home} cannot be written to: {error.strerror or error}.", fix=fix) from None
        for left in [*home.glob(f".*{ASIDE}"), *home.glob(f"*/.*{ASIDE}")]:
            with suppress(OSError):
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
        yield
    finally:
        unlocked(handle, home / LOCK)


def in_use(target: Path) -> bool:
    """Whether ``target`` is a file or a folder that holds something."""
    return target.exists() and (not target.is_dir() or any(target.iterdir()))


@contextmanager
def folder_aside(target: Path, fix: str = FIX) -> Iterator[Path]:
    """A new folder to write into; on a clean exit it becomes ``target``, otherwise it is removed.

    Folders above it that had to be made go with it. Of two that write the same ``target`` the first to end has it.

    Raises
    ------
    OutputError
        ``target`` cannot be written; ``fix`` says what to do.
    """
    missing = [p for p in target.absolute().parents if not p.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=ASIDE, dir=target.parent))
    except OSError as error:
        _remove_empty(missing)
        raise OutputError(f"{target} cannot be written: {error}.", fix=fix) from None
    try:
        aside.chmod(0o755)
        yield aside
        for path in sorted(aside.rglob("*")):
            _flush_file(path)
        if target.exists():
            target.rmdir()
        aside.rename(target)
        _flush_folder(target.parent)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"{target} cannot be written: {error}.", fix=fix) from None
    finally:
        if aside.exists():
            shutil.rmtree(aside, ignore_errors=True)
            _remove_empty(missing)


def _finish(home: Path) -> None:
    """Rename what the note of a step names, say that it is done, and take the note away."""
    marker = home / COMMIT
    try:
        step = json.loads(marker.read_text(encoding="utf-8"))
        renames, note = dict(step["rename"]), step["note"]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError, RecursionError):  # nobody's: a step's note is renamed into place whole
        marker.unlink(missing_ok=True)
        return
    for name, aside in renames.items():
        target, source = _inside(home, name), _inside(home, aside)
        if target is not None and source is not None and source.exists():
            os.replace(source, target)
            _flush_folder(target.parent)
    place = _inside(home, note[0]) if note else None
    if place is not None:
        append(place, note[1])
    marker.unlink(missing_ok=True)
    _flush_folder(home)


def append(path: Path, line: str) -> None:
    """Add a line to a file and flush it to disk, on a line of its own even behind one that a crash cut short."""
    with path.open("ab+") as out:
        if out.tell():
            out.seek(-1, os.SEEK_END)
            torn = out.read(1) != b"\n"
        else:
            torn = False
        out.write((b"\n" if torn else b"") + line.encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())


def _inside(home: Path, name: str) -> Path | None:
    """A path of a step's note, unless it leads out of the folder."""
    path = home / str(name)
    return path if path.resolve().is_relative_to(home.resolve()) else None


def _below(path: Path, home: Path) -> str:
    return path.relative_to(home).as_posix()


def _bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8") if isinstance(data, str) else data


def _as_before(aside: Path, path: Path) -> None:
    """The permissions of the file that is replaced, or those of any new file."""
    aside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)


def _flush_file(path: Path) -> None:
    if path.is_file():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make a rename last; systems that cannot open a folder do so by themselves."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_empty(folders: list[Path]) -> None:
    """Remove folders, the deepest first, as far as they are there and nobody has put anything into them."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
