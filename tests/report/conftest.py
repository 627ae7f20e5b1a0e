"""What the tests of the report share."""

from __future__ import annotations

import pytest


@pytest.fixture
def quick_pen(monkeypatch):
    """Charts are drawn by a stub where only the page around them is looked at."""
    monkeypatch.setattr("detente.report.page.draw", lambda spec, ident, **_: f"<svg data-of='{ident}'/>")
