"""The list: mornings over clock changes and weekends, consent, trial, forgetting, bounces, safe exports."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest_edition import NOW, add
from detente.delivery import Outbox, OutboxRow
from detente.edition.settings import DeskSettings
from detente.edition.subscribers import Desk, Wish, checked_zone, export_list, import_list, next_morning, take_bounce
from detente.edition.subscribers.bounces import return_address
from detente.edition.subscribers.lists import person
from detente.errors import DataError, RecordError

T = NOW.timestamp()
ZONES = ["Europe/Madrid", "America/New_York", "Pacific/Auckland", "Pacific/Kiritimati", "America/Bogota", "UTC", "Asia/Kathmandu",
         "Australia/Lord_Howe"]  # fmt: skip


@pytest.mark.parametrize(
    ("now", "zone", "hour", "due"),
    [
        ("2026-03-27T09:00Z", "Europe/Madrid", 7, "2026-03-30T05:00Z"),  # over the weekend in which the clock changes
        ("2026-03-06T12:30Z", "America/New_York", 7, "2026-03-09T11:00Z"),
        ("2026-04-03T00:00Z", "Pacific/Auckland", 7, "2026-04-05T19:00Z"),
        ("2026-03-16T06:00Z", "America/Bogota", 7, "2026-03-16T12:00Z"),
        ("2026-03-16T13:00Z", "America/Bogota", 7, "2026-03-17T12:00Z"),
        ("2026-03-13T18:00Z", "Pacific/Kiritimati", 7, "2026-03-15T17:00Z"),  # Saturday there already
        ("2026-03-29T00:30Z", "Europe/Madrid", 2, "2026-03-30T00:00Z"),
    ],
)  # fmt: skip
def test_the_next_weekday_morning_where_the_reader_lives(now, zone, hour, due):
    found = next_morning(datetime.fromisoformat(now), zone, hour)
    assert found.due == datetime.fromisoformat(due)


@pytest.mark.property
@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from(ZONES), st.integers(0, 23))
def test_a_morning_is_a_weekday_ahead_and_ends_with_that_day(now, zone, hour):
    now = now.replace(tzinfo=UTC)
    found = next_morning(now, zone, hour)
    local = found.due.astimezone(ZoneInfo(zone))
    assert now <= found.due <= now + timedelta(days=4)
    assert local.weekday() < 5
    assert local.hour in (hour, hour + 1)  # one later where the clock jumps over it
    end = (found.expires - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert end.date() == local.date()


@pytest.mark.parametrize("name", ["Europe", "Europe/Madird", "../etc/passwd", "", "x" * 5000, "UTC\n"])
def test_a_zone_that_is_none_is_said(name):
    with pytest.raises(DataError):
        checked_zone(name)


def test_two_buttons_and_the_trial_runs_from_the_second(desk):
    _, token = desk.ask("Ana@Example.org", Wish("es", "America/Bogota", 6), T, "asked on the page")
    assert desk.ask("ana@example.org", Wish(), T + 1, "again") is None
    reader = desk.confirm(token, T + 60)
    assert (reader.state, reader.wish.zone, reader.email) == ("active", "America/Bogota", "Ana@example.org")
    assert reader.trial_until == T + 60 + 14 * 86_400
    assert "asked on the page" in reader.consent
    assert "confirmed 2026-03-16" in reader.consent
    assert desk.confirm(token, T + 120).trial_until == reader.trial_until  # pressed twice
    assert desk.confirm("nobody's", T) is None


def test_leaving_undoing_pausing_and_no_second_trial(desk):
    add(desk, "ana@example.org")
    reader = desk.find("email", "ana@example.org")
    assert desk.leave(reader.leave_token, T).state == "left"
    assert desk.undo(reader.leave_token, T).state == "active"
    assert desk.pause(reader.wish_token, T).state == "paused"
    assert desk.resume(reader.wish_token, T).state == "active"
    assert desk.leave(reader.wish_token, T) is None  # a token does one thing
    desk.leave(reader.leave_token, T)
    _, token = desk.ask("ana@example.org", Wish(), T + 30 * 86_400, "asked again")
    assert not desk.confirm(token, T + 30 * 86_400).entitled(T + 30 * 86_400)


def test_who_never_confirms_is_erased(desk):
    desk.ask("ana@example.org", Wish(), T, "asked")
    desk.tidy(T + 8 * 86_400)
    assert desk.find("email", "ana@example.org") is None


def test_forgetting_leaves_a_keyed_hash_and_nothing_else(desk):
    """Threat 10: the file is searched byte by byte."""
    add(desk, "ana.unmistakable@example.org")
    Outbox(desk.connection).enqueue("2026-03-16", "ana.unmistakable@example.org", due=T, kind="edition")
    assert desk.forget("Ana.Unmistakable@example.org", T)
    assert not desk.add("ana.unmistakable@example.org", Wish(), T, "from an old list")
    for name in ("desk.db", "desk.db-wal"):
        path = desk.path.with_name(name)
        assert b"unmistakable" not in (path.read_bytes() if path.exists() else b"").lower()


def test_an_export_runs_nothing_and_holds_no_token(desk):
    """Threat 9."""
    desk.add("=cmd@example.org", Wish(), T, '=HYPERLINK("http://evil")')
    reader = desk.find("email", "=cmd@example.org")
    text = export_list(desk)
    assert next(csv.DictReader(io.StringIO(text)))["consent"].startswith("'=")
    assert "\n=" not in text
    assert reader.leave_token not in text
    assert reader.leave_token not in person(desk, "=cmd@example.org")


def test_a_list_comes_in_whole_or_not_at_all(desk, tmp_path):
    good = tmp_path / "good.csv"
    good.write_text(
        "email,consent,zone\nana@example.org,by letter 3 March,America/Bogota\nluis@example.org,at the desk,\n"
    )
    assert import_list(desk, good, T).added == 2
    assert import_list(desk, good, T).left == 2
    bad = tmp_path / "bad.csv"
    bad.write_text('email,consent\neva@example.org,yes\n"a@x.org, b@y.org",yes\nivo@example.org,\n')
    with pytest.raises(RecordError) as wrong:
        import_list(desk, bad, T)
    assert len(wrong.value.problems) == 2
    assert desk.find("email", "eva@example.org") is None


def report(to: str, status: str, action: str = "failed") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mailer-daemon@example.com", to, "Undelivered"
    message.set_content("It did not arrive.")
    message.make_mixed()
    message.attach(
        _status(
            f"Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; x\nAction: {action}\nStatus: {status}\n"
        )
    )
    message.replace_header("Content-Type", "multipart/report; report-type=delivery-status")
    return message.as_bytes()


def _status(text: str):
    from email import message_from_string

    return message_from_string(f"Content-Type: message/delivery-status\n\n{text}")


def test_bounces_are_matched_by_a_mark_that_nobody_else_can_make(desk):
    add(desk, "ana@example.org")
    outbox = Outbox(desk.connection)
    outbox.enqueue("2026-03-16", "ana@example.org", due=T, kind="edition")
    row = OutboxRow(1, "", "edition", "ana@example.org", "<a@b>", None, T, None, 0)
    back = return_address(desk, row, "bounce", "example.org").text
    assert take_bounce(desk, report("bounce+1-0123456789@example.org", "5.1.1"), T).kind == "none"
    holiday = f"To: {back}\nAuto-Submitted: auto-replied\nSubject: Away\n\nBack on Monday. 5.1.1\n".encode()
    assert take_bounce(desk, holiday, T).kind == "none"
    assert take_bounce(desk, report(back, "4.2.2", "delayed"), T).kind == "later"
    assert take_bounce(desk, report(back, "5.7.1"), T).kind == "later"
    assert desk.find("email", "ana@example.org").state == "active"
    assert take_bounce(desk, report(back, "5.1.1"), T).kind == "gone"
    assert desk.find("email", "ana@example.org").state == "bounced"
    assert not desk.add("ana@example.org", Wish(), T, "again")


def test_four_failures_in_two_weeks_are_one_too_many(desk):
    add(desk, "ana@example.org")
    Outbox(desk.connection).enqueue("2026-03-16", "ana@example.org", due=T, kind="edition")
    back = return_address(desk, OutboxRow(1, "", "", "", "", None, T, None, 0), "bounce", "example.org").text
    old = [take_bounce(desk, report(back, "4.4.1"), T - 30 * 86_400).kind for _ in range(3)]
    new = [take_bounce(desk, report(back, "4.4.1"), T + day * 86_400).kind for day in range(4)]
    assert (old, new) == (["later"] * 3, ["later"] * 3 + ["gone"])


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe" * 100, b"To: a\n" * 2000, b"Content-Type: message/delivery-status\n\n\n"]
)
def test_whatever_comes_back_is_taken(desk, raw):
    assert take_bounce(desk, raw, T).kind == "none"


def test_a_wish_that_cannot_be_met_is_said(desk):
    for wish in (Wish("xx"), Wish("en", "Nowhere"), Wish("en", "UTC", 24)):
        with pytest.raises(DataError):
            desk.ask("ana@example.org", wish, T, "asked")
    with pytest.raises(DataError, match="consent"):
        desk.add("ana@example.org", Wish(), T, " ")


def test_free_editions_ask_for_no_payment(tmp_path):
    with Desk(tmp_path / "free.db", DeskSettings(trial_days=0, free=True)) as desk:
        add(desk, "ana@example.org")
        assert desk.find("email", "ana@example.org").entitled(T, free=True)
        assert desk.stats(T)["entitled"] == 1
    assert date(2026, 3, 16).weekday() == 0
