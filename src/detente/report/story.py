"""What a run tells, gathered for the page: tables that are never None, names, the two directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
from markupsafe import Markup

from detente.answer.facts import Facts, leading
from detente.answer.run_facts.reading import facts_of
from detente.answer.run_facts.run_tables import RunTables
from detente.attribution.library import library_frame
from detente.economies import in_text, name_of
from detente.language import Catalogue, own, said
from detente.record.verdicts.scoreboard import by_forecaster
from detente.run.schema import TableSchema
from detente.run.tables import tables
from detente.study.words import catalogue


@dataclass(frozen=True, slots=True)
class Story:
    """The study, its answer, its tables and the manifest, as the sections of the page read them.

    Every table of the run is an attribute, a frame with the columns of ``docs/results.md``, empty where the run
    lacks it: every section asks ``is_empty()`` before it speaks. Beside them stand ``library``, the package's own
    cases, and ``forecasters``, the forecasts gathered by who made them.
    """

    study: Any
    answer: Any
    language: str
    translations: Mapping[str, str]
    written_in: str
    untold: frozenset[str]
    notes: tuple[str, ...]
    manifest: dict[str, Any]
    tables: Mapping[str, pl.DataFrame]
    source_rows: Mapping[str, dict[str, Any]]
    _facts: list[Facts] = field(default_factory=list, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, run: Any, language: str = "en") -> Story:
        """Gather a finished :class:`detente.Run` (or anything with its attributes) for readers of ``language``."""
        frames = {schema.name: _frame(run, schema) for schema in tables()}
        told = _translations(run, language)
        for name in ("scenarios", "winners", "sectors", "capital", "people"):
            if told and not frames[name].is_empty():
                frames[name] = frames[name].with_columns(pl.col("title").replace(told))
        frames["library"] = _library(run)
        notes = tuple(told.get(note) or note for note in getattr(run, "notes", ()))
        answer = getattr(run, "answers", {}).get(language, run.answer)
        frames["forecasters"] = _by_forecaster(frames["forecasts"])
        rows = {row["source_id"]: row for row in frames["sources"].iter_rows(named=True)}
        written_in = getattr(run.study, "language", "en")
        untold = frozenset(_own_texts(frames, getattr(run, "notes", ())) - told.keys())
        manifest = dict(run.manifest or {})
        return cls(run.study, answer, language, told, written_in, untold, notes, manifest, frames, source_rows=rows)

    def __getattr__(self, name: str) -> pl.DataFrame:
        if name.startswith("_") or name in Story.__slots__ or name not in self.tables:
            raise AttributeError(f"There is no table '{name}'.")
        return self.tables[name]

    @property
    def next_in_short(self) -> str:
        """What next for the first screen: what the first sentence expects; its score follows after a semicolon, below."""
        said, _, score = self.answer.what_next[0].partition("; ")
        return f"{said}. {self.words('first.ranges_hold')}" if score else said

    @property
    def facts(self) -> Facts:
        """The facts of the first screen: the answer's own, or made the same way of what only looks like a run."""
        if not self._facts:
            made = getattr(self.answer, "facts", None)
            self._facts.append(facts_of(self.run_tables) if made is None else made)
        return self._facts[0]

    @property
    def run_tables(self) -> RunTables:
        """What facts are read from: the tables, with the reader's words and where the panel is from."""
        panel = RunTables.panel_of(self.manifest)
        return RunTables(self.tables, self.directions, self.study.episodes, self.words, self.own, panel)

    @property
    def lead(self) -> str:
        """The id of the episode that the first screen leads with; empty where none was compared."""
        falls = (leading(flow.falls) for flow in self.facts.flows)
        fall = next((one for one in falls if one is not None), None)
        spans = (
            (e.id, fall is not None and (e.from_year, e.to_year) == (fall.start, fall.end)) for e in self.study.episodes
        )
        return next((ident for ident, same in spans if same), "")

    def with_tables(self, **frames: pl.DataFrame) -> Story:
        """The same story with other rows in some tables."""
        return replace(self, tables={**self.tables, **frames})

    @property
    def words(self) -> Catalogue:
        """The catalogue with the study's own words."""
        spec: Any = getattr(self.study, "spec", None)
        return catalogue(spec, self.language) if hasattr(spec, "words") else Catalogue(self.language)

    @property
    def shown_series(self) -> list[str]:
        """The families of series that the study asks for, in its order; none where it leaves the choice."""
        spec = getattr(self.study, "spec", None)
        return [] if spec is None or not hasattr(spec, "answer") else spec.answer.series

    @property
    def directions(self) -> tuple[tuple[str, str], tuple[str, str]]:
        there, back = self.study.origin, self.study.destination
        return (there, back), (back, there)

    def economy(self, code: str) -> str:
        """The name of an economy, in the study's words for its own two."""
        if self.language == "en":
            own = {self.study.origin: self.study.origin_name, self.study.destination: self.study.destination_name}
            return own.get(code) or name_of(code)
        return name_of(code, self.language)

    def within(self, code: str) -> str:
        """The name of an economy as it stands within a sentence: with its article, or in the study's own words."""
        name = self.economy(code)
        return in_text(code, self.language) if name == name_of(code, self.language) else name

    def own(self, text: str) -> str:
        """A text of the study or a sentence of its results in the reader's language, or as it was written."""
        return self.translations.get(text, text)

    def arrow(self, origin: str, destination: str) -> str:
        return f"{self.economy(origin)} → {self.economy(destination)}"

    def episode(self, ident: str) -> str:
        """An episode's title and years, by its id."""
        found = next((e for e in self.study.episodes if e.id == ident), None)
        return f"{self.own(found.title)}, {self.words.periods(found.from_year, found.to_year)}" if found else ident

    def cited(self, ids: str | None) -> list[dict[str, str]]:
        """Publisher, title and date of each id in a ``;`` list; of an unknown id, the id."""
        found = []
        for key in split(ids):
            row = self.source_rows.get(key)
            publisher = self.own(row["publisher"]) if row else key
            when = Catalogue(self.language).date(row["date"]) if row else ""
            found.append({"publisher": publisher, "title": self.title(row) if row else "", "when": when})
        return found

    def title(self, source: Mapping[str, Any]) -> str:
        """A source's title; one that the study itself gave (in brackets) in the reader's language."""
        return said(own(source, "title"), Catalogue(self.language))

    def source_names(self, ids: str | None) -> list[str]:
        """Publisher and date of each id in a ``;`` list, each once."""
        names = [", ".join(filter(None, (source["publisher"], source["when"]))) for source in self.cited(ids)]
        return list(dict.fromkeys(names))

    def lang(self, text: Any) -> Markup:
        """The ``lang`` attribute of a text that stands in the language of the study, not of the page."""
        foreign = self.language != self.written_in and text and str(text) in self.untold
        return Markup(' lang="{}"').format(self.written_in) if foreign else Markup("")

    def title_lang(self, title: Any) -> Markup:
        """The ``lang`` attribute of a source's title: the study's own words in brackets, else unknown."""
        if not str(title).startswith("["):
            return Markup(' lang=""')
        foreign = self.language != self.written_in and title in self.titles
        return Markup(' lang="{}"').format(self.written_in) if foreign else Markup("")

    @property
    def titles(self) -> set[str]:
        """The titles of sources as the record has them."""
        return {row["title"] for row in self.source_rows.values()}

    @property
    def untranslated(self) -> bool:
        """Whether a reader meets claims or events in the language of the study."""
        shown = [(self.claims, "claim"), (self.events, "title")]
        return self.language != self.written_in and any(
            text in self.untold for frame, column in shown if column in frame.columns for text in frame[column]
        )


