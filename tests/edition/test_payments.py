"""Stripe's messages: only signed ones, of now, once each, in any order; nothing about cards."""

from __future__ import annotations

import hashlib
import hmac
import json
import random

import pytest

from conftest_edition import NOW, add
from detente.edition.payments.stripe import Stripe
from detente.edition.settings import EditionSettings, PaySettings
from detente.errors import RecordError

T = int(NOW.timestamp())
SECRET = "whsec_test"
YEAR = 365 * 86_400


@pytest.fixture
def stripe(monkeypatch) -> Stripe:
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRET", SECRET)
    return Stripe(PaySettings("stripe"))


def signed(raw: bytes, at: int = T, secret: str = SECRET, scheme: str = "v1") -> str:
    mark = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return f"t={at},{scheme}={mark}"


def event(kind: str, thing: dict, ident: str = "", created: int = T) -> bytes:
    return json.dumps(
        {"id": ident or f"evt_{kind}_{created}", "type": kind, "created": created, "data": {"object": thing}}
    ).encode()


def take(stripe, desk, raw: bytes, signature: str | None = None) -> int:
    return stripe.take(desk, raw, signed(raw) if signature is None else signature, T)[0]


def until(desk) -> float:
    return desk.find("email", "ana@example.org").paid_until


def life(reader: int) -> list[bytes]:
    """Checkout, two paid years, an update, in their order."""
    bill = lambda end: {"customer": "cus_1", "lines": {"data": [{"period": {"end": end}}]}}  # noqa: E731  # one expression
    end = lambda at: {"data": [{"current_period_end": at}]}  # noqa: E731  # one expression
    return [
        event("checkout.session.completed", {"customer": "cus_1", "client_reference_id": str(reader)}, created=T),
        event("invoice.paid", bill(T + YEAR), created=T + 1),
        event("customer.subscription.updated", {"customer": "cus_1", "status": "active", "items": end(T + YEAR)}, created=T + 2),
        event("invoice.paid", bill(T + 2 * YEAR), created=T + YEAR),
        event("customer.subscription.updated", {"customer": "cus_1", "status": "active", "items": end(T + 2 * YEAR)}, created=T + YEAR + 1),
    ]  # fmt: skip


@pytest.mark.property
@pytest.mark.parametrize("seed", range(12))
def test_the_same_end_in_any_order_and_however_often(stripe, desk, seed):
    add(desk, "ana@example.org")
    messages = life(desk.find("email", "ana@example.org").id)
    told = messages * 2
    random.Random(seed).shuffle(told)
    assert {take(stripe, desk, raw) for raw in told} == {200}
    assert until(desk) == T + 2 * YEAR


def test_an_end_stands_against_an_older_update(stripe, desk):
    add(desk, "ana@example.org")
    for raw in life(desk.find("email", "ana@example.org").id):
        take(stripe, desk, raw)
    ended = {"customer": "cus_1", "status": "canceled", "ended_at": T + YEAR + 9}
    take(stripe, desk, event("customer.subscription.deleted", ended, created=T + YEAR + 9))
    late = {"customer": "cus_1", "status": "active", "current_period_end": T + 2 * YEAR}
    take(stripe, desk, event("customer.subscription.updated", late, created=T + YEAR + 3))
    assert until(desk) == T + YEAR + 9


@pytest.mark.parametrize(
    "case", ["old", "future", "forged", "changed", "unsigned", "v0", "garbage", "bytes", "list", "empty"]
)
def test_what_is_not_trusted_changes_nothing(stripe, desk, case):
    """Threat 7."""
    add(desk, "ana@example.org")
    raw = life(desk.find("email", "ana@example.org").id)[0]
    take(stripe, desk, raw)
    bill = life(1)[1]
    body = {"bytes": b"\xff\xfe{}", "list": b"[1]", "empty": b"", "garbage": b"{" * 5000}.get(case, bill)
    signature = {
        "old": signed(bill, T - 301), "future": signed(bill, T + 3600), "forged": signed(bill, secret="whsec_other"),
        "changed": signed(bill + b" "), "unsigned": "", "v0": signed(bill, scheme="v0"),
    }.get(case, signed(body))  # fmt: skip
    assert take(stripe, desk, body, signature) == 400
    assert until(desk) == 0


@pytest.mark.parametrize("thing", [
    {}, {"customer": None}, {"customer": "c", "lines": 5}, {"customer": "c", "client_reference_id": "999"},
    {"customer": "c", "lines": {"data": [1, {"period": {"end": "x"}}]}},
    {"customer": "c", "client_reference_id": "1; DROP TABLE subscriber"},
])  # fmt: skip
def test_messages_of_another_shape_are_harmless(stripe, desk, thing):
    for kind in ("checkout.session.completed", "invoice.paid", "customer.subscription.updated", "something.new"):
        assert take(stripe, desk, event(kind, thing, ident=f"evt_{kind}{thing}")) == 200


def test_the_order_is_the_configured_price_and_this_reader(stripe, desk):
    add(desk, "ana@example.org")
    order = stripe.order(desk.find("email", "ana@example.org"), "https://desk.example.org/me/x")
    price = order["line_items"][0]["price_data"]
    assert (price["unit_amount"], price["currency"], price["recurring"]) == (3295, "usd", {"interval": "year"})
    assert order["client_reference_id"] == "1"
    assert not [key for key in order if "card" in key]
    assert EditionSettings.of({"pay": {"price": "5", "interval": "month"}}).pay.smallest_units() == 500


@pytest.mark.parametrize(
    ("price", "currency", "units"),
    [
        ("32.95", "usd", 3295),
        ("32.9", "eur", 3290),
        ("4800", "jpy", 4800),
        ("10.250", "kwd", 10250),
        ("7", "tnd", 7000),
    ],
)
def test_a_price_is_counted_in_its_currencys_smallest_unit(price, currency, units):
    assert EditionSettings.of({"pay": {"price": price, "currency": currency}}).pay.smallest_units() == units


@pytest.mark.parametrize(
    ("price", "currency"),
    [("32.999", "usd"), ("4800.50", "jpy"), ("-5", "usd"), ("5,00", "eur"), ("", "usd"), ("0.00", "usd"), ("5", "US$")],
)
def test_a_price_that_cannot_be_charged_is_refused_when_it_is_read(price, currency):
    with pytest.raises(RecordError, match="pay"):
        EditionSettings.of({"pay": {"price": price, "currency": currency}})


def test_an_interval_that_nobody_charges_by_is_refused():
    with pytest.raises(RecordError, match="interval"):
        EditionSettings.of({"pay": {"interval": "fortnight"}})
