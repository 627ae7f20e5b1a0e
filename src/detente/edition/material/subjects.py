"""What an edition is made from: runs, what changed in them since the last edition, and what is dated ahead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import polars as pl

from detente.answer import answer_of
from detente.answer.answer import Answer
from detente.answer.facts import Facts
from detente.answer.pairs.found_pair import Pair
from detente.answer.what_next import pair_next_sentences
from detente.economies import name_of
from detente.edition.material.changes import Changed, snapshot
from detente.language import Catalogue, own, said
from detente.run.folder import as_json
from detente.run.result import Run
from detente.study.words import catalogue

AHEAD = 3  # dated events told of
REACH = 400  # days ahead


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


class SubjectLike(Protocol):
    """What an edition tells of: a study's run, or two economies without one."""

    @property
    def id(self) -> str: ...
    @property
    def ends(self) -> tuple[str, str]: ...
    @property
    def changes(self) -> tuple[Changed, ...]: ...
    @property
    def since(self) -> str | None: ...
    @property
    def ahead(self) -> tuple[DatedAhead, ...]: ...
    @property
    def quick(self) -> bool: ...
    @property
    def pronounced(self) -> Mapping[str, Mapping[str, str]]: ...
    def digest(self) -> str: ...
    def snapshot(self) -> Mapping[str, Any]: ...
    def told(self, language: str, *, spoken: bool) -> ToldSubject: ...


@dataclass(frozen=True, slots=True)
class ToldSubject:
    """A subject in one language.

    Attributes
    ----------
    words : the catalogue, with a study's own words over it.
    title : of the study, or the two names.
    facts : of the first screen, as numbers; None where nothing is known.
    next : sentences of what comes next.
    """

    words: Catalogue
    title: str
    facts: Facts | None
    next: tuple[str, ...]


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

    @property
    def id(self) -> str:
        return self.run.study.id

    @property
    def ends(self) -> tuple[str, str]:
        return self.run.study.spec.dyad

    @property
    def quick(self) -> bool:
        return bool(self.run.manifest.get("quick"))

    @property
    def pronounced(self) -> Mapping[str, Mapping[str, str]]:
        """Names by language to how a voice is to be given them, from the study's ``words.toml``."""
        return {language: tables.get("pronounced", {}) for language, tables in self.run.study.spec.words.items()}

    def digest(self) -> str:
        """SHA-256 of everything that the run says."""
        return _digest(as_json(self.run))

    def snapshot(self) -> Mapping[str, Any]:
        return snapshot(self.run)

    def told(self, language: str, *, spoken: bool) -> ToldSubject:
        words = catalogue(self.run.study.spec, language, spoken=spoken)
        answer: Answer = answer_of(self.run, language, spoken=True) if spoken else self.run.answers[language]
        return ToldSubject(words, answer.title, answer.facts, answer.what_next)


@dataclass(frozen=True, slots=True)
class PairSubject:
    """Two economies of a watch list without a study."""

    pair: Pair
    changes: tuple[Changed, ...] = ()
    since: str | None = None
    ahead: tuple[DatedAhead, ...] = ()
    quick: bool = False
    pronounced: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.pair.origin}-{self.pair.destination}".lower()

    @property
    def ends(self) -> tuple[str, str]:
        return self.pair.origin, self.pair.destination

    def digest(self) -> str:
        return _digest(self.pair.to_dict())

    def snapshot(self) -> Mapping[str, Any]:
        return {}

    def told(self, language: str, *, spoken: bool) -> ToldSubject:
        words = Catalogue(language, spoken=spoken)
        names = [name_of(code, language) for code in self.ends]
        return ToldSubject(words, " – ".join(names), self.pair.facts, pair_next_sentences(self.pair.outlook(), words))


def _digest(found: object) -> str:
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


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
