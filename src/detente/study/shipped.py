"""The studies that ship with the package, found by their folders alone; light enough for a page of help."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def builtin_studies() -> dict[str, Path]:
    """The studies that ship with the package: id to folder.

    >>> from detente.study import builtin_studies
    >>> "colombia-venezuela" in builtin_studies()
    True
    """
    home = Path(str(files("detente"))) / "studies"
    return {p.name.replace("_", "-"): p for p in sorted(home.iterdir()) if (p / "study.toml").is_file()}
