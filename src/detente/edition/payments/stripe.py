"""Stripe: a checkout page for one reader, and its webhook, trusted only with its signature, its time and a new id."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from detente.delivery import transaction
from detente.edition.payments.paid_until import link, new_event, paid, stands
from detente.edition.settings import PaySettings
from detente.edition.subscribers.desk import Desk
from detente.edition.subscribers.readers import Reader
from detente.errors import DataError, MissingExtra, SpecificationError

TOLERANCE = 300  # seconds that a message may be old, or ahead of our clock
_TIME = re.compile(r"(?:^|,)t=(\d{1,12})(?:,|$)")
KEPT = ("active", "trialing", "past_due")  # states of a subscription in which what was paid for goes on


@dataclass(frozen=True, slots=True)
class Stripe:
    """The provider as ``edition.toml`` describes it; keys come from the environment."""

    settings: PaySettings

    def checkout(self, reader: Reader, back: str) -> str:
        """The address of a checkout page for one reader: price and interval as set, no card data here.

        Raises
        ------
        DataError
            Stripe could not be reached, or refused.
        """
        sdk, pay = _sdk(), self.settings
        client = sdk.StripeClient(_secret(pay.key_env))
        try:
            session = client.v1.checkout.sessions.create(params=self.order(reader, back))
        except sdk.StripeError as error:
            words = error.user_message or type(error).__name__
            raise DataError(f"Stripe gave no checkout page: {words}.", fix="Try again later.") from None
        return str(session.url)

    def order(self, reader: Reader, back: str) -> dict[str, Any]:
        """What is asked of Stripe: one subscription at the configured price, for this reader."""
        pay = self.settings
        price = {
            "currency": pay.currency, "unit_amount": pay.smallest_units(), "recurring": {"interval": pay.interval},
            "product_data": {"name": "Edition"},
        }  # fmt: skip
        return {
            "mode": "subscription", "line_items": [{"price_data": price, "quantity": 1}], "success_url": back, "cancel_url": back,
            "client_reference_id": str(reader.id), "customer_email": reader.email,
        }  # fmt: skip

    def take(self, desk: Desk, raw: bytes, signature: str, now: float) -> tuple[int, str]:
        """One webhook message: refused unless signed by Stripe within five minutes; done once, in any order."""
        event = self._trusted(raw, signature, now)
        if event is None:
            return 400, "This message is not trusted."
        with transaction(desk.connection):
            if new_event(desk, event["id"], event["type"], now):
                _apply(desk, event)
        return 200, "Thank you."

    def _trusted(self, raw: bytes, signature: str, now: float) -> Mapping[str, Any] | None:
        """The event, if signature, time and form are good."""
        stamp = _TIME.search(signature)
        if stamp is None or abs(now - int(stamp[1])) > TOLERANCE:
            return None
        sdk = _sdk()
        try:
            text = raw.decode("utf-8")
            sdk.WebhookSignature.verify_header(text, signature, _secret(self.settings.webhook_env), tolerance=None)
            event = json.loads(text)
        except (UnicodeDecodeError, ValueError, RecursionError, sdk.SignatureVerificationError):
            return None
        good = isinstance(event, dict) and isinstance(event.get("id"), str) and isinstance(event.get("type"), str)
        return event if good else None


def _apply(desk: Desk, event: Mapping[str, Any]) -> None:
    thing = event.get("data", {}).get("object") if isinstance(event.get("data"), dict) else None
    if not isinstance(thing, dict) or not isinstance(thing.get("customer"), str):
        return
    customer, kind, created = thing["customer"], event["type"], _number(event.get("created"))
    if kind == "checkout.session.completed":
        reference = str(thing.get("client_reference_id") or "")
        if reference.isascii() and reference.isdigit() and len(reference) < 16:
            link(desk, customer, int(reference))
    elif kind == "invoice.paid":
        lines = _rows(thing.get("lines"))
        until = max((_number(_table(row.get("period")).get("end")) for row in lines), default=0.0)
        if until:
            paid(desk, customer, until)
    elif kind in ("customer.subscription.updated", "customer.subscription.deleted"):
        ends = [
            _number(thing.get("current_period_end")),
            *(_number(row.get("current_period_end")) for row in _rows(thing.get("items"))),
        ]
        until = (
            max(ends) if kind.endswith("updated") and thing.get("status") in KEPT else _number(thing.get("ended_at"))
        )
        if until:
            stands(desk, customer, until, created)


def _rows(value: object) -> list[dict[str, Any]]:
    found = _table(value).get("data")
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) and 0 < value < 1 << 40 else 0.0


def _secret(name: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        raise SpecificationError(
            f"The environment variable '{name}' is not set.", why="Stripe's keys stand in the environment, never in a file.",
            fix="Set it where the server runs.",
        )  # fmt: skip
    return found


def _sdk() -> Any:
    """Stripe's own library: heavy, and needed by these two routes alone."""
    try:
        return import_module("stripe")
    except ImportError:
        raise MissingExtra.needed("stripe", "pay", "Payment") from None
