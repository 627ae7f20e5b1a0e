"""Calendars as a calendar program reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from detente.delivery import DatedEvent, ics
from detente.errors import DataError
from detente.language.controls import clean

STAMP = datetime(2026, 11, 30, 7, tzinfo=UTC)


def test_events_are_read_back() -> None:
    long = "Elección presidencial; " * 12 + "fin, con coma"
    raw = ics(
        "The desk",
        [
            DatedEvent("e1@example.org", date(2027, 1, 10), long, description="One\nTwo", url="https://example.org/e1"),
            DatedEvent("e2@example.org", date(2027, 2, 27), "Talks", last=date(2027, 3, 1)),
        ],
        STAMP,
        language="es",
    )
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    one, two = Calendar.from_ical(raw).walk("VEVENT")
    assert one["summary"] == clean(long)
    assert one["description"] == "One\nTwo"
    assert (one["dtstart"].dt, one["dtend"].dt) == (date(2027, 1, 10), date(2027, 1, 11))
    assert (two["dtstart"].dt, two["dtend"].dt) == (date(2027, 2, 27), date(2027, 3, 2)), "the end is the day after"
    assert str(one["url"]) == "https://example.org/e1"


@pytest.mark.property
@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_becomes_a_line_of_the_calendar(summary: str, description: str) -> None:
    raw = ics(summary, [DatedEvent("u@x", date(2027, 1, 1), summary, description=description)], STAMP)
    read = Calendar.from_ical(raw)
    (event,) = read.walk("VEVENT")
    assert set(event) <= {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "TRANSP", "DESCRIPTION"}
    expected = clean(summary).encode("utf-8", "replace").decode()
    assert event["summary"] == expected
    assert max(map(len, raw.split(b"\r\n"))) <= 75


def test_an_injected_line_is_text() -> None:
    raw = ics("x", [DatedEvent("u@x", date(2027, 1, 1), "a\r\nATTENDEE:mailto:b@x\u2028END:VEVENT")], STAMP)
    assert b"\r\nATTENDEE" not in raw
    assert raw.count(b"\r\nEND:VEVENT\r\n") == 1


def test_what_makes_no_event_is_refused() -> None:
    with pytest.raises(DataError, match="before it begins"):
        ics("x", [DatedEvent("u@x", date(2027, 1, 2), "s", last=date(2027, 1, 1))], STAMP)
    with pytest.raises(DataError, match="zone"):
        ics("x", [], datetime(2026, 1, 1))
    with pytest.raises(DataError, match="page"):
        ics("x", [DatedEvent("u@x", date(2027, 1, 2), "s", url="javascript:alert(1)")], STAMP)


def test_a_calendar_without_events_is_one_that_programs_take() -> None:
    """RFC 5545 3.4: a calendar holds at least one component; 3.6.5 says what a zone needs."""
    read = Calendar.from_ical(ics("Nothing ahead", [], datetime(2026, 11, 30, tzinfo=UTC)))
    assert [part.name for part in read.subcomponents] == ["VTIMEZONE"]
    assert read.walk("VEVENT") == []
    assert {"TZOFFSETFROM", "TZOFFSETTO", "DTSTART"} <= set(read.walk("STANDARD")[0])
