"""The commands that send: to one address, to the list, what is due, what came back; each refusal is in words."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from detente.cli.app import run
from detente.delivery import Outbox, OutboxRow
from detente.edition import Subject, make
from detente.edition.making import Order
from detente.edition.subscribers import Desk, Wish
from detente.edition.subscribers.bounces import return_address
from local_mail import mail_server

TOML = """
[site]
url = "https://edition.example.org/"
subscribe = "https://desk.example.org/"
[mail]
sender = "desk@example.org"
"""
CAME_BACK = """From: mailer-daemon@example.com
To: {to}
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It did not arrive.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; x
Action: failed
Status: 5.1.1

--x--
"""


@pytest.fixture(scope="module")
def edition(quick_run, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("site")
    make([Subject(quick_run)], out, Order(date.today(), voice="none"))
    (out / "edition.toml").write_text(TOML, encoding="utf-8")
    return next(p for p in out.iterdir() if p.is_dir() and (p / "manifest.json").is_file())


@pytest.fixture
def readers(tmp_path, settings) -> str:
    path = tmp_path / "desk.db"
    with Desk(path, settings.desk) as desk:
        for name in ("ana", "eva"):
            assert desk.add(f"{name}@example.org", Wish("en", "UTC", 7), time.time(), "by letter")
    return str(path)


def test_an_edition_goes_out_once(edition, readers, tmp_path, capsys):
    send = ["edition", "send", str(edition), "--list", readers]
    assert run([*send, "--dry-run"]) == 0
    assert "2 readers would have it; nothing was queued" in capsys.readouterr().out
    with mail_server(tmp_path / "kept") as (kept, server):
        smtp = ["--smtp", f"localhost:{server.port}"]
        assert run(["edition", "send", str(edition), "--to", "me@example.org", "--lang", "es", *smtp]) == 0
        assert run([*send, "--now", *smtp]) == 0
        assert "Queued for 2; 0 had it already; 0 are past trial" in capsys.readouterr().out
        assert run(["edition", "due", "--list", readers, *smtp]) == 0  # settings of the site last sent from
        assert "nothing was due" in capsys.readouterr().out
        assert run([*send, "--now", *smtp]) == 0
        assert "Queued for 0; 2 had it already" in capsys.readouterr().out
        assert kept.taken() == {"me@example.org": 1, "ana@example.org": 1, "eva@example.org": 1}


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ([], 2, "Nobody is named to send it to"),
        (["--to", "me@example.org", "--smtp", "mail.example.org:25"], 2, "is not a mail server on this machine"),
        (["--to", "me@example.org", "--smtp", "localhost:many"], 2, "is not a mail server on this machine"),
        (["--to", "me@example.org", "--smtp", "localhost:99999"], 2, "is not a mail server on this machine"),
        (["--to", "me@example.org", "--smtp", "localhost:1"], 2, "It did not go out"),
        (["--to", "a@x.org, b@evil.org", "--smtp", "localhost:1"], 3, "not one mail address"),
    ],
)
def test_what_cannot_go_out_is_said(edition, capsys, more, code, says):
    assert run(["edition", "send", str(edition), *more]) == code
    err = capsys.readouterr().err
    assert says in err
    assert "bug in detente" not in err


def test_what_came_back_is_taken_from_files_and_folders(readers, tmp_path, settings, capsys):
    box = tmp_path / "box"
    box.mkdir()
    with Desk(Path(readers), settings.desk) as desk:
        Outbox(desk.connection).enqueue("2026-03-16", "ana@example.org", due=time.time(), kind="edition")
        row = OutboxRow(1, "", "edition", "ana@example.org", "<a@b>", None, time.time(), None, 0)
        back = return_address(desk, row, "bounce", "example.org").text
    (box / "1").write_text(CAME_BACK.format(to=back), encoding="utf-8")
    (box / "2").write_bytes(b"\xff\xfe no mail at all")
    assert run(["edition", "bounces", "--list", readers, str(box), str(box / "2")]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3
    with Desk(Path(readers), settings.desk) as desk:
        assert desk.find("email", "ana@example.org").state == "bounced"
        assert desk.find("email", "eva@example.org").state == "active"


def test_readers_pages_need_their_public_address(readers, capsys):
    assert run(["edition", "serve", "--list", readers]) == 2
    assert "public address is not said" in capsys.readouterr().err
    assert run(["edition", "serve", "--list", readers, "--public-url", "http://example.org/x"]) == 2
    assert "is not a public address" in capsys.readouterr().err
