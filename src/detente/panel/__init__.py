"""Panels: flows by origin, destination and year; readers for the field's formats; the embedded panel."""

from importlib import import_module
from typing import Any

_HOME = {
    "Panel": "panel",
    "ReadReport": "panel",
    "read_panel": "read",
    "read_table": "frames",
    "embedded_panel": "embedded",
    "complete": "completion",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente.panel' has no attribute {name!r}")
    value = getattr(import_module(f"detente.panel.{_HOME[name]}"), name)
    globals()[name] = value
    return value
