"""Imports point one way between the rooms, and public names are all there."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).resolve().parents[1]


def test_imports_point_one_way() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", detente.__all__)
def test_public_names_load(name: str) -> None:
    assert getattr(detente, name) is not None


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
