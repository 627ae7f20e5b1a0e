"""The state of a relation in words and strips: what the lists say of envoys, the border and measures on trade."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detente.answer.facts import Flagged, spread_flags
from detente.answer.pairs.lanes import GRAVER, Act, Lane, Segment
from detente.charts.gap import Flag
from detente.charts.lanes import Strip, StripLane, draw_lanes
from detente.language import Catalogue


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act in words: the lane, from when, until when or empty, what, and why in the language of the list."""

    lane: str
    start: str
    end: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class RelationPicture:
    """The strips for a desk and for a phone, what they show in a sentence, and every act in words."""

    wide: str
    narrow: str
    alt: str
    rows: Sequence[ActRow]


def relation_picture(
    lanes: Sequence[Lane],
    words: Catalogue,
    name: Callable[[str], str],
    years: tuple[int, int],
    ident: str,
    present: Sequence[Lane] = (),
) -> RelationPicture | None:
    """The lanes in the words of a language; None where the lists hold nothing on the pair.

    Parameters
    ----------
    name : economy code to its name within a sentence.
    years : first and last of the chart above.
    ident : what the page calls the picture.
    present : the lanes to the day on which the lists were read: what is said of today, and the acts, are theirs.
    """
    today = {lane.ident: lane for lane in (present or lanes)}
    shown = [lane for lane in lanes if any(s.state != "unknown" for s in lane.segments)]
    if not shown:
        return None
    rows = [_strips(lane, words, name, today[lane.ident]) for lane in shown]
    acts = [_row(lane, act, words, name) for lane in shown for act in today[lane.ident].acts]
    alt = " ".join(f"{row.name} {row.now}." for row in rows)
    return RelationPicture(
        draw_lanes(rows, *years, f"{ident}-w"), draw_lanes(rows, *years, f"{ident}-n", compact=True), alt, acts
    )


def relation_lines(lanes: Sequence[Lane], words: Catalogue, name: Callable[[str], str]) -> tuple[str, ...]:
    """How the two stand by the lists, a line a lane that they say something of, and every act below it; none for nothing."""
    found: list[str] = []
    for lane in lanes:
        if all(s.state == "unknown" for s in lane.segments):
            continue
        strip = _strips(lane, words, name, lane)
        found.append(f"{strip.name} {strip.now}.")
        acts = [_row(lane, act, words, name) for act in lane.acts]
        found += [f"  {row.start}{f' – {row.end}' if row.end else ''}: {row.what}. {row.reason}" for row in acts]
    return tuple(found)


def flags_of(lanes: Sequence[Lane], words: Catalogue, reach: tuple[float, float]) -> list[Flag]:
    """The gravest acts, far enough apart for their words above a chart."""
    found = []
    for lane in lanes:
        for segment in lane.segments:
            act = segment.act
            if act is None or not reach[0] <= segment.start <= reach[1]:
                continue
            when = words.date(act.start[:7])
            flag = Flag(segment.start, when, words.known("act", act.kind))
            found.append(Flagged((-GRAVER.index(act.state), lane.ident != "measures", segment.start), flag))
    return spread_flags(found)


def _strips(lane: Lane, words: Catalogue, name: Callable[[str], str], today: Lane) -> StripLane:
    last = next((s for s in reversed(today.segments) if s.state != "unknown"), today.segments[-1])
    strips = [
        Strip(s.start, s.end, s.state, words(f"lane.{_word(lane, s)}"), _tip(lane, s, words, name))
        for s in lane.segments
    ]
    return StripLane(words(f"lane.{lane.ident}"), _now(today, last, words), strips)


def _word(lane: Lane, segment: Segment) -> str:
    if segment.act is not None:
        return f"{lane.ident}_{segment.state}"
    return "calm_between" if segment.state == "calm" and lane.acts else segment.state


def _now(lane: Lane, last: Segment, words: Catalogue) -> str:
    """How things stand at the end of the lane."""
    if lane.segments[-1].state == "unknown":
        act = lane.acts[-1] if lane.acts else None
        if act is None or act.end:
            return words("lane.now_unknown")
        return words("lane.now_unread", what=words.known("act", act.kind), when=words.date(act.start[:7]))
    if last.act is None and last.state == "hostile":
        return words("lane.now_never")
    if last.act is None:
        before = lane.acts[-1].end if lane.acts else ""
        return words("lane.now_restored", when=words.date(before[:7])) if before else words("lane.now_calm")
    return words("lane.now", what=words.known("act", last.act.kind), when=words.date(last.act.start[:7]))


def _tip(lane: Lane, segment: Segment, words: Catalogue, name: Callable[[str], str]) -> str:
    if segment.act is None:
        return words(f"lane.{segment.state}_tip")
    row = _row(lane, segment.act, words, name)
    return f"{row.start}{f' – {row.end}' if row.end else ''}: {row.what}. {row.reason}"


def _row(lane: Lane, act: Act, words: Catalogue, name: Callable[[str], str]) -> ActRow:
    what = words.known("act", act.kind)
    if act.by:
        what = words("lane.by", what=what, a=name(act.by))
    end = words.date(act.end) if act.end else "" if act.last_read is None else words("lane.end_unread")
    about = words.known("rupture", act.title)
    return ActRow(words(f"lane.{lane.ident}"), words.date(act.start), end, what, about[:1].upper() + about[1:])
