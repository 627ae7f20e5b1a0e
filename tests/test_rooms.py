"""Imports point one way between the rooms, and public names are all there."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import detente

ROOT = Path(__file__).resolve().parents[1]
MOST_ENTRIES = 14
MOST_LINES = 300
LONGER = {
    "language/catalogue.py": "one class whose strings, numbers and dates say one another",
    "record/draft/drafting.py": "the steps of drafting in their order",
    "record/draft/proposing/flows.py": "the words for flows, a table for the most part",
}
"""Modules of more lines than others, each for a reason of its own."""
AT_WORK = {
    "Climb", "Client", "Coding", "Count", "Job", "Panels", "SectorOfRows", "SectorTensor", "_Clock", "_State",
}  # fmt: skip
"""Dataclasses that change while they work; all others are values."""


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_imports_stand_at_the_top_or_pyproject_says_why() -> None:
    """ruff's PLC0415 over the package; every exception is a line of its own with its reason beside or above it."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "PLC0415", "--no-cache", "src"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    given = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]
    assert "PLC0415" in given["select"]
    alone = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "PLC0415", "--no-cache",
         "--output-format", "concise", "src"],
        cwd=ROOT, capture_output=True, text=True,
    ).stdout  # fmt: skip
    needless = [name for name in given["per-file-ignores"] if name.endswith(".py") and f"{name}:" not in alone]
    assert not needless, f"these have no import inside a function any more: {needless}"


def test_no_command_waits_with_an_import_that_is_there_already() -> None:
    """What loads before any command does buys nothing inside one; the other way round would be a circle."""
    ask = "import sys, detente.cli.app; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.split())
    for path in sorted((ROOT / "src" / "detente" / "cli").glob("*.py")):
        functions = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.FunctionDef)]
        inside = [node for function in functions for node in ast.walk(function)]
        named = {n.module for n in inside if isinstance(n, ast.ImportFrom)}
        named |= {alias.name for n in inside if isinstance(n, ast.Import) for alias in n.names}
        assert named & loaded - {"detente.cli.app"} == set(), path.name


@pytest.mark.parametrize("name", detente.__all__)
def test_public_names_load(name: str) -> None:
    assert getattr(detente, name) is not None


def test_what_a_room_exports_is_reached_through_the_package_alone() -> None:
    """In a fresh process, where nothing else has imported the room."""
    ask = "import detente as dt; dt.attribution.infer, dt.attribution.find_breaks, dt.data.list, dt.outlook.hazard"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False).stderr == ""


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        detente.nothing  # noqa: B018


def _packages() -> list[str]:
    found = [m.name for m in pkgutil.walk_packages(detente.__path__, "detente.") if m.ispkg]
    return ["detente", *found]


@pytest.mark.parametrize("package", _packages())
def test_no_name_of_a_face_is_shadowed_by_a_module(package: str) -> None:
    """A function that shares its name with a module below the face is hidden once that module is imported."""
    face = importlib.import_module(package)
    below = {m.name for m in pkgutil.iter_modules(face.__path__)}
    assert not below & set(getattr(face, "__all__", ())), "rename the module"


def test_every_public_name_is_the_same_once_all_modules_are_imported() -> None:
    """In a fresh process: of each package the public names, then every module below it, then the names again."""
    ask = """
import importlib, pkgutil
import detente

modules = [m for m in pkgutil.walk_packages(detente.__path__, "detente.") if not m.name.endswith("__main__")]
faces = [detente, *(importlib.import_module(m.name) for m in modules if m.ispkg)]
names = [(face, name) for face in faces for name in getattr(face, "__all__", ())]
before = [getattr(face, name) for face, name in names]
for module in modules:
    importlib.import_module(module.name)
moved = [f"{f.__name__}.{name}" for (f, name), was in zip(names, before) if getattr(f, name) is not was]
assert len(names) > 300
assert not moved, moved
"""
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    assert done.returncode == 0, done.stderr


def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("detente", cache_dir=None)


def test_no_circle_of_files() -> None:
    """Not one at import, inside a function, or for types only."""
    graph = _graph()
    below = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        tuple(TopologicalSorter(below).static_order())
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


@pytest.mark.parametrize("package", _packages())
def test_no_folder_is_a_heap(package: str) -> None:
    """What one room shows fits in one look; ``cli`` has one file a command."""
    entries = list(pkgutil.iter_modules(importlib.import_module(package).__path__))
    assert package in ("detente", "detente.cli") or len(entries) <= MOST_ENTRIES, sorted(m.name for m in entries)


def test_a_module_is_read_at_one_sitting() -> None:
    source = ROOT / "src" / "detente"
    lines = {
        path.relative_to(source).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in source.rglob("*.py")
    }
    longer = {name: n for name, n in lines.items() if n > MOST_LINES + (50 if name in LONGER else 0)}
    assert not longer, "which noun wants to leave?"
    assert LONGER.keys() <= lines.keys()


def test_dataclasses_are_values_but_for_those_at_work() -> None:
    changing = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            made = [ast.unparse(d) for d in node.decorator_list] if isinstance(node, ast.ClassDef) else []
            if any(d.partition("(")[0] == "dataclass" and "frozen=True" not in d for d in made):
                changing.add(node.name)
    assert changing == AT_WORK


def test_no_two_public_classes_share_a_name() -> None:
    """A reader who meets a name in an error or a signature finds one class."""
    places: dict[str, list[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: where for name, where in places.items() if len(where) > 1} == {}
