"""The bytes of a mail, parsed back strictly."""

from __future__ import annotations

import email
from datetime import UTC, datetime
from email import policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.delivery import Address, Mail, new_message_id, short_subject
from detente.errors import DataError

TOKEN = "https://desk.example.org/u/" + "k" * 180
STRICT = policy.strict.clone(raise_on_defect=True) if hasattr(policy.strict, "clone") else policy.strict


def mail(**changed: Any) -> Mail:
    given: dict[str, Any] = {
        "sender": Address.of("desk@example.org"), "sender_name": "La Mesa, Ñandú", "to": Address.of("ana@example.com"),
        "subject": "Exports to Bolivia: −12%", "text": "Exports fell by −12%.\n.\n.dot\n", "html": "<p>Exports <b>−12%</b></p>",
        "message_id": "<abc123@example.org>", "date": datetime(2026, 11, 30, 7, 0, tzinfo=UTC), "unsubscribe": TOKEN,
        "headers": {"List-Id": "andes <andes.example.org>"},
    }  # fmt: skip
    return Mail(**{**given, **changed})


def test_a_mail_is_read_back_as_it_was_meant() -> None:
    raw = mail().to_bytes()
    read = email.message_from_bytes(raw, policy=policy.SMTP.clone(raise_on_defect=True))
    assert read["from"].addresses[0].addr_spec == "desk@example.org"
    assert read["from"].addresses[0].display_name == "La Mesa, Ñandú"
    assert [a.addr_spec for a in read["to"].addresses] == ["ana@example.com"]
    assert read["subject"] == "Exports to Bolivia: −12%"
    assert read["message-id"] == "<abc123@example.org>"
    assert read["date"].datetime == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    parts = {part.get_content_type(): part for part in read.walk() if not part.is_multipart()}
    assert list(parts) == ["text/plain", "text/html"]
    assert parts["text/plain"].get_content().replace("\r\n", "\n") == "Exports fell by −12%.\n.\n.dot\n"
    assert "−12%" in parts["text/html"].get_content()


def test_the_bytes_are_what_relays_and_programs_need() -> None:
    raw = mail().to_bytes()
    lines = raw.split(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 998
    assert raw.isascii()
    assert f"List-Unsubscribe: <{TOKEN}>".encode() in lines, "on one line, not encoded"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert b"List-Id: andes <andes.example.org>" in lines
    assert raw.count(b"quoted-printable") == 2
    assert b"8bit" not in raw
    assert b"base64" not in raw
    assert not [line for line in lines if line == b"Subject:"]
    assert raw == mail().to_bytes(), "nothing of the clock and nothing random"


@pytest.mark.parametrize("field", ["subject", "text", "sender_name", "html"])
@pytest.mark.parametrize(
    "bad",
    [
        "x\r\nBcc: all@example.org",
        "x\nBcc: all@example.org",
        "x\u2028Bcc: all@example.org",
        "\x1b[2J\x00",
        "\ud800",
        "\u202egnp",
    ],
)
def test_nothing_written_becomes_a_header(field: str, bad: str) -> None:
    raw = mail(**{field: bad}).to_bytes()
    read = email.message_from_bytes(raw, policy=policy.SMTP)
    assert read["bcc"] is None
    assert sorted(set(map(str.lower, read.keys()))) == sorted(
        ["from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post", "list-id",
         "mime-version", "content-type"]
    )  # fmt: skip
    assert "\u202e" not in read["subject"]


@pytest.mark.parametrize(
    "changed",
    [
        {"message_id": "abc"}, {"message_id": "<a@b>\r\nBcc: x@example.org"}, {"message_id": "<a b@c>"},
        {"headers": {"Bcc": "x@example.org"}}, {"headers": {"X-A": "b\r\nBcc: c"}}, {"headers": {"X-A": "é"}},
        {"headers": {"X A": "b"}}, {"unsubscribe": "javascript:alert(1)"}, {"unsubscribe": "https://a/>,<mailto:x@y>"},
        {"unsubscribe": "https://a/\r\nBcc: x"}, {"date": datetime(2026, 11, 30)}, {"html": "x" * 100_001},
    ],
)  # fmt: skip
def test_what_cannot_be_a_header_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        mail(**changed).to_bytes()


@pytest.mark.property
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
def test_any_text_gives_a_mail_that_parses(subject: str, text: str, name: str) -> None:
    raw = mail(subject=subject, text=text, sender_name=name).to_bytes()
    read = email.message_from_bytes(raw, policy=policy.SMTP)
    assert not read.defects
    assert len(read.get_all("to")) == len(read.get_all("subject") or [""]) == 1
    assert [a.addr_spec for a in read["from"].addresses] == ["desk@example.org"]
    assert len(short_subject(subject)) <= 60


def test_message_ids_tell_nothing_and_differ() -> None:
    made = {new_message_id("example.org") for _ in range(100)}
    assert len(made) == 100
    assert all(one.endswith("@example.org>") and len(one) < 60 for one in made)
