"""What an edition is made from: runs, what changed in them since the last edition, and what is dated ahead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import polars as pl

from detente.errors import DetenteError, UsageError
from detente.language import Catalogue, own, said
from detente.run import read_run
from detente.run.folder import as_json
from detente.run.result import Run
from detente.study import open_study

AHEAD = 3  # dated events told of
REACH = 400  # days ahead


class Changed(Protocol):
    """One thing that changed, sayable in any language."""

    def said(self, words: Catalogue) -> str: ...


@dataclass(frozen=True, slots=True)
class DatedAhead:
    """Something dated that is still to come.

    Attributes
    ----------
    id : of the record's row.
    day : ISO date.
    title : as the study has it, with its translations.
    """

    id: str
    day: str
    title: str

    def said(self, words: Catalogue) -> str:
        return said(self.title, words)


@dataclass(frozen=True, slots=True)
class Subject:
    """One study of an edition.

    Attributes
    ----------
    run : what was computed.
    changes : since the last edition, or since the look before.
    since : ISO date of what it is compared with; None for a first edition.
    ahead : dated events after the edition's day.
    """

    run: Run
    changes: tuple[Changed, ...] = ()
    since: str | None = None
    ahead: tuple[DatedAhead, ...] = ()

    def digest(self) -> str:
        """SHA-256 of everything that the run says."""
        text = json.dumps(as_json(self.run), ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def gather(sources: Sequence[str], day: date, *, quick: bool = False) -> tuple[Subject, ...]:
    """The subjects of an edition.

    Parameters
    ----------
    sources : folders of finished runs, studies by name or folder, or one list of ``detente watch``.
    day : of the edition: what is dated after it is ahead.
    quick : studies are run without placebos and ensembles, and say so.

    Raises
    ------
    DetenteError
        One of them cannot be read or run.
    """
    if not sources:
        raise UsageError("An edition is made of something.", fix="Give a watch list, run folders or studies.")
    return tuple(Subject(run, ahead=ahead(run, day)) for run in (_run(source, quick) for source in sources))


def _run(source: str, quick: bool) -> Run:
    path = Path(source)
    if (path / "results.json").is_file():
        return read_run(path)
    try:
        study = open_study(source)
    except DetenteError as error:
        if path.exists():
            raise
        error.fix = "Give a watch list (.toml), the folder of a finished run, or a study."
        raise
    return study.run(quick=quick)


def ahead(run: Run, day: date) -> tuple[DatedAhead, ...]:
    """The record's events that are dated after ``day``, the nearest first."""
    events = run.frames["events"].filter(pl.col("date").str.len_chars() == 10)
    found = []
    for row in events.iter_rows(named=True):
        try:
            when = date.fromisoformat(row["date"])
        except ValueError:
            continue
        if 0 < (when - day).days <= REACH:
            found.append(DatedAhead(row["event_id"], row["date"], own(row, "title")))
    return tuple(sorted(found, key=lambda one: (one.day, one.id)))[:AHEAD]
