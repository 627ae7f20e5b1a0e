"""Spells of broken or lowered relations, made from the list of breaks, recalls, downgrades and closures."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from detente.attribution.library.ruptures import DiplomaticBreak

LASTING = timedelta(days=90)
"""A recall or downgrade counts as a break if it lasted longer."""
LOW = frozenset({"none", "consular", "charge", "second secretary"})
"""Levels of representation that are no passing gesture."""
LONGEST = timedelta(days=12 * 365)
"""An open stage this old is another quarrel than the next one."""


@dataclass(frozen=True, slots=True)
class BreakSpell:
    """One quarrel of two states, its stages merged.

    Attributes
    ----------
    a, b : str
        ISO alpha-3 codes in alphabetical order.
    began : date
        The first act of any kind.
    broke : date or None
        The first stage that counts as a break: relations broken, border closed, or a recall or downgrade that
        lasted more than 90 days or left no ambassador; None if no stage does.
    ended : date or None
        The return that was read; None is not "still broken" but "no return read".
    read : date
        The last date to which the sources read still speak of it.
    kinds : tuple of str
        Of its stages, in order.
    bloc : str
        The decision of several or the wave it belongs to; empty if it is the pair's own.
    """

    a: str
    b: str
    began: date
    broke: date | None
    ended: date | None
    read: date
    kinds: tuple[str, ...]
    bloc: str

    @property
    def cluster(self) -> str:
        """What counts as one case: the decision of several, or the pair."""
        return self.bloc or f"{self.a}-{self.b}"

    def is_open(self, day: date) -> bool:
        """Whether it counts as a break and holds on ``day``, as far as was read."""
        return self.broke is not None and self.broke < day and (self.ended is None or self.ended >= day)


def spells(rows: Iterable[DiplomaticBreak]) -> tuple[BreakSpell, ...]:
    """The rows merged into spells, in order of their beginning.

    Closures that were no decision of one government against the other are passed over. A row that begins while an
    earlier one of the same pair is open (or has no return that was read, for up to twelve years) is a stage of it.

    Examples
    --------
    >>> from detente.attribution.library.ruptures import diplomatic_breaks
    >>> found = [s for s in spells(diplomatic_breaks()) if (s.a, s.b) == ("COL", "VEN")]
    >>> date(2019, 2, 22) in {s.broke for s in found}
    True
    """
    open_ones: dict[tuple[str, str], BreakSpell] = {}
    done: list[BreakSpell] = []
    for row in sorted((r for r in rows if r.directed != "no"), key=lambda r: first_day(r.start)):
        new = _spell(row)
        pair = new.a, new.b
        before = open_ones.get(pair)
        if before is not None and _goes_on(before, new):
            open_ones[pair] = _joined(before, new)
        else:
            if before is not None:
                done.append(before)
            open_ones[pair] = new
    return tuple(sorted([*done, *open_ones.values()], key=lambda s: (s.began, s.a, s.b)))


def first_day(text: str) -> date:
    """A day; the middle of a month or of a year where no more is known."""
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    return date(parts[0], parts[1], 15) if len(parts) == 2 else date(parts[0], 7, 1)


def last_day(text: str) -> date:
    """The last day of a date, month or year."""
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    year, month = parts[0], parts[1] if len(parts) == 2 else 12
    return date(year, month, calendar.monthrange(year, month)[1])


def _spell(row: DiplomaticBreak) -> BreakSpell:
    a, b = sorted((row.a, row.b))
    start = first_day(row.start)
    ended = first_day(row.returned) if row.returned else None
    if ended is None:
        lasting = row.level_after in LOW or row.kind == "downgraded"
    else:
        lasting = ended - start > LASTING
    counts = lasting or row.kind in ("broken", "closed_border")
    read = max(start, ended or start, last_day(row.last_reading) if row.last_reading else start)
    return BreakSpell(a, b, start, start if counts else None, ended, read, (row.kind,), row.bloc)


def _goes_on(before: BreakSpell, new: BreakSpell) -> bool:
    if before.ended is not None:
        return new.began <= before.ended
    return new.began - before.read < LONGEST


def _joined(before: BreakSpell, new: BreakSpell) -> BreakSpell:
    ended = new.ended if before.ended is None or new.ended is None else max(before.ended, new.ended)
    return BreakSpell(
        before.a, before.b, before.began, before.broke or new.broke,
        ended if new.ended is not None else before.ended,
        max(before.read, new.read), before.kinds + new.kinds,
        before.bloc if before.broke or not new.broke else new.bloc,
    )  # fmt: skip
