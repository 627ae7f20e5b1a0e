"""Where a draft file may be written."""

from __future__ import annotations

from pathlib import Path

from detente._atomic import write_file
from detente.errors import OutputError
from detente.record.draft.drafting import Draft


def save_draft(draft: Draft, path: Path, study: Path, language: str = "en") -> Path:
    """Write a draft file and, beside it, those of the events and figures it proposes, outside the study and over nothing.

    Hints are in ``language``.

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
    beside = {evidence_path(path, name): text for name, text in draft.evidence(language).items()}
    if held := next((other for other in beside if other.exists()), None):
        raise OutputError(
            f"{held} exists already.",
            why="It may hold rows that somebody has worked on.",
            fix="Give another --out, or move it.",
        )
    for other, text in beside.items():
        write_file(other, text, fix="Give another place.")
    return write_file(path, draft.to_csv(language), fix="Give another place.")


def evidence_path(path: Path, name: str) -> Path:
    """Where the events or figures of a draft stand, beside its claims.

    >>> evidence_path(Path("story.draft.csv"), "events").name
    'story.events.draft.csv'
    """
    stem = path.name.removesuffix(".csv").removesuffix(".draft")
    return path.with_name(f"{stem}.{name}.draft.csv")
