"""What may be held against a claim: rows of the record that do not rest on the claim's own source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.record.rows import Claim, Event, Figure, Source
from detente.record.states import States

if TYPE_CHECKING:
    from detente.record.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Dependence:
    """Which sources and figures rest on which others.

    Attributes
    ----------
    citing : dict of str to frozenset of str
        For each source, every source that cites it, directly or through others.
    """

    sources: dict[str, Source]
    citing: dict[str, frozenset[str]]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> Dependence:
        """From the ``cites`` lists of the sources."""
        known = {s.id: s for s in sources}
        direct: dict[str, set[str]] = {}
        for source in known.values():
            for cited in source.cites:
                direct.setdefault(cited, set()).add(source.id)
        return cls(known, {s: frozenset(_reach(direct, s)) for s in known})

    def barred(self, claim: Claim) -> frozenset[str]:
        """Sources that cannot test a claim: its own, whom it names for the claim, and all that cite these."""
        barred = {claim.source_id} | self.citing.get(claim.source_id, frozenset())
        for name in re.split(r"[;,()]", claim.attributed_to):
            name = name.strip()
            if name and name != "none":
                named = {s.id for s in self.sources.values() if _names(name, s)}
                barred |= named.union(*(self.citing.get(s, frozenset()) for s in named))
        return frozenset(barred)


def _reach(direct: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = list(direct.get(start, ()))
    while todo:
        source = todo.pop()
        if source not in found:
            found.add(source)
            todo += direct.get(source, ())
    return found


def _names(name: str, source: Source) -> bool:
    """Whether a source is, or is published by, the agency a claim is attributed to."""
    if name.casefold() == source.id.casefold():
        return True
    return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source.publisher, re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Evidence:
    """A ledger seen as evidence, with what it rests on.

    Attributes
    ----------
    ledger : Ledger
    findings : tuple of mappings
        Rows of the attribution table, handed in from outside.
    newest : date
        Day of the newest source that tells of an event: how far the record can see.
    """

    ledger: Ledger
    findings: tuple[Mapping[str, Any], ...] = ()
    dependence: Dependence = field(init=False)
    states: States = field(init=False)
    events: dict[str, Event] = field(init=False)
    newest: date = field(init=False)
    _series: dict[str, tuple[Figure, ...]] = field(init=False)

    def __init__(self, ledger: Ledger, findings: Iterable[Mapping[str, Any]] = ()) -> None:
        put = object.__setattr__
        put(self, "ledger", ledger)
        put(self, "findings", tuple(findings))
        sources = [Source.from_row(row) for row in ledger.sources.iter_rows(named=True)]
        put(self, "dependence", Dependence.of(sources))
        put(self, "states", ledger.states())
        put(self, "events", {e.id: e for e in map(Event.from_row, ledger.events.iter_rows(named=True))})
        told = {s for e in self.events.values() for s in e.source_ids}
        put(self, "newest", max((s.date.first for s in sources if s.date and s.id in told), default=date.min))
        put(self, "_series", {})

    def series(self, name: str) -> tuple[Figure, ...]:
        """All figures of one series, in the order of their periods."""
        if name not in self._series:
            rows = self.ledger.figures.filter(self.ledger.figures["series"] == name)
            figures = sorted(map(Figure.from_row, rows.iter_rows(named=True)), key=lambda f: (f.period, f.id))
            self._series[name] = tuple(figures)
        return self._series[name]

    def independent(self, name: str, claim: Claim) -> tuple[tuple[Figure, ...], int]:
        """Figures of a series that may test a claim, and how many may not."""
        barred = self.dependence.barred(claim)
        figures = self.series(name)
        free = tuple(f for f in figures if not self._rests_on(f, barred))
        return free, len(figures) - len(free)

    def sources_of(self, event: Event, claim: Claim) -> tuple[str, ...]:
        """The sources of an event that may test a claim; ``unsourced`` is none."""
        barred = self.dependence.barred(claim) | {"unsourced"}
        return tuple(s for s in event.source_ids if s not in barred)

    def _rests_on(self, figure: Figure, barred: frozenset[str], seen: frozenset[str] = frozenset()) -> bool:
        """Whether a figure comes from a barred source, or is derived from a figure that does."""
        if figure.source_id in barred:
            return True
        if figure.status != "derived" or figure.id in seen:
            return False
        named = set(re.findall(r"[A-Za-z0-9_-]+", figure.derivation)) - {figure.id}
        frame = self.ledger.figures
        rows = frame.filter(frame["figure_id"].is_in(list(named))) if named else frame.clear()
        parts = map(Figure.from_row, rows.iter_rows(named=True))
        return any(self._rests_on(part, barred, seen | {figure.id}) for part in parts)
