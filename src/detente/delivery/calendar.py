"""Dated events as a calendar that any program imports (iCalendar, RFC 5545)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from detente.errors import DataError
from detente.language.controls import clean

LINE = 75  # octets a line, its end not counted (3.1)
UNIVERSAL = (
    "BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0000", "TZOFFSETTO:+0000",
    "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
"""A calendar needs one component (3.4): programs refuse a file without any, which is what no events would give."""


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """Something on one day.

    Attributes
    ----------
    uid : the same in every version, unique in the world (``name@host``).
    day : the first day.
    summary : one line.
    last : the last day, if there are several.
    description : plain text.
    url : of the page about it.
    """

    uid: str
    day: date
    summary: str
    last: date | None = None
    description: str = ""
    url: str = ""


def ics(name: str, events: Sequence[DatedEvent], stamp: datetime, *, language: str = "en") -> bytes:
    """The events as one calendar called ``name``.

    Parameters
    ----------
    stamp : when this version was made; the same stamp gives the same bytes.

    Raises
    ------
    DataError
        The stamp has no zone, or an event ends before it begins.
    """
    if stamp.tzinfo is None:
        raise DataError("The stamp of a calendar needs its zone.", fix="Give datetime(..., tzinfo=UTC).")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//detente//edition//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}"]
    lines += [] if events else UNIVERSAL
    for event in events:
        lines += _lines(event, stamp.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"), language)
    return "".join(_folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"]).encode()


def _lines(event: DatedEvent, stamp: str, language: str) -> list[str]:
    last = event.last or event.day
    if last < event.day:
        raise DataError(f"'{event.summary}' ends on {last}, before it begins on {event.day}.", fix="Swap the days.")
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_escaped(event.uid)}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY;LANGUAGE={language}:{_escaped(event.summary)}",
        "TRANSP:TRANSPARENT",
    ]
    if event.description:
        lines.append(f"DESCRIPTION;LANGUAGE={language}:{_escaped(event.description, lines=True)}")
    if event.url:
        if not event.url.startswith(("https://", "http://")) or not event.url.isprintable() or " " in event.url:
            raise DataError(f"{event.url[:80]!r} cannot be the page of an event.", fix="Give an https address.")
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _escaped(text: str, *, lines: bool = False) -> str:
    """Text as a value (3.3.11): no line of a record becomes a line of the calendar."""
    text = clean(text, lines=lines).encode("utf-8", "replace").decode()
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """At most 75 octets a line, no character cut apart."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += width
    return "\r\n".join(parts)
