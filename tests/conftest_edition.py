"""A moment and a reader for the tests of the edition."""

from __future__ import annotations

from datetime import UTC, datetime

from detente.edition.subscribers import Desk, Wish

NOW = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)  # a Monday


def add(desk: Desk, email: str, zone: str = "UTC", hour: int = 7, language: str = "en", **more: float) -> None:
    assert desk.add(email, Wish(language, zone, hour), NOW.timestamp(), "by letter", **more)
