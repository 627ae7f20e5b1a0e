"""Changes in words of any language: those that a watch list told of, and those between a run and the last edition."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from detente.language import Catalogue
from detente.record.states import build_states
from detente.run.result import Run
from detente.run.what_next import newest_day
from detente.watch.computing import Looked
from detente.watch.look_in_words import line
from detente.watch.readings import readings
from detente.watch.state import PastAlert
from detente.watch.thresholds import Reading, Transition

MEASURES = ("verdict:*", "exports", "imports", "break", "odds")
Snapshot = Mapping[str, Mapping[str, Any]]
"""Readings by measure, as the manifest keeps them."""


class Changed(Protocol):
    """One thing that changed, sayable in any language."""

    def said(self, words: Catalogue) -> str: ...


@dataclass(frozen=True, slots=True)
class ToldChange:
    """An alert of a watch list: its heading in the list's language, its lines in any.

    Attributes
    ----------
    alert : as the list's state keeps it.
    language : of the list.
    """

    alert: PastAlert
    language: str

    def said(self, words: Catalogue) -> str:
        changes = self.alert.body.get("changes", [])
        lines = [_line(one, words) for one in changes if isinstance(one, dict)] if isinstance(changes, list) else []
        if words.language == self.language:
            return " ".join([words.aloud(self.alert.heading), *lines])
        return " ".join(lines) or words.aloud(self.alert.heading)


@dataclass(frozen=True, slots=True)
class MeasuredChange:
    """A measure that reads otherwise than in the last edition."""

    measure: str
    before: Reading | None
    after: Reading | None
    since: str

    def said(self, words: Catalogue) -> str:
        what = "new" if self.before is None else "gone" if self.after is None else "fired"
        return line(self.measure, Transition(what, self.before, self.after, 0), self.since, words)


def _line(one: Mapping[str, Any], words: Catalogue) -> str:
    measure, what = str(one.get("measure", "")), one.get("what")
    before, after = (_reading(measure, one.get(end)) for end in ("before", "after"))
    known = what if what in ("fired", "cleared", "new", "gone") else "fired"
    return line(measure, Transition(known, before, after, 0), str(one.get("since", "")), words)


def _reading(measure: str, plain: object) -> Reading | None:
    if not isinstance(plain, Mapping):
        return None
    return Reading(
        measure,
        plain.get("value"),
        plain.get("text") or "",
        plain.get("low"),
        plain.get("high"),
        plain.get("note") or "",
    )


def snapshot(run: Run) -> dict[str, dict[str, Any]]:
    """What a run's measures say, to be kept with the edition and compared with the next."""
    frames = {
        **run.frames,
        "breaks": run.frames["breaks"].drop_nulls("shift"),
    }  # a run also has breaks that it sought in vain
    looked = Looked(run.study.spec.dyad, frames, {}, run.study)
    found = [*readings(looked, MEASURES).values(), *_states(run)]
    return {
        one.measure: {"value": one.value, "text": one.text, "low": one.low, "high": one.high, "note": one.note}
        for one in sorted(found, key=lambda one: one.measure)
        if one.value is None or math.isfinite(one.value)
    }


def _states(run: Run) -> Iterator[Reading]:
    events = run.frames["events"]
    day = newest_day(events)
    if day is None:
        return
    states, _ = build_states(events)
    for name in states.spells:
        spell = states.at(name, day)
        if spell is not None:
            yield Reading(f"state:{name}", text=spell.value, note=spell.first.isoformat())


def between(before: Snapshot, after: Snapshot, since: str) -> tuple[MeasuredChange, ...]:
    """What reads otherwise, in the order of the measures' names; a measure that was not read then is no change."""
    found = []
    for measure in sorted({*before, *after}):
        was, now = _reading(measure, before.get(measure)), _reading(measure, after.get(measure))
        if was is None or now is None or not was.same(now):
            found.append(MeasuredChange(measure, was, now, since))
    return tuple(found)


def of_list(alerts: Sequence[PastAlert], dyad: str, language: str) -> tuple[ToldChange, ...]:
    """A dyad's alerts, the oldest first."""
    return tuple(ToldChange(one, language) for one in reversed(alerts) if one.dyad == dyad)
