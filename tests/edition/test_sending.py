"""An edition goes to who may have it when its time has come: over asleep machines, ended trials and bad servers."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from conftest_edition import NOW, add
from detente.delivery import DeliveryOutcome, Reply
from detente.edition import Subject, make
from detente.edition.making import Order
from detente.edition.sending import due, queue, send
from detente.errors import UnreadableFile, UsageError
from local_mail import mail_server

T = NOW.timestamp()
HOUR, DAY = 3_600.0, 86_400.0


class Line:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, str, bytes]] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def send(self, sender, to, message):
        self.mails.append((sender.text, to.text, message))
        return Reply(DeliveryOutcome.SENT, "250 kept")


@pytest.fixture(scope="module")
def folder(quick_run, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    make([Subject(quick_run)], out, Order(date(2026, 3, 16), voice="none"))
    return out / "2026-03-16"


def sent(desk, settings, at: float) -> list[str]:
    line = Line()
    due(desk, settings, clock=lambda: at, connection=line)
    return [to for _, to, _ in line.mails]


def test_each_reader_has_it_in_their_own_morning_and_once(desk, settings, folder):
    add(desk, "ana@example.org", "America/Bogota")
    add(desk, "eva@example.org", "Europe/Madrid", 8)
    assert queue(folder, desk, settings, NOW).added == 2
    assert queue(folder, desk, settings, NOW).added == 0
    assert sent(desk, settings, T) == []
    assert sent(desk, settings, T + 1 * HOUR) == ["eva@example.org"]
    assert sent(desk, settings, T + 6 * HOUR) == ["ana@example.org"]
    assert sent(desk, settings, T + 7 * HOUR) == []


def test_a_machine_asleep_for_two_days_sends_nothing_old(desk, settings, folder):
    add(desk, "ana@example.org", "America/Bogota")
    queue(folder, desk, settings, NOW)
    assert sent(desk, settings, T + 2 * DAY) == []
    assert dict(desk.connection.execute("SELECT recipient, state FROM outbox").fetchall()) == {
        "ana@example.org": "expired"
    }


def test_what_changes_between_queue_and_morning_counts(desk, settings, folder):
    for name in ("trial", "left", "paused", "forgotten", "stays"):
        add(desk, f"{name}@example.org")
    queue(folder, desk, settings, NOW)
    desk.connection.execute("UPDATE subscriber SET trial_until = ? WHERE email LIKE 'trial%'", (T + 60,))
    desk.leave(desk.find("email", "left@example.org").leave_token, T)
    desk.pause(desk.find("email", "paused@example.org").wish_token, T)
    desk.forget("forgotten@example.org", T)
    assert sent(desk, settings, T + 1.5 * HOUR) == ["stays@example.org"]


def test_who_is_past_trial_and_payment_is_not_queued(desk, settings, folder):
    add(desk, "ana@example.org")
    add(desk, "paid@example.org", paid_until=T + 100 * DAY)
    desk.connection.execute("UPDATE subscriber SET trial_until = 0")
    found = queue(folder, desk, settings, NOW)
    assert (found.added, found.unpaid) == (1, 1)


def test_a_mail_in_bytes(desk, settings, folder):
    """Headers that programs act on stand plainly in the bytes; strict parsing finds no defect; the links are the reader's."""
    add(desk, "ana@example.org", "America/Bogota", language="es")
    queue(folder, desk, settings, NOW, at_once=True)
    line = Line()
    due(desk, settings, clock=lambda: T, connection=line)
    ((sender, to, raw),) = line.mails
    reader = desk.find("email", "ana@example.org")
    assert re.fullmatch(r"bounce\+1-[0-9a-f]{10}@example\.org", sender)
    assert f"List-Unsubscribe: <https://desk.example.org/leave/{reader.leave_token}>\r\n".encode() in raw
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    message = email.message_from_bytes(raw, policy=email.policy.strict)
    assert message["To"] == to == "ana@example.org"
    assert len(raw) < 100_000
    text, html = (part.get_content() for part in message.iter_parts())
    assert "así están las cosas" in text
    for part in (text, html):
        assert f"https://desk.example.org/me/{reader.wish_token}" in part
        assert "<img" not in part
    assert not re.search(r"(utm_|open\.|pixel|/click)", html)


def test_nobody_is_sent_what_they_could_not_stop(desk, settings, folder):
    with pytest.raises(UsageError, match="subscribe"):
        queue(folder, desk, replace(settings, site=replace(settings.site, subscribe="")), NOW)
    with pytest.raises(UsageError, match="days old"):
        queue(folder, desk, settings, NOW.replace(month=4))


def test_what_is_sent_is_what_was_frozen(desk, settings, quick_run, tmp_path):
    make([Subject(quick_run)], tmp_path, Order(date(2026, 3, 16), voice="none"))
    page = tmp_path / "2026-03-16" / "mail.html"
    page.write_text(page.read_text() + "<p>more</p>")
    with pytest.raises(UnreadableFile, match="SHA-256"):
        queue(tmp_path / "2026-03-16", desk, settings, NOW)


def test_a_real_server_refuses_and_the_address_is_given_up(desk, settings, folder, tmp_path):
    for name in ("ok1", "a550", "a451", "ok2"):
        add(desk, f"{name}@example.com")
    queue(folder, desk, settings, NOW, at_once=True)
    with mail_server(tmp_path / "kept") as (kept, server), server.connect() as line:
        done = due(desk, settings, clock=lambda: T, connection=line)
        assert done.states == {"sent": 2, "failed": 1, "queued": 1}
        assert set(kept.taken()) == {"ok1@example.com", "ok2@example.com"}
    assert desk.find("email", "a550@example.com").state == "bounced"
    assert desk.find("email", "a451@example.com").state == "active"


def test_one_copy_to_see_it_first(settings, folder, tmp_path):
    with mail_server(tmp_path / "kept") as (kept, server):
        mine = replace(settings, mail=replace(settings.mail, host=server.host, port=server.port))
        assert send(folder, "me@example.com", mine, language="es").outcome is DeliveryOutcome.SENT
        assert kept.taken() == {"me@example.com": 1}