def _translations(run: Any, language: str) -> dict[str, str]:
    """Both the texts that the run rendered and those that the study brings."""
    spec = getattr(run.study, "spec", None)
    written = spec.translations.get(language, {}) if spec is not None else {}
    return {**getattr(run, "texts", {}).get(language, {}), **written}


def _by_forecaster(forecasts: pl.DataFrame) -> pl.DataFrame:
    return forecasts if forecasts.is_empty() else by_forecaster(forecasts)


def _own_texts(frames: Mapping[str, pl.DataFrame], notes: Iterable[str]) -> set[str]:
    """Every sentence of the tables as it was written, names and numbers alone left out."""
    found = set(notes)
    for schema in tables():
        for column in schema.sentences:
            if column in frames[schema.name].columns:
                found |= set(frames[schema.name][column].drop_nulls())
    return {text for text in found if any(letter.islower() for letter in text)}


def split(cell: str | None) -> list[str]:
    """The items of a ``;`` list."""
    return [item.strip() for item in str(cell or "").split(";") if item.strip()]


def _library(run: Any) -> pl.DataFrame:
    """The library of cases, which is the package's own unless what is told brings another."""
    if not hasattr(run, "library"):
        return library_frame()
    return pl.DataFrame() if run.library is None else run.library.to_frame()


def _frame(run: Any, schema: TableSchema) -> pl.DataFrame:
    """A table of the run with all its columns; empty where the run lacks it."""
    table = getattr(run, schema.name, None)
    frame = table if table is None or isinstance(table, pl.DataFrame) else table.to_frame()
    return schema.empty() if frame is None else schema.fitted(frame, fill=True)
