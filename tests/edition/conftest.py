"""What the edition's tests share: the built-in study as run, and a desk with a list."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from detente.edition.settings import EditionSettings
from detente.edition.subscribers import Desk, Wish
from detente.study import open_study

NOW = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="session")
def quick_run():
    return open_study("colombia-venezuela").run(quick=True)


@pytest.fixture
def settings() -> EditionSettings:
    return EditionSettings.of(
        {
            "site": {"url": "https://edition.example.org/", "subscribe": "https://desk.example.org/"},
            "mail": {"sender": "desk@example.org"},
        }
    )


@pytest.fixture
def desk(tmp_path: Path, settings: EditionSettings):
    with Desk(tmp_path / "desk.db", settings.desk) as opened:
        yield opened


def add(desk: Desk, email: str, zone: str = "UTC", hour: int = 7, language: str = "en", **more: float) -> None:
    assert desk.add(email, Wish(language, zone, hour), NOW.timestamp(), "by letter", **more)
