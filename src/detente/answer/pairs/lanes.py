"""The state of a relation over the years: envoys, the border, and measures on trade, from the lists that ship."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from detente.attribution.library.catalogue import LibraryCase, cases
from detente.attribution.library.ruptures import DiplomaticBreak, diplomatic_breaks
from detente.outlook.spells import first_day
from detente.outlook.states_at_risk import FIRST, LISTED_UNTIL, relevant_pairs, without_relations

State = Literal["calm", "strained", "hostile", "unknown"]
OF_BREAK: dict[str, State] = {
    "broken": "hostile",
    "closed_border": "hostile",
    "recalled": "strained",
    "downgraded": "strained",
}
OF_INSTRUMENT: dict[str, State] = {"closure": "hostile", "payment freeze": "strained", "product ban": "strained"}
GRAVER = ("unknown", "calm", "strained", "hostile")
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Act:
    """What began a state: its day as written, what it was, and who says so.

    Attributes
    ----------
    start, end : ISO date, month or year; ``end`` is empty where no end was read.
    kind : of a break (``broken``, ``recalled``, ...) or the instrument of a case (``closure``, ...).
    state : what it means.
    title : the case's title or the reason of a break, in English.
    by : the economy that acted first, or empty.
    last_read : decimal year until which a source still speaks of it, where no end was read; None for no limit.
    """

    start: str
    end: str
    kind: str
    state: State
    title: str
    by: str
    last_read: float | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one state: decimal years, and the act that began it (None for calm or for no record)."""

    start: float
    end: float
    state: State
    act: Act | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One side of a relation over the years: ``envoys``, ``border`` or ``measures``."""

    ident: str
    segments: tuple[Segment, ...]

    @property
    def acts(self) -> tuple[Act, ...]:
        """What happened in it, by date, each once."""
        return tuple(dict.fromkeys(s.act for s in self.segments if s.act is not None))


def lanes(a: str, b: str, first: int, last: int) -> tuple[Lane, ...]:
    """The lanes of a pair from the beginning of ``first`` to the end of ``last``, to the month.

    Calm is said only where the list of breaks was read for that pair and holds nothing, and where no act shows that
    the two were apart when it begins; elsewhere, and after a recall or downgrade whose end was not read, there
    is no record. Broken relations last until a return was read. Closed
    borders are listed where one was found, and cases of the library are no census: such lanes are calm only between
    what was found, or never.

    Parameters
    ----------
    a, b : ISO alpha-3 codes.
    first, last : years.

    Examples
    --------
    >>> envoys, border, measures = lanes("IND", "PAK", 2000, 2023)
    >>> [(s.state, round(s.start, 1)) for s in envoys.segments][:3]
    [('calm', 2000.0), ('strained', 2002.0), ('calm', 2003.5)]
    """
    pair = {a, b}
    rows = [row for row in diplomatic_breaks() if {row.a, row.b} == pair]
    envoys = [_act_of_break(row) for row in rows if row.kind != "closed_border"]
    border = [_act_of_break(row) for row in rows if row.kind == "closed_border"]
    measures = [
        _act_of_case(case)
        for case in cases()
        if {case.origin, case.destination} == pair and case.instrument in OF_INSTRUMENT
    ]
    older = any(_year(act.start) < FIRST and (not act.end or _year(act.end) > FIRST) for act in (*border, *measures))
    was_read = rows or relevant_pairs().place(a, b) is not None
    listed: State = "calm" if was_read and not older else "unknown"
    never = {tuple(sorted(pair))} & {tuple(sorted(one)) for one in without_relations()}
    return (
        Lane("envoys", _segments(envoys, "hostile" if never else listed, first, last, read=True)),
        Lane("border", _segments(border, "calm" if border else "unknown", first, last, read=True)),
        Lane("measures", _segments(_once(measures), "unknown", first, last, read=False)),
    )


def _act_of_break(row: DiplomaticBreak) -> Act:
    lasting = row.returned or row.kind == "broken"
    read = None if lasting else _year(row.last_reading or row.start)
    by = row.initiator if row.initiator in (row.a, row.b) else ""
    return Act(row.start, row.returned, row.kind, OF_BREAK[row.kind], row.reason, by, read)


def _act_of_case(case: LibraryCase) -> Act:
    end = case.reopened or (str(case.until + 1) + "-01" if case.until else "")
    return Act(case.start, end, case.instrument, OF_INSTRUMENT[case.instrument], case.title, "", None)


def _once(acts: Iterable[Act]) -> list[Act]:
    """A case of both directions is one act."""
    return list(dict.fromkeys(acts))


def _segments(acts: Sequence[Act], otherwise: State, first: int, last: int, *, read: bool) -> tuple[Segment, ...]:
    """Stretches of equal state and act, by month; a list that was read ends on its last day, and began in its first."""
    horizon = min(last + 1, LISTED_UNTIL.year + LISTED_UNTIL.month / MONTHS) if read else last + 1
    months = range(first * MONTHS, round(max(horizon, first) * MONTHS))
    out: list[Segment] = []
    for month in months:
        at = (month + 0.5) / MONTHS
        state, act = _at(acts, otherwise if not read or at >= FIRST else "unknown", at)
        start, end = month / MONTHS, (month + 1) / MONTHS
        if out and (out[-1].state, out[-1].act) == (state, act):
            out[-1] = Segment(out[-1].start, end, state, act)
        else:
            out.append(Segment(start, end, state, act))
    return tuple(out)


def _at(acts: Sequence[Act], otherwise: State, at: float) -> tuple[State, Act | None]:
    """The gravest act that holds; after one without a known end there is no record until the next."""
    begun = sorted((act for act in acts if _year(act.start) <= at), key=lambda act: _year(act.start))
    holding = [act for act in begun if at < _end(act)]
    if holding:
        act = max(holding, key=lambda one: (GRAVER.index(one.state), _year(one.start)))
        return act.state, act
    if begun and not begun[-1].end:
        return "unknown", None
    return otherwise, None


def _end(act: Act) -> float:
    if act.end:
        return _year(act.end)
    if act.last_read is None:
        return float("inf")
    return max(act.last_read, _year(act.start) + 1 / MONTHS)


def _year(text: str) -> float:
    """A date as a decimal year; the middle of a month or year where no more is known."""
    day = first_day(text)
    return day.year + (day.timetuple().tm_yday - 1) / 365.25
