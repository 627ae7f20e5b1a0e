"""Docs are tests: every Python block and every detente command in README and docs runs."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import pytest

import detente
from detente.cli.app import run
from detente.run import Run
from detente.study import Study, open_study
from drawn_once import PEN, undrawn
from ran_once import kept_run

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHARED_PATH = "../shared"
FIRST, REPORTS = ROOT / "README.md", (ROOT / "docs/report.md", *(ROOT / "docs/gallery").glob("*.md"))
"""The page that runs the first study and a new one as a reader would, and those whose reports are drawn too."""


def blocks(page: Path) -> list[tuple[str, str]]:
    return FENCE.findall(page.read_text(encoding="utf-8"))


@pytest.fixture
def run_before(monkeypatch: pytest.MonkeyPatch, session_folder: Path) -> None:
    """Whoever runs a built-in study quickly is given the session's run of it; any other is computed."""
    run_study = detente.run.run_study

    def given(study: Study, *, data: object, quick: bool, **how: object) -> Run:
        def make() -> Run:
            return run_study(study, data=data, quick=quick, **how)

        same = quick and data is None and study.ships and study == open_study(f"builtin:{study.id}")
        return kept_run(session_folder, study, quick, make) if same else make()

    monkeypatch.setattr(detente.run, "run_study", given)


@pytest.fixture
def page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page; the charts of a run's report are drawn where the page is about them."""
    if request.param != FIRST:
        request.getfixturevalue("run_before")
        if request.param not in REPORTS:
            monkeypatch.setattr(PEN, undrawn)
    return request.param


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p.is_file() and blocks(p)], ids=lambda p: p.relative_to(ROOT).as_posix(), indirect=True
)
def test_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    if SHARED_PATH in "".join(body for _, body in blocks(page)):
        if not (ROOT.parent / "shared/data").is_dir():
            pytest.skip("the page reads ../shared, which is not here")
        (tmp_path.parent / "shared").exists() or (tmp_path.parent / "shared").symlink_to(ROOT.parent / "shared")
    space: dict[str, object] = {"__name__": "__docs__"}
    for kind, body in blocks(page):
        line = text[: text.index(body)].count("\n") + 1
        if kind == "python":
            exec(compile("\n" * line + body, str(page), "exec"), space)
            continue
        for command in re.findall(r"^\$ detente (.*)$", body, re.MULTILINE):
            code = run(shlex.split(command, comments=True))
            assert code == 0, f"{page.name}: 'detente {command}' gave exit code {code}"


def modules() -> list[str]:
    names = [m.name for m in pkgutil.walk_packages(detente.__path__, "detente.")]
    return [n for n in names if not n.startswith(("detente.cli", "detente.web", "detente.__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples_of_docstrings_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_before: None
) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, verbose=False)
    assert result.failed == 0, f"{result.failed} examples of {name} failed"
