"""Writing files so that a half-written one is never seen."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from detente.errors import OutputError
from detente.record.draft.drafting import Draft


def save_draft(draft: Draft, path: Path, study: Path) -> Path:
    """Write a draft file, outside the study and over nothing.

    Raises
    ------
    OutputError
        The file exists (it may hold somebody's work), or lies inside the study folder, where the article's
        sentences have no place.
    """
    if path.exists():
        raise OutputError(
            f"{path} exists already.",
            why="It may hold rows that somebody has worked on.",
            fix="Give another --out, or move it.",
        )
    if path.resolve().is_relative_to(study.resolve()):
        raise OutputError(
            f"{path} lies inside the study {study}.",
            why="A draft holds the article's own sentences, and a study holds none.",
            fix="Give an --out elsewhere.",
        )
    write_aside(path, draft.to_csv().encode())
    return path


def write_aside(path: Path, data: bytes) -> None:
    """Write ``data`` beside ``path`` and rename it into place, with the permissions of the file it replaces.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    aside = None
    try:
        handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(aside).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(aside).replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}.", fix="Give another place.") from None
    finally:
        if aside and Path(aside).exists():
            Path(aside).unlink()
