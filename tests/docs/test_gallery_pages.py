"""The pages of the gallery are worked through, and the reports of their studies drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from page_examples import GALLERY, blocks, name, work_through


@pytest.mark.parametrize("page", GALLERY, ids=name)
def test_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_before: None) -> None:
    assert blocks(page)
    monkeypatch.chdir(tmp_path)
    work_through(page, tmp_path)
