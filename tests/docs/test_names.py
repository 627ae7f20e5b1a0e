"""Names in the docs exist: every dotted detente name, and every public name is documented somewhere."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAME = re.compile(r"`(detente(?:\.\w+)+)")


def resolve(dotted: str) -> object:
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_names_on_a_page_exist(page: Path) -> None:
    for dotted in sorted(set(NAME.findall(page.read_text(encoding="utf-8")))):
        try:
            resolve(dotted)
        except (AttributeError, ModuleNotFoundError) as error:
            pytest.fail(f"{page.name} names {dotted}, which does not exist: {error}")


def test_every_public_name_is_documented() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in PAGES)
    missing = [n for n in detente.__all__ if n != "__version__" and not re.search(rf"\b{n}\b", text)]
    assert not missing, f"no page mentions {missing}"


def test_every_page_is_in_the_navigation_and_every_link_leads_somewhere() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").split("nav:")[1]
    for page in sorted((ROOT / "docs").rglob("*.md")):
        assert page.relative_to(ROOT / "docs").as_posix() in nav, f"{page.name} is not in mkdocs.yml"
    link = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
    for page in PAGES:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in link.findall(prose):
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"
