"""The store: files of sources under ``name@version``, with their hash, licence and the day they were got.

A folder (``DETENTE_DATA``, else ``detente`` in the user's data folder) with one folder a name and one below it a
version; in it the file as it was published and ``entry.json``. Nothing is changed once it is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from detente._atomic import folder_aside
from detente._foreign import read_json
from detente.data.registry import source_named
from detente.errors import DataError, OutputError, UnreadableFile, UsageError, did_you_mean, first_five

PIN = re.compile(r"([A-Za-z0-9][\w.-]*)@([\w.+-]+)")
ENTRY = "entry.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the store.

    Attributes
    ----------
    name, version : as in ``name@version``.
    source : whose layout it has.
    file : its name; sha256, bytes : of it.
    licence : in words; may_share : whether a bundle may hold it.
    retrieved : day, ISO; url : where from, empty for a file that was added by hand.
    """

    name: str
    version: str
    source: str
    file: str
    sha256: str
    bytes: int
    licence: str
    may_share: bool
    retrieved: str
    url: str = ""

    @property
    def pin(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def path(self) -> Path:
        return home() / self.name / self.version / self.file


def home() -> Path:
    """The folder of the store; it need not be there yet."""
    if os.environ.get("DETENTE_DATA"):
        return Path(os.environ["DETENTE_DATA"])
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "detente"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "detente"


def entries() -> list[Entry]:
    """Every file in the store, by name and version.

    Raises
    ------
    UnreadableFile : an entry is damaged.
    """
    found = []
    for path in sorted(home().glob(f"*/*/{ENTRY}")):
        try:
            found.append(Entry(**read_json(path)))
        except (UnreadableFile, TypeError):
            raise UnreadableFile(f"{path} is damaged.", fix="Delete its folder and get the file again.") from None
    return found


def add(file: str | Path, source: str, version: str = "", name: str = "", url: str = "") -> Entry:
    """Put a copy of a file into the store.

    Parameters
    ----------
    source : whose layout it has.
    version : a release or vintage; the day and the first of its hash if left out.
    name : what to call it; the source's name if left out.

    Raises
    ------
    UnreadableFile : there is no such file.
    UsageError : the name or the version has characters that no folder should have.
    OutputError : another file is there under this name and version.
    """
    path, known = Path(file), source_named(source)
    if not path.is_file():
        raise UnreadableFile(f"There is no file '{path}'.", fix="Check the path; a folder has to be zipped first.")
    digest, today = sha256_of(path), datetime.now(UTC).date().isoformat()
    entry = Entry(
        name or known.name, version or f"{today}-{digest[:8]}", known.name, path.name, digest, path.stat().st_size,
        known.licence, known.may_share, today, url,
    )  # fmt: skip
    if not PIN.fullmatch(entry.pin):
        raise UsageError(
            f"'{entry.pin}' is no name@version.", fix="Use letters, digits, dots, hyphens and underscores."
        )
    target = home() / entry.name / entry.version
    if (target / ENTRY).is_file():
        there = Entry(**read_json(target / ENTRY))
        if there.sha256 == digest:
            return there
        raise OutputError(f"{entry.pin} is another file.", fix="Give another version: what is stored never changes.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with folder_aside(target, fix="Give another version.") as aside:
        shutil.copyfile(path, aside / path.name)
        (aside / ENTRY).write_text(json.dumps(asdict(entry), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return entry


def get(name: str, release: str | None = None) -> Entry:
    """A stored file by its name (``"baci"``) and release, or by its pin (``"baci@202501"``); the newest if not said.

    Raises
    ------
    DataError : it is not in the store, or its file is not what it was.
    """
    match = PIN.fullmatch(name)
    wanted, version = (match[1], match[2]) if match else (name, release)
    found = [e for e in entries() if e.name == wanted and version in (None, e.version)]
    if not found:
        have = [e.pin for e in entries()]
        raise DataError(
            f"The store has no {wanted}{'@' + version if version else ''}.{did_you_mean(name, have)}",
            where=f"It holds {first_five(have)}." if have else "It is empty.",
            fix=f"Get it with: detente data pull {wanted}, or detente data add FILE --as {wanted}",
        )
    entry = max(found, key=lambda e: (e.retrieved, e.version))
    if not entry.path.is_file() or sha256_of(entry.path) != entry.sha256:
        raise DataError(
            f"The file of {entry.pin} is not the one that was stored.", why="Its hash differs.",
            fix=f"Delete {entry.path.parent} and get it again.",
        )  # fmt: skip
    return entry


def located(path: str | Path) -> Path:
    """The path itself, or that of a stored file where it is a pin (``baci@202501``) and no such file is there."""
    text = str(path)
    return get(text).path if PIN.fullmatch(text) and not Path(path).exists() else Path(path)


def bundle(pins: list[str], target: Path) -> list[Entry]:
    """A zip with the stored files and their licences, for others to use offline.

    Raises
    ------
    DataError : a licence does not allow that a file is passed on.
    """
    chosen = [get(pin) for pin in pins]
    closed = [e for e in chosen if not e.may_share]
    if closed:
        raise DataError(
            f"{first_five(e.pin for e in closed)} may not be passed on ({closed[0].licence}).",
            fix="Leave it out, and let the others get it themselves: the pin and its hash are enough.",
        )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in chosen:
            archive.write(entry.path, f"{entry.name}/{entry.version}/{entry.file}")
            archive.writestr(f"{entry.name}/{entry.version}/{ENTRY}", json.dumps(asdict(entry), indent=1))
        lines = [f"{e.pin}  {e.sha256}  {e.licence}  {source_named(e.source).cite}" for e in chosen]
        archive.writestr("LICENCES.txt", "\n".join(lines) + "\n")
    return chosen


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; computed once for each state of it."""
    found = path.stat()
    return _digest(path, found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=1024)
def _digest(path: Path, stamp: int, size: int, inode: int) -> str:
    """The hash of one state of a file: a release of gigabytes is read for it once a process."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
