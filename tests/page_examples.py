"""A page of the docs as a reader works through it: its Python blocks run, its detente commands are given."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from detente.cli.app import run

ROOT = Path(__file__).resolve().parents[1]
FIRST, GALLERY = ROOT / "README.md", sorted((ROOT / "docs/gallery").glob("*.md"))
FENCE = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHARED_PATH = "../shared"


def blocks(page: Path) -> list[tuple[str, str]]:
    """Kind and text of each block that runs."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


def name(page: Path) -> str:
    """The page by its place in the project."""
    return page.relative_to(ROOT).as_posix()


def work_through(page: Path, folder: Path) -> None:
    """Run the page's blocks in ``folder``, the working one; every command must end well."""
    text = page.read_text(encoding="utf-8")
    if SHARED_PATH in "".join(body for _, body in blocks(page)):
        if not (ROOT.parent / "shared/data").is_dir():
            pytest.skip("the page reads ../shared, which is not here")
        (folder.parent / "shared").exists() or (folder.parent / "shared").symlink_to(ROOT.parent / "shared")
    space: dict[str, object] = {"__name__": "__docs__"}
    for kind, body in blocks(page):
        line = text[: text.index(body)].count("\n") + 1
        if kind == "python":
            exec(compile("\n" * line + body, str(page), "exec"), space)
            continue
        for command in re.findall(r"^\$ detente (.*)$", body, re.MULTILINE):
            code = run(shlex.split(command, comments=True))
            assert code == 0, f"{page.name}: 'detente {command}' gave exit code {code}"
