"""Studies: open, check, scaffold and run a study folder; the run folder with its manifest."""

from importlib import import_module
from typing import Any

_HOME = {
    "Study": "study",
    "open_study": "study",
    "builtin_studies": "study",
    "Run": "run",
    "read_run": "folder",
    "new_study": "scaffold",
    "replicate": "replicate",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.study' has no attribute {name!r}")
    value = getattr(import_module(f"detente.study.{_HOME[name]}"), name)
    globals()[name] = value
    return value
