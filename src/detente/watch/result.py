"""What a look gives: what changed, grouped under the input that caused it, and what could not be looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from detente.errors import how_many
from detente.watch.inputs import Cause
from detente.watch.thresholds import Reading, Transition

SCHEMA_VERSION = 1
_COLUMNS = {
    "look": pl.Int64, "dyad": pl.String, "measure": pl.String, "before": pl.String, "after": pl.String,
    "what": pl.String, "cause": pl.String, "since": pl.String, "permalink": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WatchChange:
    """One measure that fired, cleared, appeared or went.

    Attributes
    ----------
    look : the number of the look that saw it.
    dyad, rule, measure : where, by which rule, which.
    transition : the readings before and after.
    alert : number, within the look, of the alert it belongs to.
    since : time of the look since which the state before held, or, where it fired, of this look.
    line : it in one sentence, in the list's language.
    permalink : of the alert.
    """

    look: int
    dyad: str
    rule: str
    measure: str
    transition: Transition
    alert: int
    since: str
    line: str
    permalink: str


@dataclass(frozen=True, slots=True)
class Alert:
    """The changes that one input caused in one dyad.

    Attributes
    ----------
    look, number : together its name for good.
    dyad : whose; ``title`` is its name for readers.
    cause : the input; None where none on record changed.
    heading : one line, in the list's language.
    changes : what it changed.
    permalink : of its place on the page of the list.
    """

    look: int
    number: int
    dyad: str
    title: str
    cause: Cause | None
    heading: str
    changes: tuple[WatchChange, ...]
    permalink: str

    @property
    def cause_id(self) -> str:
        return self.cause.id if self.cause else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the webhook posts them."""
        return {
            "id": f"{self.look}-{self.number}", "look": self.look, "dyad": self.dyad, "title": self.title,
            "cause": self.cause_id, "cause_was": self.cause.what if self.cause else "", "heading": self.heading,
            "permalink": self.permalink,
            "changes": [
                {
                    "measure": one.measure, "rule": one.rule, "what": one.transition.what, "since": one.since,
                    "line": one.line, "before": _plain(one.transition.before), "after": _plain(one.transition.after),
                }
                for one in self.changes
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DyadFailure:
    """A dyad that could not be looked at: the error's kind and words, and whether it is the first time."""

    dyad: str
    kind: str
    words: str
    exit_code: int
    new: bool


@dataclass(frozen=True, slots=True)
class WatchChanges:
    """The changes of a look, as a table."""

    alerts: tuple[Alert, ...]

    def __len__(self) -> int:
        return sum(len(alert.changes) for alert in self.alerts)

    def __iter__(self) -> Any:
        return (change for alert in self.alerts for change in alert.changes)

    def to_frame(self) -> pl.DataFrame:
        """Columns look, dyad, measure, before, after, what, cause, since, permalink."""
        rows = [
            (one.look, one.dyad, one.measure, shown(one.transition.before), shown(one.transition.after), one.transition.what,
             alert.cause_id, one.since, one.permalink)
            for alert in self.alerts
            for one in alert.changes
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=_COLUMNS, orient="row")


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """One look at a watch list.

    Attributes
    ----------
    name, number, at : of the list, of the look (0 in a dry run), and when (ISO 8601, UTC).
    alerts : what changed, grouped under its cause.
    failures : dyads that could not be looked at.
    looked, skipped : how many dyads were computed, and how many whose inputs had not moved were not.
    standing : dyad, measure and time since which, of whatever has fired and not cleared.
    titles : of dyads, by key.
    quick : whether placebos were left out.
    delivered : what became of the messages, by state.
    trouble : why messages wait or a feed could not be written.
    unread : rules' measures that nothing looked at has: a misspelt name, a state that no event sets.
    """

    name: str
    number: int
    at: str
    alerts: tuple[Alert, ...]
    failures: tuple[DyadFailure, ...]
    looked: int
    skipped: int
    standing: tuple[tuple[str, str, str], ...] = ()
    quick: bool = True
    delivered: Mapping[str, int] | None = None
    trouble: str = ""
    unread: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def changes(self) -> WatchChanges:
        """Every change; ``look.changes.to_frame()`` is a table."""
        return WatchChanges(self.alerts)

    @property
    def exit_code(self) -> int:
        """10 where something changed; else that of the first dyad that failed; else 0."""
        if self.alerts:
            return 10
        return self.failures[0].exit_code if self.failures else 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as ``detente watch --json`` prints them."""
        return {
            "schema_version": SCHEMA_VERSION, "list": self.name, "look": self.number, "at": self.at, "quick": self.quick,
            "looked": self.looked, "skipped": self.skipped, "alerts": [alert.to_dict() for alert in self.alerts],
            "failures": [{"dyad": one.dyad, "kind": one.kind, "error": one.words} for one in self.failures],
            "standing": [{"dyad": dyad, "measure": measure, "since": since} for dyad, measure, since in self.standing],
            "delivered": dict(self.delivered or {}), "trouble": self.trouble, "unread": list(self.unread),
        }  # fmt: skip

    def to_frame(self) -> pl.DataFrame:
        """The table of changes."""
        return self.changes.to_frame()

    def __repr__(self) -> str:
        return f"Look({self.name!r}, {self.number}: {how_many(len(self.alerts), 'alert')}, {how_many(len(self.failures), 'failure')})"


def shown(reading: Reading | None) -> str | None:
    """A reading as a cell: the word, or the number in full."""
    if reading is None:
        return None
    return reading.text if reading.value is None else repr(reading.value)


def _plain(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "value": reading.value,
        "text": reading.text,
        "low": reading.low,
        "high": reading.high,
        "note": reading.note,
    }
