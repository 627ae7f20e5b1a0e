"""What may be held against a claim: rows of the record that do not rest on the claim's own source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from detente.record.frames import Frames
from detente.record.period import Period
from detente.record.rows import Claim, Event, Figure, Source
from detente.record.states import States
from detente.record.verdicts.independence.dependence import Dependence
from detente.record.verdicts.independence.organisations import default_register, organisations_of

OFFICIAL_FIRST = {"official": 0, "dataset": 0, "legal": 0, "academic": 1, "chamber": 1, "press": 2, "article": 2}
"""Standing of a source by its kind, the best first; others come last."""
UNSOURCED = "unsourced"
STRONG = ("reported", "derived")
"""Status of figures that decide before any others."""


@dataclass(frozen=True, slots=True)
class EpisodeSplit:
    """Figures of a series by what they can show of a claim.

    Attributes
    ----------
    independent : tuple of Figure
        They may test it.
    named : tuple of Figure
        They come from whom the article names: they show that it was reported correctly.
    n_own : int
        How many come from the claim's own side and show nothing.
    aside : tuple of Figure
        They came out before their period had ended, and others of it later.
    """

    independent: tuple[Figure, ...]
    named: tuple[Figure, ...]
    n_own: int
    aside: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A record seen as evidence, with what it rests on.

    Attributes
    ----------
    ledger : Frames
    findings : tuple of mappings
        Rows of the attribution table, handed in from outside.
    newest : date
        Day of the newest source that tells of an event: how far the record can see.
    """

    ledger: Frames
    findings: tuple[Mapping[str, Any], ...]
    dependence: Dependence
    states: States
    events: Mapping[str, Event]
    newest: date
    _places: Mapping[str, tuple[int, int]]
    _sorted: pl.DataFrame
    _series: dict[str, tuple[Figure, ...]] = field(default_factory=dict)
    _derivations: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Frames, findings: Iterable[Mapping[str, Any]] = ()) -> Evidence:
        """The evidence that a record holds."""
        sources = [Source.from_row(row) for row in ledger.sources.iter_rows(named=True)]
        register = organisations_of(Path(ledger.folder))[0] if ledger.folder else default_register()
        events = {e.id: e for e in map(Event.from_row, ledger.events.iter_rows(named=True))}
        telling = {s for e in events.values() for s in e.source_ids}
        newest = max((s.published.first for s in sources if s.published and s.id in telling), default=date.min)
        figures = ledger.figures.sort("series", maintain_order=True)
        starts = figures.with_row_index("row").group_by("series", maintain_order=True).agg(
            pl.col("row").min().alias("first"), pl.len().alias("n")
        )  # fmt: skip
        places = {name: (first, n) for name, first, n in starts.iter_rows()}
        return cls(
            ledger, tuple(findings), Dependence.of(sources, register), ledger.states(), events, newest, places, figures
        )

    def series(self, name: str) -> tuple[Figure, ...]:
        """All figures of one series, in the order of their periods."""
        if name not in self._series:
            first, n = self._places.get(name, (0, 0))
            rows = self._sorted.slice(first, n).iter_rows(named=True)
            self._series[name] = tuple(
                sorted(map(Figure.from_row, rows), key=lambda f: (f.period.first, f.period.last, f.id))
            )
        return self._series[name]

    def split(self, name: str, claim: Claim) -> EpisodeSplit:
        """The figures of a series by what they can show of a claim.

        A figure whose period begins after its source was published is a forecast, whatever
        its status says, and is left out; so is an :meth:`early` one beside a later one of its period.
        """
        sides = self.dependence.sides(claim)
        free, named, own = [], [], 0
        for figure in self.series(name):
            rests_on = self._rests_on(figure, sides.barred)
            if not rests_on:
                if not self._foretold(figure):
                    free.append(figure)
            elif self._rests_on(figure, sides.own):
                own += 1
            else:
                named.append(figure)
        kept, told = self._in_time(free), self._in_time(named)
        return EpisodeSplit(kept, told, own, tuple(f for f in free if f not in kept) if len(kept) < len(free) else ())

    def independent(self, name: str, claim: Claim) -> tuple[Figure, ...]:
        """Figures of a series that may test a claim."""
        return self.split(name, claim).independent

    def sources_of(self, event: Event, claim: Claim) -> tuple[str, ...]:
        """The sources of an event that may test a claim; ``unsourced`` is none."""
        barred = self.dependence.sides(claim).barred | {UNSOURCED}
        return tuple(s for s in event.source_ids if s not in barred)

    def named_sources_of(self, event: Event, claim: Claim) -> tuple[str, ...]:
        """The sources of an event whom the article names for the claim, or who cite these."""
        named = self.dependence.sides(claim).named - {UNSOURCED}
        return tuple(s for s in event.source_ids if s in named)

    def reached(self, event: Event, sources: Iterable[str]) -> bool:
        """Whether some of these sources were published once the event had begun; undated ones reach to ``newest``."""
        if event.kind == SCHEDULED:
            return False
        days = [self._last_day(s) for s in sources]
        return any(event.date.first <= day for day in days)

    def early(self, figure: Figure) -> bool:
        """Whether a flow's figure was published before its period had ended: part of it, or what was expected."""
        if figure.kind != "flow":
            return False
        published = self.published(figure)
        return published is not None and figure.period.last > published.last

    def published(self, figure: Figure) -> Period | None:
        """When a figure first came out: with its source, or, of a later period, with the copy at hand."""
        source = self.dependence.sources.get(figure.source_id)
        if source is None or source.published is None:
            return None
        return source.published if figure.period.last <= source.published.last else source.date

    def standing(self, source_id: str) -> int:
        """How much weight a source has by its kind; 0 is most."""
        source = self.dependence.sources.get(source_id)
        return OFFICIAL_FIRST.get(source.kind, 3) if source else 3

    def said_on(self, claim: Claim) -> Period | None:
        """When the claim's source was published."""
        source = self.dependence.sources.get(claim.source_id)
        return source.published if source else None

    def _last_day(self, source_id: str) -> date:
        source = self.dependence.sources.get(source_id)
        if source is None or source.published is None:
            return self.newest
        return max(source.published.last, source.date.last if source.date else self.newest)

    def _in_time(self, figures: list[Figure]) -> tuple[Figure, ...]:
        early = {f.id for f in figures if self.early(f)}
        if not early:
            return tuple(figures)
        whole = {(f.period, f.unit) for f in figures if f.status in STRONG and f.id not in early}
        return tuple(f for f in figures if f.id not in early or (f.period, f.unit) not in whole)

    def _foretold(self, figure: Figure) -> bool:
        published = self.published(figure)
        return bool(published and figure.period.first > published.last)

    def _rests_on(self, figure: Figure, barred: frozenset[str]) -> bool:
        """Whether a figure comes from a barred source, or is derived from a figure that does."""
        if figure.source_id in barred:
            return True
        if figure.status != "derived":
            return False
        seen, todo = {figure.id}, ids_named(figure.derivation)
        known = self._known_derivations()
        while todo:
            name = todo.pop()
            if name in seen or name not in known:
                continue
            seen.add(name)
            source, derivation = known[name]
            if source in barred:
                return True
            todo |= ids_named(derivation)
        return False

    def _known_derivations(self) -> dict[str, tuple[str, str]]:
        """Source of every figure that some derivation names, and its own derivation where it is derived."""
        if not self._derivations:
            frame = self.ledger.figures
            texts = frame.filter(pl.col("status") == "derived")["derivation"].drop_nulls()
            named = {name for text in texts for name in ids_named(text)}
            rows = frame.filter(pl.col("figure_id").is_in(list(named))).select(
                "figure_id", "source_id", pl.when(pl.col("status") == "derived").then("derivation").fill_null("")
            )
            self._derivations.update({i: (source, derivation) for i, source, derivation in rows.iter_rows()})
            self._derivations.setdefault("", ("", ""))
        return self._derivations


SCHEDULED = "scheduled"
"""Kind of an event that is still to come."""


def ids_named(text: str) -> set[str]:
    """Words of a derivation that may be ids of figures."""
    return set(re.findall(r"[A-Za-z0-9._-]*[A-Za-z0-9_-]", text))
