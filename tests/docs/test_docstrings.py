"""Every example in a docstring gives what it says."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import detente

HOME = Path(detente.__file__).parent


def modules() -> list[str]:
    """Every module by name, none of them imported."""
    files = (path.relative_to(HOME.parent).with_suffix("").parts for path in sorted(HOME.rglob("*.py")))
    names = [".".join(parts[:-1] if parts[-1] == "__init__" else parts) for parts in files]
    return [n for n in names if n != "detente" and not n.startswith(("detente.cli", "detente.web", "detente.__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples_of_docstrings_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_before: None
) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, verbose=False)
    assert result.failed == 0, f"{result.failed} examples of {name} failed"
