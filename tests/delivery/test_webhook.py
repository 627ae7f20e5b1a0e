"""A signed POST goes to where it was checked to go, and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from typing import Any

import pytest

from detente.delivery import DeliveryOutcome, Webhook
from detente.delivery.webhook import is_public
from detente.errors import SpecificationError
from local_hook import receiver

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "whsec_" + base64.b64encode(SECRET).decode())


def test_a_message_arrives_signed() -> None:
    body = json.dumps({"schema_version": 1}).encode()
    with receiver() as (url, seen, context):
        reply = Webhook(url, "HOOK", allow_private=True, context=context).post("msg_1", body, 1_764_500_000)
    assert reply.outcome is DeliveryOutcome.SENT
    ((path, headers, got),) = seen
    assert (path, got) == ("/hook?a=1", body)
    head = {name.lower(): value for name, value in headers.items()}
    assert head["webhook-id"] == "msg_1"
    assert head["webhook-timestamp"] == "1764500000"
    signed = hmac.new(SECRET, b"msg_1.1764500000." + body, hashlib.sha256).digest()
    assert head["webhook-signature"] == "v1," + base64.b64encode(signed).decode()


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, "sent"), (429, "later"), (503, "later"), (400, "refused"), (410, "refused"), (301, "refused"), (307, "refused"),
     (0, "doubtful")],
)  # fmt: skip
def test_answers_are_told_apart_and_nothing_is_followed(status: int, outcome: str) -> None:
    with receiver() as (other, seen_there, _), receiver(status, other) as (url, seen, context):
        reply = Webhook(url, "HOOK", allow_private=True, context=context).post("m", b"{}", 1)
    assert reply.outcome.value == outcome
    assert (len(seen), seen_there) == (1, [])


def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    with receiver() as (url, seen, context):
        for address in (url, url.replace("localhost", "127.0.0.1")):
            reply = Webhook(address, "HOOK", context=context).post("m", b"{}", 1)
            assert reply.outcome is DeliveryOutcome.REFUSED
            assert "public internet" in reply.text
    assert seen == []


def test_a_name_that_means_another_address_in_between_is_not_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    with receiver() as (url, seen, context):
        port = int(url.split(":")[2].split("/")[0])

        def answers(host: str, *_: Any, **__: Any) -> list[Any]:
            asked.append(host)
            address = "93.184.215.14" if len(asked) == 1 else "127.0.0.1"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        reached = []

        def no_network(address: tuple[str, int], *_: Any, **__: Any) -> Any:
            reached.append(address)
            raise OSError("no network here")

        monkeypatch.setattr(socket, "getaddrinfo", answers)
        monkeypatch.setattr(socket, "create_connection", no_network)
        reply = Webhook(url, "HOOK", context=context).post("m", b"{}", 1)
    assert reply.outcome is DeliveryOutcome.LATER
    assert reached == [("93.184.215.14", port)]
    assert (asked, seen) == (["localhost"], [])


def test_one_private_address_among_public_ones_refuses_all(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert Webhook("https://example.org/", "HOOK").post("m", b"{}", 1).outcome is DeliveryOutcome.REFUSED


def test_an_unknown_certificate_is_not_taken() -> None:
    with receiver() as (url, seen, _):
        reply = Webhook(url, "HOOK", allow_private=True).post("m", b"{}", 1)
    assert reply.outcome is DeliveryOutcome.LATER
    assert seen == []


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "10.1.2.3", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1",
     "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0",
     "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
     "2001:db8::1", "fec0::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_that_are(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://", "https://u:p@example.org/", "https://example.org/#x", "ftp://example.org/",
     "file:///etc/passwd", "https://example.org/\r\nX: y", "https://exa mple.org/", "https://example.org:99999/",
     "https://example.org:0x50/", "gopher://x", "", "https://[::1", "https://exämple.org/"],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook(url: str) -> None:
    with pytest.raises(SpecificationError, match="webhook"):
        Webhook(url, "HOOK")


@pytest.mark.parametrize("written", ["", "whsec_", "whsec_c2hvcnQ=", "not base64!"])
def test_a_secret_is_there_and_long_enough(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", written)
    with pytest.raises(SpecificationError, match="'HOOK'"):
        Webhook("https://example.org/", "HOOK").post("m", b"{}", 1)
