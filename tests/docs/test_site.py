"""The site of the docs: it builds without a warning, and its page of the API is the code's."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def api_page() -> str:
    spec = importlib.util.spec_from_file_location("build_api_page", ROOT / "scripts/build_api_page.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.page()


def test_the_page_of_the_api_is_up_to_date(api_page: str) -> None:
    written = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    assert written == api_page, "run: python scripts/build_api_page.py"


def test_every_public_function_and_class_has_an_entry(api_page: str) -> None:
    public = {n for n in detente.__all__ if callable(getattr(detente, n))}
    entries = {line.rpartition(".")[2] for line in api_page.splitlines() if line.startswith(":::")}
    assert entries == {getattr(detente, n).__qualname__ for n in public}


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/index.html").is_file()
