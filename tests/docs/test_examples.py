"""Docs are tests: every Python block and every detente command in README and docs runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from page_examples import FIRST, GALLERY, ROOT, blocks, name, work_through

PAGES = [p for p in (FIRST, *sorted((ROOT / "docs").rglob("*.md"))) if p not in GALLERY and blocks(p)]
DRAWN = FIRST, ROOT / "docs/report.md"
"""Pages whose reports have their charts drawn, as those of the gallery have."""


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Path:
    """A page; the first one also runs its study itself."""
    if request.param != FIRST:
        request.getfixturevalue("run_before")
    if request.param not in DRAWN:
        request.getfixturevalue("quick_pen")
    return request.param


@pytest.mark.parametrize("page", PAGES, ids=name, indirect=True)
def test_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    work_through(page, tmp_path)
