"""What payments change: until when a reader has paid, whatever order a provider's messages come in, and however often."""

from __future__ import annotations

from detente.delivery import transaction
from detente.edition.subscribers.desk import Desk


def new_event(desk: Desk, ident: str, kind: str, now: float) -> bool:
    """Whether an event is seen for the first time; from now on it is known. Within the caller's transaction."""
    done = desk.connection.execute("INSERT OR IGNORE INTO payment_event VALUES (?, ?, ?)", (ident, kind, now))
    return done.rowcount == 1


def link(desk: Desk, customer: str, reader: int) -> None:
    """A customer of the provider is a reader: what was paid before that was known counts now."""
    with transaction(desk.connection):
        exists = desk.connection.execute("SELECT 1 FROM subscriber WHERE id = ?", (reader,)).fetchone()
        desk.connection.execute("INSERT OR IGNORE INTO payment (customer) VALUES (?)", (customer,))
        if exists:
            desk.connection.execute("UPDATE payment SET subscriber = ? WHERE customer = ?", (reader, customer))
        _apply(desk, customer)


def paid(desk: Desk, customer: str, until: float) -> None:
    """A period was paid for: that can only lengthen what was paid."""
    with transaction(desk.connection):
        desk.connection.execute("INSERT OR IGNORE INTO payment (customer) VALUES (?)", (customer,))
        desk.connection.execute(
            "UPDATE payment SET paid_until = max(paid_until, ?) WHERE customer = ?", (until, customer)
        )
        _apply(desk, customer)


def stands(desk: Desk, customer: str, until: float, created: float) -> None:
    """What the provider says of a subscription as a whole; an older word than the last one changes nothing."""
    with transaction(desk.connection):
        desk.connection.execute("INSERT OR IGNORE INTO payment (customer) VALUES (?)", (customer,))
        desk.connection.execute(
            "UPDATE payment SET paid_until = ?, seen = ? WHERE customer = ? AND seen <= ?",
            (until, created, customer, created),
        )
        _apply(desk, customer)


def _apply(desk: Desk, customer: str) -> None:
    row = desk.connection.execute(
        "SELECT subscriber, paid_until FROM payment WHERE customer = ?", (customer,)
    ).fetchone()
    if row["subscriber"] is not None:
        desk.connection.execute(
            "UPDATE subscriber SET paid_until = ? WHERE id = ?", (row["paid_until"], row["subscriber"])
        )
