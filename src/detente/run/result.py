"""What a run of a study gives: tables and texts, and one-line ways to what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from detente._lazy import call
from detente._notebook import as_html
from detente.errors import how_many
from detente.language import LANGUAGES
from detente.run.schema import RunTable
from detente.run.tables import tables
from detente.study.study import Study


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """What a run gives: its tables, the answer made from them, and how they were made.

    Every table is an attribute too: ``run.claims``, ``run.attribution``, ``run.scenarios`` and the others of
    ``docs/results.md``; ``run.claims.to_frame()`` is a polars frame.

    Attributes
    ----------
    study : the study as it was run.
    frames : the tables by name; each is fitted to its schema, and one left out is empty.
    notes : what a reader must know: counts of the panel's rows, cautions, what was skipped.
    texts : for each language but English, what the English sentences of tables and notes say in it.
    manifest : versions, input hashes, seed, timings, command.
    """

    study: Study
    frames: Mapping[str, pl.DataFrame]
    notes: tuple[str, ...] = ()
    manifest: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _answers: Answers = field(init=False, compare=False)

    def __post_init__(self) -> None:
        found = {
            schema.name: schema.fitted(self.frames[schema.name]) if schema.name in self.frames else schema.empty()
            for schema in tables()
        }
        object.__setattr__(self, "frames", MappingProxyType(found))
        object.__setattr__(self, "_answers", Answers(self))

    def __getattr__(self, name: str) -> RunTable:
        if name.startswith("_") or name in Run.__slots__ or name not in self.frames:
            raise AttributeError(f"A run has no table '{name}'; it has {', '.join(self.frames)}.")
        return RunTable(name, self.frames[name])

    def __dir__(self) -> list[str]:
        return [*object.__dir__(self), *self.frames]

    @property
    def answers(self) -> Mapping[str, Any]:
        """The :class:`~detente.answer.Answer` in each language, made when it is asked for."""
        return self._answers

    @property
    def answer(self) -> Any:
        """The :class:`~detente.answer.Answer` in English."""
        return self._answers["en"]

    def tables(self) -> dict[str, RunTable]:
        """All tables by name."""
        return {name: RunTable(name, frame) for name, frame in self.frames.items()}

    def summary(self, *, full: bool = False, width: int = 100, language: str = "en") -> str:
        """The answer on one screen; ``full`` gives every sentence of it instead.

        Examples
        --------
        >>> from detente import open_study
        >>> run = open_study("colombia-venezuela").run(quick=True)
        >>> print(run.summary(language="es").partition("  ")[0].strip())
        Colombia y Venezuela: el comercio que se perdió y lo que podría volver
        <BLANKLINE>
        Qué pasó
        """
        return call("detente.answer.on_screen", self.answers[language], width=width, full=full)

    def to_frame(self) -> pl.DataFrame:
        """The verdicts, the table most readers want first."""
        return self.frames["claims"]

    def write(
        self, folder: str | Path, pages: Mapping[str, Callable[[Run], str | bytes | None]] = MappingProxyType({})
    ) -> Path:
        """Write the run folder: results.json, manifest.json, one CSV a table; all or nothing.

        ``pages`` are further files by name, each from a function of the run (text, bytes, or None for no file), e.g.
        ``{"report.html": detente.report.render_report}`` or ``detente.report.report_files()``.
        """
        return call("detente.run.folder.write_run", self, Path(folder), pages)

    def _repr_html_(self) -> str:
        """In a notebook: the answer on one screen."""
        return as_html(self.summary())

    def __repr__(self) -> str:
        claims, scenarios = self.frames["claims"].height, self.frames["scenarios"].height
        return f"Run({self.study.id!r}, {how_many(claims, 'claim')}, {how_many(scenarios, 'scenario row')})"


class Answers(Mapping[str, Any]):
    """The answer of a run by language, each made once, by the room above this one."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._made: dict[str, Any] = {}

    def __getitem__(self, language: str) -> Any:
        if language not in LANGUAGES:
            raise KeyError(language)
        if language not in self._made:
            self._made[language] = call("detente.answer.answer_of", self._run, language)
        return self._made[language]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGES)

    def __len__(self) -> int:
        return len(LANGUAGES)
