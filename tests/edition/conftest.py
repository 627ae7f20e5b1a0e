"""What the edition's tests share: the built-in study as run, and a desk with a list."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.edition import Subject, make, making
from detente.edition.settings import EditionSettings
from detente.edition.subscribers import Desk


@pytest.fixture(scope="session")
def quick_run(flagship_quick):
    return flagship_quick


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


class Tone:
    """A voice that hums: long enough to be heard, the same every time, and without a program."""

    rate, key = 22050, "tone"

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, line: str):
        self.said.append(line)
        time = np.arange(int(self.rate * (0.3 + len(line) / 200))) / self.rate
        return 0.05 * np.sin(2 * np.pi * 220 * time) * (1 + np.sin(2 * np.pi * 3 * time))


@pytest.fixture
def tone(monkeypatch) -> Tone:
    voice = Tone()
    monkeypatch.setattr(making, "voice_for", lambda language, name: voice)
    return voice


@pytest.fixture
def sounding(quick_run, tone, tmp_path) -> Path:
    """A site with one edition that can be heard."""
    make([Subject(quick_run)], tmp_path / "site", making.Order(date(2026, 3, 16)))
    return tmp_path / "site"
