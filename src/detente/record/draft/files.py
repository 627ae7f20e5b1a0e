"""Where a draft file may be written."""

from __future__ import annotations

from pathlib import Path

from detente._atomic import write_file
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
    return write_file(path, draft.to_csv(), fix="Give another place.")
