"""Archives from strangers: what they declare is looked at before anything is unpacked."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from detente.errors import UnreadableFile

PACKED = (".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz")
SMALL = 1_000_000  # bytes: below it a high ratio means nothing


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold.

    Attributes
    ----------
    entries : number of files.
    member, unpacked : bytes of one file and of all, unpacked.
    ratio : unpacked over packed size of one file.
    """

    entries: int
    member: int
    unpacked: int
    ratio: float = 250.0


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that unpacks to too much, hides another archive, or whose entries are not plain files.

    Raises
    ------
    UnreadableFile
    """
    try:
        with zipfile.ZipFile(path) as archive:
            items = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise UnreadableFile(f"'{path.name}' is not a zip archive, or a damaged one.", fix="Pack it again.") from None
    reason = _reason(items, limits)
    if reason:
        raise UnreadableFile(
            f"'{path.name}' {reason}.",
            why="Such an archive may fill the memory or the disk; nothing of it was unpacked.",
            fix="Pack the plain files again, or split them.",
        )


def _reason(items: list[zipfile.ZipInfo], limits: Limits) -> str:
    """What is wrong with the entries, or nothing."""
    if len(items) > limits.entries:
        return f"holds {len(items):,} files; {limits.entries:,} are allowed"
    unpacked = sum(item.file_size for item in items)
    if unpacked > limits.unpacked:
        return f"unpacks to {unpacked / 1e9:.1f} GB; {limits.unpacked / 1e9:g} GB are allowed"
    names = [item.filename for item in items]
    if len(set(names)) < len(names):
        return "names a file twice"
    for item in items:
        if (reason := _reason_of_one(item, limits)) != "":
            return f"holds '{item.filename[:80]}', which {reason}"
    ends = sorted((item.header_offset, item.header_offset + item.compress_size) for item in items if item.file_size)
    if any(end > start for (_, end), (start, _) in pairwise(ends)):
        return "has files that lie over one another"
    return ""


def _reason_of_one(item: zipfile.ZipInfo, limits: Limits) -> str:
    if item.flag_bits & 0x1:
        return "is encrypted"
    if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way"
    if item.file_size > limits.member:
        return f"unpacks to {item.file_size / 1e9:.1f} GB; {limits.member / 1e9:g} GB are allowed for one file"
    if item.file_size > SMALL and item.file_size > limits.ratio * max(1, item.compress_size):
        return f"unpacks to more than {limits.ratio:g} times its size"
    if item.filename.lower().endswith(PACKED):
        return "is an archive itself"
    parts = item.filename.replace("\\", "/").split("/")
    if ".." in parts or item.filename.startswith(("/", "\\")) or ":" in parts[0]:
        return "points out of the archive"
    if stat.S_ISLNK(item.external_attr >> 16):
        return "is a link"
    return ""
