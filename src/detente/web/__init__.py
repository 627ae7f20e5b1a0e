"""The local app: pages over studies, runs and solvers; it computes nothing of its own.

One noun a module: ``guard`` (what may come in), ``workspace`` (studies and runs at hand), ``bench`` and
``setting`` (the scenario desk), ``edits`` (changes of a record), ``jobs`` (long work), ``pages`` (one a view).
"""

from importlib import import_module
from typing import Any

_HOME = {"Site": "app", "create_app": "app", "Workspace": "workspace", "Keys": "guard", "serve": "server"}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.web' has no attribute {name!r}")
    value = getattr(import_module(f"detente.web.{_HOME[name]}"), name)
    globals()[name] = value
    return value
