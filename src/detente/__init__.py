"""détente: what happened between two economies, why, and what if.

A study is a record of what happened between two economies and what was said
about it; measures turn events into states of the relation; models turn states
into flows. Public names load on first use, so ``import detente`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    # gravity
    "fit_ppml": "detente.gravity",
    "bias_correct": "detente.gravity",
    "impute": "detente.gravity",
    "compare": "detente.gravity",
    # equilibrium
    "Economy": "detente.equilibrium",
    "solve": "detente.equilibrium",
    "CLOSED": "detente.equilibrium",
    "ensemble": "detente.equilibrium",
    "sensitivity": "detente.equilibrium",
    # panel
    "Panel": "detente.panel",
    "read_panel": "detente.panel",
    "complete": "detente.panel",
    # record and attribution
    "Ledger": "detente.record",
    "attribute": "detente.attribution",
    # study
    "Study": "detente.study",
    "Run": "detente.study",
    "open_study": "detente.study",
    "replicate": "detente.study",
    # errors
    "DetenteError": "detente.errors",
    "NotConverged": "detente.errors",
}

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOME))
